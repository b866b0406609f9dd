import numpy as np
import pytest

import intracoder
import nn
from intracoder import start, swap
from intracoder.model import downsample
from tests.nn.gradcheck import check_gradients

RNG = np.random.default_rng(6)


@pytest.mark.parametrize("shape", [(2, 4), (2, 3, 5, 4)])
def test_style_gradients(shape):
    x, gain, bias = RNG.standard_normal(shape), RNG.random((2, 4)), RNG.random((2, 4))
    check_gradients(start.apply_style, x, gain, bias)
    expected = x[1, ..., 2] * gain[1, 2] + bias[1, 2]
    np.testing.assert_allclose(
        start.apply_style(*map(nn.Tensor, (x, gain, bias))).data[1, ..., 2], expected
    )


def test_the_intracoder_begins_with_what_the_start_draws_of_each_person():
    net = start.load_start()
    faces = RNG.integers(0, 255, (3, 128, 128, 3)).astype(np.uint8)
    people = {"a": faces[:1], "b": faces[1:]}
    model = intracoder.Intracoder(np.random.default_rng(0))
    intracoder.begin(model, net, people)
    codes, vectors = net.encode(downsample(faces))
    for name, own in (("a", slice(0, 1)), ("b", slice(1, 3))):
        vector = vectors.data[own].mean(0, keepdims=True)
        expected = net.draw(codes.data[:1], vector).data
        np.testing.assert_allclose(swap.redraw_faces(model, faces[:1], name), expected, atol=1e-4)


def test_the_start_draws_a_face():
    model = intracoder.Intracoder(np.random.default_rng(0))
    grey = np.full((1, 128, 128, 3), 128, np.uint8)
    intracoder.begin(model, start.load_start(), {"a": grey, "b": grey})
    face = swap.redraw_faces(model, grey, "a")[0]
    assert 0.05 < face.std() < 0.5 and -0.5 < face.min() and face.max() < 1.5


def test_a_start_that_does_not_fit_is_refused_with_the_files_name(tmp_path):
    nn.checkpoint.write_arrays(tmp_path / "start.npz", {"code.kernel": np.zeros(3, np.float16)})
    with pytest.raises(nn.CheckpointError, match="start.npz"):
        start.load_start(tmp_path / "start.npz")
