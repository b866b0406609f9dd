"""The notebook that trains live, run without Jupyter: a stand-in takes its pictures."""

import json
import sys
from pathlib import Path
from types import ModuleType

import matplotlib
import numpy as np
import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "train.ipynb"
SMALL = {"FRAMES": 8, "SECONDS": 1.0, "INTERVAL": 0.0}


class Display:
    """What `display` gives: it remembers all that was shown in this place."""

    def __init__(self, first, display_id):
        self.shown = [first]

    def update(self, following):
        self.shown.append(following)


@pytest.fixture(scope="module")
def notebook():
    """The names that the notebook's cells define, after a very short training."""
    matplotlib.use("agg")
    jupyter = ModuleType("IPython.display")
    jupyter.display = Display
    names = {}
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    for text in ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"):
        with pytest.MonkeyPatch.context() as patch:
            if "from IPython.display" in text:
                patch.setitem(sys.modules, "IPython", ModuleType("IPython"))
                patch.setitem(sys.modules, "IPython.display", jupyter)
            exec(compile(text, str(NOTEBOOK), "exec"), names)
        names |= {name: value for name, value in SMALL.items() if name in names}
    matplotlib.pyplot.close("all")
    return names


def test_the_pictures_change_as_the_net_learns(notebook):
    first, *_, last = (np.array(picture, int) for picture in notebook["picture"].shown)
    assert first.shape == (5 * 128, 6 * 128, 3)
    change = np.abs(last - first).reshape(5, 128, 6, 128, 3).max(axis=(1, 2, 3, 4))
    assert (change[[0, 3]] == 0).all()  # the rendered faces
    assert (change[[1, 2, 4]] > 3).all()  # the drawn ones


def test_the_loss_falls_and_is_told(notebook):
    losses, lines = notebook["losses"], notebook["line"].shown
    assert np.isfinite(losses).all() and min(losses) < losses[0]
    assert len(lines) > 1 and f"{len(losses)} steps" in lines[-1]
