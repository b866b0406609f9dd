"""stages.convert with a function that draws faces in place of a net."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy import ndimage

from colorcorrect import visible
from faces import Canvas, align, manifest
from faces.deflicker import DEFLICKER_REACH
from faces.face import Face
from stages.convert import replace_face
from stages.convert_steps import CONVERT_BATCH
from stages.presets import PRESETS
from video import Frame

# The scenes below are no faces, and the nets have learnt what to do with faces only.
PRESET = replace(PRESETS["standard"], colour="light")


@pytest.fixture(autouse=True)
def take_all_for_face(monkeypatch):
    def find(faces, canvas):
        return np.repeat(canvas.mask()[None], len(faces), axis=0)

    monkeypatch.setattr(visible, "find_visible", find)


def _clip(n=3, height=200, width=180):
    """Frames of a smooth scene, and a manifest in which all but frame 1 have a face."""
    rng = np.random.default_rng(0)
    scene = ndimage.gaussian_filter(rng.uniform(0, 255, (height, width, 3)), (6, 6, 0))
    scene = 110 + (scene - scene.mean()) * 4
    points = align.REFERENCE_POINTS * 1.2 + [30, 40]
    frames, rows = [], {}
    for k in range(n):
        face, time = Face(np.array([30.0, 40, 150, 180]), 0.99, points), Fraction(k, 25)
        image = scene + rng.normal(0, 1, scene.shape)
        frames.append(Frame(k, time, image.clip(0, 255).astype(np.uint8)))
        row = manifest.Row
        rows[k] = row.without_face(k, time) if k == 1 else row.with_face(k, time, face)
    return frames, rows


def _convert(change, preset=PRESET):
    frames, rows = _clip()

    def draw(faces):
        return change(faces.astype(np.float32) / 255)

    out = list(replace_face(frames, rows, draw, preset))
    assert [f.number for f in out] == [f.number for f in frames]
    matrix = np.array(rows[0].matrix)
    return frames, out, matrix


def _across(faces):
    return np.linspace(-1, 1, faces.shape[2], dtype=np.float32)[:, None]


def _to_pixel(matrix, x, y):
    """Column and row of the frame where pixel x, y of the drawn face (128, 128) lies."""
    to_frame = align.invert(Canvas(PRESET.region, (128, 128)).matrix(matrix))
    return np.rint(to_frame[:, :2] @ [x, y] + to_frame[:, 2]).astype(int)


def test_a_frame_without_a_face_passes_unchanged():
    frames, out, _ = _convert(lambda faces: 1 - faces)
    np.testing.assert_array_equal(out[1].image, frames[1].image)
    assert np.abs(out[0].image.astype(int) - frames[0].image).max() > 20


def test_the_same_face_drawn_in_other_light_gets_the_light_of_the_frame():
    def lit(faces):
        return faces * ([0.8, 0.9, 0.75] + 0.2 * _across(faces))

    frames, out, _ = _convert(lit)
    untouched = np.abs(out[0].image.astype(float) - frames[0].image)
    assert untouched.max() < 12 and untouched.mean() < 0.5


def test_the_frame_stays_where_no_face_can_be_seen(monkeypatch):
    hidden = np.zeros((128, 128), bool)
    hidden[40:90, :60] = True

    def leave_out(faces, canvas):
        shown = np.where(hidden, 0, 1).astype(np.float32)
        return np.stack([canvas.resize(shown[None, ..., None])[0, ..., 0]] * len(faces))

    monkeypatch.setattr(visible, "find_visible", leave_out)
    frames, out, matrix = _convert(lambda faces: faces * 0.5 + 0.3 * (faces > 0.45))
    changed = np.abs(out[0].image.astype(int) - frames[0].image).max(-1)
    (left, top), (right, bottom) = (_to_pixel(matrix, *at) for at in ((4, 44), (54, 86)))
    assert not changed[top:bottom, left:right].any()
    u, v = _to_pixel(matrix, 90, 64)
    assert changed[v - 5 : v + 5, u - 5 : u + 5].max() > 10


@pytest.mark.parametrize("colour", ["light", "none"])
def test_a_changed_mouth_is_kept_with_every_colour_transfer(colour):
    def mouth(faces):
        faces = faces.copy()
        faces[:, 86:98, 48:80] = 0.05
        return faces

    frames, out, matrix = _convert(mouth, replace(PRESET, colour=colour))
    u, v = _to_pixel(matrix, 64, 92)
    assert out[0].image[v, u].max() < 70 < frames[0].image[v, u].min()


def _rows(n):
    points = align.REFERENCE_POINTS * 1.2 + [30, 40]
    face = Face(np.array([30.0, 40, 150, 180]), 0.99, points)
    return {k: manifest.Row.with_face(k, Fraction(k, 25), face) for k in range(n)}


def test_no_more_frames_are_held_than_two_batches_and_what_deflicker_looks_ahead():
    image, count, taken = np.full((200, 180, 3), 120, np.uint8), 60, 0

    def frames():
        nonlocal taken
        for k in range(count):
            taken += 1
            yield Frame(k, Fraction(k, 25), image)

    def draw(faces):
        return np.full((*faces.shape[:3], 3), 0.5, np.float32)

    rows = _rows(count)
    ahead = [taken - k for k, _ in enumerate(replace_face(frames(), rows, draw, PRESET))]
    assert len(ahead) == count
    assert max(ahead) <= 2 * CONVERT_BATCH + DEFLICKER_REACH
