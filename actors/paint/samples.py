"""Samples of a picture, taken from the textures and ready to be repainted and shaded."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from .texels import Channel


@dataclass(eq=False)
class Samples:
    """S samples of the surface. Painters change the arrays in place, all but x and y."""

    x: np.ndarray  # (S,) half heads, on the head at rest; far from the face where there is no face
    y: np.ndarray  # (S,)
    rgb: np.ndarray  # (S, 3) linear light
    occlusion: np.ndarray  # (S,) 1 in the open
    specular: np.ndarray  # (S,) strength of the highlights
    relief: np.ndarray  # (S, 3) slope of fine relief, in the head's coordinates
    unshaded: np.ndarray  # (S,) 0 shaded by the skin's normal .. 1 hardly shaded (eyes, teeth)

    def take(self, indices: np.ndarray) -> Samples:
        """A copy of some samples."""
        return Samples(*(getattr(self, field.name)[indices] for field in fields(self)))

    def put(self, indices: np.ndarray, part: Samples) -> None:
        """Write samples that were taken back."""
        for field in fields(self):
            getattr(self, field.name)[indices] = getattr(part, field.name)


def sample_texels(texels: np.ndarray, place: np.ndarray) -> Samples:
    """Samples with texels (S, Channel.COUNT), at places (S, 2) on the head at rest."""
    return Samples(
        x=place[:, 0],
        y=place[:, 1],
        rgb=texels[:, Channel.RGB].copy(),
        occlusion=texels[:, Channel.OCCLUSION].copy(),
        specular=texels[:, Channel.SPECULAR].copy(),
        relief=texels[:, Channel.RELIEF].copy(),
        unshaded=np.zeros(len(texels), np.float32),
    )
