"""--detections: a clip is searched once for all runs, and the runs are the same as without."""

import pytest

import stages.detect
from actors import Scene, film
from stages.clips import open_clips
from stages.detect import detect
from stages.options import parse
from stages.run import Run
from tests.arguments import arguments

NAMES = "detections.jsonl", "tracks.png", "people.txt", "manifest.jsonl"


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    for seed, name in ((6, "target"), (3, "donor")):
        for _ in film(Scene(seed, seed, 17, (96, 96)), folder / f"{name}.mp4"):
            pass
    return folder


def _detect(clips, out, *more):
    """The bytes of what detection leaves in the run folder `out`."""
    settings = parse(arguments(clips, out, *more))
    with Run(settings) as run:
        detect(run, open_clips(settings))
    paths = [out / "run" / role / name for role in ("target", "donor") for name in NAMES]
    return [path.read_bytes() for path in paths]


def _refuse(*_):
    raise AssertionError("searched again")


def test_a_clip_is_searched_once_and_nothing_else_changes(clips, tmp_path, monkeypatch):
    shared = tmp_path / "shared"
    plain = _detect(clips, tmp_path / "plain")
    assert _detect(clips, tmp_path / "first", "--detections", str(shared)) == plain
    assert len(list(shared.iterdir())) == 2
    with monkeypatch.context() as patch:
        patch.setattr(stages.detect, "find_faces", _refuse)
        assert _detect(clips, tmp_path / "second", "--detections", str(shared)) == plain
        with pytest.raises(AssertionError):  # another size of faces is another search
            _detect(clips, tmp_path / "third", "--detections", str(shared), "--min-size", "30")


def test_damaged_shared_faces_are_made_again(clips, tmp_path):
    shared = tmp_path / "shared"
    plain = _detect(clips, tmp_path / "first", "--detections", str(shared))
    damaged, gone = (folder / "detections.jsonl" for folder in shared.iterdir())
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-20])
    gone.unlink()
    assert _detect(clips, tmp_path / "second", "--detections", str(shared)) == plain
    assert damaged.read_bytes() == whole and gone.exists() and len(list(shared.iterdir())) == 2


def test_the_record_beside_the_output_does_not_name_the_folder(clips, tmp_path):
    settings = parse(arguments(clips, tmp_path, "--detections", str(tmp_path / "shared")))
    assert settings.detections and "detections" not in settings.public_record()
