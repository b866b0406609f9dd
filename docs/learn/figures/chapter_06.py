"""The pictures of chapter 6, faster kernels."""

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

PEAK, BANDWIDTH = 64, 8  # of the imagined core: 10^9 operations and bytes a second
FACES = 16  # of a batch
BLUE, ORANGE, GREEN, GREY = "#2f6fa8", "#d9822b", "#4b9a4b", "#888888"
PALE_BLUE, PALE_ORANGE, PALE_GREEN = "#d5e8f7", "#fde3c8", "#dcefd8"
# side of the output, stride, inputs, outputs; and how far its name stands from its full circle
LAYERS = {
    "first layer, 3 → 32": (32, 2, 3, 32, BLUE),
    "last layer, 32 → 12": (64, 1, 32, 12, ORANGE),
    "third layer, 64 → 128": (8, 2, 64, 128, GREEN),
}


def draw_roofline() -> Figure:
    """Layers of today's net under the roof of an imagined core."""
    figure, ax = pyplot.subplots(figsize=(8.4, 4.8))
    ridge = PEAK / BANDWIDTH
    ax.fill_between([0.1, ridge], 0.5, 130, color=PALE_ORANGE, alpha=0.45, lw=0)
    ax.fill_between([ridge, 200], 0.5, 130, color=PALE_BLUE, alpha=0.45, lw=0)
    ax.text(0.115, 90, "memory is the limit", fontsize=11, color="#9a5a12")
    ax.text(185, 90, "arithmetic is the limit", fontsize=11, color="#1d4f7d", ha="right")
    ax.text(0.115, 62, "8 · 10⁹ bytes a second", fontsize=9, color="#9a5a12")
    ax.text(185, 70, "64 · 10⁹ operations a second", fontsize=9, color="#1d4f7d", ha="right")
    line = np.array([0.1, ridge, 200])
    ax.plot(line, _roof(line), color="black", lw=2)

    for height, (name, (*layer, colour)) in zip((4.6, 2.5, 1.35), LAYERS.items(), strict=True):
        whole, strips = _intensity(*layer, whole=True), _intensity(*layer, whole=False)
        for value, fill in ((whole, "white"), (strips, colour)):
            ax.plot([value, value], [height, _roof(value)], ":", color=colour, lw=1.2)
            ax.plot(value, _roof(value), "o", mfc=fill, mec=colour, ms=8, mew=1.8, zorder=3)
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (strips, height), (whole, height), arrowprops=arrow)
        middle = np.sqrt(whole * strips)
        ax.text(middle, height * 0.92, name, color=colour, fontsize=9.5, ha="center", va="top")
    for name, value in (
        ("LeakyReLU", 2 / 8),
        ("Adam", 12 / 28),
        ("Dense, one face", _dense_intensity(1)),
        ("Dense, 16 faces", _dense_intensity(16)),
    ):
        ax.plot(value, _roof(value), "s", color="#555555", ms=7, zorder=3)
        left = name == "Dense, 16 faces"
        place = (value * (0.88 if left else 1.13), _roof(value) * (1.0 if left else 0.9))
        ax.text(*place, name, fontsize=9.5, ha="right" if left else "left", va="center")
    ax.set(xscale="log", yscale="log", xlim=(0.1, 200), ylim=(0.8, 125))
    ax.set_xticks([0.25, 1, 2, 4, 8, 16, 32, 64, 128], ["1/4", 1, 2, 4, 8, 16, 32, 64, 128])
    ax.set_yticks([1, 2, 4, 8, 16, 32, 64], [1, 2, 4, 8, 16, 32, 64])
    ax.minorticks_off()
    ax.set_xlabel("arithmetic intensity: operations per byte")
    ax.set_ylabel("10⁹ operations a second, at most")
    ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    return figure


def draw_strips() -> Figure:
    """All windows at once, and a strip of them at a time."""
    figure, axes = pyplot.subplots(2, 1, figsize=(8.4, 5.0))
    for ax, title in zip(axes, ("the whole matrix of windows", "strips"), strict=True):
        ax.set(xlim=(0, 16.8), ylim=(-0.35, 4.6), aspect="equal")
        ax.axis("off")
        ax.text(0, 4.35, title, fontsize=11, weight="bold", va="center")
    whole, strips = axes
    for ax in axes:
        _draw_image(ax, 0.3, 0.9, highlight=ax is strips)
        ax.text(1.5, 0.35, "input", fontsize=9.5, ha="center")
        _draw_box(ax, 14.1, 0.9, 1.7, 2.4, "white", GREY)
        ax.text(14.95, 0.35, "result", fontsize=9.5, ha="center")

    _draw_box(whole, 5.2, 0.0, 2.6, 4.0, PALE_ORANGE, ORANGE)
    whole.text(6.5, 2.0, "72 MB\nin memory", fontsize=10, ha="center", va="center")
    _draw_arrow(whole, 2.95, 2.1, 5.1, 2.1, "write 72 MB", ORANGE)
    _draw_arrow(whole, 7.9, 2.1, 10.1, 2.1, "read 72 MB", ORANGE)
    _draw_product(whole, 10.2, 1.5)
    _draw_arrow(whole, 11.9, 2.1, 14.0, 2.1, "write 3 MB", GREY)

    cache = FancyBboxPatch(
        (5.0, 0.35), 7.1, 3.55, boxstyle="round,pad=0.05", fc="#f3f9f1", ec=GREEN, lw=1.5, ls="--"
    )
    strips.add_patch(cache)
    strips.text(8.55, 3.55, "L2 cache", fontsize=10, ha="center", color=GREEN)
    _draw_box(strips, 5.5, 1.75, 2.6, 0.7, PALE_GREEN, GREEN)
    strips.text(6.8, 2.1, "1 MB", fontsize=10, ha="center", va="center")
    _draw_arrow(strips, 2.95, 2.1, 5.4, 2.1, "", GREEN)
    strips.text(3.95, 2.4, "14 rows", fontsize=9.5, ha="center")
    _draw_arrow(strips, 8.2, 2.1, 10.1, 2.1, "", GREEN)
    _draw_product(strips, 10.2, 1.5)
    _draw_arrow(strips, 11.9, 2.1, 14.0, 2.1, "", GREY)
    strips.text(13.1, 2.4, "write", fontsize=9.5, ha="center")
    strips.annotate(
        "", (6.8, 1.65), (11.05, 1.4),
        arrowprops={"arrowstyle": "-|>", "color": GREEN, "lw": 1.5,
                    "connectionstyle": "arc3,rad=-0.25"},
    )  # fmt: skip
    strips.text(8.7, 0.62, "the next strip overwrites it", fontsize=9.5, ha="center", color=GREEN)
    strips.add_patch(Rectangle((14.1, 2.5), 1.7, 0.45, fc=PALE_GREEN, ec=GREEN))
    figure.tight_layout()
    return figure


def draw_winograd() -> Figure:
    """The four products of F(2, 3), and the tiles of F(4 x 4, 3 x 3)."""
    figure, (flow, tiles) = pyplot.subplots(
        1, 2, figsize=(9, 3.9), gridspec_kw={"width_ratios": [1.35, 1]}
    )
    _draw_flow(flow)
    _draw_tiles(tiles)
    for ax in (flow, tiles):
        ax.axis("off")
    figure.tight_layout()
    return figure


SUMS_OF_INPUTS = {  # d0 .. d3, with their signs, for each product
    "d₀ − d₂": {0: 1, 2: -1},
    "d₁ + d₂": {1: 1, 2: 1},
    "d₂ − d₁": {2: 1, 1: -1},
    "d₁ − d₃": {1: 1, 3: -1},
}
SUMS_OF_TAPS = "w₀", "(w₀ + w₁ + w₂) / 2", "(w₀ − w₁ + w₂) / 2", "w₂"
OUTPUTS_OF_PRODUCT = ({0: 1}, {0: 1, 1: 1}, {0: 1, 1: -1}, {1: -1})


def _draw_flow(ax) -> None:
    """Inputs, their sums, products with the sums of taps, outputs; minus signs in orange."""
    colours = {1: BLUE, -1: ORANGE}
    for k in range(4):
        _draw_cell(ax, 0, 3 - k, f"d{'₀₁₂₃'[k]}", PALE_BLUE, 0.8)
    for k, (text, signs) in enumerate(SUMS_OF_INPUTS.items()):
        y = 3 - k
        for source, sign in signs.items():
            ax.plot([0.8, 2.0], [3 - source + 0.4, y + 0.4], color=colours[sign], lw=1.3)
        _draw_cell(ax, 2.0, y, text, PALE_BLUE, 1.5)
        ax.text(3.75, y + 0.4, "×", fontsize=14, ha="center", va="center", weight="bold")
        _draw_cell(ax, 4.0, y, SUMS_OF_TAPS[k], PALE_ORANGE, 2.6)
        for output, sign in OUTPUTS_OF_PRODUCT[k].items():
            ax.plot([6.6, 8.0], [y + 0.4, 2.6 - 1.4 * output], color=colours[sign], lw=1.3)
    for output in range(2):
        _draw_cell(ax, 8.0, 2.2 - 1.4 * output, f"y{'₀₁'[output]}", PALE_GREEN, 0.8)
    ax.plot([0.3, 0.9], [-0.55, -0.55], color=BLUE, lw=1.6)
    ax.text(1.05, -0.55, "added", fontsize=9, va="center")
    ax.plot([2.5, 3.1], [-0.55, -0.55], color=ORANGE, lw=1.6)
    ax.text(3.25, -0.55, "subtracted", fontsize=9, va="center")
    ax.set_title("F(2, 3): four products for two outputs", fontsize=11)
    ax.set(xlim=(-0.1, 8.9), ylim=(-0.9, 4.1))


def _draw_tiles(ax) -> None:
    """A picture of 8 x 8 outputs with its zeros, 10 x 10 inputs, in 2 x 2 tiles."""
    for row in range(10):
        for column in range(10):
            inside = 1 <= row <= 8 and 1 <= column <= 8
            face = "#f7f7f7" if inside else "white"
            ax.add_patch(Rectangle((column, 9 - row), 1, 1, fc=face, ec="#cccccc", lw=0.8))
    for (left, top), colour, shade in (((0, 0), BLUE, PALE_BLUE), ((4, 0), ORANGE, PALE_ORANGE)):
        outputs = Rectangle((left + 1, 5 - top), 4, 4, fc=shade, ec="none", alpha=0.9)
        ax.add_patch(outputs)
        ax.add_patch(Rectangle((left, 4 - top), 6, 6, fc="none", ec=colour, lw=2.2, zorder=3))
        ax.text(left + 3, 7, "4 × 4\noutputs", ha="center", va="center", fontsize=9.5)
    ax.text(0.1, 3.45, "6 × 6 inputs", fontsize=9.5, color=BLUE)
    ax.text(9.9, 3.45, "6 × 6 inputs", fontsize=9.5, color=ORANGE, ha="right")
    ax.annotate(
        "two columns\nbelong to both", (5, 4.1), (5, 1.6),
        fontsize=9.5, ha="center", va="center",
        arrowprops={"arrowstyle": "->", "color": GREY},
    )  # fmt: skip
    ax.set_title("tiles of F(4 × 4, 3 × 3)", fontsize=11)
    ax.set(xlim=(-0.3, 10.3), ylim=(-0.2, 10.2), aspect="equal")


def _draw_cell(ax, left: float, bottom: float, text: str, colour: str, width: float) -> None:
    ax.add_patch(Rectangle((left, bottom), width, 0.8, fc=colour, ec=GREY))
    ax.text(left + width / 2, bottom + 0.4, text, fontsize=9.5, ha="center", va="center")


def _draw_box(ax, left, bottom, width, height, face: str, edge: str) -> None:
    ax.add_patch(Rectangle((left, bottom), width, height, fc=face, ec=edge, lw=1.4))


def _draw_image(ax, left: float, bottom: float, highlight: bool) -> None:
    """A stack of pictures; the rows of a strip coloured in the first."""
    for k in (2, 1, 0):
        _draw_box(ax, left + 0.14 * k, bottom + 0.14 * k, 2.2, 2.2, "white", GREY)
    if highlight:
        _draw_box(ax, left, bottom + 1.55, 2.2, 0.45, PALE_GREEN, GREEN)


def _draw_arrow(ax, x0, y0, x1, y1, text: str, colour: str) -> None:
    arrow = {"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (x1, y1), (x0, y0), arrowprops=arrow)
    ax.text((x0 + x1) / 2, y0 + 0.35, text, fontsize=9.5, ha="center")


def _draw_product(ax, left: float, bottom: float) -> None:
    _draw_box(ax, left, bottom, 1.7, 1.2, "#eeeeee", GREY)
    ax.text(left + 0.85, bottom + 0.6, "product", fontsize=9.5, ha="center", va="center")


def _roof(intensity):
    return np.minimum(PEAK, BANDWIDTH * np.asarray(intensity))


def _intensity(side: int, stride: int, inputs: int, outputs: int, whole: bool) -> float:
    """Operations per byte of a 3 x 3 layer, as chapter 6 counts them."""
    cells = FACES * side**2
    numbers = cells * (stride**2 * inputs + outputs) + 9 * inputs * outputs
    if whole:
        numbers += 2 * cells * 9 * inputs
    return 18 * cells * inputs * outputs / (4 * numbers)


def _dense_intensity(faces: int, inputs: int = 3072, outputs: int = 256) -> float:
    numbers = inputs * outputs + faces * (inputs + outputs)
    return 2 * faces * inputs * outputs / (4 * numbers)
