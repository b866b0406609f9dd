"""
Write a new layer
=================

A layer is a ``Function`` with a ``forward`` and a ``backward``. Here we write a wave, y = sin(w x),
whose frequencies w are learnt (after the nets of Sitzmann et al. 2020). We check its gradient, and
train a net with it that draws a picture from nothing but the coordinates of its pixels.
"""

import matplotlib.pyplot as plt
import numpy as np

import nn
from actors import Scene


class Sine(nn.Function):
    """y = sin(w x), with x (N, C) and w (C,)."""

    def forward(self, x, w):
        self.x, self.w = x, w
        return np.sin(w * x)

    # dy = cos(w x) (w dx + x dw)
    def backward(self, g):
        g = g * np.cos(self.w * self.x)
        return g * self.w, (g * self.x).sum(axis=0)


# %%
# **Is the gradient right?** Move all inputs a little along a random direction. The result must
# change by the scalar product of the gradient and the direction. In float64 a central difference
# agrees with that to some eight digits. An error of sign, or a forgotten factor, shows at the
# first.

rng = np.random.default_rng(0)
x, dx, weights = rng.standard_normal((3, 5, 3))  # weights: each result counts differently
w, dw = rng.standard_normal((2, 3))


def loss_at(step):
    return (weights * np.sin((w + step * dw) * (x + step * dx))).sum()


x_leaf, w_leaf = nn.Tensor(x, requires_grad=True), nn.Tensor(w, requires_grad=True)
(Sine()(x_leaf, w_leaf) * weights).sum().backward()
by_backward = (x_leaf.grad * dx).sum() + (w_leaf.grad * dw).sum()
by_difference = (loss_at(1e-5) - loss_at(-1e-5)) / 2e-5
print(f"backward: {by_backward:.9f}, difference: {by_difference:.9f}")
np.testing.assert_allclose(by_backward, by_difference, rtol=1e-7)

# %%
# **A net with the new layer.** A module keeps the tensors that Adam trains. For comparison, the
# same net learns with ReLU.


class SineLayer(nn.Module):
    def __init__(self, channels):
        frequencies, shifts = rng.uniform(0, 30, channels), rng.uniform(-1, 1, channels)
        self.frequencies = nn.Tensor(frequencies.astype(np.float32), requires_grad=True)
        self.shifts = nn.Tensor(shifts.astype(np.float32), requires_grad=True)

    def forward(self, x):
        return Sine()(x + self.shifts, self.frequencies)


def draw(activation):
    """The picture (48, 48, 3) that a net with this activation has learnt."""
    hidden, output = nn.Dense(128, 64, rng=rng), nn.Dense(64, 3, rng=rng)
    net = nn.Sequential(nn.Dense(2, 128, rng=rng), activation, hidden, nn.relu, output)
    adam = nn.Adam(rate=5e-3)
    for _ in range(300):
        nn.mse(net(places), colours).backward()
        adam.step(net.parameters())
    return net(places).data.reshape(48, 48, 3).clip(0, 1)


picture = Scene(actor=2, performance=5, frames=1, size=(72, 72)).render_frame(0).image[4:52, 12:60]
colours = picture.reshape(-1, 3).astype(np.float32) / 255  # (2304, 3)
places = np.stack(np.mgrid[-1:1:48j, -1:1:48j], -1).reshape(-1, 2).astype(np.float32)
drawn = {"learnt with ReLU": draw(nn.relu), "learnt with waves": draw(SineLayer(128))}

figure, axes = plt.subplots(1, 3, figsize=(8, 3), layout="constrained")
for ax, (title, image) in zip(axes, ({"the picture": picture} | drawn).items(), strict=True):
    ax.imshow(image)
    ax.set_title(title)
    ax.axis("off")
plt.show()
