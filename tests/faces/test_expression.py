import numpy as np
import pytest

from faces import Canvas, align, expression

SIDE = 64
CANVAS = Canvas(align.WHOLE_FACE, (SIDE, SIDE))


def _person(rng):
    """Brightness of a face seen from the front, and how it changes as the face turns."""
    front = rng.uniform(0.3, 0.7, (SIDE, SIDE)).astype(np.float32)
    return front, rng.uniform(-0.1, 0.1, (SIDE, SIDE)).astype(np.float32)


def _frames(person, yaws, opening=0.0):
    """Brightness of the person's face at the yaws, its mouth darker by `opening`; and the mouth."""
    front, sideways = person
    x, y = CANVAS.coordinates()
    mouth = np.exp(-(((x - 48) / 6) ** 2) - ((y - 92.3) / 3) ** 2).astype(np.float32)
    opening = np.broadcast_to(np.float32(opening), len(yaws))[:, None, None]
    return front + sideways * np.float32(yaws)[:, None, None] - mouth * opening, mouth


def _coloured(brightness):
    return np.repeat(brightness[..., None], 3, -1)


@pytest.fixture
def learnt():
    rng = np.random.default_rng(0)
    target, donor, yaws = _person(rng), _person(rng), rng.uniform(-0.2, 0.2, 40)
    faces, drawn = _frames(target, yaws)[0], _frames(donor, yaws)[0]
    return target, donor, expression.Expression(faces, drawn, yaws, CANVAS)


def test_a_face_with_its_usual_look_stays_as_it_was_drawn(learnt):
    target, donor, express = learnt
    yaws = np.array([-0.15, 0.0, 0.1])
    drawn = _coloured(_frames(donor, yaws)[0])
    faces = _coloured(_frames(target, yaws)[0])
    np.testing.assert_allclose(express(faces, drawn, yaws), drawn, atol=1e-5)


def test_an_open_mouth_opens_the_drawn_mouth_and_changes_nothing_else(learnt):
    target, donor, express = learnt
    yaws, opened = np.array([0.1, -0.1]), [0.02, 0.04]
    drawn = _coloured(_frames(donor, yaws)[0])
    faces, mouth = _frames(target, yaws, opened)
    change = (express(_coloured(faces), drawn, yaws) - drawn).mean(-1)
    inside = mouth > 0.5
    gains = change[:, inside].mean(1) / (-np.array(opened) * mouth[inside].mean())
    # The mean around the mouth is taken away, and the change is limited: so less than the gain.
    assert (gains > 0.6 * expression.MOUTH.gain).all()
    assert (gains < expression.MOUTH.gain).all()
    x, y = CANVAS.coordinates()
    assert np.abs(change[:, y[:, 0] < 75]).max() < 1e-4


def test_the_drawn_mouths_own_change_is_removed(learnt):
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
    noise = np.random.default_rng(1).normal(size=(1, SIDE, SIDE)).astype(np.float32)
    change = np.abs(express(50 * _coloured(noise), drawn, yaws) - drawn).max()
    limit = expression.MAX_EXPRESSION_CHANGE
    assert 0.9 * limit < change <= limit * 1.001
