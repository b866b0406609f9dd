"""A grid: one piece of an actor's surface, as rows and columns of vertices.

Every expression is a *blendshape*: a field of displacements, computed once, that is added to the
vertices times the strength of the expression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BLENDSHAPES = (  # see expressions.py
    "mouth", "smile_left", "smile_right", "frown_left", "frown_right", "brow_left", "brow_right",
    "pucker", "press", "worry", "anger", "squint", "puff", "jaw_side",
)  # fmt: skip
FACE_ANGLE = 1.5  # radians about the vertical axis: beyond it there is no face


@dataclass(frozen=True, eq=False)
class Grid:
    """A piece of surface with H x W vertices, in half heads (see person.py)."""

    kind: str  # "head", "ear", "body" or "long hair"
    angle: np.ndarray  # (H, W) radians about the vertical axis, 0 in front
    rest: np.ndarray  # (H, W, 3) at rest and without hair: the coordinates in which it is painted
    with_hair: (
        np.ndarray
    )  # (H, W, 3) with room for the hair, and lopsided: what is rendered at rest
    blendshapes: dict[str, np.ndarray]  # (H, W, 3) each: displacements of the full expression
    skinning: np.ndarray  # (H, W, 1) skinning weight: 1 turns with the head, 0 stays


def rigid_grid(kind: str, angle: np.ndarray, vertices: np.ndarray, skinning=1.0) -> Grid:
    """A grid without hair on it and without expressions."""
    weights = np.broadcast_to(np.asarray(skinning, float), angle.shape)[..., None]
    still = dict.fromkeys(BLENDSHAPES, np.zeros_like(vertices))
    return Grid(kind, angle, vertices, vertices, still, weights)


def grid_normals(vertices: np.ndarray) -> np.ndarray:
    """Unit normals (H, W, 3) of a grid of vertices (H, W, 3).

    A normal is the cross product of the two tangents along the columns and the rows.
    """
    normals = np.empty_like(vertices)
    a, b = np.gradient(vertices, axis=1), np.gradient(vertices, axis=0)
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        normals[..., k] = a[..., i] * b[..., j] - a[..., j] * b[..., i]
    length = np.sqrt(normals[..., 0] ** 2 + normals[..., 1] ** 2 + normals[..., 2] ** 2)
    normals /= (length + normals.dtype.type(1e-9))[..., None]
    return normals
