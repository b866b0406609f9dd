"""The image pyramid: an image at falling sizes, so that windows of one size fit faces of all sizes.

This file computes only sizes and places. `sampling.sample_level` computes the pixels of a patch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PNET_WINDOW = 12  # pixels of a level that one output cell of PNet sees: its receptive field, fig. 2
PNET_STRIDE = 2  # pixels of a level from one output cell of PNet to the next
NEAR_MARGIN = 0.75  # of an expected box's side: how far beyond it to search; by eye
NEAR_WINDOWS = 0.35, 2.0  # of an expected box's side: least and greatest window to try; by eye


@dataclass(frozen=True)
class Level:
    """One size of the image."""

    scale: np.float32  # pixels of the level per pixel of the image
    height: int
    width: int


@dataclass(frozen=True)
class Patch:
    """A rectangle of a level. PNet's cells in it are cells of the whole level: it starts even."""

    image: int  # index in the batch
    level: Level
    rows: range  # from an even row, since PNET_STRIDE is 2
    columns: range  # likewise

    @property
    def area(self) -> int:
        """Pixels."""
        return len(self.rows) * len(self.columns)

    def boxes(self, cell_rows: np.ndarray, cell_columns: np.ndarray) -> np.ndarray:
        """The windows (N, 4) of PNet's output cells (N,), (N,), in pixels of the image."""
        x = self.columns.start + PNET_STRIDE * cell_columns
        y = self.rows.start + PNET_STRIDE * cell_rows
        corner = np.stack([x, y], axis=1).astype(np.float32) + 1  # (N, 2); + 1 as in the graph
        return np.hstack([corner, corner + (PNET_WINDOW - 1)]) / self.level.scale


def pyramid(shape: tuple[int, ...], min_size: float, factor: float) -> list[Level]:
    """The levels of an image (H, W, ...), each `factor` times as large as the one before.

    In the first, a face of min_size pixels fills a window; the last still exceeds a window.
    """
    levels, scale = [], np.float32(PNET_WINDOW / min_size)
    while min(shape[:2]) * scale > PNET_WINDOW:
        height, width = (int(np.float32(n) * scale) for n in shape[:2])
        levels.append(Level(scale, height, width))
        scale = np.float32(scale * np.float32(factor))
    return levels


def whole_patches(image: int, levels: list[Level]) -> list[Patch]:
    """Every level as one patch."""
    return [Patch(image, level, range(level.height), range(level.width)) for level in levels]


def patches_near(image: int, levels: list[Level], box: np.ndarray) -> list[Patch]:
    """The surroundings of a box (4,) where a face is expected, on levels that fit its size."""
    x1, y1, x2, y2 = (float(v) for v in box)
    side = max(x2 - x1, y2 - y1)
    margin, (smallest, largest) = NEAR_MARGIN * side, NEAR_WINDOWS
    patches = []
    for level in levels:
        if not smallest * side <= PNET_WINDOW / level.scale <= largest * side:
            continue
        rows = _even_range(y1 - margin, y2 + margin, level.scale, level.height)
        columns = _even_range(x1 - margin, x2 + margin, level.scale, level.width)
        if min(len(rows), len(columns)) >= PNET_WINDOW:
            patches.append(Patch(image, level, rows, columns))
    return patches


def _even_range(first: float, last: float, scale: np.float32, length: int) -> range:
    """From `first` to `last`, in pixels of the image, as pixels of a level from an even one on."""
    start = max(0, int(first * scale)) // PNET_STRIDE * PNET_STRIDE
    return range(start, min(length, int(last * scale) + 1))


def split_by_area(patches: list[Patch], parts: int) -> list[list[Patch]]:
    """The patches in at most `parts` groups of about the same area, one for each thread."""
    groups: list[list[Patch]] = [[] for _ in range(parts)]
    areas = [0] * parts
    for patch in sorted(patches, key=lambda patch: -patch.area):
        smallest = areas.index(min(areas))
        groups[smallest].append(patch)
        areas[smallest] += patch.area
    return [group for group in groups if group]
