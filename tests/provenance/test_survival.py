"""The long form of test_mark: more faces, all that the mark should survive, and ten thousand frames without it.

python -m pytest -m slow tests/provenance
"""

import pytest

from actors import Scene
from benchmarks.marks import TREATMENTS, Frames, actors, false_alarms, soft, treated
from faces import align
from mtcnn_np import Detector
from provenance import mark, search

pytestmark = pytest.mark.slow
SURVIVED = [
    (crf, scale, crop)
    for crf, scale, crop in TREATMENTS
    if crf <= 28 and (scale >= 0.75 or scale == 0.5 and crf == 18)
]


@pytest.mark.parametrize("people", [(6, 3, 11), (10, 1, 41), (5, 8, 51)], ids=str)
def test_it_survives_coding_scaling_and_cropping(people):
    actor, face, performance = people
    scene, detector = Scene(actor, performance, 75, (448, 448), face=face), Detector()
    shots = [soft(scene.render_frame(n)) for n in range(75)]
    marked = [mark.embed(s.swap, s.image, align.similarity(s.points)) for s in shots]
    for treatment in SURVIVED:
        (found,) = search.look(Frames(treated(marked, *treatment)), detector)
        assert found.marked, treatment
        assert not any(
            f.marked
            for f in search.look(Frames(treated([s.swap for s in shots], *treatment)), detector)
        ), treatment


def test_ten_thousand_frames_without_it_give_no_alarm():
    figures = false_alarms("actors", actors(10_000, 192, Detector()))
    assert figures["frames"] >= 10_000 and figures["parts"] >= 400
    assert figures["frames_taken_for_marked"] == figures["parts_taken_for_marked"] == 0
