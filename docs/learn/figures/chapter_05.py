"""The pictures of chapter 5, Adam."""

from collections.abc import Callable

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure

import nn

CURVATURES = np.array([1.0, 50.0])  # of the valley, along and across
START, STEPS = np.array([-8.0, 1.5]), 40  # of the paths through it
STOP, AFTERWARDS = 1000, 200  # steps before training is interrupted, and after
COPIES = 2000  # parameters over whose noise is averaged
GREEN, RED, BLUE, OCHRE = "#1e8449", "#c0392b", "#2471a3", "#b9770e"


class _Adam:
    """As in the chapter."""

    def __init__(self, rate: float):
        self.rate, self.t, self.m, self.v = rate, 0, 0.0, 0.0

    def step(self, g):
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g**2
        factor = np.sqrt(1 - 0.999**self.t) / (1 - 0.9**self.t)
        return -self.rate * factor * self.m / (np.sqrt(self.v) + 1e-7)


def draw_valley() -> Figure:
    """The paths of SGD, momentum and Adam through a narrow valley."""
    figure, axes = pyplot.subplots(1, 3, figsize=(9, 2.9), sharey=True)
    along, across = np.meshgrid(np.linspace(-9, 2.5, 120), np.linspace(-2, 2, 90))
    heights = 0.5 * (CURVATURES[0] * along**2 + CURVATURES[1] * across**2)
    methods = [("SGD", RED, lambda g: -0.037 * g), ("momentum", OCHRE, _make_momentum(0.01))]
    methods.append(("Adam", GREEN, _Adam(0.3).step))
    for ax, (name, colour, step) in zip(axes, methods, strict=True):
        ax.contour(along, across, heights, levels=np.arange(1, 16) ** 2 * 0.5, colors="#cccccc")
        path = _follow(step)
        ax.plot(*path.T, "o-", color=colour, markersize=2.5, linewidth=1)
        ax.plot(0, 0, "+", color="black", markersize=9)
        ax.set_title(name, fontsize=11)
        ax.set(xlim=(-9, 2.5), ylim=(-2, 2), xlabel="along the valley")
    axes[0].set_ylabel("across it")
    figure.tight_layout()
    return figure


def draw_steps() -> Figure:
    """Sizes of steps, with and without the correction, and after an interruption."""
    figure, (start, resumed) = pyplot.subplots(1, 2, figsize=(9, 3.3))
    counts = np.arange(1, 10001)
    start.plot(counts, (1 - 0.9**counts) / np.sqrt(1 - 0.999**counts), color=RED)
    start.plot(counts, np.ones(10000), color=GREEN)
    start.text(30, 6.2, "without the correction", color=RED, fontsize=10)
    start.text(2.2, 0.35, "with it", color=GREEN, fontsize=10)
    start.set(ylim=(0, 7.2), ylabel="size of the step / learning rate", xlabel="step")
    start.set_xscale("log")
    start.set_xticks([1, 10, 100, 1000, 10000], ["1", "10", "100", "1000", "10000"])
    start.set_title("the gradient stays the same", fontsize=11)
    counts = np.arange(1, AFTERWARDS + 1)
    rng, before = np.random.default_rng(0), _Adam(1.0)
    for _ in range(STOP):
        before.step(rng.standard_normal(COPIES, np.float32))
    for moments, count, name, colour, height in (
        (False, True, "moments lost", RED, 3.4),
        (False, False, "all lost", OCHRE, 0.55),
        (True, True, "all kept", GREEN, 0.18),
        (True, False, "count lost", BLUE, 0.05),
    ):
        resumed.plot(counts, _measure_resumed_steps(before, moments, count), color=colour)
        resumed.text(1.1, height, name, color=colour, fontsize=10, va="center")
    resumed.set_xscale("log")
    resumed.set_xticks([1, 10, 100], ["1", "10", "100"])
    resumed.set(yscale="log", ylim=(0.03, 5), xlabel="step after the interruption")
    resumed.set_yticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
    resumed.minorticks_off()
    resumed.set_title("the gradient is noise", fontsize=11)
    for ax in (start, resumed):
        ax.grid(color="#e5e5e5")
        ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    return figure


def draw_annealing() -> Figure:
    """The distance from a minimum whose gradient is noisy, for three schedules."""
    figure, (rates, distances) = pyplot.subplots(1, 2, figsize=(9, 3.2))
    progress = np.arange(2000) / 2000
    falling = np.array([0.1 * nn.cosine_annealing(part, 0.02) for part in progress])
    for schedule, name, colour, place in (
        (np.full(2000, 0.1), "0.1", RED, 0.23),
        (np.full(2000, 0.001), "0.001", BLUE, 1.41),
        (falling, "0.1, falling", GREEN, 0.047),
    ):
        rates.plot(progress, schedule, color=colour)
        distances.plot(progress, _measure_distances(schedule), color=colour)
        distances.text(1.02, place, name, color=colour, fontsize=10, va="center")
    distances.set_yscale("log")
    distances.set_yticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
    distances.minorticks_off()
    rates.set(xlabel="part of the training", ylabel="learning rate", ylim=(0, 0.11))
    distances.set(xlabel="part of the training", ylabel="distance", xlim=(0, 1.3))
    for ax in (rates, distances):
        ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
        ax.grid(color="#e5e5e5")
        ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    return figure


def _make_momentum(rate: float) -> Callable:
    total = np.zeros(2)

    def step(g):
        total[:] = 0.9 * total + g
        return -rate * total

    return step


def _follow(step: Callable) -> np.ndarray:
    """The points (STEPS + 1, 2) that a method visits."""
    path = [START]
    for _ in range(STEPS):
        path.append(path[-1] + step(CURVATURES * path[-1]))
    return np.array(path)


def _measure_resumed_steps(before: _Adam, moments: bool, count: bool) -> list[float]:
    """How large the steps are after an interruption: the root mean square of each.

    before   Adam as it was then
    moments  whether its moments are kept
    count    whether its count of steps is kept
    """
    rng, after = np.random.default_rng(1), _Adam(1.0)
    if moments:
        after.m, after.v = before.m, before.v
    if count:
        after.t = before.t
    steps = (after.step(rng.standard_normal(COPIES, np.float32)) for _ in range(AFTERWARDS))
    return [float(np.sqrt((step**2).mean())) for step in steps]


def _measure_distances(schedule: np.ndarray) -> list[float]:
    """How far 200 parameters are from the minimum at 0 after each step by noisy gradients."""
    rng, adam, p, distances = np.random.default_rng(0), _Adam(0.0), np.full(200, 3.0), []
    for rate in schedule:
        adam.rate = rate
        p = p + adam.step(p + rng.standard_normal(200))
        distances.append(float(np.sqrt((p**2).mean())))
    return distances
