"""The pinhole camera, which looks along -z at the origin."""

from __future__ import annotations

import numpy as np

CAMERA_DISTANCE = 7.0  # half heads from the camera to the origin, unless a moment says otherwise
HORIZON = 0.47  # where the origin lies, as a share of the picture's height from its top


def project(
    points: np.ndarray, zoom: float, size: tuple[int, int], distance: float = CAMERA_DISTANCE
) -> tuple[np.ndarray, np.ndarray]:
    """Points (..., 3) on a picture of size (w, h): pixel coordinates (..., 2) and depths (...).

    The centre of a pixel has whole coordinates. `zoom` is half the height of a head in the plane of
    the origin, as a share of the picture's height. The camera is `distance` half heads from there:
    a near one shows a larger nose and smaller ears than a far one.
    """
    depth = distance - points[..., 2]
    scale = zoom * size[1] * distance / depth
    x = size[0] / 2 - 0.5 + points[..., 0] * scale
    y = size[1] * HORIZON - 0.5 - points[..., 1] * scale
    return np.stack([x, y], -1), depth
