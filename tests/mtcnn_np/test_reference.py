"""Against what other programs gave with the same weights."""

import json

import numpy as np
import pytest
from PIL import Image

from mtcnn_np import Detector
from mtcnn_np.nets import ONet, PNet, RNet
from tests.reference import REFERENCE, needs_reference

pytestmark = needs_reference


@pytest.fixture(scope="module")
def detector():
    return Detector()


def _recorded():
    path = REFERENCE / "mtcnn" / "ref_pb.json"
    return json.loads(path.read_text())["results"] if path.exists() else []


@pytest.mark.parametrize("case", _recorded(), ids=lambda c: f"{c['png']}-{c['min_size']}")
def test_boxes_and_points_of_the_frozen_graph(detector, case):
    image = np.array(Image.open(REFERENCE / "mtcnn" / "frames" / case["png"]).convert("RGB"))
    faces = detector.detect(image, case["min_size"])
    assert len(faces) == len(case["faces"])
    assert [f.score for f in faces] == sorted((f.score for f in faces), reverse=True)
    for expected in case[
        "faces"
    ]:  # matched by place: scores that agree to 1e-4 may be ordered otherwise
        face = min(faces, key=lambda f: np.abs(f.box - expected["box"]).max())
        assert face.box.dtype == face.points.dtype == np.float32
        np.testing.assert_allclose(face.box, expected["box"], atol=0.02)
        np.testing.assert_allclose(face.points, expected["points"], atol=0.02)
        assert face.score == pytest.approx(expected["prob"], abs=1e-4)


@pytest.mark.parametrize(
    "name, net, padding",
    [
        ("pnet", PNet, "ceil"),
        ("pnet_odd", PNet, "ceil"),
        ("pnet_12", PNet, "ceil"),
        ("rnet", RNet, None),
        ("onet", ONet, None),
    ],
)
def test_nets_on_fixed_inputs(name, net, padding):
    recorded = np.load(REFERENCE / "mtcnn" / "nets.npz")
    made = net(padding) if padding else net()
    box, *points, score = made(
        np.ascontiguousarray(recorded[f"{name}_in_nchw"].transpose(0, 2, 3, 1))
    )
    nhwc = (0, 2, 3, 1) if box.ndim == 4 else (0, 1)
    np.testing.assert_allclose(box, recorded[f"{name}_reg"].transpose(nhwc), atol=1e-5)
    np.testing.assert_allclose(score, recorded[f"{name}_prob"][:, 1], atol=1e-5)
    if points:
        np.testing.assert_allclose(points[0], recorded[f"{name}_points"], atol=1e-5)
