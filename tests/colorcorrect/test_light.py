import numpy as np

from colorcorrect.light import LIGHT_GAINS, fit_shading, relight


def _scene(rng, h=24, w=20):
    """Weights, a reflectance whose columns have equal weighted means, and a parabola of light."""
    weights = rng.uniform(0.1, 1, (h, w))
    reflectance = rng.uniform(0.2, 0.8, (h, w, 3))
    per_channel = np.broadcast_to(weights[..., None], reflectance.shape)
    reflectance *= 0.5 / np.average(reflectance, axis=0, weights=per_channel)
    x = np.linspace(-1, 1, w)[:, None]
    light = np.array([0.8, 0.9, 1.0]) * (1 + 0.2 * x - 0.1 * x * x)  # (w, 3)
    return weights, reflectance, light


def test_the_shading_is_the_weighted_least_squares_parabola():
    rng = np.random.default_rng(0)
    weights, image = rng.uniform(0, 1, (24, 20)), rng.uniform(0, 1, (24, 20, 3))
    columns = np.average(image, axis=0, weights=np.broadcast_to(weights[..., None], image.shape))
    x = np.linspace(-1, 1, 20)
    fit = np.polyfit(x, columns, 2, w=np.sqrt(weights.sum(0)))  # polyfit weighs residuals
    expected = np.stack([np.polyval(fit[:, c], x) for c in range(3)], -1)
    np.testing.assert_allclose(fit_shading(image, weights), expected, atol=1e-12)


def test_a_face_in_other_light_is_relit_exactly():
    weights, reflectance, light = _scene(np.random.default_rng(1))
    other = light[::-1] * [1.1, 1.0, 0.8]
    relit = relight(reflectance * light, reflectance * other, weights)
    np.testing.assert_allclose(relit, reflectance * other, rtol=1e-6)


def test_the_quotient_of_shadings_stays_within_its_limits():
    weights, reflectance, light = _scene(np.random.default_rng(2))
    face = (reflectance * light).astype(np.float32)
    darkest, brightest = (relight(face, face * gain, weights) for gain in (0, 9))
    np.testing.assert_allclose(darkest, face * LIGHT_GAINS[0], rtol=1e-5)
    np.testing.assert_allclose(brightest, face * LIGHT_GAINS[1], rtol=1e-5)
    assert darkest.dtype == np.float32
