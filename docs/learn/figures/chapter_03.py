"""The pictures of chapter 3, the transposed convolution."""

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure

import nn

INPUT, KERNEL = np.array([1, 2, 3]), np.array([1, 4, 2])
COLOURS = ["#d5e8f7", "#fde3c8", "#dcefd8"]  # of what comes from each input cell
LAYERS = 3  # of the drawn checkerboards


def draw_three_ways() -> Figure:
    """Stamps, a matrix, and zeros between the cells."""
    figure, axes = pyplot.subplots(1, 3, figsize=(9, 3.4))
    for ax, draw, title in zip(
        axes,
        (_draw_stamps, _draw_matrix, _draw_zeros),
        ("stamps", "a transposed matrix", "zeros between the cells"),
        strict=True,
    ):
        draw(ax)
        ax.set_title(title, fontsize=11)
        ax.set_aspect("equal")
        ax.axis("off")
    figure.tight_layout()
    return figure


def draw_checkerboard() -> Figure:
    """What layers with random weights make of noise."""
    figure, axes = pyplot.subplots(1, 3, figsize=(9, 3.2))
    kinds = [("3 taps, stride 2", 3, False), ("4 taps, stride 2", 4, False), ("upsampled", 3, True)]
    for ax, (title, taps, upsampled) in zip(axes, kinds, strict=True):
        ax.imshow(_enlarge_noise(taps, upsampled), cmap="gray", interpolation="nearest")
        ax.set_title(title, fontsize=11)
        ax.axis("off")
    figure.tight_layout()
    return figure


def _draw_cell(ax, column: float, row: float, text: str, colour: str = "white") -> None:
    square = pyplot.Rectangle((column, -row), 0.94, 0.94, facecolor=colour, edgecolor="#888888")
    ax.add_patch(square)
    ax.text(column + 0.47, 0.45 - row, text, ha="center", va="center", fontsize=9)


def _draw_stamps(ax) -> None:
    """A row for each stamp, and their sum below. The last tap falls off the end."""
    total = np.zeros(6, int)
    for r, value in enumerate(INPUT):
        _draw_cell(ax, -1.6, r, str(value), COLOURS[r])
        for i, weight in enumerate(KERNEL):
            cell = 2 * r + i
            if cell < 6:
                _draw_cell(ax, cell, r, str(value * weight), COLOURS[r])
                total[cell] += value * weight
    for cell, value in enumerate(total):
        _draw_cell(ax, cell, 3.4, str(value))
    ax.text(-1.1, -2.95, "sum", ha="center", va="center", fontsize=9)
    ax.set(xlim=(-2, 6.2), ylim=(-4.2, 1.3))


def _draw_matrix(ax) -> None:
    for r in range(3):
        _draw_cell(ax, 3.9, 1.5 + r, str(INPUT[r]), COLOURS[r])
        for cell in range(6):
            i = cell - 2 * r
            inside = 0 <= i < 3
            _draw_cell(
                ax, r, cell, str(KERNEL[i]) if inside else "", COLOURS[r] if inside else "white"
            )
    for cell, value in enumerate([1, 4, 4, 8, 7, 12]):
        _draw_cell(ax, 6.3, cell, str(value))
    ax.text(3.4, -2.0, "·", ha="center", va="center", fontsize=16)
    ax.text(5.6, -2.0, "=", ha="center", va="center", fontsize=14)
    ax.set(xlim=(-0.3, 7.5), ylim=(-5.3, 1.3))


def _draw_zeros(ax) -> None:
    """The window of the reversed kernel over the spread input, for output cell 2."""
    spread = [0, 0, *(value for r in INPUT for value in (r, 0))]
    for cell, value in enumerate(spread):
        r = cell // 2 - 1
        colour = COLOURS[r] if cell > 1 and cell % 2 == 0 else "#f2f2f2"
        _draw_cell(ax, cell, 0, str(value), colour)
    for cell, weight in enumerate(KERNEL[::-1]):
        _draw_cell(ax, 2 + cell, 1.5, str(weight), "#eeeeee")
    for cell, value in enumerate([1, 4, 4, 8, 7, 12]):
        _draw_cell(ax, 2 + cell, 3, str(value), "#fff3b0" if cell == 2 else "white")
    ax.annotate("", (4.5, -1.95), (3.5, -1.55), arrowprops={"arrowstyle": "->", "color": "#888888"})
    ax.text(5.3, -1.05, "reversed kernel", va="center", fontsize=9)
    ax.set(xlim=(-0.3, 9), ylim=(-3.5, 1.6))


def _enlarge_noise(taps: int, upsampled: bool) -> np.ndarray:
    """Noise (8, 8) enlarged by layers with random positive weights and LeakyReLU."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((1, 8, 8, 8)).astype(np.float32)
    for k in range(LAYERS):
        outputs = 1 if k == LAYERS - 1 else 8
        w = rng.standard_normal((taps, taps, outputs, 8)).astype(np.float32) + 0.3
        if upsampled:
            x = nn.conv_transpose2d(nn.upsample_nearest(x, 2), w).data
        else:
            x = nn.conv_transpose2d(x, w, stride=2).data
        x = nn.leaky_relu(x / np.abs(x).max(), 0.1).data
    return x[0, :, :, 0]
