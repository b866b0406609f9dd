import numpy as np

import intracoder
import nn
from faces import Canvas, align, mask
from intracoder import model, train
from intracoder.train import TrainingFaces, epoch

RNG = np.random.default_rng(3)


def test_an_epoch_uses_every_face_lowers_the_loss_and_is_reproducible():
    faces = TrainingFaces(
        a=RNG.integers(0, 255, (5, 128, 128, 3)).astype(np.uint8),
        b=np.full((3, 128, 128, 3), 200, np.uint8),
        weights=mask.loss_weights(Canvas(align.INNER_FACE, (128, 128))),
    )

    def train():
        rng = np.random.default_rng(1)
        net, adam = intracoder.Intracoder(rng), nn.Adam()
        losses = [list(epoch(net, faces, 2, adam, rng)) for _ in range(4)]
        assert [n for _, n in losses[0]] == [2, 2, 1]
        assert np.mean([loss for loss, _ in losses[-1]]) < np.mean([loss for loss, _ in losses[0]])
        return b"".join(t.data.tobytes() for _, t in net.named_tensors())

    assert train() == train()


def test_a_long_clip_has_short_epochs_that_draw_from_all_its_faces(monkeypatch):
    monkeypatch.setattr(train, "MAX_EPOCH_PAIRS", 4)
    many = np.repeat(np.arange(30, dtype=np.uint8), 128 * 128 * 3).reshape(30, 128, 128, 3)
    faces = TrainingFaces(many, many[:3], np.ones((128, 128), np.float32))
    assert faces.pairs == 4
    seen = set()
    shrink = train.downsample
    monkeypatch.setattr(
        train, "downsample", lambda x: seen.update(x[:, 0, 0, 0].tolist()) or shrink(x)
    )
    net, rng = intracoder.Intracoder(np.random.default_rng(0)), np.random.default_rng(1)
    for _ in range(3):
        assert sum(n for _, n in epoch(net, faces, 2, _GradientRecorder(), rng)) == 4
    assert len(seen) > 8


def test_made_up_faces_are_what_a_decoder_draws_and_b_is_asked_for_from_them(monkeypatch):
    net = intracoder.Intracoder(np.random.default_rng(0))
    codes = nn.Tensor(RNG.standard_normal((2, 256)).astype(np.float32))
    made_up = train.draw_as_a(net, codes)
    np.testing.assert_allclose(made_up, model.shrink(net.decoder_a(codes).data), atol=1e-6)

    faces = RNG.integers(0, 255, (4, 128, 128, 3)).astype(np.uint8)
    given = TrainingFaces(faces, faces, np.ones((128, 128), np.float32))
    asked, made = [], []
    loss = train.reconstruction_loss

    def note_asked(drawn, originals, weights):
        asked.append(originals)
        return loss(drawn, originals, weights)

    def note_made(model, codes):
        made.append(len(codes.data))
        return np.zeros((len(codes.data), 64, 64, 3), np.float32)

    monkeypatch.setattr(train, "reconstruction_loss", note_asked)
    monkeypatch.setattr(train, "draw_as_a", note_made)
    list(epoch(net, given, 4, nn.Adam(), np.random.default_rng(0)))
    pairs = len(asked[0])  # that this process of the team took
    assert made == [(pairs + 1) // 2]
    np.testing.assert_array_equal(asked[1][pairs:], asked[1][: made[0]])


class _GradientRecorder:
    """An optimiser that records the gradients and changes no parameter."""

    def step(self, parameters):
        self.gradients = [p.grad for p in parameters]
        for p in parameters:
            p.grad = None


def test_fused_layers_have_the_gradients_of_plain_ones():
    faces = TrainingFaces(
        a=RNG.integers(0, 255, (2, 128, 128, 3)).astype(np.uint8),
        b=RNG.integers(0, 255, (2, 128, 128, 3)).astype(np.uint8),
        weights=np.ones((128, 128), np.float32),
    )

    def compute_gradients(fast):
        nn.use_fast(fast)
        rng, recorder = np.random.default_rng(1), _GradientRecorder()
        [(loss, _)] = epoch(intracoder.Intracoder(rng), faces, 2, recorder, rng)
        return loss, *recorder.gradients

    before = nn.fast_enabled()
    try:
        fast, plain = compute_gradients(True), compute_gradients(False)
    finally:
        nn.use_fast(before)
    for ours, expected in zip(fast, plain, strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-5)
