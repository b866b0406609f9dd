import numpy as np
import pytest

import nn
from colorcorrect.seed2020 import ColorNet, colour_as, epoch
from tests.reference import REFERENCE, needs_reference
from tests.weights_2020 import load_2020


@pytest.fixture(scope="module")
def trained_2020():
    model = ColorNet(np.random.default_rng(0)).train(False)
    load_2020(model.caenc, "caenc")
    load_2020(model.cadec, "cadec")
    load_2020(model.ccdec_a, "ccdec")
    return model


@needs_reference
@pytest.mark.parametrize("net", ["caenc", "cadec", "ccdec"])
def test_each_net_gives_what_the_2020_program_recorded(trained_2020, net):
    recorded = np.load(REFERENCE / "seed" / "activations.npz")
    with nn.no_grad():
        x = trained_2020.caenc(recorded["predict_swap"][:2])
        if net != "caenc":
            x = trained_2020.cadec(x)
        if net == "ccdec":
            x = trained_2020.ccdec_a(x)
    expected = recorded[f"{net}/out"][:2]
    np.testing.assert_allclose(x.data, expected, atol=1e-5 * np.abs(expected).max(), rtol=0)


@needs_reference
def test_the_final_face_agrees_with_the_2020_program_within_one_8_bit_level(trained_2020):
    recorded = np.load(REFERENCE / "seed" / "activations.npz")
    final = colour_as(trained_2020, recorded["predict_swap"], "a")
    np.testing.assert_allclose(final, recorded["predict_final"], atol=1 / 255)


def test_an_epoch_of_one_identity_lowers_its_loss_and_keeps_the_others_colours():
    rng = np.random.default_rng(0)
    model, adam = ColorNet(rng), nn.Adam()
    drawn = rng.random((3, 32, 32, 3), np.float32)
    faces = np.full((3, 128, 128, 3), (0.8, 0.5, 0.3), np.float32)
    before = {name: t.data.copy() for name, t in model.named_tensors()}

    def batches():
        return nn.train.minibatches(3, 2, rng)

    losses = [
        np.mean([loss for loss, _ in epoch(model.path("b"), drawn, faces, batches(), adam)])
        for _ in range(3)
    ]
    assert losses[-1] < losses[0]
    changed = {
        name for name, t in model.named_tensors() if not np.array_equal(t.data, before[name])
    }
    assert not any(name.startswith("ccdec_a") for name in changed)
    assert any(name.startswith("ccdec_b") for name in changed)
