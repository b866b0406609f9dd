"""Who is taken from a clip, and what a wrong choice costs."""

from dataclasses import replace

import numpy as np
import pytest

from examples.drawn import Look, draw_face
from mtcnn_np import Detector
from stages import detections_file
from stages.clips import Selection
from stages.decide import decide
from stages.detect import detect_clip, detect_frames
from stages.presets import PRESETS
from stages.run import Run
from stages.settings import Settings
from stages.too_few import TooFewFaces
from tests.clips import make_clip
from video import open_clip, with_cuts


def _picture_of_two(n):
    """Two people, of whom the left one is larger."""
    left = draw_face((160, 120), (80 + n, 62), 1.1)
    right = draw_face((160, 120), (80 - n, 62), 0.9, look=Look(skin=(150, 110, 90)))
    return np.concatenate([left, right], axis=1)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    path = tmp_path_factory.mktemp("two") / "two.mp4"
    return make_clip(path, [_picture_of_two(n) for n in range(18)])


@pytest.fixture
def run(two, tmp_path):
    settings = Settings(two, two, tmp_path / "o.mp4", tmp_path / "run", PRESETS["standard"])
    with Run(settings) as run:
        yield run


def _detect(run, **changes):
    run.settings = replace(run.settings, **changes)
    return detect_clip(run, "target", Selection(open_clip(run.settings.target)))


def test_a_wrong_choice_names_who_is_there_and_costs_no_second_search(run, monkeypatch, capsys):
    with pytest.raises(TooFewFaces) as error:
        _detect(run, face=7)
    message = str(error.value)
    for text in (
        "two.mp4",
        "2 people were found",
        "no person 7",
        "--face takes 0: 18 frames, 0 to 17",
    ):
        assert text in message
    assert "\n" not in message and str(run.path / "target" / "tracks.png") in message
    assert (run.path / "target" / "tracks.png").exists()
    people = (run.path / "target" / "people.txt").read_text().splitlines()
    assert [line.split(":")[0] for line in people] == ["0", "1"]
    monkeypatch.setattr(Detector, "_cascade", None)  # nothing may be searched again
    ((taken),) = _detect(run, face=1)
    assert taken[0].box[0] > 160
    said = "target: taken person 1, not taken person 0; --face N or --face X,Y takes another"
    assert capsys.readouterr().err.count(said) == 1
    _detect(run, face=None)
    _detect(run, face=None)  # a continued run says it, too
    assert capsys.readouterr().err.count("taken person 0, not taken person 1") == 2
    assert _detect(run, face=(240.0, 62.0)) == [taken]
    with pytest.raises(TooFewFaces, match="no face at 5,5 .*--face takes 0"):
        _detect(run, face=(5.0, 5.0))


def test_all_people_taken_are_named(run, capsys):
    assert len(_detect(run, all_faces=True)) == 2
    assert "taken people 0, 1, not taken nobody" in capsys.readouterr().err


def test_choosing_from_the_file_gives_what_choosing_from_memory_gives(two, tmp_path):
    found = list(detect_frames(with_cuts(open_clip(two)), Detector(), 40, 12))
    detections_file.write(tmp_path / "d.jsonl", found)
    stored = detections_file.read(tmp_path / "d.jsonl")
    assert decide(stored) == decide(found) and decide(stored, 1) == decide(found, 1)
    for a, b in zip(stored, found, strict=True):
        assert (a.number, a.time, a.cut, a.contrasts) == (b.number, b.time, b.cut, b.contrasts)
        for x, y in zip(a.faces, b.faces, strict=True):
            assert x.score == y.score and x.box.dtype == y.box.dtype == x.points.dtype == np.float32
            np.testing.assert_array_equal(x.box, y.box)
            np.testing.assert_array_equal(x.points, y.points)


def test_a_damaged_list_of_faces_is_made_anew(run):
    tracks = _detect(run)
    file = run.path / "target" / "detections.jsonl"
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    assert _detect(run) == tracks and file.read_bytes() == data
