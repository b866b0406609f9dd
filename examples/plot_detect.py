"""
Find faces and their points
===========================

MTCNN finds each face with a box, a score and five points: the eyes, the nose and the corners of
the mouth. The people here are rendered. So it is known where their points really are, and we can
see how far off the detector is.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from actors import Scene
from mtcnn_np import Detector

# %%
# A scene has an actor, a performance and, if asked for, what makes a clip hard: here a second
# person beside the first. The first two are seeds: other numbers give another scene.

scene = Scene(actor=2, performance=5, frames=100, size=(420, 280), hard={"two"})
frame = scene.render_frame(40)
detector = Detector()
faces = detector.detect(frame.image)  # the best first
for face in faces:
    print(f"score {face.score:.3f}, box {face.box.round().astype(int).tolist()}")

# %%
# **The boxes and points**, drawn into the frame.

figure, ax = plt.subplots(figsize=(7.2, 4.8), layout="constrained")
ax.imshow(frame.image)
for face in faces:
    x1, y1, x2, y2 = face.box
    ax.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, color="gold", linewidth=2))
    ax.text(x1, y1 - 5, f"{face.score:.3f}", backgroundcolor="gold", fontsize=9)
    ax.scatter(*face.points.T, s=24, color="lime", edgecolors="black", linewidths=0.6)
ax.axis("off")

# %%
# **How exact are they?** The scene knows the true points of its first actor. The usual unit of an
# error is the distance between the eyes.

errors = []
for number in range(0, 100, 12):
    rendered = scene.render_frame(number)
    found = detector.detect(rendered.image)
    distances = [np.linalg.norm(face.points - rendered.points, axis=1) for face in found]
    nearest = min(range(len(found)), key=lambda i: distances[i].mean())
    errors.append(distances[nearest] / found[nearest].interocular)

figure, ax = plt.subplots(figsize=(7.2, 3), layout="constrained")
names = ["left eye", "right eye", "nose", "left corner\nof the mouth", "right corner\nof the mouth"]
ax.boxplot(100 * np.array(errors), tick_labels=names)
ax.set(ylabel="error, % of the\ndistance between the eyes", ylim=(0, None))
ax.spines[["top", "right"]].set_visible(False)
plt.show()
