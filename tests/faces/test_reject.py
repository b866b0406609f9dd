import numpy as np
import pytest

from faces import Canvas, align, reject, warp
from tests.reference import REFERENCE, needs_reference

from .example_faces import make_face


def test_a_detection_that_leaps_away_and_back_is_refused_and_steady_motion_is_not():
    faces = {n: make_face(100 + 12 * n) for n in range(30)}
    faces[11] = make_face(500, 300)
    shift = align.REFERENCE_POINTS.mean(axis=0) * (1 - 1.8)  # larger about its own middle
    faces[20] = make_face(100 + 12 * 20 + shift[0], 100 + shift[1], scale=1.8)
    refused = reject.find_jumps(faces)
    assert sorted(refused) == [11, 20]
    assert "px" in refused[11] and "size" in refused[20]


def test_a_cut_is_not_refused():
    assert reject.find_jumps({n: make_face(100 if n < 10 else 600) for n in range(20)}) == {}


@pytest.mark.parametrize("cut, missing", [(10, 12), (10, 8), (17, None), (3, None)])
def test_a_cut_beside_a_gap_or_an_end_is_not_refused(cut, missing):
    numbers = [n for n in range(20) if n != missing]
    assert reject.find_jumps({n: make_face(100 if n < cut else 600) for n in numbers}) == {}
    shift = align.REFERENCE_POINTS.mean(axis=0)[0] * (1 - 2)  # twice as large, about its middle
    larger = make_face(100 + shift, 100, 2.0)
    assert reject.find_jumps({n: make_face() if n < cut else larger for n in numbers}) == {}


def test_a_face_that_is_elsewhere_for_three_frames_is_refused_there():
    faces = {n: make_face(600 if 9 <= n < 12 else 100) for n in range(20)}
    assert sorted(reject.find_jumps(faces)) == [9, 10, 11]


def test_a_fade_is_refused_and_a_lasting_change_of_light_is_not():
    quarters = np.array([30.0, 25.0, 20.0, 35.0])
    fade = {n: quarters for n in range(100)}
    fade |= {100 + i: quarters * share for i, share in enumerate((0.9, 0.8, 0.7, 0.5, 0.3))}
    assert sorted(reject.find_low_contrast(fade)) == [102, 103, 104]
    darker = {n: quarters if n < 200 else quarters * 0.67 for n in range(400)}
    assert len(reject.find_low_contrast(darker)) < 80
    assert 300 not in reject.find_low_contrast(darker)


def test_a_face_that_a_hand_hides_in_part_is_not_refused():
    hidden = {n: [30.0, 30.0, 30.0, 30.0] for n in range(100)}
    hidden |= {n: [3.0, 30.0, 2.0, 29.0] for n in range(50, 60)}
    assert reject.find_low_contrast(hidden) == {}


def test_the_contrasts_are_of_the_quarters_of_a_face():
    face = np.full((90, 70, 3), 100, np.uint8)
    face[:45:2, 35:] = 150
    assert reject.measure_contrasts(face) == pytest.approx([0, 25, 0, 0], abs=0.1)


@needs_reference
@pytest.mark.parametrize(
    "clip, detections, fading",
    [
        ("id1_0004.mp4", "detections_id1.npz", [404, 405, 406, 407, 408]),
        ("id19_0001.mp4", "detections_id19.npz", []),
    ],
)
def test_the_last_frames_of_the_target_fade_and_no_others(clip, detections, fading):
    import video

    landmarks = np.load(REFERENCE / "seed" / detections)["landmarks"]
    contrasts = {}
    for frame in video.open_clip(REFERENCE / "seed" / clip):
        points = landmarks[frame.number].reshape(2, 5)[::-1].T
        size = align.INNER_FACE.size
        matrix = Canvas(align.INNER_FACE, size).matrix(align.similarity(points))
        crop = warp.warp(frame.image, matrix, size)
        contrasts[frame.number] = reject.measure_contrasts(crop)
    assert sorted(reject.find_low_contrast(contrasts)) == fading
