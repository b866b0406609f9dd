import numpy as np
from scipy import ndimage

from files import interpolate_bilinear, luma


def test_luma_weighs_the_channels_as_bt601_does():
    np.testing.assert_allclose(luma(np.array([255, 255, 255], np.uint8)), 255, rtol=1e-12)
    colours = np.eye(3)[None]  # (1, 3, 3): red, green, blue
    np.testing.assert_allclose(luma(colours), [[0.299, 0.587, 0.114]])
    assert luma(colours.astype(np.uint8), np.float32).dtype == np.float32


def test_interpolation_between_pixels_is_scipys():
    rng = np.random.default_rng(0)
    image, (y, x) = rng.random((6, 7, 2)), rng.uniform(0, 5, (2, 30))
    left, top = x.astype(int), y.astype(int)
    fx, fy = (x - left)[:, None], (y - top)[:, None]
    found = interpolate_bilinear(image.reshape(-1, 2), top * 7 + left, 7, fx, fy)
    for channel in range(2):
        expected = ndimage.map_coordinates(image[..., channel], [y, x], order=1)
        np.testing.assert_allclose(found[:, channel], expected)
