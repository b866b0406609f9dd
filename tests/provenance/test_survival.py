"""As test_mark, but longer: more faces, everything the mark should survive, many unmarked frames.

python -m pytest -m slow tests/provenance
"""

import pytest

from actors import Scene
from benchmarks.marked_clips import (
    TREATMENTS,
    ImagesClip,
    embed_mark,
    film_unmarked,
    soften,
    treat,
)
from benchmarks.marks import measure_false_alarms
from mtcnn_np import Detector
from stages.find_marks import find_marks

pytestmark = pytest.mark.slow
SURVIVED = [
    (crf, scale, crop)
    for crf, scale, crop in TREATMENTS
    if crf <= 28 and (scale >= 0.75 or scale == 0.5 and crf == 18)
]


@pytest.mark.parametrize("people", [(6, 3, 11), (10, 1, 41), (5, 8, 51)], ids=str)
def test_the_mark_survives_coding_scaling_and_cropping(people):
    actor, face, performance = people
    scene, detector = Scene(actor, performance, 75, (448, 448), face=face), Detector()
    frames = [soften(scene.render_frame(n)) for n in range(75)]
    marked = [embed_mark(frame) for frame in frames]
    unmarked = [frame.swap for frame in frames]
    for treatment in SURVIVED:
        (found,) = find_marks(ImagesClip(treat(marked, *treatment)), detector)
        assert found.marked, treatment
        faces = find_marks(ImagesClip(treat(unmarked, *treatment)), detector)
        assert not any(face.marked for face in faces), treatment


def test_ten_thousand_frames_without_the_mark_give_no_alarm():
    figures = measure_false_alarms("actors", film_unmarked(10_000, 192, Detector()))
    assert figures["frames"] >= 10_000 and figures["parts"] >= 400
    assert figures["frames_taken_for_marked"] == figures["parts_taken_for_marked"] == 0
