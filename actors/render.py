"""An actor and a moment -> a picture with its cover and the mask of the face.

The steps of a classic renderer: place the vertices, find the visible triangle at each sample
(raster.py), interpolate, look up the texture, paint eyes and mouth (paint/), shade (shade.py,
shadow.py), and average the samples of each pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .anchors import Anchors
from .camera import project
from .mesh import Mesh
from .paint import Channel, deepen_folds, paint_moment, sample_texels
from .performance import Moment
from .person import Actor
from .pose import apply_pose
from .raster import Visible, rasterise
from .shade import Fragments, shade, shading_normals
from .shadow import light_visibility

SUPERSAMPLING = 2  # samples of a pixel, along each side; `_average` is written for 2
MIN_OPACITY = 0.004  # what is worn and less opaque than a level of 8 bits is not shaded


@dataclass(frozen=True, eq=False)
class Layer:
    """Something rendered, to be put over a background."""

    colour: np.ndarray  # (h, w, 3) linear light, premultiplied by the cover
    cover: np.ndarray  # (h, w) 0..1: how much of the pixel it hides
    mask: np.ndarray  # (h, w) 0..1: how much of the pixel is face

    def over(self, background: np.ndarray) -> np.ndarray:
        """This in front of a picture (h, w, 3) in linear light ("over", Porter and Duff 1984)."""
        return self.colour + background * (1 - self.cover[..., None])


def encode(picture: np.ndarray) -> np.ndarray:
    """Linear light (h, w, 3) -> sRGB uint8, approximated by the power 1 / 2.2."""
    return (np.clip(picture, 0, 1) ** np.float32(1 / 2.2) * 255 + np.float32(0.5)).astype(np.uint8)


class Model:
    """An actor ready to be rendered; `render` may be called from several threads."""

    def __init__(self, actor: Actor):
        self.actor = actor
        self.mesh = Mesh(actor)
        self.anchors = Anchors(actor)

    def points(self, moment: Moment, size: tuple[int, int]) -> np.ndarray:
        """The five points (5, 2) in pixels of a picture of size (w, h), as MTCNN places them.

        Left eye, right eye, nose, left and right corner of the mouth, as seen in the picture.
        """
        return project(self.points3d(moment), moment.zoom, size, moment.distance)[0]

    def points3d(self, moment: Moment) -> np.ndarray:
        """The same on the head, (5, 3), in half heads.

        An eye is the middle of its aperture, a little inwards, and follows the gaze; the nose is a
        little below its tip.
        """
        gaze = 0.015 * moment.gaze_x
        points = self.anchors.place(moment, self.anchors.x + [gaze, gaze, 0, 0, 0])
        return apply_pose(points, moment, 1.0)

    def render(self, moment: Moment, size: tuple[int, int]) -> Layer:
        """The actor at a moment on a picture of size (w, h)."""
        mesh, fine = self.mesh, (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING)
        vertices = mesh.place(moment)
        at, depth = project(vertices, moment.zoom, fine, moment.distance)
        attributes = self._list_attributes(vertices, moment)
        seen = rasterise(at, depth, mesh.triangles, mesh.two_sided[mesh.triangles[:, 0]], fine)
        samples = np.zeros((fine[1] * fine[0], 5), np.float32)  # colour, cover, mask
        samples[seen.samples] = self._colour(seen, attributes, moment)
        nearest = np.full(len(samples), np.inf, np.float32)
        nearest[seen.samples] = seen.interpolate(depth[:, None])[:, 0]
        for triangles in mesh.overlays:
            seen = rasterise(at, depth, triangles, np.ones(len(triangles), bool), fine)
            opacity = mesh.look_up_opacity(seen)
            seen_depth = seen.interpolate(depth[:, None])[:, 0]
            shown = (opacity > MIN_OPACITY) & (seen_depth < nearest[seen.samples])
            seen, opacity = seen.take(shown), opacity[shown, None]
            over = self._colour(seen, attributes, moment)
            over[:, 4] = 0  # what is worn is no face
            samples[seen.samples] += (over - samples[seen.samples]) * opacity
        pixels = _average(samples.reshape(fine[1], fine[0], 5))
        return Layer(pixels[..., :3], pixels[..., 3], pixels[..., 4])

    def _list_attributes(self, vertices: np.ndarray, moment: Moment) -> np.ndarray:
        """What is interpolated between vertices, (V, 8)."""
        mesh = self.mesh
        visibility = light_visibility(mesh, vertices, moment)[:, None]
        attributes = mesh.coordinates, mesh.normals(vertices), mesh.face_place, visibility
        return np.concatenate(attributes, 1).astype(np.float32)

    def _colour(self, seen: Visible, attributes: np.ndarray, moment: Moment) -> np.ndarray:
        """The visible samples (S, 5): colour in linear light, cover (1), and mask of the face."""
        mesh, values = self.mesh, seen.interpolate(attributes)
        coordinates, normals, place, visibility = np.split(values, (2, 5, 7), axis=1)
        texels = mesh.look_up(seen, coordinates)
        samples = sample_texels(texels, place)
        deepen_folds(self.actor, moment, texels, samples)
        paint_moment(self.actor, moment, samples)
        two_sided = mesh.two_sided[seen.corners[:, 0]]
        normals = shading_normals(normals, samples.relief, moment, two_sided)
        fragments = Fragments(normals, visibility[:, 0], coordinates, texels[:, Channel.HAIR])
        colour, cover = shade(samples, fragments, moment), np.ones((len(texels), 1), np.float32)
        return np.concatenate([colour, cover, texels[:, Channel.FACE, None]], 1)


def _average(samples: np.ndarray) -> np.ndarray:
    """Samples (2h, 2w, C) -> pixels (h, w, C): the mean of each pixel's 2 x 2 samples."""
    rows = samples[::2] + samples[1::2]
    return (rows[:, ::2] + rows[:, 1::2]) * np.float32(1 / SUPERSAMPLING**2)
