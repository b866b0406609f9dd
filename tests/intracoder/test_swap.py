"""The crossing of codes, on a net of plain functions whose answers are known."""

import numpy as np
import pytest

import intracoder
import nn
from intracoder import swap
from intracoder.model import downsample

RNG = np.random.default_rng(8)


class _Weak(intracoder.Intracoder):
    """Its encoder reads two grey levels; B's decoder draws half of what a code deviates from .5."""

    def __init__(self):
        super().__init__(RNG)
        self.encoder = nn.Sequential(lambda faces: nn.Tensor(faces[:, ::32, 0, 0]))
        self.decoder_b = nn.Sequential(_draw_weakly)

    def path(self, identity):
        return nn.Sequential(self.encoder, self.decoder(identity))


def _draw_weakly(codes):
    levels = 0.5 + 0.5 * (codes.data if isinstance(codes, nn.Tensor) else codes) - 0.25
    return nn.Tensor(np.repeat(levels, 64, 1)[:, :, None, None] * np.ones((1, 1, 128, 3), "f"))


def _grey(levels):
    """Faces (N, 128, 128, 3) uint8 whose upper and lower halves have the levels (N, 2), 0..1."""
    levels = np.rint(np.repeat(np.asarray(levels), 64, 1) * 255).astype(np.uint8)
    return np.repeat(np.repeat(levels[:, :, None, None], 128, 2), 3, 3)


def test_corrections_make_the_whole_expression_arrive(monkeypatch):
    a = _grey(0.5 + 0.1 * RNG.uniform(-1, 1, (12, 2)))
    asked = a[:, [0, 127], 0, 0] / 255
    asked = asked - asked.mean(0)
    arrived = []
    for count in (0, 1):
        monkeypatch.setattr(swap, "CORRECTIONS", count)
        crossing = intracoder.measure_crossing(_Weak(), a)
        drawn = intracoder.swap_faces(crossing, a)[:, [0, 127], 0, 0]
        arrived.append(((drawn - drawn.mean(0)) * asked).sum() / (asked**2).sum())
    missing = 0.5 * (1 - 0.5 * swap.CORRECTION_RATE)
    assert arrived == pytest.approx([0.5, 1 - missing], abs=0.01)


def test_faces_are_swapped_alike_alone_and_together():
    model = intracoder.Intracoder(np.random.default_rng(0))
    a = RNG.integers(0, 255, (5, 128, 128, 3)).astype(np.uint8)
    crossing = intracoder.measure_crossing(model, a)
    together = intracoder.swap_faces(crossing, a)
    assert together.shape == (5, 128, 128, 3) and together.dtype == np.float32
    alone = np.concatenate([intracoder.swap_faces(crossing, a[k : k + 1]) for k in range(5)])
    np.testing.assert_allclose(alone, together, atol=1e-4)


def test_a_face_is_redrawn_by_its_own_decoder():
    model = intracoder.Intracoder(np.random.default_rng(0))
    faces = RNG.integers(0, 255, (2, 128, 128, 3)).astype(np.uint8)
    for identity in "ab":
        expected = model.path(identity)(downsample(faces)).data
        drawn = intracoder.redraw_faces(model, faces, identity)
        np.testing.assert_allclose(drawn, expected, atol=1e-4)
