"""The pictures of chapter 14, measuring a swap."""

from collections.abc import Callable

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure
from scipy import ndimage, special
from scipy.signal import lfilter

from actors import Model, Moment, sample_actor
from actors.background import render_background
from actors.measures import correlation, psnr, ssim
from actors.render import encode

SIZE = 176, 176  # pixels, of the rendered face
FACE = slice(28, 160), slice(32, 145)  # what of it is shown
PSNR = 24.0  # decibels, of all faulty copies
MOMENT = Moment(yaw=-8, smile=0.5, mouth=0.25)
BLUE, ORANGE, GREY = "#0b6fb8", "#d9822b", "#999999"


def draw_faults() -> Figure:
    """A face, and four faulty copies of it with the same PSNR."""
    layer = Model(sample_actor(10)).render(MOMENT, SIZE)
    true, mask = encode(layer.over(render_background(SIZE, 4))), layer.mask
    noise = np.random.default_rng(0).standard_normal(true.shape)
    levels = true.astype(np.float32)
    faults = {
        "brighter": lambda s: levels * (1 + s / 100),
        "shifted": lambda s: ndimage.shift(levels, (0, s / 10, 0), order=1, mode="nearest"),
        "noisy": lambda s: levels + s * noise,
        "blurred": lambda s: ndimage.gaussian_filter(levels, (s / 5, s / 5, 0)),
    }
    pictures = {"the true face": true}
    pictures |= {name: _set_psnr(make, true, mask) for name, make in faults.items()}
    figure, axes = pyplot.subplots(1, 5, figsize=(9, 2.75))
    for ax, (name, picture) in zip(axes, pictures.items(), strict=True):
        ax.imshow(picture[FACE], interpolation="nearest")
        ax.set_title(name, fontsize=11)
        figures = f"{psnr(picture, true, mask):.1f} dB, SSIM {ssim(picture, true, mask):.2f}"
        ax.text(0.5, -0.04, figures, transform=ax.transAxes, ha="center", va="top", fontsize=10)
        if picture is true:
            ax.texts[-1].set_text("SSIM 1")
        ax.axis("off")
    figure.tight_layout(w_pad=0.4)
    return figure


def draw_following() -> Figure:
    """Three swaps that follow a movement in their own ways: over time, and as points."""
    rng = np.random.default_rng(3)
    target, other = _wander(rng), _wander(rng)
    other = other - (target @ other) / (target @ target) * target  # so that r is 0
    swaps = {
        "half as far": 0.5 * target,
        "with movements of its own": target + other,
        "only movements of its own": other,
    }
    figure, axes = pyplot.subplots(
        2, 3, figsize=(9, 4.6), height_ratios=(1, 1.7), sharex="row", sharey="row"
    )
    seconds = np.arange(len(target)) / 25
    for (above, below), (name, swap) in zip(axes.T, swaps.items(), strict=True):
        above.plot(seconds, target, color=GREY, linewidth=1.5)
        above.plot(seconds, swap, color=BLUE, linewidth=1.5)
        above.set_title(name, fontsize=11)
        above.set(xlabel="seconds", yticks=[])
        slope = target @ swap / (target @ target)
        below.plot(target, swap, ".", color=BLUE, alpha=0.4, markersize=4)
        ends = np.array([target.min(), target.max()])
        below.plot(ends, slope * ends, color=ORANGE, linewidth=2)
        figures = f"r = {correlation(target, swap):.2f}, b = {abs(slope):.2f}"
        below.text(0.04, 0.95, figures, transform=below.transAxes, va="top", fontsize=11)
        below.set(xlabel="mouth of the target", xticks=[], yticks=[])
    axes[0, 0].set_ylabel("mouth")
    axes[1, 0].set_ylabel("mouth of the swap")
    for ax in axes.flat:
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(labelsize=9)
    figure.tight_layout()
    return figure


def draw_best_of_twenty() -> Figure:
    """What a choice by noisy figures promises and keeps."""
    rng = np.random.default_rng(0)
    true = 0.03 * rng.standard_normal((4000, 20))
    first, again = (true + 0.05 * rng.standard_normal(true.shape) for _ in range(2))
    rows, best = np.arange(len(true)), first.argmax(axis=1)
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.2), width_ratios=(1.25, 1))
    bins = np.linspace(-0.2, 0.3, 51)
    for scores, colour, name in (
        (first[rows, best], ORANGE, "where it was chosen"),
        (again[rows, best], BLUE, "on other people"),
    ):
        left.hist(scores, bins, color=colour, alpha=0.55, label=name)
        left.axvline(scores.mean(), color=colour, linewidth=2)
    left.set(xlabel="gain of the best of 20 variants", yticks=[], ylim=(0, 600))
    left.legend(frameon=False, fontsize=9, loc="upper left")
    counts = np.array([1, 2, 3, 5, 10, 20, 50, 100])
    right.plot(counts, [_mean_of_largest(count) for count in counts], "o-", color=ORANGE)
    right.plot(20, _mean_of_largest(20), "o", color="black", markersize=7)
    right.annotate("20 variants: 1.87", (20, 1.87), (24, 1.35), fontsize=9)
    right.set(xscale="log", xticks=[1, 10, 100], xticklabels=["1", "10", "100"], ylim=(-0.1, 2.8))
    right.set(xlabel="number of equally good variants", ylabel="gain by luck, over the noise")
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(labelsize=9)
    left.spines["left"].set_visible(False)
    figure.tight_layout(w_pad=2)
    return figure


def _set_psnr(make: Callable, true: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """A copy with a faulty face and PSNR decibels, by halving the strength of `make`, 0..100."""
    low, high = 0.0, 100.0
    for _ in range(10):
        middle = (low + high) / 2
        faulty = true + (make(middle) - true) * mask[..., None]
        picture = np.clip(np.rint(faulty), 0, 255).astype(np.uint8)
        low, high = (low, middle) if psnr(picture, true, mask) < PSNR else (middle, high)
    return picture


def _wander(rng: np.random.Generator) -> np.ndarray:
    """Ten seconds of a smooth movement, of mean 0 and deviation 1."""
    series = lfilter([1], [1, -0.9], rng.standard_normal(300))
    series = ndimage.gaussian_filter1d(series, 2)[50:]
    return (series - series.mean()) / series.std()


def _mean_of_largest(count: int) -> float:
    """The mean of the largest of `count` normal variables, by integration."""
    x = np.linspace(-8, 8, 4001)
    density = count * special.ndtr(x) ** (count - 1) * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    return float((x * density).sum() * (x[1] - x[0]))
