"""Shadows by a shadow map: a z-buffer seen from the light (Williams 1978)."""

from __future__ import annotations

import numpy as np
import scipy

from .camera import CAMERA_DISTANCE
from .curves import smoothstep
from .mesh import Mesh
from .performance import Moment
from .raster import rasterise

SHADOW_MAP_SIZE = 160  # samples along each side of the shadow map
SHADOW_MAP_SCALE = 0.27  # of the map's side that half a head takes
SHADOW_MAP_CENTRE = np.float32([0, -0.2, 0])  # half heads: what the light looks at
SHADOW_DEPTHS = 0.10, 0.04  # half heads behind the nearest surface: full shadow, no shadow
SHADOW_BLUR = 0.25, 2.6  # vertices: sigma at the shadows' edges, of hard and of soft light
EMPTY_DEPTH = 99  # half heads: where the light sees nothing


def light_visibility(mesh: Mesh, vertices: np.ndarray, moment: Moment) -> np.ndarray:
    """How much of the light reaches each vertex, (V,) float32: 0 in shadow .. 1.

    The depth test is averaged over 3 x 3 samples of the map (percentage-closer filtering, Reeves et
    al. 1987) and over neighbouring vertices: the larger the lamp, the softer the shadows' edges.
    """
    light = np.array(moment.light, np.float32)
    place, depth = _project_from_light(vertices, light)
    nearest = _draw_shadow_map(mesh, place, depth)
    column, row = np.clip(np.rint(place).astype(np.int32), 1, SHADOW_MAP_SIZE - 2).T
    visibility = np.zeros(len(vertices), np.float32)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            behind = depth - nearest[row + down, column + right]
            visibility += smoothstep(*SHADOW_DEPTHS, behind)
    visibility /= 9
    outside = ((place < 2) | (place > SHADOW_MAP_SIZE - 3)).any(1)
    visibility[outside] = 1
    hard, soft = SHADOW_BLUR
    blur = hard * (soft / hard) ** float(np.clip(moment.lamp_size, 0, 1))
    for span, shape in mesh.spans:
        values = visibility[span].reshape(shape)
        visibility[span] = scipy.ndimage.gaussian_filter(values, blur, mode="nearest").ravel()
    return visibility


def _project_from_light(vertices: np.ndarray, light: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Parallel projection along the light: places (V, 2) on the shadow map, depths (V,)."""
    right = np.cross([0, 1, 0], light)
    right /= np.linalg.norm(right)
    up = np.cross(light, right)
    offset = vertices - SHADOW_MAP_CENTRE
    place = np.stack([offset @ right, offset @ up], -1)
    place = place * (SHADOW_MAP_SIZE * SHADOW_MAP_SCALE) + SHADOW_MAP_SIZE / 2
    return place, CAMERA_DISTANCE - vertices @ light


def _draw_shadow_map(mesh: Mesh, place: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """The depth of the nearest surface at each sample, as the light sees it."""
    size = SHADOW_MAP_SIZE, SHADOW_MAP_SIZE
    two_sided = np.ones(len(mesh.shadow_triangles), bool)
    seen = rasterise(place, depth, mesh.shadow_triangles, two_sided, size)
    nearest = np.full(size, EMPTY_DEPTH, np.float32)
    nearest.ravel()[seen.samples] = seen.interpolate(depth[:, None].astype(np.float32))[:, 0]
    return nearest
