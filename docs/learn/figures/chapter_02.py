"""The pictures of chapter 2, convolution as a matrix."""

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import nn
from actors import Model, Moment, sample_actor
from actors.background import render_background
from actors.render import encode
from files.luma import luma

IMAGE = np.array([[1, 2, 0, 3], [4, 1, 2, 0], [5, 3, 1, 2], [2, 0, 4, 1]])
KERNEL = np.array([[0, 1, 0], [2, 1, 0], [0, 0, 0]])
MARKED = (1, 2)  # row and column of the cell to follow
COLOURS = ["#d5e8f7", "#fde3c8", "#dcefd8", "#ecdff2"]  # of the four windows
YELLOW, GREY = "#ffe066", "#f2f2f2"
SMALL = 0.5  # side of the image's cells; those of the matrix have 1
ROW_STEP = 2.35  # from one window to the next, down the picture

FACE_PX, ACTOR = 88, 4
KERNELS = {
    "as it is": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "blurred": [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
    "sharpened": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "upright edges": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "level edges": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
}


def draw_im2col() -> Figure:
    """Four windows of a small image, as the rows of a matrix, times the kernel as a column."""
    figure, ax = pyplot.subplots(figsize=(8.6, 4.5))
    kernel = KERNEL.ravel()
    for t, (r, c) in enumerate(np.ndindex(2, 2)):
        top = -t * ROW_STEP
        _draw_window(ax, top, r, c, COLOURS[t])
        middle = top - 1.5 * SMALL - 0.25
        for k, (i, j) in enumerate(np.ndindex(3, 3)):
            marked = (r + i, c + j) == MARKED
            colour = YELLOW if marked else COLOURS[t]
            _draw_cell(ax, 3.0 + k, middle, 1, IMAGE[r + i, c + j], colour)
        value = IMAGE[r : r + 3, c : c + 3].ravel() @ kernel
        _draw_cell(ax, 16.2, middle, 1, value, COLOURS[t])
        _draw_cell(ax, 18.6 + c, -3.4 - r, 1, value, COLOURS[t])
    for k, weight in enumerate(kernel):
        _draw_cell(ax, 13.6, 0.05 - k, 1, weight, GREY)
    for x, text in ((12.8, "·"), (15.4, "="), (17.9, "→")):
        ax.text(x, -3.95, text, ha="center", va="center", fontsize=16)
    titles = ((1.0, "windows"), (7.5, "im2col: a row each"), (14.1, "kernel"), (17.9, "output"))
    for x, text in titles:
        ax.text(x, 1.5, text, ha="center", fontsize=11)
    ax.set(xlim=(-0.2, 20.8), ylim=(-8.3, 2.2), aspect="equal")
    ax.axis("off")
    figure.tight_layout()
    return figure


def draw_kernels() -> Figure:
    """What kernels of 3 x 3 weights make of a rendered face."""
    kernels = np.stack([np.array(k, np.float32) for k in KERNELS.values()], -1)
    kernels /= np.maximum(kernels.sum((0, 1)), 1)  # weights that add up to 1 keep the brightness
    outputs = nn.conv2d(_render_face()[None, :, :, None], kernels[:, :, None]).data[0]
    figure, axes = pyplot.subplots(2, len(KERNELS), figsize=(7.6, 2.65), height_ratios=(3, 1))
    for k, name in enumerate(KERNELS):
        edges = "edges" in name
        low, high = (-1, 1) if edges else (0, 1)
        axes[0, k].imshow(outputs[..., k], cmap="gray", vmin=low, vmax=high)
        axes[0, k].set_title(name, fontsize=11)
        axes[0, k].axis("off")
        _draw_kernel(axes[1, k], KERNELS[name], " / 16" if name == "blurred" else "")
    figure.tight_layout(h_pad=0.3, w_pad=0.3)
    return figure


def _draw_cell(ax, x: float, y: float, side: float, text, colour: str, size: int = 9) -> None:
    ax.add_patch(Rectangle((x, y), 0.94 * side, 0.94 * side, facecolor=colour, edgecolor="#888888"))
    ax.text(x + 0.47 * side, y + 0.45 * side, text, ha="center", va="center", fontsize=size)


def _draw_window(ax, top: float, r: int, c: int, colour: str) -> None:
    """The image, with the window at row r and column c in a colour."""
    for i, j in np.ndindex(4, 4):
        inside = r <= i < r + 3 and c <= j < c + 3
        fill = YELLOW if (i, j) == MARKED else colour if inside else "white"
        y = top + 0.5 - SMALL * i
        _draw_cell(ax, SMALL * j, y, SMALL, IMAGE[i, j], fill, size=8)


def _draw_kernel(ax, kernel: list, unit: str) -> None:
    for (i, j), weight in np.ndenumerate(np.array(kernel)):
        text = str(weight).replace("-", "−")
        _draw_cell(ax, j, -i, 1, text, GREY if weight == 0 else "white")
    ax.text(3.1, -0.55, unit, va="center", fontsize=9)
    ax.set(xlim=(-0.1, 3.1), ylim=(-2.1, 1.05), aspect="equal")
    ax.axis("off")


def _render_face() -> np.ndarray:
    """The brightness of a face of nobody, (FACE_PX, FACE_PX) float32, 0..1."""
    size = (FACE_PX, FACE_PX)
    layer = Model(sample_actor(ACTOR)).render(Moment(yaw=12, smile=0.5, zoom=0.42), size)
    picture = encode(layer.over(render_background(size, ACTOR)))
    return luma(picture, np.float32) / np.float32(255)
