import hashlib
import io
import os
import pickle

import numpy as np
import pytest

from faces.face import iou
from mtcnn_np import Detector, WeightsError, weights
from mtcnn_np.boxes import regress, square, suppress
from mtcnn_np.nets import PNet
from mtcnn_np.proposals import Proposals
from mtcnn_np.sampling import crops, pyramid_level

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def detector():
    return Detector()


def _boxes(count):
    corner = RNG.random((count, 2)) * 60
    return np.hstack([corner, corner + 10 + RNG.random((count, 2)) * 40]).astype(np.float32)


def test_suppression_against_the_definition():
    boxes, scores = _boxes(80), RNG.random(80).astype(np.float32)
    left, kept = sorted(range(80), key=lambda i: -scores[i]), []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [i for i in left if iou(boxes[best], boxes[i]) <= 0.4]
    assert suppress(boxes, scores, 0.4).tolist() == kept
    assert suppress(boxes, scores, 0.4, most=3).tolist() == kept[:3]
    assert suppress(boxes[:0], scores[:0], 0.4).tolist() == []


def test_ties_go_to_the_first():
    assert suppress(
        np.array([[0, 0, 10, 10]] * 3, np.float32), np.ones(3, np.float32), 0.5
    ).tolist() == [0]


def test_regression_and_squaring():
    box = np.array([[10, 20, 30, 60]], np.float32)
    np.testing.assert_allclose(
        regress(box, np.array([[0.1, 0, -0.1, 0.5]], np.float32)), [[12, 20, 28, 80]]
    )
    np.testing.assert_allclose(square(box), [[0, 20, 40, 60]])


def test_pyramid_samples_where_the_rule_says():
    image = RNG.integers(0, 256, (30, 40, 3)).astype(np.uint8)
    level = pyramid_level(image, 13, 17)
    assert level.dtype == np.float32 and level.shape == (2, 3, 2, 6, 8)
    for r, c in ((0, 0), (5, 7), (6, 11), (11, 14)):
        y, x = r * 30 / 13, c * 40 / 17
        y0, x0 = int(y), int(x)
        around = image[y0 : y0 + 2, x0 : x0 + 2].astype(float)
        fy, fx = y - y0, x - x0
        expected = (around[0, 0] * (1 - fx) + around[0, 1] * fx) * (1 - fy) + (
            around[1, 0] * (1 - fx) + around[1, 1] * fx
        ) * fy
        np.testing.assert_allclose(level[r % 2, :, c % 2, r // 2, c // 2], expected, atol=1e-3)


@pytest.mark.parametrize("size", [(12, 12), (13, 40), (60, 31), (150, 129)])
def test_proposals_are_those_of_the_plain_net(size):
    image = RNG.integers(0, 256, (*size, 3)).astype(np.uint8)
    net = PNet()
    box, score = net((image[None] - np.float32(127.5)) / np.float32(128))
    rows, columns, scores, corrections = Proposals(net)(pyramid_level(image, *size), 0)
    assert np.array_equal(rows * score.shape[2] + columns, np.arange(score.size))
    np.testing.assert_allclose(scores, score.ravel(), atol=1e-5)
    np.testing.assert_allclose(corrections, box.reshape(-1, 4), atol=1e-5)


def test_crops_reach_over_the_edge_into_grey_and_agree_with_scipy_inside():
    from scipy import ndimage

    image = RNG.integers(0, 256, (50, 60, 3)).astype(np.uint8)
    boxes = np.array([[-20, -10, 20, 30], [10.3, 5.2, 40.9, 35.8]], np.float32)
    out = crops(image, boxes, 24)
    assert out.shape == (2, 24, 24, 3) and out.dtype == np.float32
    assert not out[0, 0].any() and not out[0, :, 0].any() and out[0, -1, -1].any()
    y = np.linspace(5.2 / 50 * 49, 35.8 / 50 * 49, 24)
    x = np.linspace(10.3 / 60 * 59, 40.9 / 60 * 59, 24)
    expected = ndimage.map_coordinates(
        image[..., 1].astype(float), np.meshgrid(y, x, indexing="ij"), order=1
    )
    np.testing.assert_allclose(out[1, ..., 1], (expected - 127.5) / 128, atol=1e-4)


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


def _frame(*blocks):
    """An LZ4 frame of (stored, bytes) blocks."""
    out = b"\x04\x22\x4d\x18\x40\x40\x00"
    for stored, block in blocks:
        out += (len(block) | stored << 31).to_bytes(4, "little") + block
    return out + bytes(4)


def test_lz4_blocks_by_hand():
    repeat = (
        bytes([0x35]) + b"abc" + (3).to_bytes(2, "little") + bytes([0x10]) + b"!"
    )  # abc, 9 more of it, !
    assert weights.lz4_frame(_frame((0, repeat))) == b"abcabcabcabc!"
    long = bytes([0xF0, 255, 10]) + bytes(range(256)) + bytes(24)  # 15 + 255 + 10 literals
    assert (
        weights.lz4_frame(_frame((0, long), (1, b"as it is")))
        == bytes(range(256)) + bytes(24) + b"as it is"
    )


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04....", _frame((1, b"12345"))[:-8], _frame((0, b"\x10a\x09\x00\x00"))]
)
def test_broken_lz4_is_refused(data):
    with pytest.raises(ValueError):
        weights.lz4_frame(data)


def test_weights_with_another_hash_are_not_decoded(monkeypatch):
    monkeypatch.setattr(
        weights, "lz4_frame", lambda data: pytest.fail("decoded before it was checked")
    )
    with pytest.raises(WeightsError, match="SHA-256.*pip install"):
        weights.decode(b"anything", weights.SHA256["pnet"], "pnet.lz4")


def test_a_pickle_that_names_anything_else_is_refused():
    class Evil:
        def __reduce__(self):
            return os.system, ("true",)

    block = pickle.dumps([Evil()])
    data = _frame((1, block))
    with pytest.raises(pickle.UnpicklingError, match="system"):
        weights.decode(data, hashlib.sha256(data).hexdigest(), "evil.lz4")


def test_missing_weights_say_how_to_get_them(monkeypatch, tmp_path):
    import importlib.metadata

    def nowhere(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", nowhere)
    with pytest.raises(WeightsError, match="pip install --no-deps mtcnn==1.0.0"):
        Detector()


def test_the_weights_are_those_of_the_paper():
    assert (
        sum(a.size for net in ("pnet", "rnet", "onet") for a in weights.load(net))
        == 6632 + 100178 + 389040
    )
    assert all(a.dtype == np.float32 and np.isfinite(a).all() for a in weights.load("onet"))
    assert isinstance(weights._ArrayUnpickler(io.BytesIO(pickle.dumps([]))).load(), list)
