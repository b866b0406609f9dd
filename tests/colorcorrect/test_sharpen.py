"""Details as strong as those of another picture."""

import numpy as np
from scipy import ndimage

from colorcorrect.sharpen import FINEST_PX, MAX_SHARPENING, sharpen

RNG = np.random.default_rng(0)
WEIGHTS = np.ones((2, 40, 32), np.float32)


def _energy(faces):
    return np.square(faces - ndimage.gaussian_filter(faces, (0, FINEST_PX, FINEST_PX, 0))).mean()


def _soft(sigma):
    faces = RNG.uniform(0, 1, (2, 40, 32, 3)).astype(np.float32)
    return ndimage.gaussian_filter(faces, (0, sigma, sigma, 0))


def test_the_energy_of_details_becomes_that_of_the_other_picture_nearly():
    faces, like = _soft(1.2), _soft(1.0)
    sharpened = sharpen(faces, like, WEIGHTS)
    assert sharpened.dtype == np.float32
    before, after = (abs(np.log(_energy(x) / _energy(like))) for x in (faces, sharpened))
    assert after < 0.5 * before
    # What is coarse stays.
    blurs = [ndimage.gaussian_filter(x, (0, 5, 5, 0)) for x in (faces, sharpened)]
    np.testing.assert_allclose(*blurs, atol=0.01)


def test_nothing_is_made_softer_or_too_sharp():
    faces = _soft(1.5)
    np.testing.assert_array_equal(sharpen(faces, _soft(4.0), WEIGHTS), faces)
    noise = RNG.uniform(0, 1, faces.shape).astype(np.float32)
    most = faces + (MAX_SHARPENING - 1) * (
        faces - ndimage.gaussian_filter(faces, (0, FINEST_PX, FINEST_PX, 0))
    )
    np.testing.assert_allclose(sharpen(faces, noise, WEIGHTS), most, atol=1e-6)


def test_what_does_not_count_does_not_sharpen():
    faces, like = _soft(1.2), _soft(1.2)
    like[:, :, 20:] = RNG.uniform(0, 1, like[:, :, 20:].shape)
    weights = WEIGHTS.copy()
    weights[:, :, 16:] = 0
    change = np.abs(sharpen(faces, like, weights) - faces).mean()
    assert change < 0.2 * np.abs(sharpen(faces, like, WEIGHTS) - faces).mean()
