import numpy as np
import pytest

import intracoder
import nn
from intracoder import identity, start, swap
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


def test_the_identity_filter_tells_who_from_what():
    """Codes of 4 numbers: the first two say who it is, the others what he does."""
    who = RNG.standard_normal((6, 1, 5, 4)) * [3, 1, 0, 0]
    does = RNG.standard_normal((6, 8, 1, 4)) * [0, 0, 2, 1]
    identity_filter = identity.fit_identity_filter(who + does)
    np.testing.assert_allclose(np.ones(4) @ identity_filter, [1, 1, 0, 0], atol=0.05)


def test_what_is_as_much_habit_as_identity_is_moved_half_way():
    codes = RNG.standard_normal((400, 6, 1, 1)) + RNG.standard_normal((400, 1, 6, 1))
    assert identity.fit_identity_filter(codes)[0, 0] == pytest.approx(0.5, abs=0.06)


def test_what_codes_say_of_two_people_is_measured_without_what_they_do_and_at_any_scale():
    identity_filter = np.diag([1.0, 0])  # the second number says what they do
    codes = RNG.standard_normal((2, 6, 2))
    codes[1] += codes[0].mean(0) - codes[1].mean(0) + [0, 5]
    measure = identity.measure_identity
    assert measure(*map(nn.Tensor, codes), identity_filter).data == pytest.approx(0)
    codes[1] += [3, 0]
    spread = codes.reshape(12, 2).var(0).sum()
    for scale in (1, 0.1):
        told = measure(*(nn.Tensor(scale * c) for c in codes), identity_filter)
        assert told.data == pytest.approx(9 / spread)
    check_gradients(measure, *codes, identity_filter)


def test_equal_codes_say_nothing_of_who_it_is():
    equal = nn.Tensor(np.ones((2, 3)), requires_grad=True)
    told = identity.measure_identity(equal, nn.Tensor(np.ones((1, 3))), np.eye(3))
    told.backward()
    assert told.data == 0 and not equal.grad.any()
