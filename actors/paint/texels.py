"""Texels: what a texture knows of each small piece of surface, and how a coat of paint is laid."""

from __future__ import annotations

import numpy as np

from ..curves import mix
from ..person import Actor
from .noise import noise


class Channel:
    """The channels of a texel, float32; 16 of them fill a cache line."""

    RGB = slice(0, 3)  # linear light, 0..1
    OCCLUSION = 3  # ambient occlusion: 1 in the open, less in hollows
    SPECULAR = 4  # strength of the highlights
    FACE = 5  # 1 in the face, 0 outside: the mask of the true swap
    HAIR = 6  # 0..1: where hair grows
    FOLD = 7  # 0..1: a fold that an expression deepens
    FOLD_KIND = 8  # which one: an index, see folds.py
    RELIEF = slice(9, 12)  # slope of relief finer than the grid, a vector in the head's coordinates
    FOLD_RELIEF = slice(12, 15)  # slope of the full fold
    OPACITY = 15  # 0..1: of what is worn; the rest is opaque
    COUNT = 16


def linear(colour) -> np.ndarray:
    """sRGB 0..255 -> linear light 0..1, approximated by the power 2.2."""
    return (np.asarray(colour, np.float32) / np.float32(255)) ** np.float32(2.2)


def fill(shape: tuple[int, ...], rgb: np.ndarray) -> np.ndarray:
    """Texels (*shape, COUNT) of one colour, or of a colour each, unoccluded, shining like skin."""
    texels = np.zeros((*shape, Channel.COUNT), np.float32)
    texels[..., Channel.RGB] = rgb
    texels[..., Channel.OCCLUSION] = 1
    texels[..., Channel.SPECULAR] = 0.35
    texels[..., Channel.OPACITY] = 1
    return texels


def fill_skin(actor: Actor, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Texels of mottled skin, and the fine noise in it."""
    complexion = actor.face.complexion
    x = x + complexion.pattern
    fine = noise(x * 2.1 + 0.3, y * 2.1)
    patches = noise(x * 0.55 + 0.5, y * 0.55 + 0.5)
    mottling = 1 + (0.05 + 0.05 * complexion.mottling) * patches + 0.04 * fine
    texels = fill(x.shape, linear(actor.head.skin_colour) * mottling[..., None])
    texels[..., Channel.SPECULAR] = complexion.sheen
    return texels, fine


def paint_over(rgb: np.ndarray, colour: np.ndarray, opacity: np.ndarray) -> None:
    """Lay a coat on `rgb` (..., 3), in place: one colour, or a colour each; opacity (...) 0..1."""
    rgb += (colour - rgb) * opacity[..., None]


def refine(values: np.ndarray, times: int) -> np.ndarray:
    """A grid (H, W, ...) with `times` as many cells along each side, linearly interpolated."""
    for axis in (0, 1):
        cells = values.shape[axis] - 1
        at = np.linspace(0, cells, cells * times + 1, dtype=np.float32)
        left = np.minimum(at.astype(np.int32), cells - 1)
        share = (at - left).reshape([-1 if k == axis else 1 for k in range(values.ndim)])
        values = mix(values.take(left, axis), values.take(left + 1, axis), share)
    return values
