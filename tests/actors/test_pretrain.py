import numpy as np

import nn
from actors import pretrain
from intracoder import INTRACODER_OUTPUT_PX, Intracoder, model


def test_pretraining_renders_trains_and_writes_weights_that_load(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrain, "PRETRAIN_BATCH", 4)
    pictures = pretrain.render_troupe(0, pretrain.Troupe(actors=2, group=2, moments=2))
    side = INTRACODER_OUTPUT_PX
    assert pictures.faces.shape == (4, side, side, 3) and pictures.faces.std() > 20
    assert pictures.moments.tolist() == [0, 0, 1, 1]
    steps = pretrain.train(pictures, 1e-9, np.random.default_rng(0))
    [(net, progress, loss)] = list(steps)  # the time is over after one step
    assert progress >= 1 and np.isfinite(loss)
    nn.checkpoint.write_arrays(tmp_path / "start.npz", net.start_weights())
    monkeypatch.setattr(model, "START_WEIGHTS", tmp_path / "start.npz")
    loaded = model.load_start_weights(Intracoder(np.random.default_rng(1)))
    expected = net.encoder.steps[1].kernel.data
    np.testing.assert_allclose(loaded.encoder.steps[1].kernel.data, expected, atol=1e-3)
