import numpy as np
import pytest

from poisson import Domain, blend, guidance
from tests.reference import REFERENCE, needs_reference


def _disc(size=40, hole=True):
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    r = np.hypot(x, y)
    return (r < size * 0.42) & ((r > 4) | (not hole))


@pytest.mark.parametrize("harmonic", [
    lambda x, y: 3 * x - 2 * y + 1,
    lambda x, y: x * x - y * y,
    lambda x, y: x * y,
    lambda x, y: x**3 - 3 * x * y * y,
])  # fmt: skip
def test_discrete_harmonic_functions_are_their_own_membrane(harmonic):
    y, x = np.mgrid[:40, :40] / 40.0
    exact, mask = harmonic(x, y), _disc()
    solved = Domain(mask).solve(np.where(mask, 99.0, exact))
    np.testing.assert_allclose(solved, exact, atol=1e-10, rtol=0)


def test_the_guidance_of_an_image_brings_that_image_back():
    rng = np.random.default_rng(0)
    image, mask = rng.random((40, 40, 3)), _disc()
    known = np.where(mask[..., None], 0, image)
    np.testing.assert_allclose(Domain(mask).solve(known, *guidance.differences(image)), image, atol=1e-10)


def test_against_a_dense_solve_of_the_textbook_equations():
    rng = np.random.default_rng(1)
    mask = np.zeros((9, 11), bool)
    mask[1:-1, 1:-1] = rng.random((7, 9)) < 0.6
    fore, back = rng.random((9, 11)), rng.random((9, 11))
    index = {p: i for i, p in enumerate(zip(*np.nonzero(mask), strict=True))}
    a, b = np.zeros((len(index), len(index))), np.zeros(len(index))
    for (r, c), i in index.items():
        for q in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):  # Perez et al. 2003, eq. 7 and 11
            a[i, i] += 1
            b[i] += fore[r, c] - fore[q]
            if q in index:
                a[i, index[q]] -= 1
            else:
                b[i] += back[q]
    np.testing.assert_allclose(blend(fore, back, Domain(mask))[mask], np.linalg.solve(a, b), atol=1e-12)


def test_channels_and_frames_are_solved_each_for_itself_and_a_domain_serves_again():
    rng = np.random.default_rng(2)
    fore, back = rng.random((2, 40, 40, 3, 4))
    domain = Domain(_disc())
    together = blend(fore, back, domain)
    for channel in range(3):
        for frame in range(4):
            alone = blend(fore[..., channel, frame], back[..., channel, frame], domain)
            np.testing.assert_allclose(alone, together[..., channel, frame], atol=1e-12)


def test_a_shift_of_all_levels_vanishes_and_the_outside_keeps_its_bytes():
    rng = np.random.default_rng(3)
    back = rng.integers(50, 150, (40, 40, 3)).astype(np.uint8)
    mask = _disc()
    blended = blend(back + np.uint8(60), back, Domain(mask))
    np.testing.assert_array_equal(blended, back)  # pasted 60 levels brighter, and no seam


def test_levels_are_clipped_and_rounded_and_the_dtype_stays():
    fore, back = np.zeros((2, 40, 40), np.uint8)
    fore[20:, :] = 255
    back[:] = 250
    blended = blend(fore, back, Domain(_disc()))
    assert blended.dtype == np.uint8 and blended.max() == 255
    assert blend(fore.astype(np.float32), back.astype(np.float32), Domain(_disc())).dtype == np.float32


def test_mixed_guidance_keeps_a_strong_edge_of_the_background():
    fore, back = np.zeros((40, 40)), np.zeros((40, 40))
    back[:, 20:] = 100
    domain = Domain(_disc(hole=False))
    np.testing.assert_allclose(blend(fore, back, domain, "mixed"), back, atol=1e-9)
    assert abs(np.diff(blend(fore, back, domain, "normal")[20]).max()) < 20


@pytest.mark.parametrize("mask, words", [
    (np.zeros((5, 5), bool), "empty"),
    (np.ones((5, 5), bool), "border"),
    (np.ones((5, 5)), "boolean"),
])  # fmt: skip
def test_masks_that_cannot_be_solved_say_why(mask, words):
    with pytest.raises(ValueError, match=words):
        Domain(mask)


@needs_reference
def test_opencvs_results_under_opencvs_rule():
    recorded = np.load(REFERENCE / "seed" / "poisson_64px.npz")
    mask = np.zeros((64, 64), bool)
    mask[1:-1, 1:-1] = True
    domain = Domain(guidance.opencv_domain(mask))
    for fore, back, result in zip(recorded["fore"], recorded["back"], recorded["result"], strict=True):
        ours = blend(fore, back, domain, guidance.opencv, mask).astype(int)
        assert np.abs(ours - result).max() <= 1
