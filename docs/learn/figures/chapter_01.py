"""The pictures of chapter 1, a tensor that remembers."""

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.patches import Circle

import nn

PLACES = {"a": (0, 1.5), "b": (0, 0), "u": (2, 1.5), "v": (4, 0), "L": (6, 1.5)}
LABELS = {"a": "a", "b": "b", "u": "u = a b", "v": "v = u + b", "L": "L = u v"}
VALUES = {"a": 2, "b": 3, "u": 6, "v": 9, "L": 54}
GRADIENTS = {"a": "45", "b": "6 + 30\n= 36", "u": "9 + 6\n= 15", "v": "6", "L": "1"}
CARRIED = {  # by each edge, from a result back to an input
    ("u", "a"): "45",
    ("u", "b"): "30",
    ("v", "b"): "6",
    ("v", "u"): "6",
    ("L", "u"): "9",
    ("L", "v"): "6",
}
BLUE, ORANGE, GREY = "#d5e8f7", "#fde3c8", "#777777"
RADIUS = 0.56
STEPS = 10.0 ** np.arange(-12, 0.01, 0.25)  # of the finite differences
DIRECTIONS = 20  # averaged at each step


def draw_graph() -> Figure:
    """A graph of three operations: values forwards, gradients backwards."""
    figure, axes = pyplot.subplots(1, 2, figsize=(8, 2.6))
    _draw_pass(axes[0], "forwards: values", BLUE, VALUES, {}, backwards=False)
    _draw_pass(axes[1], "backwards: gradients", ORANGE, GRADIENTS, CARRIED, backwards=True)
    figure.tight_layout()
    return figure


def draw_differences() -> Figure:
    """The error of finite differences against the step, in float32 and float64."""
    figure, ax = pyplot.subplots(figsize=(7, 3.9))
    for dtype, colour in ((np.float32, "#c8641e"), (np.float64, "#2a6fa8")):
        errors = _difference_errors(dtype)
        ax.loglog(STEPS, errors, "o-", color=colour, markersize=3, label=np.dtype(dtype).name)
    ax.axvline(1e-6, color=GREY, linestyle=":", linewidth=1)
    ax.text(1.3e-6, 0.2, "step of tests/nn/gradcheck.py", color=GREY, fontsize=9)
    ax.text(2e-12, 2e-8, "rounding:\n" + r"error $\propto 1/h$", fontsize=10)
    ax.text(7e-3, 3e-9, "truncation:\n" + r"error $\propto h^2$", fontsize=10)
    ax.set(
        xlabel="step h", ylabel="error of the slope, over the gradient's length", ylim=(1e-11, 3)
    )
    ax.set_xticks(10.0 ** np.arange(-12, 1, 2))
    ax.grid(color="#eeeeee")
    ax.legend(frameon=False, loc="lower left")
    ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    return figure


def _draw_pass(ax, title: str, colour: str, numbers: dict, carried: dict, backwards: bool) -> None:
    """All nodes with their numbers, and the edges between them in the direction of this pass."""
    for result, given in CARRIED:
        start, end = (result, given) if backwards else (given, result)
        _draw_edge(ax, start, end, carried.get((result, given), ""))
    for name, (x, y) in PLACES.items():
        ax.add_patch(Circle((x, y), RADIUS, facecolor=colour, edgecolor="#888888", zorder=2))
        ax.text(x, y, str(numbers[name]), ha="center", va="center", fontsize=10, zorder=3)
        above = y > 1
        at = (x, y + 0.68) if above else (x, y - 0.68)
        ax.text(*at, LABELS[name], ha="center", va="bottom" if above else "top", fontsize=10)
    ax.set_title(title, fontsize=11)
    ax.set(xlim=(-0.7, 6.7), ylim=(-1.15, 2.7), aspect="equal")
    ax.axis("off")


def _draw_edge(ax, start: str, end: str, text: str) -> None:
    """An arrow from rim to rim, with what it carries in its middle."""
    a, b = np.array(PLACES[start], float), np.array(PLACES[end], float)
    along = (b - a) / np.linalg.norm(b - a)
    a, b = a + RADIUS * along, b - (RADIUS + 0.03) * along
    arrow = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", b, a, arrowprops=arrow)
    if text:
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        ax.text(*(a + b) / 2, text, ha="center", va="center", fontsize=10, bbox=paper)


def _difference_errors(dtype) -> np.ndarray:
    """Mean relative error of central differences of a small layer, for each of STEPS."""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((3, 4)), rng.standard_normal((4, 2))
    leaf = nn.Tensor(x, requires_grad=True)
    nn.sigmoid(leaf @ w).sum().backward()
    errors = np.zeros(len(STEPS))
    for _ in range(DIRECTIONS):
        d = rng.standard_normal(x.shape)
        d /= np.linalg.norm(d)
        slope = (leaf.grad * d).sum()
        for k, h in enumerate(STEPS):
            ahead, behind = (
                nn.sigmoid((x + s * h * d).astype(dtype) @ w.astype(dtype)).sum().data
                for s in (1, -1)
            )
            numeric = (float(ahead) - float(behind)) / (2 * h)
            errors[k] += abs(numeric - slope) / np.linalg.norm(leaf.grad)
    return errors / DIRECTIONS
