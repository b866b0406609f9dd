"""Classic colour transfer: give one image the colour statistics of another. No learning, a few products an image.

All images are RGB (sRGB), (..., 3), floats 0..1; the results have their dtype. A mask (...) of weights, 0..1, says which pixels
count for the statistics; one mask serves both images unless the target has its own. What does not fit raises ValueError.
"""

from __future__ import annotations

import numpy as np

# sRGB to XYZ (IEC 61966-2-1), divided by the white point D65, so that white is (1, 1, 1).
_WHITE = np.array([0.95047, 1.0, 1.08883])
_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375],
                    [0.2126729, 0.7151522, 0.0721750],
                    [0.0193339, 0.1191920, 0.9503041]]) / _WHITE[:, None]  # fmt: skip
_FROM_XYZ = np.linalg.inv(_TO_XYZ)
_EPSILON, _KAPPA = (6 / 29) ** 3, (29 / 3) ** 3


def rgb_to_lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB (L 0..100) of sRGB 0..1, D65."""
    _check(rgb)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0) + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T.astype(rgb.dtype)
    f = np.where(xyz > _EPSILON, np.cbrt(xyz), (_KAPPA * xyz + 16) / 116)
    lightness, a, b = (
        116 * f[..., 1] - 16,
        500 * (f[..., 0] - f[..., 1]),
        200 * (f[..., 1] - f[..., 2]),
    )
    return np.stack([lightness, a, b], axis=-1).astype(rgb.dtype, copy=False)


def lab_to_rgb(lab: np.ndarray) -> np.ndarray:
    """The inverse of `rgb_to_lab`; colours that sRGB does not have come out below 0 or above 1."""
    _check(lab)
    fy = (lab[..., 0] + 16) / 116
    f = np.stack([fy + lab[..., 1] / 500, fy, fy - lab[..., 2] / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, (116 * f - 16) / _KAPPA)
    linear = xyz @ _FROM_XYZ.T.astype(lab.dtype)
    curve = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, curve).astype(lab.dtype, copy=False)


def reinhard(
    source: np.ndarray,
    target: np.ndarray,
    mask: np.ndarray | None = None,
    target_mask: np.ndarray | None = None,
    most: float = np.inf,
) -> np.ndarray:
    """`source` with the mean and standard deviation of `target` in each channel of CIELAB; those of a and b are multiplied by `most` at most.

    After Reinhard, Ashikhmin, Gooch & Shirley 2001, eq. 10-11, who took l-alpha-beta, another space with independent axes.
    A channel in which the source has no spread keeps that. The result may leave 0..1.
    """
    ours, theirs = rgb_to_lab(source), rgb_to_lab(target)
    mean_s, cov_s = _moments(ours, mask)
    mean_t, cov_t = _moments(theirs, mask if target_mask is None else target_mask)
    spread_s, spread_t = np.diag(cov_s), np.diag(cov_t)
    gain = np.sqrt(
        np.divide(spread_t, spread_s, out=np.ones(3), where=spread_s > 1e-8)
    )  # below: float32 rounding of L 0..100
    gain[1:] = np.minimum(gain[1:], most)
    return lab_to_rgb(((ours - mean_s) * gain + mean_t).astype(source.dtype))


def monge_kantorovich(
    source: np.ndarray,
    target: np.ndarray,
    mask: np.ndarray | None = None,
    target_mask: np.ndarray | None = None,
) -> np.ndarray:
    """`source` with the mean and covariance of `target` in RGB, by the linear map that moves colours least.

    Pitie & Kokaram 2007, eq. 12: T = S^-1/2 (S^1/2 R S^1/2)^1/2 S^-1/2, S and R the covariances of source and target.
    A direction in which the source has no spread gets none. The result may leave 0..1.
    """
    _check(source)
    _check(target)
    mean_s, cov_s = _moments(source, mask)
    mean_t, cov_t = _moments(target, mask if target_mask is None else target_mask)
    root, inverse_root = _power(cov_s, 0.5), _power(cov_s, -0.5)
    transport = inverse_root @ _power(root @ cov_t @ root, 0.5) @ inverse_root
    return ((source - mean_s) @ transport.T + mean_t).astype(source.dtype)


def _moments(image: np.ndarray, mask: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Mean (3,) and covariance (3, 3), weighted, float64."""
    pixels = image.reshape(-1, 3).astype(np.float64)
    if mask is not None and mask.shape != image.shape[:-1]:
        raise ValueError(f"a mask {mask.shape} does not fit the image {image.shape}")
    weights = np.ones(len(pixels)) if mask is None else mask.reshape(-1).astype(np.float64)
    if weights.sum() <= 0:
        raise ValueError("the mask leaves no pixel to take statistics of")
    mean = weights @ pixels / weights.sum()
    centred = pixels - mean
    return mean, (centred * weights[:, None]).T @ centred / weights.sum()


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """A symmetric positive semidefinite matrix to a power; the inverse leaves out directions without spread (pseudo-inverse)."""
    values, vectors = np.linalg.eigh(matrix)
    values = np.maximum(values, 0)  # rounding makes zeros slightly negative
    if exponent < 0:
        # Spread that float32 rounding alone explains, 1e-6 of 0..1 or 1e-5 of the largest, would come out as amplified noise.
        usable = values > max(1e-12, 1e-10 * values[-1])
        values = np.where(usable, values, np.inf)
    return (vectors * values**exponent) @ vectors.T


def _check(image: np.ndarray) -> None:
    if image.shape[-1:] != (3,) or not np.issubdtype(image.dtype, np.floating):
        raise ValueError(f"colours are floats (..., 3), not {image.dtype} {image.shape}")
