import numpy as np
import pytest

from faces import Canvas, align, expression

SIDE = 64
CANVAS = Canvas(align.WHOLE_FACE, (SIDE, SIDE))


def _person(rng):
    """Brightness of a face seen from the front, and how it changes as the face turns."""
    return rng.uniform(0.3, 0.7, (SIDE, SIDE)).astype(np.float32), rng.uniform(
        -0.1, 0.1, (SIDE, SIDE)
    ).astype(np.float32)


def _frames(person, yaws, open_=0.0):
    front, sideways = person
    x, y = CANVAS.coordinates()
    mouth = np.exp(-(((x - 48) / 6) ** 2) - ((y - 92.3) / 3) ** 2).astype(np.float32)
    frames = (
        front
        + sideways * np.float32(yaws)[:, None, None]
        - mouth * np.broadcast_to(np.float32(open_), len(yaws))[:, None, None]
    )
    return frames, mouth


def _coloured(brightness):
    return np.repeat(brightness[..., None], 3, -1)


@pytest.fixture
def learnt():
    rng = np.random.default_rng(0)
    target, donor, yaws = _person(rng), _person(rng), rng.uniform(-0.2, 0.2, 40)
    return (
        target,
        donor,
        expression.Expression(
            _frames(target, yaws)[0], _frames(donor, yaws)[0], yaws, align.WHOLE_FACE
        ),
    )


def test_a_face_as_it_usually_looks_is_drawn_as_it_was(learnt):
    target, donor, express = learnt
    yaws = np.array([-0.15, 0.0, 0.1])
    drawn = _coloured(_frames(donor, yaws)[0])
    np.testing.assert_allclose(
        express(_coloured(_frames(target, yaws)[0]), drawn, yaws), drawn, atol=1e-5
    )


def test_an_open_mouth_opens_the_other_and_nothing_else_changes(learnt):
    target, donor, express = learnt
    yaws, opened = np.array([0.1, -0.1]), [0.02, 0.04]
    drawn = _coloured(_frames(donor, yaws)[0])
    faces, mouth = _frames(target, yaws, opened)
    change = (express(_coloured(faces), drawn, yaws) - drawn).mean(-1)
    inside = mouth > 0.5
    gains = change[:, inside].mean(1) / (-np.array(opened) * mouth[inside].mean())
    assert (gains > 0.6 * expression.MOUTH.gain).all() and (
        gains < expression.MOUTH.gain
    ).all()  # less for the mean around, and for the limit
    x, y = CANVAS.coordinates()
    assert np.abs(change[:, y[:, 0] < 75]).max() < 1e-4


def test_what_the_nets_did_with_the_mouth_gives_way(learnt):
    target, donor, express = learnt
    yaws = np.array([0.0])
    drawn, _ = _frames(donor, yaws, 0.2)  # open, while the target's is shut
    shut = _coloured(_frames(donor, yaws)[0])
    after = express(_coloured(_frames(target, yaws)[0]), _coloured(drawn), yaws)
    assert np.abs(after - shut).max() < 0.35 * np.abs(_coloured(drawn) - shut).max()


def test_no_change_is_larger_than_the_limit(learnt):
    target, donor, express = learnt
    yaws = np.array([0.0])
    drawn = _coloured(_frames(donor, yaws)[0])
    strange = 50 * _coloured(
        np.random.default_rng(1).normal(size=(1, SIDE, SIDE)).astype(np.float32)
    )
    change = express(strange, drawn, yaws) - drawn
    assert (
        0.9 * expression.MAX_EXPRESSION_CHANGE
        < np.abs(change).max()
        <= expression.MAX_EXPRESSION_CHANGE * 1.001
    )
