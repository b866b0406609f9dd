import numpy as np
import pytest

from poisson import Domain, blend, guidance
from tests.reference import REFERENCE, needs_reference

from .opencv_rule import opencv_domain, opencv_guidance


def _disc(size=40, hole=True):
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    r = np.hypot(x, y)
    return (r < size * 0.42) & ((r > 4) | (not hole))


@pytest.mark.parametrize(
    "harmonic",
    [
        lambda x, y: 3 * x - 2 * y + 1,
        lambda x, y: x * x - y * y,
        lambda x, y: x * y,
        lambda x, y: x**3 - 3 * x * y * y,
    ],
)
def test_discrete_harmonic_functions_are_their_own_membrane(harmonic):
    y, x = np.mgrid[:40, :40] / 40.0
    exact, mask = harmonic(x, y), _disc()
    solved = Domain(mask).solve(np.where(mask, 99.0, exact))
    np.testing.assert_allclose(solved, exact, atol=1e-10, rtol=0)


def test_the_guidance_of_an_image_brings_that_image_back():
    rng = np.random.default_rng(0)
    image, mask = rng.random((40, 40, 3)), _disc()
    known = np.where(mask[..., None], 0, image)
    solved = Domain(mask).solve(known, *guidance.differences(image))
    np.testing.assert_allclose(solved, image, atol=1e-10)


def test_blending_is_a_dense_solve_of_the_textbook_equations():
    rng = np.random.default_rng(1)
    mask = np.zeros((9, 11), bool)
    mask[1:-1, 1:-1] = rng.random((7, 9)) < 0.6
    fore, back = rng.random((9, 11)), rng.random((9, 11))
    index = {p: i for i, p in enumerate(zip(*np.nonzero(mask), strict=True))}
    a, b = np.zeros((len(index), len(index))), np.zeros(len(index))
    for (r, c), i in index.items():  # Perez et al. 2003, eq. 7 and 11
        for q in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            a[i, i] += 1
            b[i] += fore[r, c] - fore[q]
            if q in index:
                a[i, index[q]] -= 1
            else:
                b[i] += back[q]
    blended = blend(fore, back, Domain(mask))[mask]
    np.testing.assert_allclose(blended, np.linalg.solve(a, b), atol=1e-12)


def test_parts_at_the_arrays_border_are_solved_with_a_natural_boundary():
    rng = np.random.default_rng(4)
    mask = np.zeros((7, 8), bool)
    mask[:3, 2:6] = mask[5:, :2] = mask[4, 4:] = True  # three parts, two of them at the border
    known, right, down = rng.random((3, 7, 8))
    rows, wanted = [], []
    for v, (dr, dc) in ((right, (0, 1)), (down, (1, 0))):
        for r, c in np.ndindex(7 - dr, 8 - dc):
            p, q = (r, c), (r + dr, c + dc)
            if mask[p] or mask[q]:
                row = np.zeros((7, 8))
                row[q], row[p] = 1, -1
                rows.append(row[mask])
                wanted.append(v[p] - (row * known)[~mask].sum())
    least_squares = np.linalg.lstsq(np.array(rows), np.array(wanted), rcond=None)[0]
    solved = Domain(mask).solve(known, right, down)[mask]
    np.testing.assert_allclose(solved, least_squares, atol=1e-12)


def test_a_domain_can_be_used_again_and_keeps_its_own_mask():
    rng = np.random.default_rng(5)
    fore, back, later = rng.random((3, 40, 40, 3))
    mask = _disc()
    domain, fresh = Domain(mask), Domain(mask)
    blend(fore, back, domain, "mixed")
    mask[:] = False
    np.testing.assert_array_equal(blend(later, back, domain), blend(later, back, fresh))
    assert domain.mask.any()


def test_channels_and_frames_do_not_influence_each_other():
    rng = np.random.default_rng(2)
    fore, back = rng.random((2, 40, 40, 3, 4))
    domain = Domain(_disc())
    together = blend(fore, back, domain)
    for channel in range(3):
        for frame in range(4):
            alone = blend(fore[..., channel, frame], back[..., channel, frame], domain)
            np.testing.assert_allclose(alone, together[..., channel, frame], atol=1e-12)


def test_a_constant_offset_vanishes_and_the_outside_keeps_its_bytes():
    rng = np.random.default_rng(3)
    back = rng.integers(50, 150, (40, 40, 3)).astype(np.uint8)
    mask = _disc()
    blended = blend(back + np.uint8(60), back, Domain(mask))
    np.testing.assert_array_equal(blended, back)  # pasted 60 levels brighter, and no seam


def test_levels_are_clipped_and_the_dtype_stays():
    fore, back = np.zeros((2, 40, 40), np.uint8)
    fore[20:, :] = 255
    back[:] = 250
    blended = blend(fore, back, Domain(_disc()))
    assert blended.dtype == np.uint8 and blended.max() == 255
    fore, back = fore.astype(np.float32), back.astype(np.float32)
    assert blend(fore, back, Domain(_disc())).dtype == np.float32


def test_integers_are_rounded_not_truncated():
    ramp = np.round(np.linspace(0, 100, 40)).astype(np.uint8)
    back = np.tile(ramp, (40, 1))
    mask = _disc()
    exact = Domain(mask).solve(back)
    between = np.abs(exact - np.floor(exact) - 0.5) < 0.4
    assert between.any()  # the test needs levels between the integers
    np.testing.assert_array_equal(blend(np.zeros_like(back), back, Domain(mask)), np.rint(exact))


@pytest.mark.parametrize("rule", ["normal", "mixed", opencv_guidance])
def test_there_is_no_seam(rule):
    rng = np.random.default_rng(6)
    y, x = np.mgrid[:40, :40] / 40
    back, mask = np.sin(5 * x + y), _disc()
    fore = back + 3 + 0.01 * rng.random((40, 40))
    blended = blend(fore, back, Domain(mask), rule)
    np.testing.assert_array_equal(blended[~mask], back[~mask])
    across = [np.abs(np.diff(blended, axis=a))[np.diff(mask, axis=a)].max() for a in (0, 1)]
    assert max(across) < 0.2  # the images are 3 apart, their own differences at most 0.13


def test_mixed_guidance_is_the_stronger_difference_whatever_its_sign():
    fore, back = np.array([[0.0, -5, -5, 0]]), np.array([[0.0, 2, 4, 4]])
    right, down = guidance.mixed(fore, back, None)
    np.testing.assert_array_equal(right, [[-5, 2, 5, 0]])
    np.testing.assert_array_equal(down, 0)


def test_a_function_may_give_the_guidance():
    rng = np.random.default_rng(7)
    fore, back = rng.random((2, 40, 40))
    domain = Domain(_disc())
    seen = []

    def half(fore, back, mask):
        seen.append(mask)
        return tuple(v / 2 for v in guidance.differences(fore))

    blended = blend(fore, back, domain, half)
    np.testing.assert_allclose(blended, blend(fore / 2, back, domain), atol=1e-12)
    np.testing.assert_array_equal(seen[0], domain.mask)


def test_mixed_guidance_keeps_a_strong_edge_of_the_background():
    fore, back = np.zeros((40, 40)), np.zeros((40, 40))
    back[:, 20:] = 100
    domain = Domain(_disc(hole=False))
    np.testing.assert_allclose(blend(fore, back, domain, "mixed"), back, atol=1e-9)
    assert abs(np.diff(blend(fore, back, domain, "normal")[20]).max()) < 20


@pytest.mark.parametrize(
    "mask, words",
    [
        (np.zeros((5, 5), bool), "empty"),
        (np.ones((5, 5), bool), "border"),
        (np.ones((5, 5)), "boolean"),
    ],
)
def test_masks_that_cannot_be_solved_are_refused_with_the_reason(mask, words):
    with pytest.raises(ValueError, match=words):
        Domain(mask)


def test_arrays_and_names_that_do_not_fit_are_refused():
    domain, image = Domain(_disc()), np.zeros((40, 40))
    with pytest.raises(ValueError, match="fit together"):
        blend(image, image[:-1], domain)
    with pytest.raises(ValueError, match="normal, mixed"):
        blend(image, image, domain, "strong")
    with pytest.raises(ValueError, match="known values"):
        domain.solve(image[1:])
    with pytest.raises(ValueError, match="guidance is two arrays"):
        domain.solve(image, image)
    with pytest.raises(ValueError, match="guidance is two arrays"):
        domain.solve(image, image, image.T[:5])


@needs_reference
def test_opencvs_guidance_gives_opencvs_results():
    recorded = np.load(REFERENCE / "seed" / "poisson_64px.npz")
    mask = np.zeros((64, 64), bool)
    mask[1:-1, 1:-1] = True
    domain = Domain(opencv_domain(mask))
    columns = recorded["fore"], recorded["back"], recorded["result"]
    for fore, back, result in zip(*columns, strict=True):
        ours = blend(fore, back, domain, opencv_guidance, mask).astype(int)
        assert np.abs(ours - result).max() <= 1
