"""
Swap two faces
==============

All of a swap in one short program: detect and align the faces of two rendered people, train for a
few seconds, draw the one person's face with the other's expression, recolour it and blend it in.
``python pipeline.py`` does this for whole clips and trains for minutes. It also follows each face
through time, smooths its movement, and marks what it makes.
"""

import matplotlib.pyplot as plt
import numpy as np

import intracoder
import nn
import poisson
from actors import Scene
from colorcorrect import TRANSFERS, visible
from colorcorrect.transfer import weigh_pixels
from faces import Canvas, align, mask
from intracoder.train import TrainingFaces
from mtcnn_np import Detector

# %%
# Sixteen frames of two clips: the target ("a") plays one performance, the donor ("b") another, in
# other light. The first number of a scene is the seed of its actor.

size = {"frames": 125, "size": (224, 224)}
scenes = {"a": Scene(6, 11, **size), "b": Scene(3, 24, **size)}
frames = {who: [s.render_frame(n).image for n in range(0, 125, 8)] for who, s in scenes.items()}

# %%
# **Detect and align.** The five points give the similarity, a matrix (2, 3), that moves a face to a
# standard place.

detector, canvas = Detector(), Canvas(align.WHOLE_FACE, (128, 128))
faces, matrices = {}, {}
for who, own in frames.items():
    matrices[who] = [align.similarity(detector.detect(frame)[0].points) for frame in own]
    faces[who] = np.stack([*map(canvas.warp, own, matrices[who])])  # (16, 128, 128, 3) uint8

# %%
# **Train.** The donor's faces get the target's colours first. The net has learnt to swap other
# rendered people before, so a likeness is there at once, and training refines it.

colour = TRANSFERS["net"]
faces["b"] = colour.before_training(faces["b"], faces["a"], canvas.mask())
rng = np.random.default_rng(0)
model, adam = intracoder.Intracoder(rng), nn.Adam(rate=5e-4)
intracoder.begin(model, intracoder.load_start(), faces)
people = TrainingFaces(faces["a"], faces["b"], mask.loss_weights(canvas))
losses = [
    loss for _ in range(11) for loss, _pairs in intracoder.train.epoch(model, people, 8, adam, rng)
]
print(f"the loss falls from {losses[0]:.3f} to {losses[-1]:.3f} in {len(losses)} steps")

# %%
# **Swap.** Draw the donor with the target's expression in four frames, recolour it, blend it, and
# put it into the frame.

some = [2, 6, 10, 14]
targets, places = ([own["a"][k] for k in some] for own in (frames, matrices))
crossing = intracoder.measure_crossing(model, faces["a"])
drawn = intracoder.swap_faces(crossing, faces["a"][some])
back = faces["a"][some] / np.float32(255)
seen = visible.find_visible(back)  # where nothing hides the target's face
fore = colour.for_clip(canvas)(drawn, back, seen) * 255
domain = poisson.Domain(canvas.reach() > 0)
mean, rim = poisson.split_difference(fore, back * 255, weigh_pixels(canvas, seen), domain.mask)
blended = poisson.blend_faces(fore, mean, rim, domain).clip(0, 255)
swapped = [*map(canvas.unwarp_into, targets, blended, seen, places)]

# %%
# Below the swap is the true one. It is known, because both are rendered: the target's head with the
# donor's face.

true = Scene(6, 11, **size, face=3)
truths = [true.render_frame(8 * k).swap for k in some]
rows = {"target": targets, "swap": swapped, "true swap": truths}
figure, axes = plt.subplots(3, 4, figsize=(8, 6.2), layout="constrained")
for row, (title, images) in zip(axes, rows.items(), strict=True):
    row[0].set_ylabel(title)
    for ax, image in zip(row, images, strict=True):
        ax.imshow(image)
        ax.set(xticks=[], yticks=[])
plt.show()
