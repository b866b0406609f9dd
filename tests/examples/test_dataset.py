"""The example that loads a data set, run as a reader runs it."""

import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

EXAMPLE = Path(__file__).parents[2] / "examples" / "plot_dataset.py"


def test_the_loaders_give_every_frame_with_its_label_and_mask(monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: None)
    with plt.rc_context({"backend": "agg"}):
        names = runpy.run_path(str(EXAMPLE))
    plt.close("all")
    frames, batches = names["frames"], names["batches"]
    assert len(frames) == 24 and set(frames.split) == {"train"}
    pictures, fake, masks = (np.concatenate(arrays) for arrays in zip(*batches, strict=True))
    assert (pictures.shape, pictures.dtype) == ((24, 128, 128, 3), np.uint8)
    assert (fake.sum(), masks.dtype) == (12, bool)
    assert (masks.any((1, 2)) == fake).all()
    assert sorted(masks.sum((1, 2))) == sorted(frames.changed)
