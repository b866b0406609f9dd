"""Measures: PSNR, SSIM, seam contrast and sharpness of pictures, the correlation of two series."""

from __future__ import annotations

import numpy as np
import scipy

from files import luma

MIN_CHANGE_LEVELS = 3  # a greater difference counts as changed; coding changes less. By eye
SEAM_WIDTH = 3  # pixels on both sides of the edge of what was changed
FINEST_BAND = 1.0  # pixels: standard deviation of the blur that leaves out the finest details


def psnr(a: np.ndarray, b: np.ndarray, mask: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of two pictures uint8, weighted by a mask (h, w)."""
    squares = (a.astype(np.float64) - b) ** 2
    mean = (squares.mean(-1) * mask).sum() / mask.sum()
    return float(10 * np.log10(255**2 / max(mean, 1e-6)))


def ssim(a: np.ndarray, b: np.ndarray, mask: np.ndarray) -> float:
    """Structural similarity of two pictures uint8 (Wang et al. 2004, eq. 13), -1..1.

    Computed on their luma under a Gaussian window of 1.5 pixels; the mean over the pixels is
    weighted by a mask (h, w).
    """
    a, b = luma(a), luma(b)

    def blur(x):
        return scipy.ndimage.gaussian_filter(x, 1.5, truncate=3.5)

    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b = blur(a * a) - mean_a * mean_a, blur(b * b) - mean_b * mean_b
    covariance = blur(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    similarity = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    similarity /= (mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2)
    return float((similarity * mask).sum() / mask.sum())


def seam_contrast(picture: np.ndarray, before: np.ndarray) -> float:
    """How much steeper the picture became along the edge of what was changed, in levels a pixel.

    Both pictures are (H, W, 3) uint8. About 0 if no seam shows. Specks of change are ignored. The
    change is hardly smoothed before its edge is sought, for smoothing would move a strong edge out.
    """
    changed = scipy.ndimage.binary_opening(find_changed(picture, before), iterations=2)
    outer = scipy.ndimage.binary_dilation(changed, iterations=SEAM_WIDTH)
    rim = outer & ~scipy.ndimage.binary_erosion(changed, iterations=SEAM_WIDTH)
    if not rim.any():
        return 0.0
    now, then = (
        np.hypot(*np.gradient(x.astype(np.float32).mean(-1)))[rim].mean() for x in (picture, before)
    )
    return float(now - then)


def find_changed(picture: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Where two pictures uint8 differ by more than noise: (h, w) bool."""
    change = np.abs(picture.astype(np.float32) - before).mean(-1)
    return scipy.ndimage.uniform_filter(change, 3) > MIN_CHANGE_LEVELS


def fine_energy(picture: np.ndarray, mask: np.ndarray) -> float:
    """The energy of the finest details and of the grain of a picture uint8, in squared levels.

    It is the mean square of what a slight blur takes out of the luma, weighted by a mask (h, w).
    """
    levels = luma(picture)
    fine = levels - scipy.ndimage.gaussian_filter(levels, FINEST_BAND)
    return float((fine * fine * mask).sum() / mask.sum())


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's r of two series (F,); NaN where one of the two never changes or has no values."""
    if not len(x):
        return np.nan
    x, y = x - x.mean(), y - y.mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale else np.nan
