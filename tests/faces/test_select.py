import numpy as np
import pytest

from faces import Face, reject, select
from tests.reference import REFERENCE, needs_reference

from .example_faces import make_face


def test_the_large_face_with_a_high_score_is_chosen():
    detections = {n: [make_face(300, 10, 0.3, 0.8), make_face(100 + n)] for n in range(20)}
    detections[7] = [make_face(300, 10, 0.3, 0.8)]
    chosen = select.choose(detections)
    assert sorted(chosen) == [n for n in range(20) if n != 7]
    assert all(chosen[n].box[0] == 100 + n for n in chosen)


def test_a_large_false_face_is_less_prominent_than_a_sure_one():
    # seen on a clip scaled to 720p: a plant, 30 frames at .85, and a person, 250 frames at 1.0
    detections = {n: [make_face(600, 270, 1.6, 1.0)] for n in range(250)}
    for n in range(60, 90):
        detections[n].append(make_face(1000, 290, 5.7, 0.85))
    assert len(select.choose(detections)) == 250


def test_a_face_can_be_chosen_by_rank_or_point():
    detections = {n: [make_face(100), make_face(400, 50, 0.5)] for n in range(5)}
    assert select.choose(detections, 1)[3].box[0] == 400
    assert select.choose(detections, (410, 60))[0].box[0] == 400
    for which in (2, -1, (5, 5)):
        with pytest.raises(ValueError, match="no (person|face)"):
            select.choose(detections, which)


def test_a_track_after_a_cut_is_taken_unless_its_score_is_low():
    detections = {n: [make_face(100)] for n in range(10)}
    detections |= {n: [make_face(500, 300)] for n in range(10, 20)}
    detections |= {n: [make_face(900, 300, score=0.8)] for n in range(30, 40)}
    assert sorted(select.choose(detections)) == list(range(20))


def test_two_faces_that_cross_keep_their_tracks():
    detections = {n: [make_face(100 + 20 * n), make_face(500 - 20 * n, 30)] for n in range(20)}
    detections[10] = detections[10][:1]  # one is hidden for a moment
    tracks = select.link(detections)
    assert len(tracks) == 2
    for track in tracks:
        x = np.array([f.box[0] for f in track.faces.values()])
        steps = np.diff(x) / np.diff(list(track.faces))
        np.testing.assert_allclose(steps, steps[0])


def test_a_cut_ends_every_track():
    detections = {n: [make_face(100)] for n in range(20)}
    assert [len(t.faces) for t in select.link(detections, starts=[8])] == [12, 8]


def test_without_any_face_nothing_is_chosen():
    assert select.choose({0: [], 1: []}) == {}


def test_limits_count_searched_frames_where_those_are_twelve_apart():
    detections = {n: [make_face(100 + n / 12), make_face(400, 50, 0.5)] for n in range(0, 600, 12)}
    detections[240] = []
    assert len(select.link(detections)) == 2
    assert sorted(select.choose(detections, 0)) == [n for n in range(0, 600, 12) if n != 240]
    chosen = select.choose(detections)
    chosen[480] = make_face(700, 300)
    assert sorted(reject.find_jumps(chosen)) == [480]
    contrasts = {n: [30.0 if n < 588 else 10.0] * 4 for n in range(0, 600, 12)}
    assert sorted(reject.find_low_contrast(contrasts)) == [588]


@needs_reference
def test_the_plant_on_the_donor_clip_is_never_taken():
    found = np.load(REFERENCE / "seed" / "detections_id19.npz")
    detections: dict[int, list[Face]] = {n: [] for n in range(len(found["n_faces"]))}
    columns = (found[f"all_{name}"] for name in ("frame", "box", "prob", "lm"))
    for number, (y1, x1, y2, x2), score, points in zip(*columns, strict=True):
        face = Face(np.array([x1, y1, x2, y2]), float(score), points.reshape(2, 5)[::-1].T)
        detections[int(number)].append(face)
    chosen = select.choose(detections)
    assert any(len(faces) > 1 for faces in detections.values())
    assert len(chosen) == 335 and min(f.score for f in chosen.values()) > 0.99
    assert reject.find_jumps(chosen) == {}
