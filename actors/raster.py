"""The rasteriser: which triangle each sample of the picture sees, by a z-buffer.

A triangle covers the samples whose three barycentric coordinates are all positive. Where several
triangles cover one sample, the nearest is seen. Every candidate (a triangle at a sample) is packed
into one integer, its depth in the high bits and its own number in the low ones. The least integer
at each sample then names the nearest candidate: a z-buffer in a single `np.minimum.at`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DEPTH_STEPS = 1 << 30  # the z-buffer's resolution, over DEPTH_RANGE
DEPTH_RANGE = 32.0  # half heads: nothing that is seen lies farther from the camera; by choice
AREA_EPSILON = 1e-9  # square pixels (doubled): triangles seen edge on are left out
EDGE_EPSILON = 1e-6  # barycentric: shared edges leave no hole between two triangles


@dataclass(frozen=True, eq=False)
class Visible:
    """The visible surface at S samples; samples that see nothing are not listed."""

    samples: np.ndarray  # (S,) flat indices into the picture, row by row
    corners: np.ndarray  # (S, 3) vertex numbers of the triangle that is seen
    weights: np.ndarray  # (S, 3) barycentric coordinates in that triangle

    def take(self, shown: np.ndarray) -> Visible:
        """Some of the samples: shown (S,) bool."""
        return Visible(self.samples[shown], self.corners[shown], self.weights[shown])

    def interpolate(self, values: np.ndarray) -> np.ndarray:
        """Values (V, C) of the vertices, interpolated at the samples: (S, C)."""
        out = values[self.corners[:, 0]]
        out *= self.weights[:, :1]
        for k in (1, 2):
            part = values[self.corners[:, k]]
            part *= self.weights[:, k : k + 1]
            out += part
        return out


def grid_triangles(rows: int, columns: int, first: int = 0, step: int = 1) -> np.ndarray:
    """Two triangles for each cell of a grid whose vertices are numbered from `first`: (T, 3).

    With a `step` only each step-th row and column is used, and the last ones.
    """
    lines = [np.append(np.arange(0, n - 1, step), n - 1) for n in (rows, columns)]
    numbers = first + lines[0][:, None] * columns + lines[1]
    a, b, c, d = numbers[:-1, :-1], numbers[:-1, 1:], numbers[1:, :-1], numbers[1:, 1:]
    halves = [np.stack(half, -1).reshape(-1, 3) for half in ((a, b, c), (b, d, c))]
    return np.concatenate(halves).astype(np.int32)


def rasterise(
    at: np.ndarray,
    depth: np.ndarray,
    triangles: np.ndarray,
    two_sided: np.ndarray,
    size: tuple[int, int],
) -> Visible:
    """The visible surface on a picture of `size` (w, h).

    at (V, 2) in pixels, depth (V,), triangles (T, 3). A triangle that faces away from the camera is
    left out, unless two_sided (T,) is true for it.
    """
    boxes = _find_boxes(at, depth, triangles, two_sided, size)
    triangle, right, down = boxes.list_samples()
    planes = boxes.solve_planes()
    second, third = (_evaluate(planes[k], triangle, right, down) for k in (0, 1))
    covered = np.flatnonzero(
        (second >= -EDGE_EPSILON) & (third >= -EDGE_EPSILON) & (second + third <= 1 + EDGE_EPSILON)
    )
    triangle, second, third, right, down = (
        v.take(covered) for v in (triangle, second, third, right, down)
    )
    sample = (boxes.top.take(triangle) + down) * size[0] + boxes.left.take(triangle) + right
    depths = _evaluate(planes[2], triangle, right, down)
    samples, nearest = _find_nearest(sample, depths, size)
    second, third = second[nearest], third[nearest]
    return Visible(
        samples,
        triangles[boxes.numbers[triangle[nearest]]],
        np.stack([1 - second - third, second, third], 1),
    )


@dataclass(frozen=True, eq=False)
class _Boxes:
    """The T triangles that may be seen, and their bounding boxes in the picture."""

    numbers: np.ndarray  # (T,) in the list of all triangles
    corners: tuple[np.ndarray, ...]  # (3, T) each: x, y and depth of the corners
    area: np.ndarray  # (T,) twice the signed area in the picture
    left: np.ndarray  # (T,) first column of the box
    top: np.ndarray  # (T,) first row
    width: np.ndarray  # (T,) in samples
    height: np.ndarray  # (T,)

    def list_samples(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All samples of all boxes: which triangle, and the offset from its box's left and top."""
        counts = self.width * self.height
        triangle = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        starts = (np.cumsum(counts) - counts).astype(np.int32)
        place = np.arange(len(triangle), dtype=np.int32) - np.repeat(starts, counts)
        down, right = np.divmod(place, self.width[triangle])
        return triangle, right, down

    def solve_planes(self) -> np.ndarray:
        """What is linear over the picture, (3, 3, T).

        First index: second and third barycentric coordinate, depth. Second index: the value at the
        box's first sample, the slope to the right, the slope down.
        """
        x, y, z = self.corners
        planes = np.empty((3, 3, len(self.area)), np.float32)
        for k, (dx, dy) in enumerate(((x[0] - x[2], y[2] - y[0]), (x[1] - x[0], y[0] - y[1]))):
            planes[k, 0] = (dy * (self.left - x[0]) + dx * (self.top - y[0])) / self.area
            planes[k, 1], planes[k, 2] = dy / self.area, dx / self.area
        planes[2] = planes[0] * (z[1] - z[0]) + planes[1] * (z[2] - z[0])
        planes[2, 0] += z[0]
        return planes


def _find_boxes(at, depth, triangles, two_sided, size: tuple[int, int]) -> _Boxes:
    """The triangles within the picture that face the camera or are two-sided."""
    x, y, z = (v[triangles.T] for v in (at[:, 0], at[:, 1], depth))  # (3, T) each
    area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
    left, width = _find_span(x, size[0])
    top, height = _find_span(y, size[1])
    # The picture's y points down, so the area of what faces the camera is negative.
    facing = (area < -AREA_EPSILON) | (two_sided & (area > AREA_EPSILON))
    keep = np.flatnonzero((width > 0) & (height > 0) & facing)
    corners = x[:, keep], y[:, keep], z[:, keep]
    return _Boxes(keep, corners, area[keep], left[keep], top[keep], width[keep], height[keep])


def _find_span(corners: np.ndarray, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """The first sample that triangles cover along one axis, and how many; corners (3, T)."""
    least = np.minimum(np.minimum(corners[0], corners[1]), corners[2])
    most = np.maximum(np.maximum(corners[0], corners[1]), corners[2])
    first = np.ceil(np.maximum(least, 0)).astype(np.int32)
    last = np.floor(np.minimum(most, samples - 1)).astype(np.int32)
    return first, last + 1 - first


def _evaluate(
    plane: np.ndarray, triangle: np.ndarray, right: np.ndarray, down: np.ndarray
) -> np.ndarray:
    """The planes (3, T) of triangles at offsets from their boxes' first samples, (N,)."""
    values = plane[1].take(triangle)
    values *= right
    slope = plane[2].take(triangle)
    slope *= down
    values += slope
    values += plane[0].take(triangle)
    return values


def _find_nearest(
    sample: np.ndarray, depth: np.ndarray, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """The samples that are covered, and the nearest candidate at each; sample and depth (N,)."""
    nothing = np.iinfo(np.int64).max
    nearest = np.full(size[0] * size[1], nothing)
    share = np.clip(depth * np.float32(1 / DEPTH_RANGE), 0, 1)
    steps = (share * DEPTH_STEPS).astype(np.int64)
    np.minimum.at(nearest, sample, steps << 32 | np.arange(len(sample)))
    samples = np.flatnonzero(nearest != nothing)
    return samples, nearest[samples] & 0xFFFFFFFF
