"""Two runs at once never use the same output or the same run folder."""

from dataclasses import replace

import pytest

import pipeline
from examples.drawn import draw_face
from stages.locks import lock_places, take_output
from stages.options import parse
from stages.run import Run
from stages.run_record import RunError
from tests.arguments import arguments
from tests.clips import make_clip
from video import OutputError


@pytest.fixture
def settings(tmp_path):
    for name in ("target.mp4", "donor.mp4"):
        (tmp_path / name).write_text(name)
    return parse(arguments(tmp_path, tmp_path))


def test_a_second_run_with_the_same_output_is_refused(settings, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    linked = tmp_path / "link" / settings.output.name
    other = replace(settings, folder=tmp_path / "run2", output=linked)
    with Run(settings), pytest.raises(OutputError, match="being written by another run .* -o"):
        Run(other)
    assert not other.folder.exists()
    with Run(other):
        pass


def test_the_locks_are_free_after_a_run_that_was_refused(settings):
    with Run(settings):
        pass
    with pytest.raises(RunError, match="with other seed"):
        Run(replace(settings, seed=1))
    with lock_places(settings):
        pass


def test_an_output_in_use_is_refused_before_anything_is_made(tmp_path, capsys):
    for n, name in enumerate(("target", "donor")):
        make_clip(tmp_path / f"{name}.mp4", [draw_face(centre=(80 + n, 60))] * 16)
    words = arguments(tmp_path, tmp_path)
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    held = take_output(tmp_path / "out.mp4")
    try:
        assert pipeline.main(words) == 6
    finally:
        held.release()
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and "being written by another run" in said[0]
    assert {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == before
