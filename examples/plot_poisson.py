"""
Blend two pictures without a seam
=================================

A face that is cut out and pasted shows its edge, because skin and light differ. Poisson blending
(Perez, Gangnet & Blake 2003) keeps the *differences* between neighbouring pixels of the pasted
face, and lets its levels follow from the picture around it.
"""

import matplotlib.pyplot as plt
import numpy as np

import poisson
from actors import Scene

# %%
# Two rendered people do the same at the same moment, since they play the same performance. So their
# faces lie at the same place. The domain is an ellipse around the five points of the face: the
# pixels to solve for. Everything outside stays as it is.

back = Scene(actor=2, performance=5, frames=100, size=(256, 256)).render_frame(0)
fore = Scene(actor=3, performance=5, frames=100, size=(256, 256)).render_frame(0)
x, y = back.points.mean(axis=0)
rows, columns = np.mgrid[:256, :256]
inside = ((columns - x) / 38) ** 2 + ((rows - y) / 50) ** 2 < 1

# %%
# ``Domain`` builds the sparse linear system of the domain and factors it. That takes most of the
# time, and is needed once for any number of pictures.

pasted = np.where(inside[..., None], fore.image, back.image)
blended = poisson.blend(fore.image, back.image, poisson.Domain(inside))
assert (blended[~inside] == back.image[~inside]).all()

figure, axes = plt.subplots(2, 2, figsize=(6.4, 5.4), layout="constrained")
pictures = {"back": back.image, "fore": fore.image, "pasted": pasted, "blended": blended}
for ax, (title, image) in zip(axes.flat, pictures.items(), strict=True):
    ax.imshow(image[50:225, 15:255])
    ax.set_title(title)
    ax.axis("off")
axes[0, 1].contour(inside[50:225, 15:255], [0.5], colors="white", linewidths=1.5)

# %%
# **Along one row.** Look at the levels of red below the eyes. The pasted ones jump at both edges.
# The blended ones have the same small details, and meet the picture at both ends.

row = int(y)
figure, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
for name, image in {"pasted": pasted, "blended": blended, "back": back.image}.items():
    ax.plot(image[row, :, 0], label=name, linestyle=":" if name == "back" else "-")
left, right = np.flatnonzero(inside[row])[[0, -1]]
ax.axvspan(left, right, color="gold", alpha=0.15, label="domain")
ax.set(xlabel="column", ylabel="red, 0..255", xlim=(left - 30, right + 30))
ax.legend(ncols=2)
plt.show()
