"""Which part of an aligned face is replaced: a smooth region around brows, cheeks and chin, not the rectangle."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

# Outline in the unit square of the face proper (x right, y down), clockwise from the left brow. The face of REFERENCE_POINTS
# has its eyes at (.22, .24) and (.72, .24), its nose at (.47, .46), its mouth corners at (.27, .69) and (.68, .69).
OUTLINE = np.array([
    [0.14, 0.12], [0.30, 0.06], [0.47, 0.05], [0.64, 0.06], [0.80, 0.12], [0.88, 0.30], [0.88, 0.52], [0.84, 0.70],
    [0.75, 0.85], [0.61, 0.93], [0.47, 0.95], [0.33, 0.93], [0.19, 0.85], [0.10, 0.70], [0.06, 0.52], [0.06, 0.30],
])  # fmt: skip


def face_mask(size: tuple[int, int], feather: float = 0.06) -> np.ndarray:
    """Opacity (h, w) float32 of the face on a canvas of size (w, h): 1 well inside the outline, 0 outside it.

    Between, it rises smoothly over `feather` times the width. The rim of the canvas is always 0.
    """
    w, h = size
    x, y = (np.arange(w) + 0.5) / w, (np.arange(h)[:, None] + 0.5) / h
    inside = np.ones((h, w), bool)
    inside[[0, -1]] = inside[:, [0, -1]] = False
    for (x1, y1), (x2, y2) in zip(OUTLINE, np.roll(OUTLINE, -1, axis=0), strict=True):
        inside &= (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) >= 0  # to the right of every edge of a convex outline
    depth = ndimage.distance_transform_edt(inside, sampling=(w / h * FACE_ASPECT, 1))
    t = np.clip(depth / max(feather * w, 1e-6), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def attention(size: tuple[int, int], outside: float = 0.1, features: float = 2.0) -> np.ndarray:
    """How much each pixel of an aligned face counts in learning, (h, w) float32: 1 in the face, `outside` around it, more by
    `features` at the eyes and the mouth, which are small and which everybody looks at."""
    w, h = size
    x, y = (np.arange(w) + 0.5) / w, (np.arange(h)[:, None] + 0.5) / h
    eyes_and_mouth = sum(np.exp(-(((x - cx) / sx) ** 2) - ((y - cy) / sy) ** 2) for cx, cy, sx, sy in ((0.22, 0.24, 0.14, 0.09), (0.72, 0.24, 0.14, 0.09),
                                                                                                     (0.475, 0.70, 0.24, 0.12)))  # fmt: skip
    return (outside + (1 - outside) * face_mask(size) + features * eyes_and_mouth).astype(np.float32)


FACE_ASPECT = 90 / 70  # a canvas squeezed to another shape still has its feather measured on the face
