"""
Mark a face, and find the mark again
====================================

Each face that the program makes carries an invisible mark, so that a made clip can be told from a
true one. Here we mark four frames, code them as JPEG, and look for the mark in what is left.
"""

import io

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from actors import Scene
from faces import align
from mtcnn_np import Detector
from provenance import mark
from provenance.rectify import rectify
from provenance.search import MAX_FALSE_ALARM, RectifiedFace, judge_faces

# %%
# Frames with a swapped face, here the true swap of rendered people. The mark lies in the
# coordinates of the aligned face, and only in pixels that the swap has changed.

scene, detector = Scene(6, 11, frames=100, size=(320, 320), face=3), Detector()
rendered = [scene.render_frame(number) for number in (10, 30, 50, 70)]


def find_matrix(image):
    """The matrix (2, 3), frame -> aligned face."""
    return align.similarity(detector.detect(image)[0].points)


swaps = [frame.swap for frame in rendered]
marked = [mark.embed(f.swap, f.image, find_matrix(f.swap)) for f in rendered]
change = marked[0].astype(float) - swaps[0]
print(f"no pixel changes by more than {np.abs(change).max():.0f} of 255 levels")

figure, axes = plt.subplots(1, 3, figsize=(8.4, 3.1), layout="constrained")
pictures = {
    "swap": swaps[0],
    "marked": marked[0],
    "the difference, 20 times": 0.5 + change * 20 / 255,
}
for ax, (title, picture) in zip(axes, pictures.items(), strict=True):
    ax.imshow(np.clip(picture, 0, 1) if picture.dtype == float else picture)
    ax.set_title(title)
    ax.axis("off")

# %%
# **Find it again.** The search does not know where the mark was put. It detects the faces anew, and
# takes the mean of all aligned faces: the mark keeps its place, while other details fade. The
# verdict is a bound on the chance that a face *without* a mark looks as marked as this one.


def code(image, quality):
    """The image after JPEG coding."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "jpeg", quality=quality)
    return np.array(Image.open(file))


def judge(images):
    """The chance of a false alarm, at most."""
    aligned = [rectify(image, find_matrix(image)) for image in images]
    (verdict,) = judge_faces(RectifiedFace(0, n, face) for n, face in enumerate(aligned))
    return verdict.chance


qualities = [90, 70, 50, 30, 10]
figure, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
for name, images in {"not marked": swaps, "marked": marked}.items():
    chances = [judge([code(image, quality) for image in images]) for quality in qualities]
    ax.semilogy(qualities, chances, "o-", label=name)
ax.axhline(MAX_FALSE_ALARM, color="black", linestyle="--", label="found below this line")
ax.invert_xaxis()
ax.set(xlabel="quality of the JPEG", ylabel="chance of a false alarm")
ax.legend()
plt.show()
