"""
Real and fake frames for research
=================================

Whoever builds a detector of fakes needs frames with labels, and the pixels that were changed. With
``--truth DIR`` the pipeline writes them beside the swap. Here its writer makes a small folder of
that kind, and pandas (``pip install pandas``) reads it.
"""

import tempfile
from fractions import Fraction
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from PIL import Image

import video
from actors import Scene
from faces import align
from stages.options import parse
from stages.truth import TruthWriter

# %%
# A rendered person walks out of the picture and comes back. The scene knows the true swap of each
# frame. We take it as the fake, because no net has to be trained for it. In a run of the pipeline,
# ``python pipeline.py TARGET.mp4 DONOR.mp4 -o OUT.mp4 --truth truth``, the fakes are its own swaps.

temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name)
truth = folder / "truth"
places = ["-o", f"{folder}/swap.mp4", "--run", f"{folder}/run", "--truth", str(truth)]
settings = parse(["target.mp4", "donor.mp4", *places])

scene = Scene(7, 8, face=3, frames=21, rate=7, size=(160, 160), hard={"leave"})
like = video.Clip(folder / "swap.mp4", scene.size, Fraction(7), scene.frames, Fraction(1, 7))
with TruthWriter(settings, like, max_faces=1, comment="Rendered people", interval=None) as writer:
    for number in range(scene.frames):
        frame = scene.render_frame(number)
        untouched = video.Frame(number, Fraction(number, 7), frame.image)
        matrices = [align.similarity(frame.points)] if frame.present else []
        writer.write(untouched, frame.swap if frame.present else frame.image, matrices)
print(*sorted(path.name for path in truth.iterdir()), sep="\n")

# %%
# The table has a row for each frame: its label, the mask's file and the number of changed pixels,
# the hash of the untouched frame, and the matrix that aligns the face.

table = pd.read_csv(truth / "index.csv")
table[["frame", "time", "label", "mask", "changed", "m00", "m02"]].iloc[::5]

# %%
# Frames of the clip at a mild compression, and their masks.

frames = [frame.image for frame in video.open_clip(truth / "crf18.mp4")]
figure, axes = plt.subplots(2, 5, figsize=(8, 3.7), layout="constrained")
for (above, below), row in zip(axes.T, table.iloc[::5].itertuples(), strict=True):
    above.imshow(frames[row.frame])
    above.set_title(f"{row.frame}: {row.label}")
    below.imshow(Image.open(truth / row.mask), cmap="gray", vmin=0, vmax=255)
for ax in axes.flat:
    ax.axis("off")

# %%
# How much of each frame is fake, and how large the clip is at each of the four compressions.

share = 100 * table.changed / np.prod(frames[0].shape[:2])
clips = pd.read_csv(truth / "clips.csv")
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 2.8), layout="constrained")
left.bar(table.frame, share, color="tab:red")
left.set(xlabel="frame", ylabel="changed pixels, %")
right.bar(clips.crf.astype(str), clips.bytes / 1000)
right.set(xlabel="rate factor of H.264", ylabel="kB")
plt.show()
temporary.cleanup()
