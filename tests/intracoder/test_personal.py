import numpy as np
import pytest

import intracoder
import nn
from intracoder import personal
from tests.nn.gradcheck import check_gradients

RNG = np.random.default_rng(5)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (personal.PersonalDense, (3, 4)),
        (personal.PersonalConv2d, (3, 3, 2, 5)),
        (personal.PersonalConvTranspose2d, (3, 3, 5, 2)),
    ],
)
def test_personal_kernel_gradients(kind, shape):
    layer = kind.__new__(kind)

    def combine(*parts):
        layer.shared, layer.own, layer.gain = parts
        return layer.kernel

    gain = RNG.random(shape[kind.output_axis])
    check_gradients(combine, RNG.standard_normal(shape), RNG.standard_normal(shape), gain)


@pytest.mark.parametrize(
    "shared",
    [
        nn.Dense(5, 4, rng=RNG),
        nn.Conv2d(3, 4, rng=RNG),
        nn.ConvTranspose2d(3, 4, upsampled=True, bias=True, rng=RNG),
    ],
)
def test_a_personal_layer_begins_as_the_shared_one_and_scales_its_outputs_by_the_gain(shared):
    layer = personal.PERSONAL_KINDS[type(shared)](shared)
    x = RNG.random((2, 5) if isinstance(shared, nn.Dense) else (2, 6, 6, 3), np.float32)
    np.testing.assert_allclose(layer(x).data, shared(x).data, atol=1e-6)
    layer.gain.data[1] = 3
    layer.bias.data[2] = 7
    expected = shared(x).data * [1, 3, 1, 1] + [0, 0, 7, 0]
    np.testing.assert_allclose(layer(x).data, expected, atol=1e-5)


def test_adam_shares_what_two_people_agree_on_and_keeps_apart_what_they_do_not():
    """Of two outputs, both people ask for +1 in the first, and for opposite things in the other."""
    shared = nn.Dense(1, 2, rng=RNG)
    shared.kernel.data[:] = 0
    people = [personal.PersonalDense(shared) for _ in range(2)]
    adam, x = nn.Adam(0.01), np.ones((1, 1), np.float32)
    parameters = {t for layer in people for t in (layer.shared, layer.own)}
    for _ in range(30):
        for layer, wish in zip(people, ([[1.0, 1.0]], [[1.0, -1.0]]), strict=True):
            nn.mse(layer(x), np.float32(wish)).backward()
        adam.step(parameters)
    agreed, disputed = shared.kernel.data[0]
    assert agreed > 0.2 and abs(disputed) < 1e-6
    first, second = (layer.kernel.data[0, 1] for layer in people)
    assert first == pytest.approx(-second)
    assert 0.25 * personal.OWN_SHARE < first < 0.5 * agreed


def test_checkpoints_hold_a_shared_kernel_once():
    names = [name for name, _ in intracoder.Intracoder(RNG).named_tensors()]
    assert "decoder_a.steps.0.shared" in names and "decoder_b.steps.0.shared" not in names
    assert "decoder_b.steps.0.own" in names
