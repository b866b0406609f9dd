"""The pictures of chapter 12, smoothing over time."""

from dataclasses import replace
from functools import cache

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from scipy import ndimage
from scipy.signal import savgol_filter

from actors import Model, Moment, sample_actor
from actors.render import encode
from faces.warp import warp

ACTOR, SIDE = 15, 200  # seed; pixels of a rendered picture
EYE = np.s_[68:104, 46:98]  # rows and columns of an eye in it
FRAMES = 17  # rendered
SHOWN = range(6, 13)  # of these
BLINK_FRAME, BLINK_LENGTH = 9, 1.6  # middle, and frames from the open eye to the closed one
FLICKER = 0.05  # standard deviation of the drawn faces' brightness, relative
REACH, SIGMA = 4, 2.0  # frames, of both averages
PLACE = 9  # side of the square in which pictures are compared, in pixels
SCALE = 0.02  # mean difference there, 0..1, at which a weight falls to 1/e
RATE = 25  # frames a second
TURN = 60  # degrees


def draw_filters() -> Figure:
    """A head that moves and stops, and a blink, through several filters."""
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.3))
    rng = np.random.default_rng(1)
    t = np.arange(46)
    place = np.interp(t, [12, 26], [0, 56]) + rng.normal(0, 1.2, len(t))
    axes[0].plot(t, place, ".", color="#999999", label="detected")
    axes[0].plot(t, _exponential(place), color="#c0392b", label="exponential")
    axes[0].plot(t, _one_euro(place), color="#d68910", label="One Euro")
    axes[0].plot(t, savgol_filter(place, 7, 2), color="#1f5f99", label="parabola")
    axes[0].set(title="a head moves and stops", xlabel="frame", ylabel="place in pixels")
    t = np.arange(-12, 13)
    lids = 1 - np.exp(-((t / 1.9) ** 4))
    drawn = lids + rng.normal(0, 0.05, len(t))
    axes[1].plot(t, drawn, ".", color="#999999", label="drawn")
    axes[1].plot(t, _average(drawn, np.ones(len(t))), color="#c0392b", label="Gaussian")
    axes[1].plot(t, savgol_filter(drawn, 7, 2), color="#1f5f99", label="parabola")
    axes[1].plot(t, _average(drawn, lids, 0.1), color="#1e8449", label="bilateral")
    axes[1].set(title="a blink", xlabel="frame", ylabel="how open the lids are", yticks=[0, 0.5, 1])
    for ax in axes:
        ax.legend(fontsize=9, frameon=False, loc="lower right")
        ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    return figure


def draw_blink() -> Figure:
    """Frames of a rendered blink, drawn with flicker: two averages over time."""
    target = _render_blink()
    rng = np.random.default_rng(3)
    drawn = target * (1 + FLICKER * rng.standard_normal((FRAMES, 1, 1, 1)))
    rows = {
        "target": target,
        "drawn": drawn,
        "average": np.stack([_average_frame(drawn, None, k) for k in range(FRAMES)]),
        "bilateral": np.stack([_average_frame(drawn, target, k) for k in range(FRAMES)]),
    }
    figure, axes = pyplot.subplots(len(rows), 1, figsize=(9, 3.8))
    for ax, (name, pictures) in zip(axes, rows.items(), strict=True):
        gap = ((0, 0), (0, 2), (0, 0))  # white columns between frames
        strip = [np.pad(pictures[k].clip(0, 1), gap, constant_values=1) for k in SHOWN]
        levels = np.rint(np.concatenate(strip, 1) * 51) / 51  # fewer make a smaller file
        ax.imshow(levels, interpolation="nearest")
        ax.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=10)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    figure.tight_layout(h_pad=0.2)
    return figure


def draw_entries() -> Figure:
    """A face turned left and right by TURN degrees, and between them by two averages."""
    layer = _model().render(Moment(smile=0.5, zoom=0.36), (SIDE, SIDE))
    face = encode(layer.colour) / 255 * layer.cover[..., None] + 1 - layer.cover[..., None]
    left, right = (np.exp(1j * np.deg2rad(turn)) for turn in (-TURN, TURN))
    panels = {
        "one frame": left,
        "the other": right,
        "mean of the entries": (left + right) / 2,
        "mean of size and angle": np.exp((np.log(left) + np.log(right)) / 2),
    }
    figure, axes = pyplot.subplots(1, 4, figsize=(8, 2.3))
    for ax, (title, a) in zip(axes, panels.items(), strict=True):
        turned = _turn(face, a)
        ax.imshow(np.rint(turned * 51) / 51, interpolation="nearest")
        ax.set_title(title, fontsize=9)
        ax.axis("off")
    figure.tight_layout()
    return figure


def _turn(picture: np.ndarray, a: complex) -> np.ndarray:
    """A picture (h, w, 3), 0..1, scaled and turned about its middle, before white."""
    middle = (SIDE - 1) / 2
    shift = middle * (1 + 1j) * (1 - a)
    matrix = np.array([[a.real, -a.imag, shift.real], [a.imag, a.real, shift.imag]])
    return 1 - warp(1 - picture, matrix, (SIDE, SIDE))


@cache
def _model() -> Model:
    return Model(sample_actor(ACTOR))


def _render_blink() -> np.ndarray:
    """The eyes in each frame, (FRAMES, h, w, 3), 0..1."""
    model, moment = _model(), Moment(zoom=0.42)
    pictures = []
    for k in range(FRAMES):
        closed = np.exp(-(((k - BLINK_FRAME) / BLINK_LENGTH) ** 4))
        layer = model.render(replace(moment, blink=closed), (SIDE, SIDE))
        pictures.append(encode(layer.over(np.full((SIDE, SIDE, 3), 0.3, np.float32)))[EYE])
    return np.stack(pictures) / 255


def _average_frame(drawn: np.ndarray, target: np.ndarray | None, k: int) -> np.ndarray:
    """A frame's mean with its neighbours; with a target, weighed by how alike its frames are."""
    total, weights = 0, 0
    for i in range(max(k - REACH, 0), min(k + REACH + 1, len(drawn))):
        weight = np.exp(-(((i - k) / SIGMA) ** 2) / 2)
        if target is not None:
            difference = ndimage.uniform_filter(np.abs(target[i] - target[k]).mean(-1), PLACE)
            weight = weight * np.exp(-((difference / SCALE) ** 2))[..., None]
        total, weights = total + weight * drawn[i], weights + weight
    return total / weights


def _average(x: np.ndarray, guide: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """The same of numbers (F,); a constant guide makes it a Gaussian."""
    frame = np.arange(len(x))
    near = np.exp(-(((frame[:, None] - frame) / SIGMA) ** 2) / 2)
    weights = near * np.exp(-(((guide[:, None] - guide) / scale) ** 2))
    return weights @ x / weights.sum(1)


def _exponential(x: np.ndarray, alpha: float = 0.3) -> np.ndarray:
    smoothed = [x[0]]
    for value in x[1:]:
        smoothed.append(alpha * value + (1 - alpha) * smoothed[-1])
    return np.array(smoothed)


def _one_euro(x: np.ndarray, least: float = 1.0, growth: float = 0.05) -> np.ndarray:
    """Cutoff `least` Hz at rest, and `growth` Hz more for each unit a second."""

    def alpha(cutoff):
        return 1 / (1 + RATE / (2 * np.pi * cutoff))

    smoothed, speed = [x[0]], 0.0
    for last, value in zip(x[:-1], x[1:], strict=True):
        speed += alpha(1.0) * ((value - last) * RATE - speed)
        share = alpha(least + growth * abs(speed))
        smoothed.append(share * value + (1 - share) * smoothed[-1])
    return np.array(smoothed)
