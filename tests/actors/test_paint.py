"""Skin, eyes and mouth close up: what each trait and each expression changes in the picture."""

from dataclasses import replace

import numpy as np
import pytest

from actors import Model, Moment, sample_actor
from actors.complexion import Complexion, sample_complexion
from actors.paint import Channel, Samples
from actors.paint.folds import CROW_LEFT, FROWN, SMILE_LEFT, SMILE_RIGHT, fold_strengths
from actors.paint.lids import place_lids
from actors.render import encode

SIZE = 96, 96


@pytest.fixture(scope="module")
def model():
    return Model(sample_actor(3))


def _picture(model, **moment):
    grey = np.full((*SIZE[::-1], 3), 0.2, np.float32)
    return encode(model.render(Moment(zoom=0.6, **moment), SIZE).over(grey)).astype(float)


def _lids(**moment):
    x = np.float32([-0.3, 0.3])  # the middles of both eyes
    zeros, colours = np.zeros(2, np.float32), np.zeros((2, 3), np.float32)
    samples = Samples(x, zeros, colours, zeros, zeros, colours, zeros)
    face = replace(sample_actor(3).face, eye_x=0.3, eye_tilt=0.0)
    return place_lids(face, Moment(**moment), samples)


def _aperture(**moment):
    lids = _lids(**moment)
    return lids.upper - lids.lower


def test_a_seed_determines_the_complexion_and_no_two_are_alike():
    drawn = [sample_complexion(seed, 0.2, 0.3, 0.4) for seed in range(60)]
    assert drawn[7] == sample_complexion(7, 0.2, 0.3, 0.4) and len(set(drawn)) == 60
    assert (
        {c.lipstick_strength > 0 for c in drawn} == {c.crease > 0 for c in drawn} == {True, False}
    )
    assert not any(c.stubble for c in drawn) and any(
        sample_complexion(seed, 0.9, 0.3, 0.4).stubble for seed in range(9)
    )


def test_lids_follow_the_blink_the_wink_the_squint_and_the_gaze():
    rest = _aperture()
    assert (rest > 0.08).all() and (_aperture(blink=1) < 1e-6).all()
    left, right = _aperture(wink=1)
    assert right < 1e-6 and left == pytest.approx(rest[0])
    assert _aperture(wide=1)[0] > rest[0] + 0.01 > _aperture(squint=1)[0] + 0.03
    down, up = _lids(gaze_y=-1).upper[0], _lids(gaze_y=1).upper[0]
    assert down < _lids().upper[0] - 0.015 and up > _lids().upper[0] + 0.015


def test_folds_deepen_with_their_expression_on_its_side():
    actor = sample_actor(3)
    rest, smile = (fold_strengths(actor, Moment(smile=s)) for s in (0, 1))
    assert smile[SMILE_LEFT] > rest[SMILE_LEFT] + 0.3 and smile[CROW_LEFT] > rest[CROW_LEFT]
    left, right = fold_strengths(actor, Moment(smile=1, side=1))[[SMILE_LEFT, SMILE_RIGHT]]
    assert right > left + 0.3
    assert fold_strengths(actor, Moment(inner_brow=-1))[FROWN] > 0.4 > rest[FROWN]


def test_the_tongue_the_lamp_and_their_colours_show(model):
    mouth = np.rint(model.points(Moment(zoom=0.6), SIZE)[3:].mean(0)).astype(int)
    rows, columns = slice(mouth[1] + 4, mouth[1] + 10), slice(mouth[0] - 3, mouth[0] + 4)
    inside, tongue = (
        _picture(model, mouth=1, tongue=t)[rows, columns].mean((0, 1)) for t in (0, 1)
    )
    assert tongue[0] > inside[0] + 10
    white, red = (_picture(model, lamp_colour=c) for c in ((1, 1, 1), (1, 0.5, 0.5)))
    assert red[..., 1].mean() < white[..., 1].mean() - 5
    np.testing.assert_array_equal(red[..., 0], white[..., 0])


def test_a_complexion_changes_the_texels_and_only_in_the_face():
    actor = sample_actor(2)
    plain, made_up = (
        Model(replace(actor, face=replace(actor.face, complexion=c))).mesh
        for c in (Complexion(), Complexion(lipstick_strength=1.0, eye_shadow_strength=1.0))
    )
    changed = np.abs(made_up.texels - plain.texels)[:, Channel.RGB].max(-1) > 0.01
    assert 0.001 < changed.mean() < 0.2 and np.isfinite(made_up.texels).all()
