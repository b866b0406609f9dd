import numpy as np
import pytest

import nn
from intracoder.seed2020 import Intracoder, draw_as, epoch
from tests.reference import REFERENCE, needs_reference
from tests.weights_2020 import load_2020


@pytest.fixture(scope="module")
def trained_2020():
    model = Intracoder(np.random.default_rng(0)).train(False)
    for net in ("aenc", "ienc", "idec"):
        load_2020(getattr(model, net), net)
    load_2020(model.adec_b, "adec")
    return model


@needs_reference
@pytest.mark.parametrize("net", ["aenc", "ienc", "idec", "adec"])
def test_every_layer_gives_what_the_2020_program_recorded(trained_2020, net):
    recorded = np.load(REFERENCE / "seed" / "activations.npz")
    before = {"aenc": "input", "ienc": "aenc/out", "idec": "ienc/out", "adec": "idec/out"}[net]
    x = nn.Tensor(recorded[before][:1])
    sequence = trained_2020.adec_b if net == "adec" else getattr(trained_2020, net)
    layers = sorted(k for k in recorded if k.startswith(net + "/") and not k.endswith("out"))
    assert len(layers) == len(sequence.steps)
    with nn.no_grad():
        for key, step in zip(layers, sequence.steps, strict=True):
            x = step(x)
            np.testing.assert_allclose(
                x.data, recorded[key], atol=1e-5 * np.abs(recorded[key]).max(), rtol=0
            )


@needs_reference
def test_the_whole_swap_agrees_with_the_2020_program(trained_2020):
    recorded = np.load(REFERENCE / "seed" / "activations.npz")
    swapped = draw_as(trained_2020, recorded["input"], "b")
    np.testing.assert_allclose(
        swapped, recorded["predict_swap"], atol=1e-5 * recorded["predict_swap"].max()
    )


def test_the_two_paths_share_everything_except_the_last_decoder():
    model = Intracoder(np.random.default_rng(0))
    a, b = set(model.path("a").parameters()), set(model.path("b").parameters())
    assert a & b == set(model.aenc.parameters() + model.ienc.parameters() + model.idec.parameters())
    assert a - b == set(model.adec_a.parameters()) and b - a == set(model.adec_b.parameters())


def test_an_epoch_of_one_identity_lowers_its_loss_and_keeps_the_other_decoder():
    rng = np.random.default_rng(0)
    model, adam = Intracoder(rng), nn.Adam()
    faces = rng.random((6, 32, 32, 3), np.float32)
    before = {name: t.data.copy() for name, t in model.named_tensors()}

    def batches():
        return nn.train.minibatches(6, 2, rng)

    losses = [
        np.mean([loss for loss, _ in epoch(model.path("a"), faces, batches(), adam)])
        for _ in range(4)
    ]
    assert losses[-1] < losses[0]
    changed = {
        name for name, t in model.named_tensors() if not np.array_equal(t.data, before[name])
    }
    assert not any(name.startswith("adec_b") for name in changed)
    for net in ("adec_a", "aenc"):
        assert any(name.startswith(net) for name in changed)


def test_the_same_seed_trains_to_the_same_bytes():
    def train():
        rng = np.random.default_rng(5)
        model, adam = Intracoder(rng), nn.Adam()
        faces = rng.random((5, 32, 32, 3), np.float32)
        batches = nn.train.minibatches(len(faces), 2, rng)
        sizes = [n for _, n in epoch(model.path("b"), faces, batches, adam)]
        assert sizes == [2, 2, 1]  # the last batch is smaller
        return b"".join(t.data.tobytes() for _, t in model.named_tensors())

    assert train() == train()
