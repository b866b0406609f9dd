"""The notebook about codes, run without Jupyter on a run of two drawn faces."""

import json
from pathlib import Path

import numpy as np
import pytest

import pipeline
from tests.arguments import arguments
from tests.report.conftest import make_clips

NOTEBOOK = Path(__file__).parents[2] / "examples" / "latents.ipynb"


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """The names that the notebook's cells define, all but the last cell's, which needs Jupyter."""
    make_clips(tmp_path)
    assert pipeline.main(arguments(tmp_path, tmp_path)) == 0
    monkeypatch.setenv("RUN", str(tmp_path / "run"))
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    *plain, live = texts
    assert "ipywidgets" in live
    names = {}
    for text in plain:
        exec(compile(text, str(NOTEBOOK), "exec"), names)
    return names


def test_the_sliders_change_what_both_decoders_draw(notebook):
    draw = notebook["draw"]
    still = np.array(draw(), int)
    assert still.shape == (384, 768, 3)
    for changed in (draw(first=2.0), draw(second=2.0), draw(way=1.0)):
        difference = np.abs(np.array(changed, int) - still)
        assert difference[:, :384].max() > 3 and difference[:, 384:].max() > 3
    assert sum(notebook["shares"]) == pytest.approx(1)
