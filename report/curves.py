"""Plots as SVG that is part of the page, in the page's own colours and type.

Matplotlib draws. It is imported when something is drawn, since that takes half a second.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .folder import Epoch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Matplotlib draws in these colours, which no plot would choose, and the style sheet's take their
# places: so a plot is right on a light page and on a dark one.
INK, SOFT, GRID = "#010203", "#010204", "#010205"
LINE_COLOURS = ("#010211", "#010212", "#010213", "#010214")
LINE_STYLES = ("-", "--", "-.", ":")  # so that curves can be told without colour
STYLE_SHEET_COLOURS = {INK: "ink", SOFT: "soft", GRID: "line"} | {
    colour: f"line-{i}" for i, colour in enumerate(LINE_COLOURS)
}
PLOT_INCHES = (4.8, 2.4)  # (w, h); small, so that its type is large enough on a phone
SMOOTHED_EPOCHS = 5  # over which curves are averaged, an odd number; by eye
MANY_EPOCHS = 50  # curves with more than this are averaged; by eye
YAW_BIN = 5  # degrees
SVG_SALT = "faceswap-np"  # of the ids in a plot: the same plot has the same bytes


def draw_losses(curves: Mapping[str, Sequence[Epoch]]) -> str:
    """The loss over the seconds of training, a curve for each name, as SVG; "" without epochs.

    A preset with several phases has a curve for each of them.
    """
    lines: dict[str, list[Epoch]] = {}
    for name, epochs in curves.items():
        phases = {epoch.phase for epoch in epochs}
        for epoch in epochs:
            label = name if len(phases) == 1 else f"{name} {epoch.phase}".strip()
            lines.setdefault(label, []).append(epoch)
    if not lines:
        return ""
    figure, axes = _begin("seconds of training", "loss")
    is_smoothed = max(map(len, lines.values())) > MANY_EPOCHS  # all of them, or none
    for i, (name, epochs) in enumerate(lines.items()):
        seconds, losses = [e.seconds for e in epochs], [e.loss for e in epochs]
        look = {"color": LINE_COLOURS[i % len(LINE_COLOURS)], "label": name or None}
        look["linestyle"] = LINE_STYLES[i % len(LINE_STYLES)]
        if is_smoothed:
            axes.plot(seconds, losses, **look | {"label": None}, linewidth=0.8, alpha=0.35)
            losses = smooth(losses)
        marker = "o" if len(epochs) < 3 else None
        axes.plot(seconds, losses, **look, linewidth=1.8, marker=marker)
    axes.set_xlim(left=0)
    if len(lines) > 1:
        axes.legend(frameon=False, labelcolor=INK, fontsize=9)
    return _to_svg(figure, "losses")


def smooth(values: Sequence[float]) -> list[float]:
    """The mean of SMOOTHED_EPOCHS values around each; of fewer near the ends, so nothing lags."""
    half = SMOOTHED_EPOCHS // 2
    reaches = [min(half, i, len(values) - 1 - i) for i in range(len(values))]
    return [float(np.mean(values[i - r : i + r + 1])) for i, r in enumerate(reaches)]


def draw_yaws(target: Sequence[float], donor: Sequence[float]) -> str:
    """How many frames each clip has at each yaw, as SVG; the donor's counts go downwards."""
    reach = max(15.0, *(abs(yaw) for yaw in (*target, *donor)))
    edges = np.arange(-YAW_BIN * np.ceil(reach / YAW_BIN), reach + 2 * YAW_BIN, YAW_BIN)
    figure, axes = _begin("the nose points to the image's left ← yaw in degrees → right", "frames")
    middles = (edges[:-1] + edges[1:]) / 2
    for i, (yaws, sign) in enumerate(((target, 1), (donor, -1))):
        counts = sign * np.histogram(yaws, edges)[0]
        axes.bar(middles, counts, 0.86 * YAW_BIN, color=LINE_COLOURS[i])
    axes.axhline(0, color=SOFT, linewidth=0.8)
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, -1), max(high, 1))
    axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    for text, y, va in (("target", 0.98, "top"), ("donor", 0.02, "bottom")):
        axes.text(0.01, y, text, transform=axes.transAxes, va=va, color=INK, fontsize=9)
    return _to_svg(figure, "yaws")


def _begin(x_label: str, y_label: str) -> tuple[Figure, Axes]:
    """An empty plot without a frame."""
    # Its complaints (a cache of fonts that cannot be written) are no concern of a run's user.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from matplotlib.figure import Figure

    figure = Figure(PLOT_INCHES, layout="constrained")
    axes = figure.add_subplot()
    axes.spines[:].set_visible(False)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=SOFT, length=0, labelsize=9)
    axes.set_xlabel(x_label, color=SOFT, fontsize=9)
    axes.set_ylabel(y_label, color=SOFT, fontsize=9)
    return figure, axes


def _to_svg(figure: Figure, name: str) -> str:
    """The plot as an <svg> element that follows the page's colours, type and width.

    Its ids begin with `name`, since they share the page with those of other plots.
    """
    import matplotlib

    figure.patch.set_visible(False)
    figure.axes[0].patch.set_visible(False)
    file = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": SVG_SALT}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    svg = svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    for colour, name in STYLE_SHEET_COLOURS.items():
        svg = svg.replace(colour, f"var(--{name})")
    return svg
