"""What actors wear: how often, that it stays in a swap, and that it hides no eyes."""

from dataclasses import replace

import numpy as np
import pytest

from actors import Model, Moment, sample_actor
from actors.demo import DONOR, TARGET
from actors.wear import FRINGE_KINDS, GLASSES_STYLES, HAT_KINDS, Fringe, Glasses, Hat, Wear

SIZE = 96, 96
BLACK, WHITE = (10.0, 10.0, 10.0), (240.0, 240.0, 240.0)
GLASSES = Glasses("square", BLACK, 0.05, 0.21, 0.16, BLACK, 0.0, 0.0)


def _dressed(seed: int, wear: Wear) -> Model:
    actor = sample_actor(seed)
    return Model(replace(actor, head=replace(actor.head, wear=wear)))


def _render(model: Model, **moment):
    return model.render(Moment(zoom=0.4, **moment), SIZE)


@pytest.fixture(scope="module")
def bare():
    return _render(_dressed(3, Wear()))


def test_some_wear_something_and_the_demos_actors_nothing():
    worn = [sample_actor(seed).head.wear for seed in range(400)]
    assert worn[:9] == [sample_actor(seed).head.wear for seed in range(9)]
    shares = {
        name: np.mean([bool(getattr(w, name)) for w in worn])
        for name in ("glasses", "hat", "fringe", "earrings")
    }
    assert 0.15 < shares["glasses"] < 0.25 and 0.06 < shares["hat"] < 0.14
    assert 0.14 < shares["fringe"] < 0.26 and 0.06 < shares["earrings"] < 0.18
    assert {w.glasses.style for w in worn if w.glasses} == set(GLASSES_STYLES)
    assert {w.hat.kind for w in worn if w.hat} == set(HAT_KINDS)
    assert {w.fringe.kind for w in worn if w.fringe} == set(FRINGE_KINDS)
    assert sample_actor(TARGET).head.wear == sample_actor(DONOR).head.wear == Wear()


def test_glasses_are_no_face_and_leave_the_eyes_free(bare):
    model = _dressed(3, Wear(glasses=GLASSES))
    layer = _render(model)
    frame = layer.mask < bare.mask - 0.5
    assert (
        0.005 < frame.mean() < 0.1 and layer.colour[frame].mean() < 0.5 * bare.colour[frame].mean()
    )
    np.testing.assert_allclose(layer.cover[bare.cover == 1], 1, atol=1e-5)
    for x, y in np.rint(model.points(Moment(zoom=0.4), SIZE)[:2]).astype(int):
        around = slice(y - 2, y + 3), slice(x - 2, x + 3)
        np.testing.assert_allclose(layer.colour[around], bare.colour[around], rtol=0.2)


def test_a_tint_darkens_what_is_behind_it(bare):
    model = _dressed(3, Wear(glasses=replace(GLASSES, tint_opacity=0.5)))
    x, y = np.rint(model.points(Moment(zoom=0.4), SIZE)[0]).astype(int)
    around = slice(y - 2, y + 3), slice(x - 2, x + 3)
    share = _render(model).colour[around].mean() / bare.colour[around].mean()
    assert 0.3 < share < 0.9


@pytest.mark.parametrize("kind", HAT_KINDS)
def test_a_hat_hides_hair_and_not_the_face(bare, kind):
    model = _dressed(3, Wear(hat=Hat(kind, WHITE, WHITE, 0.0, 0.5)))
    layer = _render(model)
    nose, (left, right) = model.points(Moment(zoom=0.4), SIZE)[2], (30, 66)
    top = layer.colour[8:16, left:right].mean()
    if kind not in ("headband", "headphones"):
        assert top > 3 * bare.colour[8:16, left:right].mean()  # white where dark hair was
    assert (layer.colour.mean(-1) > 0.5).sum() > (bare.colour.mean(-1) > 0.5).sum() + 50
    assert layer.mask[int(nose[1]) - 20 : int(nose[1]) + 8, int(nose[0])].min() > 0.99


def test_a_fringe_covers_the_forehead_only(bare):
    layer = _render(_dressed(3, Wear(fringe=Fringe("straight", 0.25, 1.0))))
    changed = np.abs(layer.colour - bare.colour).max(-1) > 0.02
    eyes = int(Model(sample_actor(3)).points(Moment(zoom=0.4), SIZE)[0, 1])
    assert changed[:eyes].mean() > 0.02 and not changed[eyes:, 25:70].any()
    assert (layer.mask <= bare.mask + 1e-6).all() and layer.mask.sum() < bare.mask.sum()
