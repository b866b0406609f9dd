"""The folder of `--truth`: this run's own is replaced whole, anything else is refused by name."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import pipeline
import video
from files import Claim
from stages.options import parse
from stages.truth import TruthWriter
from stages.truth_folder import check_truth_folder
from tests.clips import make_clip, picture

SIZE = (64, 48)


@pytest.fixture
def settings(tmp_path):
    clips = [make_clip(tmp_path / f"{name}.mp4", [picture(n)]) for n, name in enumerate("ab")]
    places = ["-o", str(tmp_path / "out.mp4"), "--run", str(tmp_path / "run")]
    return parse([*map(str, clips), *places, "--truth", str(tmp_path / "truth")])


def _open_truth(settings):
    like = video.Clip(settings.target, SIZE, Fraction(25), 3, Fraction(1, 25))
    return TruthWriter(settings, like, 1, "", None)


def _write_truth(settings, frames):
    with _open_truth(settings) as truth:
        for number in range(frames):
            image = picture(number, SIZE)
            frame = video.Frame(number, Fraction(number, 25), image)
            truth.write(frame, np.flip(image, 0).copy(), [])


def _contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _put_actor(folder):
    (folder / "mask").mkdir(parents=True)
    (folder / "mask" / "000000.png").write_text("mask")
    (folder / "truth.jsonl").write_text("{}")


def _put_actors_claim(folder):
    Claim("the truth of the rendered clip", folder.parent / "actor.mp4").take(folder)
    _put_actor(folder)


def _put_notes(folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")


def _put_repository(folder):
    (folder / ".git").mkdir(parents=True)


def _put_damaged_claim(folder):
    folder.mkdir()
    (folder / "belongs_to.json").write_text("[" * 9999)


@pytest.mark.parametrize(
    "put, words",
    [
        (_put_actor, "other files (mask)"),
        (_put_actors_claim, "the truth of the rendered clip actor.mp4"),
        (_put_notes, "other files (notes.txt)"),
        (_put_repository, "other files (.git)"),
        (_put_damaged_claim, "other files (belongs_to.json)"),
    ],
)
def test_a_folder_that_holds_something_else_is_refused_before_any_work(
    settings, capsys, put, words
):
    put(settings.truth)
    before = _contents(settings.truth)
    arguments = [settings.target, settings.donor, "-o", settings.output, "--run", settings.folder]
    assert pipeline.main([*map(str, arguments), "--truth", str(settings.truth)]) == 6
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert f"{settings.truth} holds {words}; name a new folder" in last
    assert _contents(settings.truth) == before
    assert not settings.folder.exists() and not settings.output.exists()


def test_the_truth_of_another_run_or_of_other_clips_is_refused(settings, tmp_path):
    _write_truth(settings, 2)
    others = [replace(settings, folder=tmp_path / "run2"), replace(settings, donor=settings.target)]
    for other in others:
        with pytest.raises(video.OutputError, match="holds the truth of the swap in run"):
            check_truth_folder(other)
        with pytest.raises(video.OutputError, match="holds the truth of the swap in run"):
            _write_truth(other, 1)


def test_the_runs_own_truth_is_replaced_whole(settings):
    _write_truth(settings, 1)
    short = _contents(settings.truth)
    _write_truth(settings, 3)
    (settings.truth / "mask" / ".part-000007.png").write_text("half")
    (settings.truth / ".DS_Store").write_text("dropped by a file manager")
    check_truth_folder(settings)
    _write_truth(settings, 1)
    (settings.truth / ".DS_Store").unlink()
    assert _contents(settings.truth) == short


def test_a_half_written_truth_is_this_runs_own(settings):
    with pytest.raises(KeyboardInterrupt), _open_truth(settings):
        raise KeyboardInterrupt
    assert (settings.truth / "mask").exists() and not (settings.truth / "index.csv").exists()
    check_truth_folder(settings)


def test_run_and_truth_may_be_moved_together(settings, tmp_path):
    _write_truth(settings, 1)
    (tmp_path / "new").mkdir()
    settings.truth.rename(tmp_path / "new" / "truth")
    moved = replace(settings, truth=tmp_path / "new" / "truth", folder=tmp_path / "new" / "run")
    check_truth_folder(moved)
    assert str(tmp_path) not in (moved.truth / "belongs_to.json").read_text()


@pytest.mark.parametrize("place", ["", "empty", "new/folder", "run/truth", "run/a/b"])
def test_an_empty_or_a_new_folder_is_free_and_checking_leaves_nothing(settings, tmp_path, place):
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    check_truth_folder(replace(settings, truth=tmp_path / (place or "truth")))
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "place, words",
    [
        (".", "holds the run folder"),
        ("run", "is the run folder"),
        ("run/target", "the run's own files"),
        ("run/checkpoints/x", "the run's own files"),
        ("run/result.png", "the run's own files"),
        ("out.mp4", "is the output"),
        ("a.mp4", "is the target"),
        ("b.mp4", "is the donor"),
        ("b.mp4/x", "lies in the donor"),
        ("file", "is a file"),
        ("file/x", "is a file"),
    ],
)
def test_places_that_would_mix_the_truth_with_other_files_are_refused(
    settings, tmp_path, place, words
):
    (tmp_path / "file").write_text("")
    with pytest.raises(video.OutputError, match=words):
        check_truth_folder(replace(settings, truth=tmp_path / place))


def test_the_truth_does_not_go_into_a_folder_of_pictures(settings, tmp_path):
    (tmp_path / "pictures").mkdir()
    for role in ("target", "output"):
        inside = {role: tmp_path / "pictures", "truth": tmp_path / "pictures" / "truth"}
        with pytest.raises(video.OutputError, match=f"lies in the {role}"):
            check_truth_folder(replace(settings, **inside))


def test_the_demos_own_folders_are_not_for_the_truth(settings):
    demo = replace(settings, demo=True, truth=settings.folder / "truth")
    with pytest.raises(video.OutputError, match="the run's own files"):
        check_truth_folder(demo)
