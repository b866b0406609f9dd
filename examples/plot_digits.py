"""
Train a net on drawn digits
===========================

A convolutional net learns to read digits of 28 x 28 pixels, the size of those of MNIST. They are
drawn here, so nothing is downloaded. Size, place, angle, thickness and noise are random.
"""

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import nn

FONTS = [ImageFont.load_default(size) for size in range(20, 28)]
rng = np.random.default_rng(0)


def draw_digit(digit):
    """One digit, (28, 28) float32, 0..1."""
    picture = Image.new("L", (28, 28))
    x, y = 14 + rng.uniform(-2, 2, 2)
    pen, font = ImageDraw.Draw(picture), FONTS[rng.integers(len(FONTS))]
    pen.text((x, y), str(digit), 255, font, anchor="mm", stroke_width=rng.random())
    turned = picture.rotate(rng.uniform(-20, 20), Image.Resampling.BILINEAR)
    noisy = np.array(turned) / 255 + rng.normal(0, 0.1, (28, 28))
    return noisy.clip(0, 1).astype(np.float32)


labels = rng.integers(0, 10, 8000)
pictures = np.stack([draw_digit(digit) for digit in labels])[..., None]  # (8000, 28, 28, 1)
train_x, train_y, test_x, test_y = pictures[:7000], labels[:7000], pictures[7000:], labels[7000:]

plt.figure(figsize=(5.6, 4), layout="constrained")
plt.imshow(train_x[:35].reshape(5, 7, 28, 28).swapaxes(1, 2).reshape(5 * 28, 7 * 28), cmap="gray")
plt.axis("off")

# %%
# **The net** has two convolutions, each of which halves the picture, and a dense layer, which gives
# a score for each digit. Softmax would turn the scores into probabilities. The loss is the
# cross-entropy: minus the logarithm of the probability of the right digit. The largest score is
# subtracted first, so that ``exp`` cannot overflow.

net = nn.Sequential(
    nn.Conv2d(1, 16, stride=2, rng=rng),  # (N, 14, 14, 16)
    nn.relu,
    nn.Conv2d(16, 32, stride=2, rng=rng),  # (N, 7, 7, 32)
    nn.relu,
    nn.Flatten(),  # (N, 1568)
    nn.Dense(7 * 7 * 32, 10, rng=rng),
)


def cross_entropy(scores, digits):
    scores = scores - scores.data.max(axis=1, keepdims=True)
    right = (scores * np.eye(10, dtype=np.float32)[digits]).sum(axis=1)
    return (nn.log(nn.exp(scores).sum(axis=1)) - right).mean()


# %%
# **Training.** ``backward`` gives every weight its gradient, and Adam moves the weights one step.

adam, losses = nn.Adam(rate=3e-3), []
for _epoch in range(4):
    for batch in nn.train.minibatches(len(train_x), 50, rng):
        loss = cross_entropy(net(train_x[batch]), train_y[batch])
        loss.backward()
        adam.step(net.parameters())
        losses.append(float(loss.data))

read = nn.train.infer(net, test_x, batch=100).argmax(axis=1)
print(f"of 1000 digits that the net has not seen, {(read == test_y).sum()} are read correctly")

# %%
# The loss of each step, and some of the mistakes.

figure, axes = plt.subplot_mosaic("LLLabc;LLLdef", figsize=(9, 3.4), layout="constrained")
axes["L"].plot(losses, linewidth=0.8)
axes["L"].set(yscale="log", xlabel="step", ylabel="loss")
for name, i in zip("abcdef", np.flatnonzero(read != test_y), strict=False):
    axes[name].imshow(test_x[i, :, :, 0], cmap="gray")
    axes[name].set_title(f"{test_y[i]}, read as {read[i]}", fontsize=9)
    axes[name].axis("off")
plt.show()
