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
from .pose import head_rotation

WRAP = np.float32([0.30, 0.16, 0.12])  # red, green, blue: how far light reaches behind the edge
LIGHT_IN_SHADOW = np.float32([0.38, 0.32, 0.30])  # share of the lamp that skin scatters into shadow
LAMP_STRENGTH = np.float32(0.95)
HIGHLIGHT_COLOUR = np.float32([1, 0.97, 0.92])


@dataclass(frozen=True, eq=False)
class Fragments:
    """What the rasteriser knows of S samples. Vectors lie channel by channel, which is faster."""

    normals: np.ndarray  # (3, S) unit
    visibility: np.ndarray  # (S,) of the lamp: 0 in shadow .. 1
    coordinates: np.ndarray  # (S, 2) row and column in the texture
    hair: np.ndarray  # (S,) 0 skin .. 1 hair


def shading_normals(
    normals: np.ndarray, relief: np.ndarray, moment: Moment, two_sided: np.ndarray
) -> np.ndarray:
    """Unit normals (3, S) from interpolated ones (S, 3), tilted against the relief's slope (S, 3).

    The slope is in the head's coordinates. Two-sided surfaces (S,) are turned to the camera.
    """
    tilt = relief @ np.ascontiguousarray(head_rotation(moment).T, np.float32)
    x, y, z = np.ascontiguousarray(normals.T) - np.ascontiguousarray(tilt.T)
    length = np.sqrt(x * x + y * y + z * z) + np.float32(1e-9)
    length[two_sided & (z < 0)] *= -1
    return np.stack([x / length, y / length, z / length])


def shade(samples: Samples, fragments: Fragments, moment: Moment) -> np.ndarray:
    """The colours (S, 3) of samples in linear light."""
    light = np.array(moment.light, np.float32)
    lamp, sky = np.float32(moment.lamp_colour), np.float32(moment.ambient_colour)
    shadow = fragments.visibility
    # Eyes and teeth do not follow the normal of the skin: they take the light of the whole face.
    even = np.float32(0.55 + 0.35 * max(light[2], 0)) * (
        np.float32(0.35) + np.float32(0.65) * shadow
    )
    even_share = np.float32(0.75) * samples.unshaded
    facing = light @ fragments.normals
    reach = LAMP_STRENGTH * np.sqrt(samples.occlusion)
    ambient, shine = _ambient(samples, fragments, moment), _specular(samples, fragments, moment)
    colour = np.empty(samples.rgb.shape, np.float32)
    # A large lamp reaches farther behind the edge and into the shadow than a small one.
    wrap = WRAP * np.float32(0.5 + moment.lamp_size)
    in_shadow = LIGHT_IN_SHADOW * np.float32(0.3 + 1.4 * moment.lamp_size)
    for c in range(3):
        diffuse = np.maximum((facing + wrap[c]) * (1 / (1 + wrap[c])), 0)
        diffuse *= in_shadow[c] + (1 - in_shadow[c]) * shadow
        diffuse += (even - diffuse) * even_share
        diffuse *= reach * lamp[c]
        diffuse += ambient * sky[c]
        colour[:, c] = samples.rgb[:, c] * diffuse + shine * (HIGHLIGHT_COLOUR[c] * lamp[c])
    return colour


def _ambient(samples: Samples, fragments: Fragments, moment: Moment) -> np.ndarray:
    """Light from all around, more from above, and a faint rim light at the silhouette, (S,)."""
    _, up, towards_camera = fragments.normals
    around = np.float32(moment.ambient) * (0.75 + 0.25 * up) * samples.occlusion
    rim = np.clip(1 - towards_camera, 0, 1)
    return around + np.float32(0.06) * rim * rim * rim


def _specular(samples: Samples, fragments: Fragments, moment: Moment) -> np.ndarray:
    """The highlights of skin and hair, (S,); a small lamp's are small and bright."""
    halfway = np.array(moment.light, np.float32) + np.float32([0, 0, 1])  # lamp and camera
    halfway /= np.linalg.norm(halfway) + np.float32(1e-9)
    cosine = np.maximum(halfway @ fragments.normals, 0)
    shine = cosine * cosine
    shine *= shine
    hard = np.float32(1.5 - moment.lamp_size)  # 0.5 .. 1.5; 1 is the lamp of version 1
    broad, narrow = shine ** (np.float32(5.5) * hard), shine ** (np.float32(15) * hard)
    skin = np.float32(0.10) * broad + np.float32(0.05) * hard * narrow
    strength = samples.specular * fragments.visibility
    on_hair = np.flatnonzero(fragments.hair > 0)
    skin[on_hair] += fragments.hair[on_hair] * (
        _hair_shine(fragments, on_hair, shine) - skin[on_hair]
    )
    return strength * skin


def _hair_shine(fragments: Fragments, on_hair: np.ndarray, shine: np.ndarray) -> np.ndarray:
    """The band of light across the strands, of the samples `on_hair`."""
    row, column = fragments.coordinates[on_hair].T
    streak = noise(row * 0.002, column * 0.013)
    height = fragments.normals[1, on_hair] - np.float32(0.45) - np.float32(0.08) * streak
    return np.float32(0.16) * np.exp(-((height / np.float32(0.16)) ** 2)) * shine[on_hair]
