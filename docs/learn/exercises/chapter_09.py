"""The exercises of chapter 9, the intracoder."""

import numpy as np


def check_crossing(solution) -> None:
    """A crosses to B by M: the decoders that rebuild both people say so."""
    rng = np.random.default_rng(0)
    for size, pixels in [(1, 5), (2, 12), (3, 40)]:
        encoder = rng.standard_normal((size, pixels))
        u, v = rng.standard_normal((2, pixels, size))
        found = solution(encoder, u, v)
        assert found.shape == (size, size)
        decoder_b = v @ np.linalg.inv(encoder @ v)
        np.testing.assert_allclose(v @ found, decoder_b @ encoder @ u, atol=1e-8)


def check_missing(solution) -> None:
    """Hold it against equation (5), with a decoder that draws a share of what it is asked for."""
    for share, rate in [(0.6, 0.7), (0.3, 1.0), (1.0, 0.5), (0.9, 0.2)]:
        code = 1.0
        for corrections in range(4):
            assert np.isclose(solution(share, rate, corrections), 1 - share * code)
            code += rate * (1 - share * code)


def check_principal_directions(solution) -> None:
    """People far from each other, who both move in a plane, and more in one direction of it."""
    rng = np.random.default_rng(0)
    plane = np.linalg.qr(rng.standard_normal((6, 2)))[0].T
    moves = [rng.standard_normal((count, 2)) * [3, 1] for count in (300, 200)]
    moves = [own - own.mean(0) for own in moves]
    codes = [own @ plane + 50 * rng.standard_normal(6) for own in moves]
    before = [own.copy() for own in codes]
    found = solution(codes, 2)
    assert found.shape == (2, 6)
    np.testing.assert_allclose(found @ found.T, np.eye(2), atol=1e-8)
    np.testing.assert_allclose(found.T @ found, plane.T @ plane, atol=1e-8)
    joined = np.concatenate([own - own.mean(0) for own in codes])
    spread = (joined @ found.T).std(axis=0)
    np.testing.assert_allclose(
        spread, np.linalg.svd(joined, compute_uv=False)[:2] / np.sqrt(500), rtol=1e-6
    )
    for own, then in zip(codes, before, strict=True):
        np.testing.assert_array_equal(own, then)  # the caller's arrays stay as they were
