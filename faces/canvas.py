"""A canvas: a region of the aligned face, drawn on a grid of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from . import mask, warp
from .align import Region, compose, scale_of


@dataclass(frozen=True)
class Canvas:
    """A region of the aligned face on a grid of pixels, and the maps between it and a frame.

    region  which part of the aligned face fills the grid
    size    (w, h) of the grid in pixels

    In all methods `to_aligned` is a matrix (2, 3), frame -> aligned face, as in the manifest.
    """

    region: Region
    size: tuple[int, int]

    @classmethod
    def native(cls, region: Region, matrices: Sequence[np.ndarray], max_height: int) -> Canvas:
        """A canvas with the frames' own resolution, at least 24 x 32 pixels, at most `max_height`.

        `matrices` are those of all frames. Their median scale counts: a clip has one canvas.
        """
        scale = np.median([scale_of(matrix) for matrix in matrices])
        height = int(np.clip(round(region.size[1] / scale), 32, max_height))
        return cls(region, (max(round(height * region.size[0] / region.size[1]), 24), height))

    def matrix(self, to_aligned: np.ndarray) -> np.ndarray:
        """The matrix (2, 3), frame -> canvas.

        Pixels have an extent: pixel i of w covers the region's columns [i, i + 1) * width / w.
        """
        sx, sy = self.size[0] / self.region.size[0], self.size[1] / self.region.size[1]
        left, top = self.region.corner
        to_canvas = np.array([[sx, 0, (0.5 - left) * sx - 0.5], [0, sy, (0.5 - top) * sy - 0.5]])
        return compose(to_canvas, to_aligned)

    def coordinates(self) -> tuple[np.ndarray, np.ndarray]:
        """x (w,) and y (h, 1) of the pixels, in units of the aligned image."""
        (w, h), (left, top), (width, height) = self.size, self.region.corner, self.region.size
        x, y = np.arange(w) + 0.5, np.arange(h)[:, None] + 0.5
        return left + x / w * width, top + y / h * height

    def mask(self, feather: float = mask.FEATHER) -> np.ndarray:
        """What is face in everybody: (h, w), 0..1; see `faces.mask.face_mask`."""
        return mask.face_mask(self, self.region.outline, feather)

    def reach(self) -> np.ndarray:
        """What is replaced at most: (h, w), 0..1; see `faces.mask.face_mask`."""
        return mask.face_mask(self, self.region.reach or self.region.outline)

    def with_margin(self, pixels: int) -> Canvas:
        """This canvas, wider by `pixels` on each side, at the same scale."""
        (w, h), (width, height) = self.size, self.region.size
        right, down = pixels * width / w, pixels * height / h  # the margin in aligned units
        corner = self.region.corner[0] - right, self.region.corner[1] - down
        size = width + 2 * right, height + 2 * down
        region = replace(self.region, corner=corner, size=size)
        return Canvas(region, (w + 2 * pixels, h + 2 * pixels))

    def bounding_box(self, to_aligned: np.ndarray, shape: tuple[int, ...]) -> tuple[slice, slice]:
        """The rows and columns of a frame of `shape` (H, W, ...) that hold the canvas."""
        return warp.bounding_box(self.matrix(to_aligned), self.size, shape)

    def warp(self, image: np.ndarray, to_aligned: np.ndarray) -> np.ndarray:
        """The region as a frame (H, W, C) shows it: (h, w, C), same dtype, bilinear.

        Beyond the frame its edge repeats. Black would count as colour and contrast of the face.
        """
        return warp.warp(image, self.matrix(to_aligned), self.size, edges="repeat")

    def resize(self, images: np.ndarray) -> np.ndarray:
        """Pictures (N, H, W, C) of the region, scaled to the canvas: see `warp.resize`."""
        return warp.resize(images, self.size)

    def unwarp_into(
        self, frame: np.ndarray, patch: np.ndarray, opacity: np.ndarray, to_aligned: np.ndarray
    ) -> np.ndarray:
        """A copy of the frame with `patch`, drawn on this canvas, in it: see `warp.unwarp_into`."""
        return warp.unwarp_into(frame, patch, opacity, self.matrix(to_aligned))
