import numpy as np
import pytest

from colorcorrect import TRANSFERS, transfer
from colorcorrect.lab import rgb_to_lab
from colorcorrect.transfer import weigh_pixels
from faces import Canvas, align

CANVAS = Canvas(align.WHOLE_FACE, (12, 16))


@pytest.fixture
def people():
    """The donor's faces (5, 16, 12, 3) uint8, the target's, which are yellower, and weights."""
    rng = np.random.default_rng(0)
    donor = rng.integers(60, 200, (5, 16, 12, 3)).astype(np.uint8)
    target = (rng.integers(80, 180, (7, 16, 12, 3)) * [1.2, 1.0, 0.6]).astype(np.uint8)
    return donor, target, weigh_pixels(CANVAS, np.ones((1, 16, 12)))[0]


def _mean(faces, weights):
    lab = rgb_to_lab(faces.astype(np.float64) / 255)
    return np.average(lab.reshape(-1, 3), axis=0, weights=np.tile(weights.ravel(), len(faces)))


@pytest.mark.parametrize("name", TRANSFERS)
def test_a_transfer_recolours_faces_before_training_and_in_each_frame(name, people):
    donor, target, weights = people
    painted = TRANSFERS[name].before_training(donor, target, weights)
    assert painted.shape == donor.shape and painted.dtype == np.uint8
    drawn, face = (of[:2].astype(np.float32) / 255 for of in (donor, target))
    visible = np.ones(face.shape[:3], np.float32)
    frame = TRANSFERS[name].for_clip(CANVAS)(drawn, face, visible)
    assert frame.shape == drawn.shape and frame.dtype == np.float32
    before, after = (abs(_mean(of, weights) - _mean(target, weights)) for of in (donor, painted))
    if name == "none":
        assert painted is donor and frame is drawn
    else:
        assert after.sum() < 0.3 * before.sum()
        assert abs(frame - face).mean() < abs(drawn - face).mean()


@pytest.mark.parametrize("name", TRANSFERS)
def test_what_hides_a_face_does_not_colour_it(name, people):
    drawn, face = (of[:1].astype(np.float32) / 255 for of in people[:2])
    visible = np.ones(face.shape[:3], np.float32)
    visible[:, 8:, :6] = 0
    hidden, shown = np.where(visible[..., None] > 0, face, 0.05), np.where(visible > 0, 1, 0)
    transfer = TRANSFERS[name].for_clip(CANVAS)
    expected = transfer(drawn, face, visible)
    change = np.abs(transfer(drawn, hidden, visible) - expected).mean(-1)
    misled = np.abs(transfer(drawn, hidden, np.ones_like(visible)) - expected).mean(-1)
    assert (change * shown).sum() <= 0.5 * (misled * shown).sum()


def test_before_training_one_map_recolours_all_faces(people):
    donor, target, weights = people
    donor[1, 3, 3] = donor[0, 2, 2]
    for given in TRANSFERS.values():
        painted = given.before_training(donor, target, weights)
        assert (painted[1, 3, 3] == painted[0, 2, 2]).all()


@pytest.mark.parametrize("name", sorted(set(TRANSFERS) - {"none"}))
def test_before_training_some_faces_stand_for_all(name, people, monkeypatch):
    donor, target, weights = people
    monkeypatch.setattr(transfer, "STATISTICS_FACES", 2)
    many = np.concatenate([target] * 20)
    many[1:-1] = 255  # the first and the last are looked at
    some = np.stack([many[0], many[-1]])
    given = TRANSFERS[name].before_training
    np.testing.assert_array_equal(given(donor, many, weights), given(donor, some, weights))
    repeated = np.concatenate([donor] * 20)
    assert len(given(repeated, target, weights)) == len(repeated)


def test_before_training_light_spreads_chroma_less_than_reinhard(people):
    donor, target, weights = people
    grey = (donor // 4 + 100).astype(np.uint8)
    spreads = [
        rgb_to_lab(TRANSFERS[name].before_training(grey, target, weights) / 255.0).std((0, 1, 2))
        for name in ("light", "reinhard")
    ]
    assert (spreads[0][1:] < spreads[1][1:]).all()
