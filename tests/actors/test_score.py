"""The figures of a swap: against closed forms, and for candidates whose quality is known."""

import numpy as np
import pytest

from actors import Model, Moment, Scene, render_frames, sample_actor
from actors.camera import project
from actors.comparison import ComparedFrame
from actors.measures import fine_energy, psnr, seam_contrast, ssim
from actors.pose import apply_pose, estimate_pose
from actors.score import nan_to_none, score

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(40, 200, (40, 50, 3)).astype(np.uint8)
ALL = np.ones((40, 50), np.float32)


def test_psnr_of_a_constant_shift_has_a_closed_form():
    for shift in (1, 10, -20):
        shifted = (PICTURE.astype(int) + shift).astype(np.uint8)
        assert psnr(shifted, PICTURE, ALL) == pytest.approx(20 * np.log10(255 / abs(shift)))
        assert psnr(PICTURE, shifted, ALL) == pytest.approx(20 * np.log10(255 / abs(shift)))
    assert psnr(PICTURE, PICTURE, ALL) > 100
    half, other = ALL.copy(), PICTURE.copy()
    half[:, 25:] = 0
    other[:, 25:] = 0
    assert (
        psnr(other, PICTURE, half) > 100 and psnr(other, PICTURE, ALL) < 15
    )  # only what the mask covers counts


def test_ssim_has_its_closed_forms():
    assert ssim(PICTURE, PICTURE, ALL) == pytest.approx(1)
    a, b = (np.full((40, 50, 3), level, np.uint8) for level in (100, 130))
    c1 = (0.01 * 255) ** 2
    assert ssim(a, b, ALL) == pytest.approx(
        (2 * 100 * 130 + c1) / (100**2 + 130**2 + c1), rel=1e-6
    )  # flat: of the means alone
    opposite = (240 - PICTURE.astype(int)).astype(np.uint8)
    noise = RNG.integers(40, 200, PICTURE.shape).astype(np.uint8)
    assert ssim(opposite, PICTURE, ALL) < -0.8 < abs(ssim(noise, PICTURE, ALL)) < 0.2


def test_pose_gives_back_the_angles_of_exact_points():
    anchors = Model(sample_actor(4)).points3d(Moment())
    for moment in (
        Moment(),
        Moment(yaw=22, pitch=-9, roll=8, shift_x=0.2, zoom=0.3),
        Moment(yaw=-25, pitch=11, roll=-9, shift_y=-0.1, zoom=0.36),
    ):
        points = project(apply_pose(anchors, moment, 1.0), moment.zoom, (200, 160))[0]
        np.testing.assert_allclose(
            estimate_pose(points, anchors, (200, 160)),
            [moment.yaw, moment.pitch, moment.roll],
            atol=1e-3,
        )


def _pasted(frame):
    """The frame with a white rectangle over the face."""
    (left, top), (right, bottom) = (
        frame.points.min(0).astype(int) - 8,
        frame.points.max(0).astype(int) + 8,
    )
    image = frame.image.copy()
    image[top:bottom, left:right] = 255
    return image


@pytest.fixture(scope="module")
def scored(detector):
    """Figures of several candidates over 34 frames of a clip, taken here and there, and these."""
    scene = Scene(6, 11, 200, (128, 128), face=3)
    taken = list(render_frames(scene, range(0, 200, 6)))
    frames = [
        ComparedFrame(
            s.number,
            {
                "truth": s.swap,
                "nothing": s.image,
                "pasted": _pasted(s),
                "blank": np.full_like(s.image, 90),
            },
            s.mask,
            s.visible,
            s.swap_points,
            s.moment,
        )
        for s in taken
    ]
    return score(frames, scene.swapped_model, detector), taken


def test_seam_is_none_for_the_true_swap_and_large_for_a_pasted_rectangle(scored):
    figures, taken = scored
    assert seam_contrast(taken[0].image, taken[0].image) == 0
    for frame in taken[:3]:
        assert (
            abs(seam_contrast(frame.swap, frame.image))
            < 2.5
            < 10
            < seam_contrast(_pasted(frame), frame.image)
        )
    assert (
        abs(figures["truth"]["seam"]) < 2.5
        and figures["nothing"]["seam"] == 0
        and figures["pasted"]["seam"] > 10
    )


def test_the_truth_is_best_and_a_blank_worst(scored):
    figures, _ = scored
    assert (
        figures["truth"]["psnr"] > 100
        and figures["truth"]["ssim"] == 1
        and figures["truth"]["found"] == 1
    )
    assert figures["truth"]["psnr"] > figures["nothing"]["psnr"] > figures["pasted"]["psnr"]
    assert figures["truth"]["points"] < 6
    assert max(figures["truth"][k] for k in ("yaw", "pitch", "roll")) < 8
    assert len({tuple(f) for f in figures.values()}) == 1  # all have the same figures


def test_what_cannot_be_measured_is_nan_and_null_in_json(scored):
    figures, _ = scored
    assert figures["blank"]["found"] == 0
    assert all(
        np.isnan(figures["blank"][k]) for k in ("points", "yaw", "mouth", "mouth_r", "jitter")
    )
    assert all(
        np.isnan(f["flicker"]) and np.isnan(f["jitter"]) for f in figures.values()
    )  # no two frames follow one another
    assert nan_to_none(figures)["blank"]["points"] is None and nan_to_none(figures)[
        "truth"
    ] == figures["truth"] | {"flicker": None, "jitter": None, "kept": None}


def test_expressions_are_read_better_than_by_guessing_their_mean(scored):
    figures, taken = scored
    for what in ("mouth", "gaze_x"):
        values = np.array([getattr(s.moment, what) for s in taken])
        guess = np.abs(values[1::2] - values[::2].mean()).mean()
        assert figures["truth"][what] < 0.7 * guess, what
        assert figures["truth"][f"{what}_r"] > 0.6, what


def test_flicker_and_jitter_are_of_frames_that_follow_one_another(detector):
    scene = Scene(6, 11, 200, (128, 128), face=3)
    levels = [
        8,
        -8,
        8,
        -8,
        0,
    ]  # the last frame is a long way after: its change from the one before does not count
    frames = []
    for frame, level in zip(render_frames(scene, [3, 4, 5, 6, 50]), levels, strict=True):
        truth = np.clip(frame.swap, 20, 235)
        images = {
            "truth": truth,
            "nothing": truth,
            "flickers": (truth.astype(int) + level).astype(np.uint8),
            "shaken": np.roll(truth, 3 * (frame.number % 2), axis=1),
        }
        frames.append(
            ComparedFrame(
                frame.number, images, frame.mask, frame.visible, frame.swap_points, frame.moment
            )
        )
    figures = score(frames, scene.swapped_model, detector)
    assert figures["flickers"]["flicker"] == pytest.approx(16) and figures["truth"]["flicker"] == 0
    assert figures["truth"]["jitter"] == 1 and figures["shaken"]["jitter"] > 2


def test_what_hides_the_face_is_kept_by_the_true_swap_and_not_by_what_covers_it(detector):
    scene = Scene(6, 11, 75, (128, 128), face=3, hard={"hand"})
    frames = []
    for s in render_frames(scene, range(20, 40)):
        images = {"truth": s.swap, "nothing": s.image, "white": np.full_like(s.image, 255)}
        frames.append(ComparedFrame(s.number, images, s.mask, s.visible, s.swap_points, s.moment))
    assert max(frame.hidden.sum() for frame in frames) > 200
    figures = score(frames, scene.swapped_model, detector)
    assert figures["truth"]["kept"] > 0.8 and figures["white"]["kept"] == 0
    assert figures["truth"]["replaced"] == figures["white"]["replaced"] == 1
    assert figures["nothing"]["replaced"] == 0 and np.isnan(figures["nothing"]["kept"])


def test_no_frame_or_no_face_to_score_by_is_refused(detector):
    model = Model(sample_actor(0))
    with pytest.raises(ValueError, match="never in the picture"):
        score([], model, detector)
    blank = np.full((64, 64, 3), 90, np.uint8)
    frame = ComparedFrame(
        0,
        {"truth": blank, "nothing": blank},
        np.ones((64, 64)),
        np.ones((64, 64)),
        model.points(Moment(), (64, 64)),
        Moment(),
    )
    with pytest.raises(ValueError, match="does not find"):
        score([frame], model, detector)


def test_fine_energy_of_white_noise_is_what_its_filter_passes():
    noise = np.random.default_rng(0).normal(128, 10, (200, 200, 1))
    picture = np.rint(noise).astype(np.uint8).repeat(3, axis=2)
    kernel = np.exp(-(np.arange(-4.0, 5) ** 2) / 2)
    passed = -np.outer(kernel, kernel) / kernel.sum() ** 2
    passed[4, 4] += 1
    mask = np.ones((200, 200))
    assert fine_energy(picture, mask) == pytest.approx(100 * (passed**2).sum(), rel=0.03)
    picture[:, 100:] = 90  # where the mask is 0, nothing counts
    mask[:, 90:] = 0
    assert fine_energy(picture, mask) == pytest.approx(100 * (passed**2).sum(), rel=0.03)


def test_the_true_swap_is_as_fine_as_itself_and_a_blank_is_not(scored):
    figures, _ = scored
    assert figures["truth"]["fine"] == 1 and figures["blank"]["fine"] == 0
    assert 0.5 < figures["nothing"]["fine"] < 2
