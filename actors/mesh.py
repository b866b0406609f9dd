"""The mesh of an actor: all surfaces in one list of vertices and one list of triangles."""

from __future__ import annotations

import numpy as np

from .paint import Channel, Texture
from .performance import Moment
from .person import Actor
from .pose import apply_pose
from .raster import Visible, grid_triangles
from .shape import (
    BLENDSHAPES,
    FACE_ANGLE,
    Grid,
    build_grids,
    build_worn,
    expression_weights,
    grid_normals,
)

# Kinds of grids that are seen from both sides.
TWO_SIDED = {"long hair", "brim", "scarf", "headphones", "fringe", "glasses", "arm"}
# Grids that one looks through, in the order in which they are laid over the rest.
OVERLAYS = ("fringe",), ("glasses", "arm")
NOT_IN_FACE = 9  # half heads: a place beyond every feature, for vertices outside the face


class Mesh:
    """V vertices of T triangles with their textures; computed once for an actor.

    with_hair         (V, 3) vertices at rest; blendshapes (V, 3) by name and skinning (V, 1) move
                      them, see Grid
    spans             of each grid: the slice of its vertices, and its rows and columns
    triangles         (T, 3) vertex numbers of what is opaque
    overlays          such triangles of what one looks through: one array for each of OVERLAYS
                      that the actor has
    shadow_triangles  (T / 4, 3) of every second row and column: enough to cast a shadow
    two_sided         (V,) whether the surface is seen from behind too
    face_place        (V, 2) x and y on the head at rest, NOT_IN_FACE outside the face
    texels            (N, Channel.COUNT) of all textures, one after the other
    first_texel       (V,) where the texture of the vertex begins in `texels`
    row_width         (V,) texels in a row of that texture
    coordinates       (V, 2) row and column of the vertex in that texture
    """

    def __init__(self, actor: Actor):
        grids = build_grids(actor) + build_worn(actor)
        textures = [Texture(actor, grid) for grid in grids]
        self._join_vertices(grids)
        self._join_triangles(grids)
        self._join_textures(textures)
        self._place_face(grids)

    def _join_vertices(self, grids: list[Grid]) -> None:
        self.with_hair = _flatten([g.with_hair for g in grids], 3)
        self.skinning = _flatten([g.skinning for g in grids], 1)
        self.blendshapes = {
            name: _flatten([g.blendshapes[name] for g in grids], 3) for name in BLENDSHAPES
        }
        self.two_sided = np.concatenate([np.full(g.angle.size, g.kind in TWO_SIDED) for g in grids])

    def _join_triangles(self, grids: list[Grid]) -> None:
        self.spans: list[tuple[slice, tuple[int, int]]] = []
        triangles, shadow_triangles, first = [], [], 0
        overlays: dict[tuple[str, ...], list[np.ndarray]] = {}
        for grid in grids:
            rows, columns = grid.angle.shape
            self.spans.append((slice(first, first + grid.angle.size), (rows, columns)))
            numbers = grid_triangles(rows, columns, first)
            if layer := next((kinds for kinds in OVERLAYS if grid.kind in kinds), None):
                overlays.setdefault(layer, []).append(numbers)
            else:
                triangles.append(numbers)
                shadow_triangles.append(grid_triangles(rows, columns, first, step=2))
            first += grid.angle.size
        self.triangles = np.concatenate(triangles)
        self.overlays = [np.concatenate(overlays[layer]) for layer in OVERLAYS if layer in overlays]
        self.shadow_triangles = np.concatenate(shadow_triangles)

    def _join_textures(self, textures: list[Texture]) -> None:
        self.coordinates = _flatten([t.coordinates for t in textures], 2)
        self.texels = np.concatenate([t.texels.reshape(-1, Channel.COUNT) for t in textures])
        first_texels, row_widths, first = [], [], 0
        for texture in textures:
            rows, columns = texture.texels.shape[:2]
            vertices = texture.coordinates[..., 0].size
            first_texels.append(np.full(vertices, first, np.int32))
            row_widths.append(np.full(vertices, columns, np.int32))
            first += rows * columns
        self.first_texel, self.row_width = np.concatenate(first_texels), np.concatenate(row_widths)

    def _place_face(self, grids: list[Grid]) -> None:
        self.face_place = _flatten([g.rest for g in grids], 3)[:, :2]
        head = self.spans[0][0]
        self.face_place[head.stop :] = NOT_IN_FACE
        self.face_place[head][np.abs(grids[0].angle.ravel()) > FACE_ANGLE] = NOT_IN_FACE

    def place(self, moment: Moment) -> np.ndarray:
        """The vertices (V, 3) at a moment, in half heads."""
        vertices = self.with_hair.copy()
        for name, weight in expression_weights(moment).items():
            vertices += np.float32(weight) * self.blendshapes[name]
        return apply_pose(vertices, moment, self.skinning)

    def normals(self, vertices: np.ndarray) -> np.ndarray:
        """Unit normals (V, 3) of placed vertices."""
        return np.concatenate(
            [
                grid_normals(vertices[span].reshape(*shape, 3)).reshape(-1, 3)
                for span, shape in self.spans
            ]
        )

    def look_up(self, seen: Visible, coordinates: np.ndarray) -> np.ndarray:
        """The nearest texels (S, Channel.COUNT) at samples' coordinates (S, 2), a copy."""
        return self.texels[self._find_texels(seen, coordinates)]

    def look_up_opacity(self, seen: Visible) -> np.ndarray:
        """The opacity (S,) of samples."""
        found = self._find_texels(seen, seen.interpolate(self.coordinates))
        return self.texels[found, Channel.OPACITY]

    def _find_texels(self, seen: Visible, coordinates: np.ndarray) -> np.ndarray:
        corner = seen.corners[:, 0]
        place = np.rint(coordinates).astype(np.int32)
        return self.first_texel[corner] + place[:, 0] * self.row_width[corner] + place[:, 1]


def _flatten(grids: list[np.ndarray], channels: int) -> np.ndarray:
    """Values of all grids, (V, channels) float32."""
    return np.concatenate([g.reshape(-1, channels) for g in grids]).astype(np.float32)
