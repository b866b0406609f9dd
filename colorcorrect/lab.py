"""sRGB <-> CIELAB, a space that separates lightness from colour, where distances are as perceived.

Images are (..., 3) floats, and results have their dtype. Anything else raises ValueError.
"""

from __future__ import annotations

import numpy as np

# sRGB to XYZ (IEC 61966-2-1), divided by the white point D65, so that white is (1, 1, 1).
_WHITE = np.array([0.95047, 1.0, 1.08883])
_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375],
                    [0.2126729, 0.7151522, 0.0721750],
                    [0.0193339, 0.1191920, 0.9503041]]) / _WHITE[:, None]  # fmt: skip
_FROM_XYZ = np.linalg.inv(_TO_XYZ)
# Below _CIE_EPSILON a line of slope _CIE_KAPPA / 116 replaces the cube root (ISO/CIE 11664-4).
_CIE_EPSILON, _CIE_KAPPA = (6 / 29) ** 3, (29 / 3) ** 3


def rgb_to_lab(rgb: np.ndarray) -> np.ndarray:
    """CIELAB (..., 3), L 0..100, a and b around 0, of sRGB 0..1 (..., 3); white is D65."""
    check_floats(rgb)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0) + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T.astype(rgb.dtype)
    f = np.where(xyz > _CIE_EPSILON, np.cbrt(xyz), (_CIE_KAPPA * xyz + 16) / 116)
    lightness = 116 * f[..., 1] - 16
    a, b = 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])
    return np.stack([lightness, a, b], axis=-1).astype(rgb.dtype, copy=False)


def lab_to_rgb(lab: np.ndarray) -> np.ndarray:
    """The inverse of `rgb_to_lab`, (..., 3); colours outside sRGB are below 0 or above 1."""
    check_floats(lab)
    fy = (lab[..., 0] + 16) / 116
    f = np.stack([fy + lab[..., 1] / 500, fy, fy - lab[..., 2] / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, (116 * f - 16) / _CIE_KAPPA)
    linear = xyz @ _FROM_XYZ.T.astype(lab.dtype)
    curve = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, curve).astype(lab.dtype, copy=False)


def check_floats(image: np.ndarray) -> None:
    """Raises ValueError unless the image has the shape (..., 3) and holds floats."""
    if image.shape[-1:] != (3,) or not np.issubdtype(image.dtype, np.floating):
        raise ValueError(f"colours are floats (..., 3), not {image.dtype} {image.shape}")
