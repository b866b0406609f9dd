"""Actors and performances: seeds, directions, points, and whether a detector finds the faces."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from actors import Model, Moment, Performance, Scene, render_frames, sample_actor
from actors.camera import CAMERA_DISTANCE
from actors.pose import PIVOT, head_rotation
from actors.render import encode
from actors.shadow import light_visibility
from actors.shape import LIP_BAND

SIZE = 128, 128
LEFT_EYE, RIGHT_EYE, NOSE, LEFT_CORNER, RIGHT_CORNER = range(5)


@pytest.fixture(scope="module")
def model():
    """An actor whose face is the same on both sides."""
    actor = sample_actor(3)
    return Model(replace(actor, face=replace(actor.face, lopsided=(0.0,) * 5)))


def _picture(model, **moment):
    return encode(
        model.render(Moment(**moment), SIZE).over(np.full((*SIZE[::-1], 3), 0.2, np.float32))
    ).astype(float)


def _patch(picture, at, reach=4):
    x, y = np.rint(at).astype(int)
    return picture[y - reach : y + reach + 1, x - reach : x + reach + 1]


def test_a_seed_determines_the_actor():
    assert sample_actor(5) == sample_actor(5) and len({sample_actor(s) for s in range(50)}) == 50
    skins = [sample_actor(s).head.skin for s in range(100)]
    assert min(skins) < 0.05 and max(skins) > 0.95
    assert (
        {sample_actor(s).head.length > 0 for s in range(20)}
        == {sample_actor(s).face.beard > 0 for s in range(20)}
        == {True, False}
    )


def test_the_true_swap_is_one_head_with_the_other_face():
    both = sample_actor(1).with_face_of(sample_actor(2))
    assert both.head == sample_actor(1).head and both.face == sample_actor(2).face


def test_a_seed_determines_the_performance_and_it_is_smooth():
    def numbers_of(seed):
        play = Performance(seed, 4)
        return np.array(
            [
                [m.yaw, m.pitch, m.roll, m.mouth, m.smile, m.gaze_x, m.zoom]
                for m in map(play.at, np.arange(0, 4, 0.02))
            ]
        )

    numbers = {seed: numbers_of(seed) for seed in (1, 2)}
    np.testing.assert_array_equal(numbers_of(1), numbers[1])
    assert np.abs(numbers[1] - numbers[2]).max(0).min() > 0.01
    for values in numbers.values():
        assert (
            np.abs(np.diff(values[:, :3], axis=0)).max() < 5 and np.ptp(values[:, 0]) > 10
        )  # degrees in a fiftieth of a second, and in all
        assert (
            (np.abs(values[:, :3]) <= [44, 20, 18]).all()
            and (values[:, 3:5] >= 0).all()
            and (values[:, 3:5] <= 1).all()
        )
    long = Performance(1, 30)
    blinks = [long.at(t).blink for t in np.arange(0, 30, 0.02)]
    assert max(blinks) > 0.95 and 5 < np.sum(np.diff(np.array(blinks) > 0.5) == 1) < 40


def test_a_moments_record_is_plain_numbers():
    record = Moment(yaw=1.23456789, light=(0.6, 0.0, 0.8)).record()
    assert record["yaw"] == 1.23457 and record["light"] == [0.6, 0.0, 0.8] and len(record) == 29


@pytest.mark.parametrize("angles", [(20, 0, 0), (0, -9, 0), (0, 0, 8), (-23, 11, -7)])
def test_points_agree_with_scipys_rotation_and_a_pinhole_projection(model, angles):
    moment = Moment(
        *angles, mouth=0.4, smile=0.6, gaze_x=-0.5, shift_x=0.1, shift_y=-0.05, zoom=0.3
    )
    turn = Rotation.from_euler("yxz", [angles[0], angles[1], -angles[2]], degrees=True)
    np.testing.assert_allclose(head_rotation(moment), turn.as_matrix(), atol=1e-12)
    straight = model.points3d(replace(moment, yaw=0, pitch=0, roll=0, shift_x=0, shift_y=0))
    x, y, z = (turn.apply(straight - PIVOT) + PIVOT + [0.1, -0.05, 0]).T
    expected = (
        np.array([100 / 2 - 0.5, 0.47 * 80 - 0.5])
        + 0.3 * 80 * CAMERA_DISTANCE * np.stack([x, -y], 1) / (CAMERA_DISTANCE - z)[:, None]
    )
    np.testing.assert_allclose(model.points(moment, (100, 80)), expected, atol=1e-9)


def test_yaw_pitch_roll_and_shift_go_in_the_documented_directions(model):
    def nose_and_eyes(**moment):
        points = model.points(Moment(**moment), SIZE)
        return points[NOSE] - points[:2].mean(0), points[RIGHT_EYE] - points[LEFT_EYE]

    (nose, eyes) = nose_and_eyes()
    assert abs(nose[0]) < 0.1 and nose[1] > 5 and eyes[0] > 15 and abs(eyes[1]) < 0.1
    assert (
        nose_and_eyes(yaw=15)[0][0] > 2 and nose_and_eyes(yaw=-15)[0][0] < -2
    )  # to the right of the picture
    assert (
        nose_and_eyes(pitch=10)[0][1] > nose[1] + 0.5 > nose_and_eyes(pitch=-10)[0][1] + 1
    )  # down
    assert (
        nose_and_eyes(roll=10)[1][1] > 2 and nose_and_eyes(roll=-10)[1][1] < -2
    )  # clockwise: the right eye goes down
    for moved, towards in ((dict(shift_x=0.2), (1, 0)), (dict(shift_y=0.2), (0, -1))):
        way = (model.points(Moment(**moved), SIZE) - model.points(Moment(), SIZE)).mean(0)
        assert way @ towards > 5 and np.abs(way).sum() == pytest.approx(way @ towards)
    assert nose_and_eyes(zoom=0.4)[1][0] == pytest.approx(eyes[0] * 0.4 / 0.33)


def test_expressions_move_the_features_that_they_name(model):
    def points(**moment):
        return model.points(Moment(**moment), SIZE)

    rest = points()
    smile = points(smile=1) - rest
    assert (
        smile[LEFT_CORNER, 0] < -0.8
        and smile[RIGHT_CORNER, 0] > 0.8
        and (smile[3:, 1] < -1.5).all()
    )  # outwards and up
    gaze = points(gaze_x=1) - rest
    assert (gaze[:2, 0] > 0.3).all() and np.abs(gaze[2:]).max() == 0
    assert (points(mouth=1)[3:, 1] > rest[3:, 1] + 1).all()

    x, y = model.mesh.face_place.T
    mouth_y = model.actor.face.mouth_y
    lips = [
        (np.abs(x) < 0.05) & (np.abs(y - mouth_y - side * 0.025) < 0.025 - LIP_BAND)
        for side in (1, -1)
    ]
    closed, wide = (model.mesh.place(Moment(mouth=m))[:, 1] for m in (0, 1))
    upper, lower = ((wide - closed)[lip].mean() for lip in lips)
    assert upper > -0.02 and lower < -0.15  # the jaw takes the lower lip along
    brow = model.mesh.place(Moment(brow=1)) - model.mesh.place(Moment())
    assert brow[:, 1].max() > 0.05 and brow[y < -0.1].max() < 1e-3


def test_expressions_and_light_show_in_the_picture(model):
    rest = model.points(Moment(), SIZE)
    between = rest[3:].mean(0)
    wide, closed = (
        _patch(_picture(model, mouth=m), between + [0, 4], 1)[..., 1].mean() for m in (1, 0)
    )
    assert wide < 0.7 * closed  # green: dark red within, skin where it is closed
    eye = [_patch(_picture(model, blink=b), rest[LEFT_EYE], 4) for b in (0, 1)]
    assert eye[1].std() < 0.7 * eye[0].std()  # a lid has no white and no iris
    white = [_patch(_picture(model, gaze_x=g), rest[LEFT_EYE], 4).mean((0, 2)) for g in (-1, 1)]
    assert (
        white[0][:3].mean() < white[0][-3:].mean() and white[1][:3].mean() > white[1][-3:].mean()
    )  # the iris is dark
    left, right = (_picture(model, light=(s * 0.6, 0.0, 0.8))[50:70] for s in (-1, 1))
    assert (
        left[:, 45:60].mean() > right[:, 45:60].mean() + 8
        and left[:, 68:83].mean() < right[:, 68:83].mean() - 8
    )


def test_the_cover_is_the_actor_and_the_mask_the_face(model):
    layer = model.render(Moment(), SIZE)
    assert (
        layer.cover.min() == 0
        and layer.cover.max() == 1
        and layer.mask.min() == 0
        and layer.mask.max() == pytest.approx(1)
    )
    assert (
        layer.mask <= layer.cover + 1e-6
    ).all() and 0.1 < layer.mask.sum() / layer.cover.sum() < 0.6
    behind = np.random.default_rng(0).random((*SIZE[::-1], 3), np.float32)
    np.testing.assert_array_equal(layer.over(behind)[layer.cover == 0], behind[layer.cover == 0])
    for x, y in np.rint(model.points(Moment(), SIZE)).astype(int):
        assert layer.mask[y, x] > 0.99


def test_the_detector_finds_actors_and_their_points(detector):
    errors = []
    for seed in (1, 4, 105):
        for frame in render_frames(Scene(seed, seed + 40, 80, (160, 160)), (3, 40)):
            (face,) = detector.detect(frame.image)
            assert face.score >= 0.95
            errors.append(
                np.linalg.norm(face.points - frame.points, axis=1)
                / np.linalg.norm(frame.points[1] - frame.points[0])
            )
    assert np.mean(errors) < 0.07 and np.mean(errors, 0)[NOSE] < 0.10


def test_a_large_lamp_softens_the_shadows_edges(model):
    """The steepest change of the light between neighbouring vertices."""
    vertices = model.mesh.place(Moment())
    span, shape = model.mesh.spans[0]
    steepness = [
        np.abs(np.diff(light_visibility(model.mesh, vertices, moment)[span].reshape(shape))).max()
        for moment in (Moment(lamp_size=size, light=(-0.6, 0.4, 0.69)) for size in (0, 0.5, 1))
    ]
    assert steepness[0] > 1.3 * steepness[1] > 1.6 * steepness[2] > 0


def test_light_differs_from_performance_to_performance():
    moments = [Performance(seed, 2).at(1.0) for seed in range(60)]
    ambient = [m.ambient for m in moments]
    assert min(ambient) < 0.2 and max(ambient) > 0.4
    aside = np.array([m.light for m in moments])
    np.testing.assert_allclose(np.linalg.norm(aside, axis=1), 1)
    assert aside[:, 0].min() < -0.6 and aside[:, 0].max() > 0.6
    for colour in np.array([[m.lamp_colour, m.ambient_colour] for m in moments]).reshape(-1, 3):
        assert colour.mean() == pytest.approx(1) and colour.min() > 0.3
