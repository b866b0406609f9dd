"""
Load a data set of swaps
========================

``python -m batch`` makes a data set of labelled swaps, to train and test detectors of fakes on.
Here are two loaders: one for tables, with pandas (``pip install pandas``), and one for arrays,
which any array library can take over. The set is a tiny one, of rendered people.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from PIL import Image

import video
from batch.example import make_example

temporary = tempfile.TemporaryDirectory()
root = Path(temporary.name)
print(make_example(root, pairs=[(6, 3)], frames=6, size=128))

# %%
# **Tables.** ``index`` has a row for each clip at each compression, ``frames`` one for each frame.
# For training on a set of your own, take ``split == "train"``: nobody in it is in another split.

index = pd.read_parquet(root / "index.parquet").query("compression == 'c23' and split == 'train'")
frames = pd.read_parquet(root / "frames.parquet").merge(index[["clip_id", "path"]], on="clip_id")
index[["clip_id", "label", "target_person", "donor_person", "frames", "mark"]]

# %%
# What is to be learnt from: frames of both labels, and how much of each was changed.

frames.groupby("label", observed=True).changed.describe()[["count", "mean", "max"]].round()

# %%
# **Arrays.** A generator of batches: frames (N, H, W, 3) uint8, whether each is fake (N,), and the
# masks of the pixels that were changed (N, H, W). Wrap what it yields with ``torch.from_numpy``,
# ``jax.numpy.asarray`` or ``cupy.asarray``. Only pixels are read: the names and the metadata of
# clips tell fakes from genuine ones, and a detector must not see them.


def read_batches(root, frames, size):
    """Frames, labels and masks of a table of frames, clip by clip."""
    for path, rows in frames.groupby("path"):
        clip = [frame.image for frame in video.open_clip(root / path)]
        black = np.zeros(clip[0].shape[:2], np.uint8)
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            masks = [
                black if pd.isna(name) else np.asarray(Image.open(root / name))
                for name in part["mask"]
            ]
            pictures = np.stack([clip[number] for number in part.frame])
            yield pictures, (part.label == "fake").to_numpy(), np.stack(masks) > 0


batches = list(read_batches(root, frames, size=3))
print(len(batches), "batches;", *(f"{array.shape} {array.dtype}" for array in batches[0]))

# %%
# The first frame of each batch, with the changed pixels outlined.

figure, axes = plt.subplots(2, 4, figsize=(8, 4.3), layout="constrained")
for ax, (pictures, fake, masks) in zip(axes.flat, batches, strict=True):
    ax.imshow(pictures[0])
    if fake[0]:
        ax.contour(masks[0], [0.5], colors="w", linewidths=0.8)
    ax.set_title("fake" if fake[0] else "real")
    ax.axis("off")
plt.show()
temporary.cleanup()
