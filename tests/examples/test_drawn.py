"""`python -m examples.drawn`: the two clips, and an impossible folder."""

import pytest

import video
from examples import drawn
from tests.clips import picture


def test_two_clips_are_written(tmp_path, monkeypatch):
    monkeypatch.setattr(drawn, "EXAMPLE_FRAMES", 2)
    for name in ("target_frame", "donor_frame"):
        monkeypatch.setattr(drawn, name, picture)  # which takes less time
    assert drawn.main([str(tmp_path / "new")]) == 0
    for name in ("target.mp4", "donor.mp4"):
        assert len(list(video.open_clip(tmp_path / "new" / name))) == 2


def test_an_impossible_folder_is_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert drawn.main([str(tmp_path / "file" / "x")]) == 6
    (line,) = capsys.readouterr().err.splitlines()
    assert "file/x cannot be written" in line


def test_help_makes_no_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        drawn.main(["-h"])
    assert ended.value.code == 0 and "FOLDER" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
