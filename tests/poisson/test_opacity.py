import numpy as np

from poisson import allowed_difference, drop_disagreements
from poisson.opacity import AGREEMENT_LIMITS

SIDE = 80


def _mask():
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[4:-4, 4:-4] = 1
    return mask


def test_more_difference_is_allowed_deeper_inside():
    allowed = allowed_difference(_mask())
    assert allowed.dtype == np.float32
    assert allowed[0, 0] == AGREEMENT_LIMITS.at_outline
    most = AGREEMENT_LIMITS.at_outline * AGREEMENT_LIMITS.inside_factor
    np.testing.assert_allclose(allowed[SIDE // 2, SIDE // 2], most)
    assert (np.diff(allowed[SIDE // 2, 4 : SIDE // 2]) >= 0).all()


def test_the_mask_stays_where_faces_agree():
    mask = _mask()
    opacity = drop_disagreements(mask, np.full((SIDE, SIDE, 3), 5.0), allowed_difference(mask))
    np.testing.assert_allclose(opacity, mask, atol=1e-6)


def test_a_wide_difference_at_the_outline_is_dropped_with_a_margin():
    mask, difference = _mask(), np.zeros((SIDE, SIDE, 3))
    difference[30:50, :12] = 150
    opacity = drop_disagreements(mask, difference, allowed_difference(mask))
    margin = round(AGREEMENT_LIMITS.margin * SIDE)
    assert opacity[40, 4 : 12 + margin - 2].max() < 0.1
    assert opacity[40, 25] > 0.99 and opacity[10, 8] > 0.99


def test_a_wide_difference_well_inside_is_allowed():
    mask, difference = _mask(), np.zeros((SIDE, SIDE, 3))
    difference[36:44, 34:46] = 70
    opacity = drop_disagreements(mask, difference, allowed_difference(mask))
    assert opacity[40, 40] > 0.99
