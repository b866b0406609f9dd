"""The texture of a grid: painted once, in the coordinates of the head at rest.

Paint sits on the surface, so it follows every expression. Only what changes with the expression in
itself is painted anew for each picture: the open part of the eyes and the inside of the mouth (see
eyes.py and mouth.py).
"""

from __future__ import annotations

import numpy as np
import scipy

from ..person import Actor
from ..shape import Grid, grid_normals
from .body import paint_body, paint_ear
from .hair import paint_long_hair
from .head import paint_head
from .texels import Channel, refine
from .worn import (
    paint_arm,
    paint_cloth,
    paint_earring,
    paint_fringe,
    paint_glasses,
    paint_hat,
    paint_headphones,
)

# Texels for each cell of a grid, along each side; by eye.
TEXELS_PER_CELL = {
    "head": 5, "ear": 4, "body": 6, "long hair": 4, "hat": 4, "brim": 2, "scarf": 3,
    "earring": 1, "fringe": 6, "glasses": 6, "arm": 1, "headphones": 1,
}  # fmt: skip
PAINTERS = {
    "head": paint_head,
    "ear": paint_ear,
    "body": paint_body,
    "long hair": paint_long_hair,
    "hat": paint_hat,
    "brim": paint_cloth,
    "scarf": paint_cloth,
    "headphones": paint_headphones,
    "earring": paint_earring,
    "fringe": paint_fringe,
    "glasses": paint_glasses,
    "arm": paint_arm,
}
# (reach in vertices, strength) of the hollows that darken: wrinkles, and eye sockets. By eye.
OCCLUSION_SCALES = ((2.0, 9.0), (6.0, 3.0))


class Texture:
    """`texels` (H, W, Channel.COUNT) float32 of a grid of vertices (h, w).

    `coordinates` (h, w, 2) say where in the texture each vertex lies: row and column.
    """

    def __init__(self, actor: Actor, grid: Grid):
        times = TEXELS_PER_CELL[grid.kind]
        angle, rest = (refine(v.astype(np.float32), times) for v in (grid.angle, grid.rest))
        texels = PAINTERS[grid.kind](actor, angle, rest)
        self.texels = np.ascontiguousarray(texels, np.float32)
        if grid.kind in ("head", "ear"):
            occlusion = ambient_occlusion(grid).astype(np.float32)
            self.texels[..., Channel.OCCLUSION] *= refine(occlusion, times)
        rows, columns = (np.arange(n) * times for n in grid.angle.shape)
        self.coordinates = np.stack(np.meshgrid(rows, columns, indexing="ij"), -1)


def ambient_occlusion(grid: Grid) -> np.ndarray:
    """Ambient occlusion (H, W), 0.4..1, estimated from the shape.

    Where the surface around a vertex lies above the vertex's own tangent plane, the vertex is in a
    hollow, and less light from all around arrives.
    """
    normals = grid_normals(grid.rest)
    light = np.ones(grid.angle.shape)
    for reach, strength in OCCLUSION_SCALES:
        around = scipy.ndimage.gaussian_filter(grid.rest, (reach, reach, 0), mode="nearest")
        height = ((around - grid.rest) * normals).sum(-1)
        light *= np.exp(-strength * np.maximum(height, 0))
    return np.clip(light, 0.4, 1)
