"""
What does a net look at?
========================

``backward`` gives the gradient of a result by everything that it was computed from: by the weights,
which training needs, and by the pixels. The latter says on which pixels the result depends. Here we
ask the last net of the face detector, ONet, which sees a window of 48 x 48 pixels.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy import ndimage

import nn
from actors import Scene
from mtcnn_np import Detector
from mtcnn_np.sampling import sample_crops

# %%
# A rendered person, and the window around the face that the detector finds.

frame = Scene(actor=6, performance=11, frames=125, size=(256, 256)).render_frame(0).image
detector = Detector()
(x1, y1, x2, y2) = detector.detect(frame)[0].box
middle, half = np.array([x1 + x2, y1 + y2]) / 2, max(x2 - x1, y2 - y1) / 2
square = np.concatenate([middle - half, middle + half])  # ONet wants a square window
window = sample_crops(frame, square[None], 48)  # (1, 48, 48, 3), about -1..1

# %%
# **The gradient by the pixels.** The net ends with 16 numbers: four offsets of the box, the five
# points (all x, then all y), and two scores, for "no face" and for "face". A gradient by the pixels
# is noisy. So we take the mean over 64 slightly different windows (SmoothGrad, Smilkov et al.
# 2017), which are one batch.

rng = np.random.default_rng(0)
noise = rng.normal(0, 0.1, (64, 48, 48, 3)).astype(np.float32)
onet = detector.onet


def saliency(pick):
    """How much each pixel changes a number that `pick` takes from the 16 results: (48, 48)."""
    x = nn.Tensor(window + noise, requires_grad=True)
    results = onet.head(onet.body(x))  # (64, 16)
    pick(results).sum().backward()
    smooth = x.grad.mean(axis=0)  # (48, 48, 3)
    strength = ndimage.gaussian_filter(np.abs(smooth).max(axis=-1), 1)
    return strength / strength.max()


questions = {
    "Is it a face?": lambda y: y[:, 15] - y[:, 14],
    "Left eye: x": lambda y: y[:, 4],
    "Left eye: y": lambda y: y[:, 9],
    "Nose: x": lambda y: y[:, 6],
    "Corner of the mouth: x": lambda y: y[:, 8],
}

# %%
# The same window with the answers in red. To place a point, the net looks at the point itself and
# at the others, since they limit where it can be. It has learnt this from pictures alone.

picture = (window[0] * 128 + 127.5) / 255
figure, axes = plt.subplots(2, 3, figsize=(8, 5.6), layout="constrained")
axes[0, 0].imshow(picture)
axes[0, 0].set_title("what the net sees")
for ax, (question, pick) in zip(axes.flat[1:], questions.items(), strict=True):
    ax.imshow(picture.mean(axis=-1), cmap="gray")
    ax.imshow(np.ones((48, 48)), cmap="autumn_r", vmin=0, vmax=1, alpha=saliency(pick))
    ax.set_title(question)
for ax in axes.flat:
    ax.axis("off")
plt.show()
