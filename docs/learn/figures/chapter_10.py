"""The pictures of chapter 10, colour."""

from dataclasses import replace

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from actors import Model, Moment, sample_actor
from actors.casts import CAST_CANVAS
from actors.measures import psnr
from actors.render import encode
from colorcorrect import TRANSFERS
from colorcorrect.monge_kantorovich import monge_kantorovich
from colorcorrect.visible import find_visible
from faces import align

TARGET, DONOR = 129, 125  # seeds of the two actors
NAMES = {
    "none": "none",
    "reinhard": "Reinhard",
    "monge-kantorovich": "Monge-\nKantorovich",
    "light": "light",
    "net": "net",
}
PICTURE_SIZE = (160, 160)
MOMENT = Moment(yaw=4, mouth=0.3, smile=0.3, zoom=0.42, shift_y=0.05)


def _towards(*direction: float) -> tuple[float, ...]:
    return tuple(np.array(direction) / np.linalg.norm(direction))


LIGHTS = [  # of the target: like the donor's, and a bluish one from the other side
    {"light": _towards(-0.3, 0.4, 0.85)},
    {
        "light": _towards(0.8, 0.3, 0.5),
        "lamp_colour": (0.8, 0.95, 1.3),
        "ambient_colour": (0.8, 0.9, 1.3),
        "ambient": 0.2,
    },
]
DONOR_LIGHT = {
    "light": _towards(-0.5, 0.4, 0.8),
    "lamp_colour": (1.2, 1.0, 0.75),
    "ambient_colour": (1.1, 1.0, 0.8),
}
SHOWN_ROWS, SHOWN_COLUMNS = slice(4, 118), slice(6, 122)  # of 128 pixels
COLOUR_LEVELS = 32  # in the picture of faces: fewer make its file smaller
CLOUD_POINTS = 1200


def draw_transfers() -> Figure:
    """A donor's face on a target in two lights, by each transfer, and the true swap."""
    target, donor = sample_actor(TARGET), sample_actor(DONOR)
    models = [Model(actor) for actor in (target, donor, target.with_face_of(donor))]
    drawn, donor_mask = _render_face(models[1], replace(MOMENT, **DONOR_LIGHT))
    figure, axes = pyplot.subplots(2, len(NAMES) + 2, figsize=(7.2, 2.75))
    for line, light in zip(axes, LIGHTS, strict=True):
        moment = replace(MOMENT, **light)
        frame, mask = _render_face(models[0], moment)
        truth, _ = _render_face(models[2], moment)
        visible = find_visible(frame[None])
        _show(line[0], frame, "")
        for ax, name in zip(line[1:], NAMES, strict=False):
            coloured = TRANSFERS[name].for_clip(CAST_CANVAS)(drawn[None], frame[None], visible)[0]
            opacity = (visible[0] * donor_mask)[..., None]
            pasted = (frame + (coloured.clip(0, 1) - frame) * opacity).astype(np.float32)
            levels = [np.rint(picture * 255).astype(np.uint8) for picture in (pasted, truth)]
            _show(ax, pasted, f"{psnr(*levels, mask):.1f} dB")
        _show(line[-1], truth, "")
    titles = ["target", *NAMES.values(), "true swap"]
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title, fontsize=9.5, pad=4)
    figure.subplots_adjust(0.005, 0.08, 0.995, 0.86, wspace=0.04, hspace=0.16)
    return figure


def draw_clouds() -> Figure:
    """The chapter's clouds in the plane of red and blue, before and after two transfers."""
    rng = np.random.default_rng(0)
    skin = np.array([0.8, 0.55, 0.4])
    shade, side = rng.uniform(0.4, 1, (2000, 1)), rng.uniform(0, 1, (2000, 1))
    lamps = side * [1, 0.8, 0.5] + (1 - side) * [0.4, 0.5, 0.9]
    source = shade * skin + 0.02 * rng.standard_normal((2000, 3))
    target = lamps * skin + 0.02 * rng.standard_normal((2000, 3))
    each = (source - source.mean(0)) / source.std(0) * target.std(0) + target.mean(0)
    clouds = {
        "source": source,
        "each channel by itself": each,
        "Monge-Kantorovich": monge_kantorovich(source, target),
        "target": target,
    }
    figure, axes = pyplot.subplots(1, 4, figsize=(8.2, 2.5), sharex=True, sharey=True)
    for ax, (title, cloud) in zip(axes, clouds.items(), strict=True):
        shown = cloud[:CLOUD_POINTS]
        ax.scatter(*shown[:, [0, 2]].T, s=3, c=shown.clip(0, 1), linewidths=0)
        if cloud is not target:
            _draw_ellipse(ax, target, linestyle="--", edgecolor="#222222")
        _draw_ellipse(ax, cloud, edgecolor="#222222")
        ax.set_title(title, fontsize=10)
        ax.set_xlabel("red", fontsize=10)
        ax.set(xlim=(0.1, 1), ylim=(0.05, 0.55), xticks=[0.25, 0.5, 0.75], yticks=[0.2, 0.4])
        ax.tick_params(labelsize=8)
    axes[0].set_ylabel("blue", fontsize=10)
    figure.tight_layout()
    return figure


def _render_face(model: Model, moment: Moment) -> tuple[np.ndarray, np.ndarray]:
    """An aligned face before a grey wall, (128, 128, 3) float32, and its mask (128, 128), 0..1."""
    wall = np.full((*PICTURE_SIZE, 3), 0.25, np.float32)
    layer = model.render(moment, PICTURE_SIZE)
    to_aligned = align.similarity(model.points(moment, PICTURE_SIZE))
    face = CAST_CANVAS.warp(encode(layer.over(wall)), to_aligned).astype(np.float32) / 255
    return face, CAST_CANVAS.warp(layer.mask[..., None], to_aligned)[..., 0]


def _show(ax, picture: np.ndarray, below: str) -> None:
    few = (picture[SHOWN_ROWS, SHOWN_COLUMNS] * COLOUR_LEVELS).round() / COLOUR_LEVELS
    ax.imshow(few, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_xlabel(below, fontsize=9, labelpad=2)


def _draw_ellipse(ax, cloud: np.ndarray, **style) -> None:
    """Two standard deviations of a cloud in red and blue."""
    values, vectors = np.linalg.eigh(np.cov(cloud[:, [0, 2]].T))
    width, height = 4 * np.sqrt(values[::-1])
    angle = np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))
    middle = cloud[:, [0, 2]].mean(axis=0)
    ax.add_patch(Ellipse(middle, width, height, angle=angle, facecolor="none", lw=1.3, **style))
