"""Where drawings of found faces go: nobody's file is overwritten."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mtcnn_np.__main__ as command
import video
from examples.drawn import draw_face
from stages.drawings import DRAWING_COMMENT, Drawings

IMAGE = np.zeros((20, 20, 3), np.uint8)


def _names(folder, *inputs):
    paths = [Path(path) for path in inputs]
    drawings = Drawings(Path(folder), paths)
    return [drawings.name(path, 0) for path in paths]


@pytest.mark.parametrize(
    "inputs, names",
    [
        (("a/x.mp4", "b/x.mp4"), ["x-000000.png", "x.mp4-000000.png"]),
        (
            ("a/x.mp4", "b/x.mp4", "c/X.mp4"),
            ["x-000000.png", "x.mp4-000000.png", "X.mp4-2-000000.png"],
        ),
        (("x.jpg", "x.png"), ["x.png", "x.png.png"]),
        (("x.mp4", "x-000000.png"), ["x-000000.png", "x-000000.png.png"]),
        (("x-000000.png", "x.mp4"), ["x-000000.png", "x.mp4-000000.png"]),
        (("x.mp4", "x.png"), ["x-000000.png", "x.png"]),
        (("x.mp4", "./x.mp4"), ["x-000000.png", "x-000000.png"]),
    ],
)
def test_the_drawings_of_two_inputs_have_two_names(tmp_path, inputs, names):
    assert _names(tmp_path / "drawings", *inputs) == names
    assert not (tmp_path / "drawings").exists()


def test_neither_an_input_nor_a_foreign_file_is_overwritten(tmp_path):
    for name in ("a.png", "b-000003.png", "c.png"):
        Image.fromarray(IMAGE).save(tmp_path / name)
    Image.fromarray(IMAGE).save(tmp_path / "d.png", pnginfo=video.png_text(DRAWING_COMMENT))
    inputs = [tmp_path / name for name in ("a.png", "d.png")]
    assert _names(tmp_path, *inputs) == ["a.png.png", "d.png.png"]  # the input d.png is a drawing
    assert _names(tmp_path, "b.mp4", "c.jpg", "d.jpg") == ["b.mp4-000000.png", "c.jpg.png", "d.png"]


def test_what_is_written_is_known_again_and_replaced(tmp_path):
    for _ in range(2):
        drawings = Drawings(tmp_path / "new" / "d", [Path("x.jpg")])
        drawings.write(Path("x.jpg"), 0, IMAGE, [])
    assert [path.name for path in (tmp_path / "new" / "d").iterdir()] == ["x.png"]


def test_an_impossible_place_is_one_line_before_any_search(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    (tmp_path / "pictures").mkdir()
    Image.fromarray(IMAGE).save(tmp_path / "pictures" / "1.png")
    monkeypatch.setattr(command, "Detector", None)
    for place in ("file", "file/below", "pictures"):
        words = [str(tmp_path / "pictures"), "--draw", str(tmp_path / place)]
        assert command.main(words) == 6
        (line,) = capsys.readouterr().err.splitlines()
        assert place in line and DRAWING_COMMENT not in line


def test_a_turned_picture_is_noted_and_found_with_the_option(tmp_path, capsys):
    Image.fromarray(draw_face(mouth=0.6)[::-1, ::-1]).save(tmp_path / "a.png")
    found = [str(tmp_path / "a.png"), "--min-size", "60", "--threads", "1"]
    assert command.main([*found, "--turn", "180"]) == 0
    out, err = capsys.readouterr()
    assert out.count("\n") == 1 and not err
    assert command.main([*found, "--draw", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert not out and "--turn 180" in err
    assert (tmp_path / "a.png.png").exists()
