"""How bright a sample of skin or hair is: diffuse, ambient and specular light.

Diffuse: a surface is as bright as it faces the lamp, the product of its normal and the direction of
the light (Lambert). Skin lets some light through, red most, so its brightness falls to 0 a little
behind the edge ("wrapped" Lambert). Ambient: light from all around, dimmed in hollows. Specular: a
highlight where the normal halves the angle between lamp and camera (Blinn 1977); on hair it is a
band across the strands (Kajiya and Kay 1989). The numbers are by eye.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .paint import Samples, noise
from .performance import Moment

WRAP = np.float32([0.30, 0.16, 0.12])  # red, green, blue: how far light reaches behind the edge
LIGHT_IN_SHADOW = np.float32([0.38, 0.32, 0.30])  # share of the lamp that skin scatters into shadow
LAMP_STRENGTH = np.float32(0.95)
HIGHLIGHT_COLOUR = np.float32([1, 0.97, 0.92])


@dataclass(frozen=True, eq=False)
class Fragments:
    """What the rasteriser knows of S samples."""

    normals: np.ndarray  # (S, 3) unit
    visibility: np.ndarray  # (S,) of the lamp: 0 in shadow .. 1
    coordinates: np.ndarray  # (S, 2) row and column in the texture
    hair: np.ndarray  # (S,) 0 skin .. 1 hair


def normalise(normals: np.ndarray, two_sided: np.ndarray) -> np.ndarray:
    """Interpolated normals (S, 3) made unit vectors, in place; two-sided ones face the camera."""
    normals /= np.sqrt((normals * normals).sum(1, keepdims=True)) + np.float32(1e-9)
    normals[two_sided & (normals[:, 2] < 0)] *= -1
    return normals


def shade(samples: Samples, fragments: Fragments, moment: Moment) -> np.ndarray:
    """The colours (S, 3) of samples in linear light; changes `samples.rgb`."""
    light = np.array(moment.light, np.float32)
    irradiance = _diffuse(samples, fragments, light)
    irradiance += _ambient(samples, fragments, moment)[:, None]
    colour = samples.rgb
    colour *= irradiance
    colour += _specular(samples, fragments, light)[:, None] * HIGHLIGHT_COLOUR
    return colour


def _diffuse(samples: Samples, fragments: Fragments, light: np.ndarray) -> np.ndarray:
    """Light of the lamp that the skin scatters, (S, 3)."""
    facing = (fragments.normals @ light)[:, None]
    diffuse = np.maximum((facing + WRAP) / (1 + WRAP), 0)
    diffuse *= LIGHT_IN_SHADOW + (1 - LIGHT_IN_SHADOW) * fragments.visibility[:, None]
    # Eyes and teeth do not follow the normal of the skin: they take the light of the whole face.
    even = np.float32(0.55 + 0.35 * max(light[2], 0))
    diffuse += (even - diffuse) * (0.75 * samples.unshaded)[:, None]
    diffuse *= (LAMP_STRENGTH * np.sqrt(samples.occlusion))[:, None]
    return diffuse


def _ambient(samples: Samples, fragments: Fragments, moment: Moment) -> np.ndarray:
    """Light from all around, more from above, and a faint rim light at the silhouette, (S,)."""
    up, towards_camera = fragments.normals[:, 1], fragments.normals[:, 2]
    around = np.float32(moment.ambient) * (0.75 + 0.25 * up) * samples.occlusion
    return around + np.float32(0.06) * np.clip(1 - towards_camera, 0, 1) ** 3


def _specular(samples: Samples, fragments: Fragments, light: np.ndarray) -> np.ndarray:
    """The highlights of skin and hair, (S,)."""
    halfway = light + np.float32([0, 0, 1])  # between the lamp and the camera
    shine = np.maximum(fragments.normals @ (halfway / np.linalg.norm(halfway)), 0)
    skin = np.float32(0.10) * shine**22 + np.float32(0.05) * shine**60
    streak = noise(fragments.coordinates[:, 0] * 0.002, fragments.coordinates[:, 1] * 0.013)
    height = fragments.normals[:, 1] - np.float32(0.45) - np.float32(0.08) * streak
    band = np.exp(-((height / np.float32(0.16)) ** 2))
    hair = np.float32(0.16) * band * shine**4
    strength = samples.specular * fragments.visibility
    return strength * (skin + (hair - skin) * fragments.hair)
