"""The fast form of PNet against the plain one, and the detector both ways."""

import json

import numpy as np
import pytest
from PIL import Image

import nn
from examples.drawn import donor_frame, draw_face, target_frame
from mtcnn_np import Detector
from mtcnn_np.fast import PlanarPNet
from mtcnn_np.fast.sampling import sample_phases
from mtcnn_np.nets import PNet
from mtcnn_np.pyramid import Level, Patch, pyramid, whole_patches
from mtcnn_np.sampling import normalise, sample_level
from tests.reference import REFERENCE, needs_reference

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def nets():
    net = PNet()
    return net, PlanarPNet(net)


@pytest.fixture(scope="module")
def detector():
    return Detector()


@pytest.fixture
def plainly():
    """Run a function with the fast kernels off."""
    before = nn.fast_enabled()

    def run(function, *arguments):
        nn.use_fast(False)
        try:
            return function(*arguments)
        finally:
            nn.use_fast(before)

    return run


def _whole(image):
    """The image itself as a level of its pyramid."""
    (patch,) = whole_patches(0, [Level(np.float32(1), *image.shape[:2])])
    return patch


def _assert_same_candidates(found, expected):
    np.testing.assert_array_equal(found.boxes, expected.boxes)
    np.testing.assert_allclose(found.scores, expected.scores, atol=1e-5)
    np.testing.assert_allclose(found.offsets, expected.offsets, atol=1e-5)
    assert found.scores.dtype == found.offsets.dtype == found.boxes.dtype == np.float32


@pytest.mark.parametrize("rows", [range(13), range(2, 12), range(4, 11)])
@pytest.mark.parametrize("columns", [range(17), range(6, 16)])
def test_phases_hold_the_pixels_of_the_level(rows, columns):
    image = RNG.integers(0, 256, (30, 40, 3)).astype(np.uint8)
    patch = Patch(0, Level(np.float32(0.43), 13, 17), rows, columns)
    phases, level = sample_phases(image, patch), sample_level(image, patch)
    height, width = len(rows) // 2, len(columns) // 2
    assert phases.shape == (2, 3, 2, height, width) and phases.dtype == np.float32
    whole = phases.transpose(3, 0, 4, 2, 1).reshape(2 * height, 2 * width, 3)
    np.testing.assert_allclose(whole, level[: 2 * height, : 2 * width], atol=1e-4)


@pytest.mark.parametrize("size", [(12, 12), (13, 40), (60, 31), (150, 129)])
def test_proposals_are_those_of_the_plain_net(size, nets, plainly):
    image = RNG.integers(0, 256, (*size, 3)).astype(np.uint8)
    net, fast = nets
    offsets, scores = plainly(net, normalise(image)[None])
    found = fast.propose(image, _whole(image), 0)
    cells = (found.boxes[:, :2] - 1) / 2  # x, y
    assert np.array_equal(cells[:, 1] * scores.shape[2] + cells[:, 0], np.arange(scores.size))
    np.testing.assert_allclose(found.scores, scores.ravel(), atol=1e-5)
    np.testing.assert_allclose(found.offsets, offsets.reshape(-1, 4), atol=1e-5)
    _assert_same_candidates(found, plainly(net.propose, image, _whole(image), 0))


@pytest.mark.parametrize("size", [(97, 131), (240, 320), (121, 64)])
def test_proposals_on_every_level_of_a_face(size, nets, plainly):
    net, fast = nets
    image = draw_face(size[::-1], (size[1] / 2, size[0] / 2), size[0] / 120)
    patches = whole_patches(0, pyramid(image.shape, 20, 0.709))
    assert any(p.level.height % 2 for p in patches) and any(p.level.width % 2 for p in patches)
    for patch in patches:
        everything = fast.propose(image, patch, 0), plainly(net.propose, image, patch, 0)
        _assert_same_candidates(*everything)
        part = Patch(0, patch.level, patch.rows[2:], patch.columns[: len(patch.columns) - 1])
        if min(len(part.rows), len(part.columns)) >= 12:
            parts = fast.propose(image, part, 0.6), plainly(net.propose, image, part, 0.6)
            _assert_same_candidates(*parts)


def _assert_same_faces(found, expected):
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a.box, b.box, atol=0.01)
        np.testing.assert_allclose(a.points, b.points, atol=0.01)
        assert a.score == pytest.approx(b.score, abs=1e-4)


@pytest.mark.parametrize("image", [target_frame(0), donor_frame(7), draw_face((161, 119))])
def test_the_detector_finds_the_same_faces_both_ways(image, detector, plainly):
    found = detector.detect(image, 20)
    assert found
    _assert_same_faces(found, plainly(detector.detect, image, 20))
    near = [np.array([face.box for face in found])]
    faces = detector.detect_near([image], near), plainly(detector.detect_near, [image], near)
    _assert_same_faces(*(found[0] for found in faces))


def _recorded_frames():
    path = REFERENCE / "mtcnn" / "ref_pb.json"
    return (
        sorted({c["png"] for c in json.loads(path.read_text())["results"]}) if path.exists() else []
    )


@needs_reference
@pytest.mark.parametrize("name", _recorded_frames())
def test_the_detector_finds_the_same_faces_in_photographs(name, detector, plainly):
    image = np.array(Image.open(REFERENCE / "mtcnn" / "frames" / name).convert("RGB"))
    _assert_same_faces(detector.detect(image, 40), plainly(detector.detect, image, 40))
