"""What the detector takes and refuses."""

import numpy as np
import pytest

from mtcnn_np import Detector

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def detector():
    return Detector()


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((40, 40, 3), np.float32),
        np.zeros((40, 40), np.uint8),
        np.zeros((40, 40, 4), np.uint8),
        [[1, 2]],
        None,
    ],
)
def test_what_would_be_misread_is_refused(detector, image):
    with pytest.raises(ValueError, match="uint8"):
        detector.detect(image)


@pytest.mark.parametrize("shape", [(0, 0, 3), (11, 300, 3), (1, 50, 3), (60, 60, 3), (12, 12, 3)])
def test_nothing_is_found_in_nothing(detector, shape):
    assert detector.detect(np.full(shape, 127, np.uint8)) == []
    if min(shape[:2]) >= 12:
        detector.detect(RNG.integers(0, 256, shape).astype(np.uint8), min_size=12)


def test_a_view_gives_what_its_copy_gives(detector):
    image = RNG.integers(0, 256, (80, 90, 3)).astype(np.uint8)[::-1, :, ::-1]
    ours, copied = detector.detect(image, 12), detector.detect(np.ascontiguousarray(image), 12)
    assert [f.score for f in ours] == [f.score for f in copied]


def test_too_small_a_window_is_refused(detector):
    with pytest.raises(ValueError, match="12"):
        detector.detect(np.zeros((40, 40, 3), np.uint8), min_size=5)
