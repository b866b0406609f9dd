"""Action units, episodes, lopsided faces and lenses: what version 2 of the actors added."""

from dataclasses import replace

import numpy as np
import pytest

from actors import Model, Moment, Performance, sample_actor
from actors.anchors import Anchors
from actors.camera import project
from actors.episodes import EPISODES, SIDED_FIELDS, Episode, play_episodes

LEFT_EYE, RIGHT_EYE, NOSE, LEFT_CORNER, RIGHT_CORNER = range(5)
# Of the actor with seed 3 in version 1: skin, hairline, length, parting, freckles, lines
OLD_TRAITS = [
    0.7479229073582997,
    0.6040466169853473,
    0.0,
    -0.07977404371330765,
    0.0,
    0.09764852911727512,
]

# What each action unit does to vertices: where (x, y, reach); the axis on which it moves them, and
# by how much at least; the part of the face that does not move.
ACTION_UNITS = {
    "frown": ((0.22, -0.6, 0.05), "y", -0.02, "eyes"),
    "pucker": ((0.19, -0.6, 0.05), "x", -0.03, "eyes"),
    "press": ((0.0, -0.55, 0.03), "y", -0.005, "eyes"),
    "squint": ((0.36, -0.19, 0.05), "y", 0.02, "mouth"),
    "puff": ((0.42, -0.54, 0.06), "z", 0.03, "eyes"),
    "jaw_side": ((0.0, -0.9, 0.06), "x", 0.05, "eyes"),
    "inner_brow": ((0.14, 0.21, 0.04), "y", 0.03, "mouth"),
}


def _with_lopsided(actor, *traits):
    return replace(actor, face=replace(actor.face, lopsided=traits))


@pytest.fixture(scope="module")
def model():
    """An actor whose face is the same on both sides."""
    return Model(_with_lopsided(sample_actor(3), 0, 0, 0, 0, 0))


def test_version_2_keeps_the_colours_hair_and_age_of_a_seed():
    head, face = sample_actor(3).head, sample_actor(3).face
    kept = [head.skin, head.hairline, head.length, head.parting, face.freckles, face.lines]
    np.testing.assert_allclose(kept, OLD_TRAITS, rtol=1e-12)


def test_version_2_shapes_heads_and_faces_more_boldly():
    actors = [sample_actor(seed) for seed in range(60)]
    for name, least in (("width", 0.17), ("chin_width", 0.35), ("ear_angle", 14)):
        assert np.ptp([getattr(actor.head, name) for actor in actors]) > least, name
    for name, least in (("nose_hook", 0.045), ("lip_upper", 0.04), ("eye_x", 0.05)):
        assert np.ptp([getattr(actor.face, name) for actor in actors]) > least, name
    assert np.abs([actor.face.lopsided for actor in actors]).mean() > 0.5


def test_a_lopsided_face_is_moved_a_few_per_cent_and_its_points_with_it(model):
    def points(*traits):
        anchors = Anchors(_with_lopsided(model.actor, *traits))
        return anchors.place(Moment(), anchors.x)

    rest = points(0, 0, 0, 0, 0)
    np.testing.assert_allclose(rest[[0, 3], 0], -rest[[1, 4], 0], atol=1e-9)
    eyes, nose, mouth = points(1, 0, 0, 0, 0), points(0, 0, 1, 0, 0), points(0, 0, 0, 1, 0)
    assert 0.01 < eyes[RIGHT_EYE, 1] - eyes[LEFT_EYE, 1] < 0.04
    assert 0.01 < nose[NOSE, 0] < 0.04
    assert 0.01 < mouth[RIGHT_CORNER, 1] - mouth[LEFT_CORNER, 1] < 0.04


@pytest.mark.parametrize("name", ACTION_UNITS)
def test_an_action_unit_moves_its_own_part_of_the_face_and_leaves_the_rest(model, name):
    (cx, cy, reach), axis, least, far = ACTION_UNITS[name]
    x, y = model.mesh.face_place.T
    moved = model.mesh.place(Moment(**{name: 1})) - model.mesh.place(Moment())
    part = moved[np.hypot(x - cx, y - cy) < reach, "xyz".index(axis)].mean()
    assert part * np.sign(least) > abs(least)
    rest = {"eyes": (y > -0.02) & (y < 2), "mouth": y < model.actor.face.mouth_y + 0.05}[far]
    assert np.abs(moved[rest]).max() < 2e-3
    assert np.abs(moved[model.mesh.spans[0][0].stop :]).max() == 0  # ears, hair and neck stay


def test_anger_is_the_other_way_round_than_worry(model):
    x, y = model.mesh.face_place.T
    brow = np.hypot(np.abs(x) - 0.14, y - 0.21) < 0.04
    down = (model.mesh.place(Moment(inner_brow=-1)) - model.mesh.place(Moment()))[brow]
    assert down[:, 1].mean() < -0.02 and (down[:, 0] * np.sign(x[brow])).mean() < -0.01


def test_side_takes_an_expression_to_one_side_of_the_face(model):
    assert Moment(side=0).sides(0.6) == (0.6, 0.6)
    assert Moment(side=1).sides(0.6) == (0, 0.6) and Moment(side=-1).sides(0.6) == (0.6, 0)
    rest = model.points3d(Moment())
    for side, moves, stays in ((1, RIGHT_CORNER, LEFT_CORNER), (-1, LEFT_CORNER, RIGHT_CORNER)):
        moved = model.points3d(Moment(smile=1, side=side)) - rest
        assert moved[moves, 1] > 0.04 and np.abs(moved[stays]).max() < 1e-3


def test_points_follow_the_lips_and_the_jaw(model):
    rest = model.points3d(Moment())

    def corners(**moment):
        return (model.points3d(Moment(**moment)) - rest)[3:]

    assert (corners(frown=1)[:, 1] < -0.03).all()
    assert corners(pucker=1)[0, 0] > 0.03 and corners(pucker=1)[1, 0] < -0.03
    assert (corners(jaw_side=1)[:, 0] > 0.01).all()


def test_episodes_play_every_expression_and_ordinary_moments_dominate():
    names = {name for _, targets in EPISODES.values() for name in targets}
    moments = [Performance(seed, 4).at(t) for seed in range(150) for t in np.arange(0.2, 4, 0.6)]
    for name in names:
        values = np.array([getattr(moment, name) for moment in moments])
        values = values / {"yaw": 44, "pitch": 20, "roll": 18}.get(name, 1)
        assert 0.6 < np.abs(values).max() <= 1, name
        if name in SIDED_FIELDS:
            assert values.min() < -0.5 and values.max() > 0.5, name
    rare = [max(m.frown, m.wide, m.puff, m.tongue, abs(m.wink)) > 0.3 for m in moments]
    assert 0.05 < np.mean(rare) < 0.3
    lips = np.array([m.mouth for m in moments])
    assert 0.2 < np.mean(lips < 0.02) < 0.8 and np.mean(lips > 0.6) > 0.01
    distances = [moment.distance for moment in moments]
    assert min(distances) < 5 and max(distances) > 10 and 6 < np.median(distances) < 9


def test_an_episode_comes_and_goes_and_leaves_other_fields():
    episode = Episode(1.0, 2.0, 0.2, {"smile": 0.8})
    for t, smile in ((0.9, 0.4), (1.5, 0.8), (2.1, 0.4)):
        now = {"smile": 0.4, "brow": 0.3}
        play_episodes([episode], now, t)
        assert now == {"smile": pytest.approx(smile), "brow": 0.3}


def test_the_distance_changes_the_perspective_and_not_the_plane_of_the_origin():
    places = np.array([[0.3, 0, 0], [0.3, 0, 0.5], [0.3, 0, -0.5]])
    near, far = (project(places, 0.33, (100, 100), d)[0][:, 0] - 49.5 for d in (4, 14))
    assert near[0] == pytest.approx(far[0]) == pytest.approx(0.3 * 0.33 * 100)
    assert near[1] > far[1] > far[0] > far[2] > near[2]


def test_near_and_far_cameras_render_the_face_at_its_points(model):
    for distance in (4.0, 14.0):
        moment = Moment(distance=distance)
        layer = model.render(moment, (96, 96))
        for x, y in np.rint(model.points(moment, (96, 96))).astype(int):
            assert layer.mask[y, x] > 0.99
