"""The pictures of chapter 13, the mark."""

import io
from functools import cache

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from PIL import Image

from actors import Model, Performance, sample_actor
from actors.background import render_background
from actors.render import encode
from faces import align
from files import luma
from provenance import mark, search
from provenance.pattern import (
    DCT_BLOCK,
    MARK_BAND,
    MARK_CANVAS,
    block_dct,
    mark_signs,
)
from provenance.rectify import rectify

SIZE = 224, 224  # pixels, of the frames
FIRST_FRAME = 66  # of the performance; the head looks ahead there
COUNTS = 1, 2, 3, 4  # frames that are averaged in the picture of the scores
QUALITY = 30  # of the JPEG that codes its frames
LOW_QUALITY = 20  # of the JPEG in the picture of the band
AMPLIFIED = 20  # how many times the difference is shown
ACTOR, PERFORMANCE = 8, 11  # seeds
MARKED, PLAIN, GREY = "#0b6fb8", "#d9822b", "#888888"


def draw_face() -> Figure:
    """A face, the same with the mark, the difference, and the signs of the key."""
    plain, marked, _ = _make_frame(0)
    rows, columns = slice(34, 216), slice(24, 180)
    change = marked.astype(int) - plain
    shown = np.clip(128 + AMPLIFIED * change, 0, 255).astype(np.uint8)
    figure, axes = pyplot.subplots(1, 4, figsize=(9, 2.9))
    titles = "without the mark", "with the mark", f"difference, {AMPLIFIED} times", "the key"
    pictures = [picture[rows, columns] for picture in (plain, marked, shown)]
    for ax, picture, title in zip(axes, [*pictures, _show_signs()], titles, strict=True):
        ax.imshow(picture, cmap="RdBu", interpolation="nearest")
        ax.set_title(title, fontsize=11)
        ax.axis("off")
    figure.tight_layout(w_pad=0.6)
    return figure


def draw_scores() -> Figure:
    """Scores with and without the mark, by the number of pixels and by the number of frames."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.3))
    _draw_pixels(left)
    _draw_frames(right)
    figure.tight_layout(w_pad=2)
    return figure


def draw_band() -> Figure:
    """How strong the face, the mark and the coder's error are at each frequency."""
    plain, marked, matrix = _make_frame(0)
    coded = _code(plain, LOW_QUALITY)
    levels = {
        "face": _measure(plain, matrix),
        f"error of a JPEG of quality {LOW_QUALITY}": _measure(coded.astype(int) - plain, matrix),
        "mark": _measure(marked.astype(int) - plain, matrix),
    }
    figure, ax = pyplot.subplots(figsize=(7.5, 3.3))
    ax.axvspan(*MARK_BAND, color="#dcefd8", label="the mark's band")
    for (name, (frequency, level)), colour in zip(
        levels.items(), (GREY, PLAIN, MARKED), strict=True
    ):
        ax.plot(frequency, level, color=colour, label=name, linewidth=2)
    ax.set(yscale="log", xlim=(0.02, 0.45), xlabel="frequency, cycles a cell of the grid")
    ax.set_ylabel("mean size of a coefficient")
    ax.legend(frameon=False, fontsize=9)
    _tidy(ax)
    figure.tight_layout()
    return figure


@cache
def _make_frame(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A frame without and with the mark, uint8, and its matrix. All of the face is replaced."""
    model, room, performance = _prepare()
    moment = performance.at((FIRST_FRAME + number) / 25)
    layer = model.render(moment, SIZE)
    plain = encode(layer.over(room))
    untouched = np.where(layer.mask[..., None] > 0, plain ^ 1, plain)
    matrix = align.similarity(model.points(moment, SIZE))
    return plain, mark.embed(plain, untouched, matrix), matrix


@cache
def _prepare() -> tuple[Model, np.ndarray, Performance]:
    model, performance = Model(sample_actor(ACTOR)), Performance(PERFORMANCE, 4)
    return model, render_background(SIZE, PERFORMANCE), performance


def _code(image: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def _show_signs() -> np.ndarray:
    """The signs of all blocks, at their places: (112, 96, 3) uint8; grey where there is none."""
    rows, columns = mark_signs().shape[:2]
    signs = mark_signs().swapaxes(1, 2).reshape(rows * DCT_BLOCK, columns * DCT_BLOCK)
    colours = np.array([(217, 130, 43), (238, 238, 238), (11, 111, 184)], np.uint8)
    shown = colours[signs.astype(int) + 1].repeat(4, 0).repeat(4, 1)
    shown[:: 4 * DCT_BLOCK] = shown[:, :: 4 * DCT_BLOCK] = 170
    return shown


def _measure(image: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The frequencies of a block's coefficients, in steps, and their mean size in an image."""
    levels = luma(image.astype(np.float32), np.float32)[..., None]
    coefficients = np.abs(block_dct(MARK_CANVAS.warp(levels, matrix)[..., 0])[1:6, 1:5])
    u, v = np.ogrid[:DCT_BLOCK, :DCT_BLOCK]
    step = np.rint(np.hypot(u, v)).astype(int)
    steps = np.arange(1, 15)
    sizes = [coefficients[..., step == k].mean() for k in steps]
    return steps / (2 * DCT_BLOCK), np.array(sizes)


def _draw_pixels(ax) -> None:
    """A pattern of one level in noise of ten: 100 pictures, the middle and nine in ten of them."""
    rng = np.random.default_rng(0)
    counts = 4 ** np.arange(2, 8)
    for strength, colour, name in ((1, MARKED, "marked"), (0, PLAIN, "not marked")):
        values = strength + rng.normal(0, 10, (100, counts[-1])).astype(np.float32)
        scores = np.cumsum(values, 1)[:, counts - 1] / np.sqrt(
            np.cumsum(values**2, 1)[:, counts - 1]
        )
        low, middle, high = np.percentile(scores, (5, 50, 95), axis=0)
        ax.fill_between(counts, low, high, color=colour, alpha=0.2, linewidth=0)
        ax.plot(counts, middle, color=colour, label=name, linewidth=2)
    ax.plot(counts, np.sqrt(counts) / 10, ":", color="black", label="square root of N, over 10")
    ax.set(xscale="log", xlabel="number of pixels N", ylabel="score")
    ax.set_title("one level of mark in ten levels of noise", fontsize=11)
    ax.legend(frameon=False, fontsize=9, loc="upper left")
    _tidy(ax)


def _draw_frames(ax) -> None:
    """Rendered faces, coded strongly, averaged over more and more frames."""
    faces = {"marked": [], "not marked": []}
    for number in range(COUNTS[-1]):
        plain, marked, matrix = _make_frame(number)
        for name, image in (("marked", marked), ("not marked", plain)):
            faces[name].append(rectify(_code(image, QUALITY), matrix))
    for (name, images), colour in zip(faces.items(), (MARKED, PLAIN), strict=True):
        scores = [search.search_image(np.mean(images[:count], 0)) for count in COUNTS]
        ax.plot(COUNTS, scores, "o-", color=colour, label=name, linewidth=2, markersize=4)
    ax.axhline(6.3, color="black", linestyle="--", linewidth=1)
    ax.text(1, 6.4, "6.3 is needed", va="bottom", fontsize=9)
    ax.set(xlabel="number of frames averaged", ylabel="score", xticks=COUNTS, ylim=(0, 9))
    ax.set_title(f"a rendered face, JPEG of quality {QUALITY}", fontsize=11)
    ax.legend(frameon=False, fontsize=9, loc="upper left", ncols=2)
    _tidy(ax)


def _tidy(ax) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=9)
