"""
Plain and fast kernels
======================

Some functions of ``nn`` exist twice: as a definition that is written to be read, and in a faster
form in ``nn/fast`` that gives the same. ``nn.use_fast`` chooses. How much does it gain?
"""

import time

import matplotlib.pyplot as plt
import numpy as np

import intracoder
import nn

# %%
# What is timed: functions, forward and backward, at sizes as in the nets of the program, and a
# training step of a whole net.

rng = np.random.default_rng(0)


def random(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def both_ways(function, *shapes):
    """Calls `function` on random tensors of these shapes, and goes back to their gradients."""
    inputs = [nn.Tensor(random(*shape), requires_grad=True) for shape in shapes]
    weights = random(*function(*inputs).shape)  # of the results
    return lambda: function(*inputs).backward(weights)


net, adam, everywhere = intracoder.Intracoder(rng).path("a"), nn.Adam(), np.ones((1, 128, 128, 1))
faces, targets = random(4, 64, 64, 3), random(4, 128, 128, 3)


def train_step():
    fused = nn.fast.fuse(net) if nn.fast_enabled() else net
    nn.edge_l1(fused(faces), targets, everywhere).backward()
    adam.step(net.parameters())


kernel, images = (3, 3, 48, 48), [(4, 128, 128, 3)] * 2
calls = {
    "convolution": both_ways(nn.conv2d, (4, 64, 64, 48), kernel),
    "upsampling and\nconvolution": both_ways(
        nn.conv.upsampled_conv_transpose2d, (4, 32, 32, 48), kernel, (48,)
    ),
    "loss of pixels\nand edges": both_ways(lambda x, y: nn.edge_l1(x, y, everywhere), *images),
    "a training step": train_step,
}

# %%
# **How to time.** The speed of a computer changes all the time. So plain and fast take turns, and a
# slow moment hits both. The median ignores single interruptions. The first turn does not count:
# it fills the caches.

seconds = {(name, fast): [] for name in calls for fast in (False, True)}
for turn in range(6):
    for (name, fast), measured in seconds.items():
        nn.use_fast(fast)
        start = time.perf_counter()
        calls[name]()
        if turn > 0:
            measured.append(time.perf_counter() - start)
nn.use_fast(True)
medians = {key: 1000 * np.median(measured) for key, measured in seconds.items()}

# %%
# On the machine that built this page:

ratios = [medians[name, False] / medians[name, True] for name in calls]
figure, ax = plt.subplots(figsize=(8, 4), layout="constrained")
bars = ax.barh(list(calls), ratios, color="tab:orange")
labels = [f"{medians[name, False]:.1f} → {medians[name, True]:.1f} ms" for name in calls]
ax.bar_label(bars, labels, padding=4)
ax.axvline(1, color="black", linewidth=1)
ax.set(xlabel="how many times as fast as the plain form", xlim=(0, 1.25 * max(ratios)))
ax.invert_yaxis()
ax.spines[["top", "right"]].set_visible(False)
plt.show()
