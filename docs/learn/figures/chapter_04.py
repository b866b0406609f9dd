"""The pictures of chapter 4, training a net."""

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure

import nn

WIDTH, DEPTH = 50, 10  # of the nets whose standard deviations are measured
GLOROT = np.sqrt(2 / (WIDTH + WIDTH))  # the standard deviation that Glorot & Bengio propose
STDS = [(0.4, "0.4", "#c0392b"), (0.2, "0.2 (He)", "#1e8449")]
STDS += [(GLOROT, "0.14 (Glorot)", "#b9770e"), (0.1, "0.1", "#2471a3")]
LAYERS, STEPS, RATE = 12, 300, 0.03  # of the nets that are trained
FAILED, TRAINED = 0.5, 1.0  # the scales of the kernels of two nets
DISCS = 201  # at uncertain places
SIZE = 12  # of the pictures of discs, in pixels


def draw_depth() -> Figure:
    """Standard deviations of activations and of gradients against the layer."""
    figure, (forwards, backwards) = pyplot.subplots(
        1, 2, figsize=(9, 3.6), sharey=True, width_ratios=[1.35, 1]
    )
    layers = np.arange(1, DEPTH + 1)
    for std, name, colour in STDS:
        sizes, gradients = _measure_depth(std)
        forwards.plot(layers, sizes, "o-", color=colour, markersize=4)
        forwards.text(DEPTH + 0.4, sizes[-1], name, color=colour, va="center", fontsize=10)
        backwards.plot(layers, gradients, "o-", color=colour, markersize=4)
    forwards.set(yscale="log", ylabel="standard deviation", xlim=(0.5, DEPTH + 3.6))
    forwards.set_title("what a layer gives", fontsize=11)
    backwards.set_title("the gradient that reaches it", fontsize=11)
    for ax in (forwards, backwards):
        ax.set(xlabel="layer", xticks=layers)
        ax.grid(color="#e5e5e5")
        ax.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    return figure


def draw_training() -> Figure:
    """What two nets say about discs, and their losses."""
    pictures, answers = _draw_discs(520, np.random.default_rng(0))
    x = np.float32((pictures - pictures.mean()) / pictures.std())
    mean, std = answers.mean(0), answers.std(0)
    t = np.float32((answers - mean) / std)
    figure = pyplot.figure(figsize=(9, 3.0))
    left, right = figure.subfigures(1, 2, width_ratios=[1.3, 1])
    axes = left.subplots(2, 4, gridspec_kw=dict(wspace=0.05, hspace=0.05))
    left.subplots_adjust(0.01, 0.05, 0.97, 0.95)
    curves = right.subplots()
    right.subplots_adjust(0.13, 0.17, 0.97, 0.95)
    for ax, picture in zip(axes.flat, pictures[-8:], strict=True):
        ax.imshow(picture.reshape(SIZE, SIZE), cmap="gray", vmax=1.6)
        ax.axis("off")
    for scale, colour, light in ((FAILED, "#c0392b", "#ff5544"), (TRAINED, "#1e8449", "#55dd66")):
        net = _build(scale)
        curves.plot(_train(net, x[:-8], t[:-8]), color=colour, linewidth=0.9)
        for ax, (centre_x, centre_y, radius) in zip(
            axes.flat, net(x[-8:]).data * std + mean, strict=True
        ):
            where = (centre_x, centre_y), radius + 0.5
            ax.add_patch(pyplot.Circle(*where, fill=False, color=light, linewidth=1.8))
    curves.text(130, 1.7, "scale 0.5", color="#c0392b", fontsize=10)
    curves.text(130, 0.28, "scale 1", color="#1e8449", fontsize=10)
    curves.set(xlim=(-5, STEPS), ylim=(0, 2), xlabel="step", ylabel="loss")
    curves.set_yticks([0, 0.5, 1, 1.5, 2])
    curves.grid(color="#e5e5e5")
    curves.spines[["top", "right"]].set_visible(False)
    return figure


def draw_blur() -> Figure:
    """Discs at uncertain places, and their mean and median."""
    rng = np.random.default_rng(6)
    centres = 11.5 + rng.uniform(-3.5, 3.5, (DISCS, 2))
    row, column = np.mgrid[:24, :24]
    pictures = np.stack([np.hypot(column - x, row - y) < 7.5 for x, y in centres]).astype(float)
    for picture, (x, y), angle in zip(pictures, centres, rng.uniform(0, 6.3, DISCS), strict=True):
        mark = np.hypot(column - x - 4 * np.cos(angle), row - y - 4 * np.sin(angle)) < 1.3
        picture[mark] = 0.1
    shown = [*pictures[:4], pictures.mean(0), np.median(pictures, axis=0)]
    figure, axes = pyplot.subplots(1, 6, figsize=(9, 1.9))
    titles = ["1 of 201", "2", "3", "4", "mean (L2)", "median (L1)"]
    for ax, picture, title in zip(axes, shown, titles, strict=True):
        ax.imshow(picture, cmap="gray", vmin=0, vmax=1.15)
        ax.set_title(title, fontsize=11)
        ax.axis("off")
    figure.tight_layout()
    return figure


def _measure_depth(std: float) -> tuple[list[float], list[float]]:
    """Root mean squares of each layer's sums, and of the gradient by them."""
    rng = np.random.default_rng(0)
    y = rng.standard_normal((500, WIDTH))
    kernels = rng.normal(0, std, (DEPTH, WIDTH, WIDTH))
    sums = []
    for kernel in kernels:
        y = np.maximum(y, 0) @ kernel
        sums.append(y)
    g = rng.standard_normal(y.shape)
    gradients = [g]
    for kernel, before in zip(kernels[:0:-1], sums[-2::-1], strict=True):
        g = (g @ kernel.T) * (before > 0)
        gradients.insert(0, g)
    return [_size(y) for y in sums], [_size(g) for g in gradients]


def _size(numbers: np.ndarray) -> float:
    return float(np.sqrt((numbers**2).mean()))


def _draw_discs(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (N, 144), 0..1, and for each the centre's x and y and the radius, in pixels."""
    x, y = rng.uniform(3, SIZE - 4, (2, count, 1, 1))
    radius = rng.uniform(1.5, 3.5, (count, 1, 1))
    row, column = np.mgrid[:SIZE, :SIZE]
    pictures = np.clip(radius + 0.5 - np.hypot(column - x, row - y), 0, 1)
    return pictures.reshape(count, -1), np.hstack([x, y, radius])[..., 0]


def _build(scale: float) -> nn.Sequential:
    rng = np.random.default_rng(1)
    sizes, steps = [SIZE**2] + [WIDTH] * (LAYERS - 1) + [3], []
    for n, m in zip(sizes, sizes[1:], strict=False):
        dense, std = nn.Dense(n, m, rng=rng), scale * np.sqrt(2 / n)
        dense.kernel.data = np.float32(std * rng.standard_normal((n, m)))
        steps += [dense, nn.LeakyReLU(0.0)]
    return nn.Sequential(*steps[:-1])


def _train(net: nn.Sequential, x: np.ndarray, t: np.ndarray) -> list[float]:
    """The losses of all steps."""
    rng, losses = np.random.default_rng(2), []
    for _ in range(STEPS):
        batch = rng.integers(len(x), size=32)
        loss = nn.mse(net(x[batch]), t[batch])
        losses.append(float(loss.data))
        loss.backward()
        for p in net.parameters():
            p.data -= RATE * p.grad
            p.grad = None
    return losses
