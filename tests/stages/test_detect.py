"""Clips that do not stand upright, and what is said of clips without enough faces."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from examples.drawn import draw_face
from faces import Canvas, align
from stages.clips import Selection, select_target
from stages.detect import detect_clip
from stages.presets import PRESETS
from stages.run import Run
from stages.settings import OptionError, Settings
from stages.too_few import TooFewFaces
from tests.clips import make_clip
from video import open_clip

COUNT = 17
CANVAS = Canvas(align.INNER_FACE, (70, 90))


@cache
def _face(n):
    return draw_face((170, 130), (80 + n, 62), mouth=(n % 3) / 3)


def _faces(count=COUNT):
    return [_face(n) for n in range(count)]


def _detect(tmp_path, images, role="target", **changes):
    """The rows of a clip of these images, and the Run whose folder has the rest."""
    clip = make_clip(tmp_path / "clip.mp4", images)
    settings = Settings(clip, clip, tmp_path / "o.mp4", tmp_path / "run", PRESETS["standard"])
    settings = replace(settings, **changes)
    frames = Selection(open_clip(clip), *settings.donor_frames)
    if role == "target":
        frames = select_target(open_clip(clip), settings)
    with Run(settings) as run:
        return detect_clip(run, role, frames)[0]


@pytest.fixture(scope="module")
def upright(tmp_path_factory):
    """The rows of the upright clip."""
    return _detect(tmp_path_factory.mktemp("upright"), _faces())


@pytest.mark.parametrize("turns, words", [(2, "stands on its head"), (1, "lies on its side")])
def test_a_turned_clip_gives_the_faces_of_the_upright_one(tmp_path, upright, capsys, turns, words):
    images = _faces()
    rows = _detect(tmp_path, [np.ascontiguousarray(np.rot90(image, turns)) for image in images])
    said = capsys.readouterr().err
    assert words in said and f"turned by {90 * turns} degrees" in said and "--turn 0" in said
    assert [row.status for row in rows.values()] == ["ok"] * COUNT
    turned = [frame.image for frame in open_clip(tmp_path / "clip.mp4")]
    for n in (0, 8, 16):
        pictures = [
            CANVAS.warp(image, np.array(row.matrix)).astype(int)
            for image, row in ((images[n], upright[n]), (turned[n], rows[n]))
        ]
        assert np.abs(pictures[0] - pictures[1]).mean() < 6  # levels: two codings, 1 px at most


def test_a_given_turn_is_taken_as_it_is(tmp_path, capsys):
    images = [np.ascontiguousarray(image[::-1, ::-1]) for image in _faces()]
    rows = _detect(tmp_path, images, "donor", donor_turn=180)
    assert "on its head" not in capsys.readouterr().err
    eyes, mouth = (np.array(rows[5].points)[some].mean(axis=0) for some in ([0, 1], [3, 4]))
    assert eyes[1] > mouth[1] + 20


def _small(image):
    """The image at a quarter of its size, in a larger one."""
    page = np.full((200, 200, 3), 90, np.uint8)
    page[60:125, 60:145] = image[::2, ::2]
    return page


def _faces_and_blanks(faces, blanks):
    return [*_faces(faces), *[np.full((130, 170, 3), 90, np.uint8)] * blanks]


# name -> what makes the images, settings, words of the refusal
TOO_FEW = {
    "blank": (
        lambda: _faces_and_blanks(0, 3),
        {},
        "no face in any of 3 frames; not even one of 13 px",
    ),
    "small": (
        lambda: [_small(face) for face in _faces(3)],
        {"min_size": 100},
        "largest seen is 4. px: --min-siz",
    ),
    "outside": (
        lambda: _faces(3),
        {"frames": (9, 12), "learn_frames": (9, 12)},
        "none of its 3 frames is",
    ),
    "not learnt": (
        lambda: _faces_and_blanks(10, 10),
        {"learn_frames": (12, 20)},
        "of 8 frames of --learn-frames 12:20; not",
    ),
    "not written": (
        lambda: _faces_and_blanks(COUNT, 1),
        {"frames": (17, 18)},
        "1 frames of --frames 17:18",
    ),
    "short": (
        lambda: _faces(5),
        {},
        "only 5 frames, and training needs 16; give a clip that shows it for longer",
    ),
    "few learnt": (
        _faces,
        {"learn_frames": (9, 12)},
        "only 3 frames, .*more than --learn-frames 9:12",
    ),
    "every": (_faces, {"every": 9}, "only 2 frames, and training needs 16; lower --every 9"),
    "seldom": (
        lambda: _faces_and_blanks(10, 10),
        {},
        r"only 10 frames \(10 ok, 10 no face\), and training needs 16",
    ),
}


@pytest.mark.parametrize("name", TOO_FEW)
def test_a_clip_with_too_few_faces_is_refused_with_the_cause(tmp_path, name):
    make_images, changes, words = TOO_FEW[name]
    with pytest.raises(OptionError if name == "outside" else TooFewFaces, match=words) as error:
        _detect(tmp_path, make_images(), **changes)
    assert "clip.mp4" in str(error.value) and "\n" not in str(error.value)
