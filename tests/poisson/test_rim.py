import numpy as np
import pytest

from poisson import Domain, blend, blend_faces, split_difference
from poisson.rim import RIM_OUTLIER


@pytest.fixture
def faces():
    """Two faces, the frames for them (2, 20, 16, 3), weights (2, 20, 16) and a domain."""
    rng = np.random.default_rng(0)
    fore, back = rng.uniform(90, 110, (2, 2, 20, 16, 3)).astype(np.float32)
    inside = np.zeros((20, 16), bool)
    inside[2:-2, 2:-2] = True
    weights = np.zeros((2, 20, 16), np.float32)
    weights[:, 6:-6, 5:-5] = rng.uniform(0.5, 1, (2, 8, 6))
    return fore, back, weights, Domain(inside)


def test_a_difference_is_split_into_its_mean_and_the_rest_on_the_rim(faces):
    fore, back, weights, domain = faces
    mean, rim = split_difference(fore, back, weights, domain.mask)
    for k in range(2):
        expected = np.average(back[k] - fore[k], axis=(0, 1), weights=np.dstack([weights[k]] * 3))
        np.testing.assert_allclose(mean[:, k], expected, rtol=1e-4)
    assert not rim[domain.mask].any() and rim[~domain.mask].any(axis=1).all()


def test_a_difference_on_the_rim_counts_by_tukeys_biweight(faces):
    fore, _, weights, domain = faces
    back = fore.copy()
    for column, distance in enumerate((1.0, 20.0, 39.0, 41.0, 200.0)):
        back[0, 0, column] += np.float32(distance) * np.array([0.6, 0, 0.8], np.float32)
    rim = split_difference(fore, back, weights, domain.mask)[1][0, :5, :, 0]
    for found, distance in zip(rim, (1.0, 20.0, 39.0, 41.0, 200.0), strict=True):
        weight = max(1 - (distance / RIM_OUTLIER) ** 2, 0) ** 2
        np.testing.assert_allclose(found, np.array([0.6, 0, 0.8]) * distance * weight, atol=1e-3)


def test_blending_is_that_of_the_textbook_where_the_rim_differs_little(faces):
    fore, _, weights, domain = faces
    back = fore + np.float32(5)
    back[:, 0] += 0.2
    mean, rim = split_difference(fore, back, weights, domain.mask)
    blended = blend_faces(fore, mean, rim, domain)
    for k in range(2):
        inside = blend(fore[k], back[k], domain)[domain.mask]
        np.testing.assert_allclose(blended[k][domain.mask], inside, atol=1e-3)
