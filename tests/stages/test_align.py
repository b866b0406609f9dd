"""The aligned faces in the run folder."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from stages.align import read_faces
from stages.presets import PRESETS
from stages.run_record import RunError


@pytest.fixture
def run(tmp_path):
    return SimpleNamespace(
        settings=SimpleNamespace(preset=PRESETS["standard"]),
        face_path=lambda role, frame, track: tmp_path / f"{role}{frame}.png",
    )


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_a_damaged_face_is_named_with_what_to_do(run, content):
    file = run.face_path("target", 3, 0)
    file.write_bytes(content)
    with pytest.raises(RunError, match=f"{file} is damaged; delete it to extract it anew"):
        read_faces(run, "target", 0, {3: None})


def test_a_face_of_another_size_is_named(run):
    file = run.face_path("target", 3, 0)
    Image.fromarray(np.zeros((7, 9, 3), np.uint8)).save(file)
    with pytest.raises(RunError, match=f"{file} is not .*; delete it to extract it anew"):
        read_faces(run, "target", 0, {3: None})
