"""The pictures of chapter 8, alignment."""

import functools

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure

from actors import Model, Moment
from actors.person import sample_actor
from actors.render import encode
from faces import Canvas, align, warp

CANVAS = Canvas(align.WHOLE_FACE, (128, 128))
FRAME = 256, 240  # pixels, width and height
TILTED = Moment(yaw=-8, roll=16, smile=0.4)
TURNED = Moment(yaw=35)
POINT_COLOURS = ["#ff3b30", "#ff9500", "#ffee00", "#34e06a", "#22c3ff"]  # in the points' order
WRONG_NOSE = np.array([30, -20])  # pixels of the frame by which the nose is off
CHIRP_SIDE, CHIRP_SHRINKING = 256, 4
PORTRAIT_SIDE, PORTRAIT_SHRINKING = 320, 8
GREY_STEP = 17  # 8-bit levels from one grey of the rings to the next: a smaller file
WALL = 0.2  # linear light of a plain wall: a smaller file


def draw_alignment() -> Figure:
    """A frame with its points and the grid of the canvas, and the aligned face."""
    image, points = _render(TILTED)
    to_aligned = align.similarity(points)
    figure, axes = pyplot.subplots(1, 2, figsize=(7, 3.5), width_ratios=FRAME)
    axes[0].imshow(image, interpolation="nearest")
    for line in _grid_lines(8):
        x, y = _apply(align.invert(CANVAS.matrix(to_aligned)), line).T
        axes[0].plot(x, y, color="white", lw=0.8)
    axes[0].scatter(*points.T, s=26, c=POINT_COLOURS, edgecolors="black", lw=0.6, zorder=3)
    axes[0].set_title("the frame, its five points, and the canvas's grid", fontsize=10)
    _draw_aligned(axes[1], image, to_aligned, points)
    axes[1].set_title("the aligned face", fontsize=10)
    axes[0].set(xlim=(-0.5, FRAME[0] - 0.5), ylim=(FRAME[1] - 0.5, -0.5))
    for ax in axes:
        ax.axis("off")
    figure.tight_layout(pad=0.5)
    return figure


def draw_bad_fits() -> Figure:
    """A turned head, aligned well and badly."""
    image, points = _render(TURNED)
    wrong = points.copy()
    wrong[2] += WRONG_NOSE
    cases = {
        "similarity": (align.similarity(points), points),
        "affine map": (_fit_affine(points), points),
        "nose 36 px off": (align.similarity(wrong), wrong),
        "left and right\nexchanged": (align.similarity(points[[1, 0, 2, 4, 3]]), points),
    }
    figure, axes = pyplot.subplots(1, 4, figsize=(8, 2.5))
    for ax, (title, (to_aligned, seen)) in zip(axes, cases.items(), strict=True):
        _draw_aligned(ax, image, to_aligned, seen)
        ax.set_title(title, fontsize=10)
        ax.axis("off")
    figure.tight_layout(pad=0.5)
    return figure


def draw_shrinking() -> Figure:
    """Rings and a portrait, shrunk in three ways."""
    portrait, _ = _render(Moment(smile=0.2), (PORTRAIT_SIDE, PORTRAIT_SIDE))
    rows = [(_draw_chirp(), CHIRP_SHRINKING), (portrait, PORTRAIT_SHRINKING)]
    figure, axes = pyplot.subplots(2, 4, figsize=(7, 3.75))
    titles = "large", "nearest pixel", "bilinear", "mean of the area"
    for row, (image, factor) in zip(axes, rows, strict=True):
        small = len(image) // factor
        middle = (np.arange(small) * factor) + factor // 2
        shrunk = [
            image,
            image[middle][:, middle],
            warp.resize(image[None], (small, small))[0].astype(np.uint8),
            image.reshape(small, factor, small, factor, 3).mean(axis=(1, 3)).astype(np.uint8),
        ]
        for ax, picture in zip(row, shrunk, strict=True):
            ax.imshow(picture, interpolation="nearest")
            ax.axis("off")
        row[0].text(
            0.02,
            0.03,
            f"{len(image)} to {small} px",
            transform=row[0].transAxes,
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
        )
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title, fontsize=10)
    figure.tight_layout(pad=0.4)
    return figure


@functools.cache
def _model() -> Model:
    return Model(sample_actor(2))


def _render(moment: Moment, size: tuple[int, int] = FRAME) -> tuple[np.ndarray, np.ndarray]:
    """The actor at a moment: image (h, w, 3) uint8, and the five points (5, 2)."""
    layer = _model().render(moment, size)
    return encode(layer.over(np.full((size[1], size[0], 3), WALL))), _model().points(moment, size)


def _apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


def _fit_affine(points: np.ndarray) -> np.ndarray:
    """The affine map (2, 3), frame -> aligned, fitted as the similarity is."""
    known = np.column_stack([align.REFERENCE_POINTS, np.ones(5)])  # (5, 3)
    return align.invert(np.linalg.lstsq(known, points, rcond=None)[0].T)


def _grid_lines(cells: int) -> list[np.ndarray]:
    """The lines between `cells` x `cells` parts of the canvas, as ends (2, 2) in its pixels."""
    (w, h), lines = CANVAS.size, []
    for k in range(cells + 1):
        x, y = k * w / cells - 0.5, k * h / cells - 0.5
        lines += [np.array([[x, -0.5], [x, h - 0.5]]), np.array([[-0.5, y], [w - 0.5, y]])]
    return lines


def _draw_aligned(ax, image: np.ndarray, to_aligned: np.ndarray, points: np.ndarray) -> None:
    """The face on the canvas; standard places as crosses, the frame's points as dots."""
    (w, h), (width, height) = CANVAS.size, CANVAS.region.size
    aspect = (height / h) / (width / w)  # pixels of the canvas are not square
    ax.imshow(CANVAS.warp(image, to_aligned), aspect=aspect, interpolation="nearest")
    places = _apply(CANVAS.matrix(to_aligned), points)
    standard = _apply(CANVAS.matrix(np.eye(2, 3)), align.REFERENCE_POINTS)
    ax.scatter(*standard.T, s=46, c="white", marker="+", lw=1.4, zorder=2)
    inside = ((places > 0) & (places < CANVAS.size)).all(axis=1)
    colours = [colour for colour, seen in zip(POINT_COLOURS, inside, strict=True) if seen]
    ax.scatter(*places[inside].T, s=26, c=colours, edgecolors="black", lw=0.6, zorder=3)
    ax.set(xlim=(-0.5, w - 0.5), ylim=(h - 0.5, -0.5))


def _draw_chirp() -> np.ndarray:
    """Rings that grow narrower outwards, to two pixels a ring at the middle of each edge."""
    x = np.arange(CHIRP_SIDE) - (CHIRP_SIDE - 1) / 2
    square = x**2 + x[:, None] ** 2
    rings = 127.5 + 127.5 * np.cos(np.pi / CHIRP_SIDE * square)
    rings = np.rint(rings / GREY_STEP) * GREY_STEP
    return rings.astype(np.uint8)[..., None].repeat(3, axis=2)
