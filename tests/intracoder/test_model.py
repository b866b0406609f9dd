from dataclasses import replace

import numpy as np

import intracoder
from intracoder import augment, model
from intracoder.personal import personal_layers

RNG = np.random.default_rng(3)


def test_the_two_paths_have_the_right_shapes_and_share_encoder_and_kernels():
    net = intracoder.Intracoder(np.random.default_rng(0))
    x = RNG.random((2, 64, 64, 3), np.float32)
    assert net.path("a")(x).shape == (2, 128, 128, 3)
    a, b = (set(net.path(k).parameters()) for k in "ab")
    shared = {layer.shared for layer in personal_layers(net.decoder_a)}
    assert a & b == set(net.encoder.parameters()) | shared and len(shared) == 6


def test_drawn_faces_are_shrunk_as_photographed_ones_are():
    faces = RNG.integers(0, 256, (2, 128, 128, 3)).astype(np.uint8)
    drawn = faces.astype(np.float32) / 255
    np.testing.assert_allclose(model.shrink(drawn), model.downsample(faces), atol=1e-6)
    drawn[0, 5, 5] = 7  # too bright for a picture
    assert model.shrink(drawn).max() <= 1


def test_downsampling_averages_2_x_2_pixels():
    faces = RNG.integers(0, 256, (2, 128, 128, 3)).astype(np.uint8)
    expected = sum(faces[:, y::2, x::2].astype(float) for y in (0, 1) for x in (0, 1)) / 4 / 255
    np.testing.assert_allclose(model.downsample(faces), expected, atol=1e-6)


def test_a_warp_of_strength_0_changes_nothing_and_a_pure_shift_moves_a_ramp():
    faces = RNG.random((3, 32, 32, 3), np.float32)
    still = augment.WarpStrength(bend=0, rotation=0, zoom=0, shift=0)
    unmoved = augment.warp_randomly(faces, np.random.default_rng(0), still)
    np.testing.assert_allclose(unmoved, faces, atol=2e-3)  # 1/1000 px off at the far edges
    shift = replace(still, shift=0.1)
    ramp = np.tile(np.arange(32, dtype=np.float32)[:, None], (4, 32, 1, 1))  # (4, 32, 32, 1)
    warped = augment.warp_randomly(ramp, np.random.default_rng(0), shift)
    moved = warped[:, 16, 8:24, 0] - np.arange(8, 24)
    assert np.ptp(moved, axis=1).max() < 1e-4 and 0.5 < np.abs(moved).max() < 3.3


def test_warps_differ_from_face_to_face_and_repeat_with_the_seed():
    faces = np.repeat(RNG.random((1, 64, 64, 3), np.float32), 3, axis=0)
    one, two = (augment.warp_randomly(faces, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert one.dtype == np.float32 and np.abs(one[0] - one[1]).mean() > 0.01
    lit = augment.relight_randomly(faces, np.random.default_rng(7), 0.15)
    assert lit.dtype == np.float32 and lit.min() >= 0 and lit.max() <= 1
    assert np.abs(lit[0] - lit[1]).mean() > 0.005
