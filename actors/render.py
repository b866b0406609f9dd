"""An actor and a moment -> light on a picture.

Light on skin, at each sample that the z-buffer found: a surface is as bright as it faces the light (Lambert), where *faces* is the
product of its normal, the unit vector at right angles to it, and the direction of the light. Skin lets some light
through, red most, so its brightness falls to 0 a little behind the edge ("wrapped" Lambert). Added to that: light from all around,
dimmed in hollows; a gloss where the normal halves the angle between light and camera (Blinn 1977); shadows, from a z-buffer seen from
the light (Williams 1978).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from . import raster
from .head import PIVOT, build, expressions, skull, smoothstep
from .paint import (
    CHANNELS,
    FOLD,
    GLOSS,
    HAIR,
    MASK,
    OCCLUSION,
    RED,
    Texture,
    noise,
    normals,
    paint_eyes,
    paint_mouth,
)
from .performance import Moment
from .person import Actor

FINER = 2  # samples a pixel, along each side
SHADOW = 160  # the side of the shadow's z-buffer
SHAPES = ("mouth", "smile", "brow")


@dataclass(frozen=True, eq=False)
class Layer:
    """A rendered actor. colour (h, w, 3) linear light, already times cover; cover (h, w) 0..1, mask (h, w): of it, the face."""

    colour: np.ndarray
    cover: np.ndarray
    mask: np.ndarray

    def over(self, behind: np.ndarray) -> np.ndarray:
        """This in front of a picture (h, w, 3) in linear light."""
        return self.colour + behind * (1 - self.cover[..., None])


def encode(picture: np.ndarray) -> np.ndarray:
    """Linear light (h, w, 3) -> sRGB uint8, by the power 1 / 2.2."""
    return (np.clip(picture, 0, 1) ** np.float32(1 / 2.2) * 255 + np.float32(0.5)).astype(np.uint8)


def rotation(moment: Moment) -> np.ndarray:
    """The head's turn, (3, 3): about its own height first, then forward, then sideways."""
    yaw, pitch, roll = np.radians([moment.yaw, moment.pitch, moment.roll])
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    about_z = np.array(
        [[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    )
    return about_z @ about_x @ about_y


class Model:
    """An actor made ready: surfaces, blendshapes and textures, computed once. `render` may be called from several threads."""

    def __init__(self, actor: Actor):
        self.actor = actor
        self.grids = build(actor)
        textures = [Texture(actor, grid) for grid in self.grids]
        self.texels = np.concatenate([t.texels.reshape(-1, CHANNELS) for t in textures])
        self.spans, triangles, casting, first, texel = [], [], [], 0, 0
        row_widths, first_texels, kinds = [], [], []
        for grid, texture in zip(self.grids, textures, strict=True):
            count = grid.angle.size
            self.spans.append((slice(first, first + count), grid.angle.shape))
            triangles.append(raster.grid_triangles(*grid.angle.shape, first))
            casting.append(raster.grid_triangles(*grid.angle.shape, first, step=2))
            row_widths.append(np.full(count, texture.texels.shape[1], np.int32))
            first_texels.append(np.full(count, texel, np.int32))
            kinds.append(np.full(count, grid.kind == "curtain"))
            first, texel = first + count, texel + texture.texels[..., 0].size
        self.triangles, self.casting = (
            np.concatenate(triangles),
            np.concatenate(casting),
        )  # for a shadow a coarser surface will do
        self.row_width, self.first_texel, self.two_sided = (
            np.concatenate(row_widths),
            np.concatenate(first_texels),
            np.concatenate(kinds),
        )

        def flat(arrays, channels):
            return np.concatenate([a.reshape(-1, channels) for a in arrays]).astype(np.float32)

        self.posed, self.follows = (
            flat([g.posed for g in self.grids], 3),
            flat([g.follows for g in self.grids], 1),
        )
        self.shapes = {name: flat([g.shapes[name] for g in self.grids], 3) for name in SHAPES}
        self.coordinates = flat([t.coordinates for t in textures], 2)
        self.rest = flat([g.rest for g in self.grids], 3)[:, :2]
        self.rest[self.spans[0][0].stop :] = 9  # beyond every feature: only the head has a face
        self.rest[: self.spans[0][0].stop][np.abs(self.grids[0].angle.ravel()) > 1.5] = 9

    def place(self, moment: Moment) -> np.ndarray:
        """The vertices (V, 3) at a moment."""
        at = self.posed.copy()
        for name in SHAPES:
            at += np.float32(getattr(moment, name)) * self.shapes[name]
        return turned(at, moment, self.follows)

    def points(self, moment: Moment, size: tuple[int, int]) -> np.ndarray:
        """The five points (5, 2) in pixels of a picture of size (w, h), as MTCNN places them: left eye, right eye, nose, mouth corners."""
        return raster.project(self.points3d(moment), moment.zoom, size)[0]

    def points3d(self, moment: Moment) -> np.ndarray:
        """The same on the head, (5, 3), in half heads.

        An eye is the middle of its aperture, a little inwards, and follows the gaze; the nose is a little below its tip.
        """
        face = self.actor.face
        gaze = 0.015 * moment.gaze_x
        anchors = [
            (-face.eye_x + 0.012 + gaze, 0.022),
            (face.eye_x - 0.012 + gaze, 0.022),
            (0, face.nose_y - 0.02),
            (-0.98 * face.mouth_width, face.mouth_y - 0.012),
            (0.98 * face.mouth_width, face.mouth_y - 0.012),
        ]
        angle = np.linspace(-1.3, 1.3, 201)
        at = []
        for x, y in anchors:
            line = skull(self.actor, angle, np.full(angle.shape, y))
            shapes = expressions(self.actor, angle, line)
            moved = line + sum(getattr(moment, name) * shapes[name] for name in SHAPES)
            at.append([np.interp(x, line[:, 0], moved[:, k]) for k in range(3)])
        return turned(np.array(at), moment, 1.0)

    def render(self, moment: Moment, size: tuple[int, int]) -> Layer:
        """The actor at a moment on a picture of size (w, h)."""
        at = self.place(moment)
        facing = np.concatenate(
            [normals(at[span].reshape(*shape, 3)).reshape(-1, 3) for span, shape in self.spans]
        )
        light = np.array(moment.light, np.float32)
        fine = size[0] * FINER, size[1] * FINER
        seen = raster.rasterise(
            *raster.project(at, moment.zoom, fine),
            self.triangles,
            self.two_sided[self.triangles[:, 0]],
            fine,
        )
        lit = self._lit(at, light)
        values = seen.interpolate(
            np.concatenate([self.coordinates, facing, self.rest, lit[:, None]], 1).astype(
                np.float32
            )
        )
        first = seen.corners[:, 0]
        place = np.rint(values[:, :2]).astype(np.int32)
        texels = self.texels[
            self.first_texel[first] + place[:, 0] * self.row_width[first] + place[:, 1]
        ]
        colour = self._shade(texels, values, self.two_sided[first], light, moment)
        full = np.zeros((fine[1] * fine[0], 5), np.float32)
        full[seen.samples, :3] = colour
        full[seen.samples, 3] = 1
        full[seen.samples, 4] = texels[:, MASK]
        full = full.reshape(fine[1], fine[0], 5)
        small = full[::2] + full[1::2]  # the mean of each pixel's FINER x FINER samples
        small = (small[:, ::2] + small[:, 1::2]) * np.float32(1 / FINER**2)
        return Layer(small[..., :3], small[..., 3], small[..., 4])

    def _lit(self, at: np.ndarray, light: np.ndarray) -> np.ndarray:
        """How much of the light reaches each vertex, (V,) 0 in shadow .. 1."""
        right = np.cross([0, 1, 0], light)
        right /= np.linalg.norm(right)
        up = np.cross(light, right)
        middle = np.float32([0, -0.2, 0])
        plane = (
            np.stack([(at - middle) @ right, (at - middle) @ up], -1) * (SHADOW * 0.27) + SHADOW / 2
        )
        beyond = ((plane < 2) | (plane > SHADOW - 3)).any(1)
        depth = raster.DISTANCE - at @ light
        seen = raster.rasterise(
            plane, depth, self.casting, np.ones(len(self.casting), bool), (SHADOW, SHADOW)
        )
        nearest = np.full((SHADOW, SHADOW), 99, np.float32)
        nearest.ravel()[seen.samples] = seen.interpolate(depth[:, None].astype(np.float32))[:, 0]
        column, row = np.clip(np.rint(plane).astype(np.int32), 1, SHADOW - 2).T
        lit = np.zeros(len(at), np.float32)
        for down in (-1, 0, 1):
            for over in (-1, 0, 1):
                lit += smoothstep(0.10, 0.04, depth - nearest[row + down, column + over])
        lit /= 9
        lit[beyond] = 1
        for span, shape in self.spans:
            lit[span] = ndimage.uniform_filter(lit[span].reshape(shape), 3, mode="nearest").ravel()
        return lit

    def _shade(self, texels, values, two_sided, light, moment: Moment) -> np.ndarray:
        """Samples' colours (S, 3) in linear light."""
        n = values[:, 2:5]
        n /= np.sqrt((n * n).sum(1, keepdims=True)) + np.float32(1e-9)
        n[two_sided & (n[:, 2] < 0)] *= -1
        x, y, lit = values[:, 5], values[:, 6], values[:, 7]
        colour, occlusion, gloss = texels[:, RED], texels[:, OCCLUSION], texels[:, GLOSS]
        occlusion *= 1 - texels[:, FOLD] * np.float32(0.08 + 0.26 * moment.smile)
        flat = np.zeros(len(x), np.float32)
        face = self.actor.face
        for painter, near in (
            (paint_eyes, (np.abs(np.abs(x) - face.eye_x) < 0.22) & (np.abs(y - 0.01) < 0.17)),
            (paint_mouth, (np.abs(x) < face.mouth_width * 1.1) & (np.abs(y - face.mouth_y) < 0.02)),
        ):
            near = np.flatnonzero(near)
            parts = [a[near] for a in (colour, occlusion, gloss, flat)]
            painter(self.actor, moment, x[near], y[near], *parts)
            for whole, part in zip((colour, occlusion, gloss, flat), parts, strict=True):
                whole[near] = part
        towards = n @ light
        wrap = np.float32([0.30, 0.16, 0.12])
        direct = np.maximum((towards[:, None] + wrap) / (1 + wrap), 0)
        in_shadow = np.float32([0.38, 0.32, 0.30])
        direct *= in_shadow + (1 - in_shadow) * lit[:, None]
        direct += (np.float32(0.55 + 0.35 * max(light[2], 0)) - direct) * (0.75 * flat)[:, None]
        direct *= (np.float32(0.95) * np.sqrt(occlusion))[:, None]
        direct += (
            np.float32(moment.ambient) * (0.75 + 0.25 * n[:, 1]) * occlusion
            + np.float32(0.06) * np.clip(1 - n[:, 2], 0, 1) ** 3
        )[:, None]
        half = light + np.float32([0, 0, 1])
        shine = np.maximum(n @ (half / np.linalg.norm(half)), 0)
        hair = texels[:, HAIR]
        skin_gloss = np.float32(0.10) * shine**22 + np.float32(0.05) * shine**60
        streak = noise(
            values[:, 0] * 0.002, values[:, 1] * 0.013
        )  # hair shines in a band across its strands (Kajiya and Kay 1989)
        hair_gloss = (
            np.float32(0.16)
            * np.exp(
                -(
                    ((n[:, 1] - np.float32(0.45) - np.float32(0.08) * streak) / np.float32(0.16))
                    ** 2
                )
            )
            * shine**4
        )
        spark = gloss * lit * (skin_gloss + (hair_gloss - skin_gloss) * hair)
        colour *= direct
        colour += spark[:, None] * np.float32([1, 0.97, 0.92])
        return colour


def turned(at: np.ndarray, moment: Moment, follows) -> np.ndarray:
    """Points (..., 3) after the head's turn, of which they take part in a share `follows`, and the actor's shift."""
    pivot = PIVOT.astype(at.dtype)
    turned = (at - pivot) @ rotation(moment).T.astype(at.dtype) + pivot
    return at + (turned - at) * follows + np.array([moment.shift_x, moment.shift_y, 0], at.dtype)
