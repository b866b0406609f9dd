"""A small finished run, and copies of it as they are earlier on."""

import json
import shutil

import numpy as np
import pytest

import pipeline
from examples.drawn import Look, draw_face
from report import measure
from tests.arguments import arguments
from tests.clips import make_clip

FRAMES, BLANK, FADED = 26, 9, (24, 25)


def make_clips(folder):
    """target.mp4, with a frame without a face and two dark ones, and donor.mp4."""
    for name, skin in (("target", (205, 160, 130)), ("donor", (120, 80, 60))):
        images = [
            draw_face(centre=(80 + 4 * np.sin(n / 3), 60), mouth=(n % 5) / 5, look=Look(skin=skin))
            for n in range(FRAMES)
        ]
        if name == "target":
            images[BLANK] = np.full((120, 160, 3), 90, np.uint8)
            for n in FADED:
                images[n] = (images[n] * 0.3).astype(np.uint8)
        make_clip(folder / f"{name}.mp4", images, sound=True)
    return folder


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The folder of a finished run's clips, its output out.mp4 and its run folder, "run"."""
    out = make_clips(tmp_path_factory.mktemp("report"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("report.watch.measure", measure.measure)  # see tests/conftest.py
        assert pipeline.main(arguments(out, out)) == 0
    return out


@pytest.fixture
def run_copy(made, tmp_path):
    """A copy that a test may change: the run folder."""
    shutil.copytree(made, tmp_path / "made")
    return tmp_path / "made" / "run"


def edit_record(run, change):
    """Change run.json by a function of its content."""
    record = json.loads((run / "run.json").read_text())
    change(record)
    (run / "run.json").write_text(json.dumps(record))


def undo(run, *stages):
    """Make the run one that has not finished these stages, as a kill in the first leaves it."""

    def forget(record):
        for stage in stages:
            for part in ("files", "sha256"):
                del record["stages"][stage][part]
        record["results"] = {}

    edit_record(run, forget)


def as_demo(run):
    """Make a run look like a demo that has been compared."""
    figures = {"psnr": 20.0, "fine": 0.5, "seam": -0.2, "points": 5.0}
    better = figures | {"psnr": 25.0, "fine": 0.2}
    content = {"nothing": figures | {"seam": 0.0, "fine": 0.8}, "swap": better, "truth": figures}
    (run / "figures.json").write_text(json.dumps(content))
    shutil.copyfile(run.parent / "out.mp4", run / "compare.mp4")

    def change(record):
        record["settings"]["demo"] = True
        record["stages"]["compare"] = {"made_from": {}, "files": {}, "sha256": {}}

    edit_record(run, change)
    return run
