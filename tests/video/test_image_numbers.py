"""Lost and doubled pictures of a folder are noted."""

import numpy as np
import pytest
from PIL import Image

import video


def _note(folder, names):
    """What is noted about a folder with pictures of these names."""
    for name in names:
        Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(folder / name)
    return [note.removeprefix(f"{folder}: ") for note in video.open_clip(folder).notes]


@pytest.mark.parametrize(
    "names",
    [
        ["a.png", "b.png"],
        ["7.png", "8.png", "9.png", "10.png"],
        ["take2_000.png", "take2_005.png", "take2_010.png"],  # every fifth frame
        ["left1.png", "left2.png", "right1.png", "right2.png"],
        ["only3.png"],
    ],
)
def test_a_whole_series_is_not_noted(tmp_path, names):
    assert _note(tmp_path, names) == []


@pytest.mark.parametrize(
    "names, note",
    [
        (["0.png", "1.png", "4.png"], "no picture has the number 2; those after it move up"),
        (
            [f"f{n}.png" for n in (0, 1, 3, 5, 7, 9)],
            "no picture has the number 2, 4, 6, ...; those after it move up",
        ),
        (["0.png", "0.jpg", "1.png"], "several pictures have the number 0; each is a frame"),
    ],
)
def test_a_lost_or_doubled_picture_is_noted(tmp_path, names, note):
    assert _note(tmp_path, names) == [note]


def test_a_link_to_nowhere_is_noted(tmp_path):
    (tmp_path / "2.png").symlink_to(tmp_path / "gone.png")
    assert _note(tmp_path, ["0.png", "1.png"]) == ["the link 2.png leads to no file; left out"]
