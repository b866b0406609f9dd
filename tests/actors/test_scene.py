"""Scenes: reproducible bytes, a true swap that differs within the mask only, the hard cases."""

import numpy as np
import pytest

import nn
from actors import HARD_CASES, Scene, render_frames
from mtcnn_np import Detector

SIZE, FRAMES = (96, 80), 30


def _scene(*hard, actor=6, performance=11, face=3, frames=FRAMES, size=SIZE):
    return Scene(actor, performance, frames, size, face=face, hard=set(hard))


@pytest.fixture(scope="module")
def plain():
    return _scene()


def _bytes(frame):
    return b"".join(
        v.tobytes()
        for v in (
            frame.image,
            frame.swap,
            frame.mask,
            frame.visible,
            frame.points,
            frame.swap_points,
        )
    )


@pytest.mark.parametrize("hard", [(), ("noise", "blur", "hand", "cut")])
def test_the_same_seeds_give_the_same_bytes_in_any_order_and_on_any_number_of_threads(hard):
    numbers = [2, 15, 29]
    nn.set_threads(1)
    expected = [_bytes(s) for s in render_frames(_scene(*hard), numbers)]
    again = _scene(*hard)
    assert [_bytes(again.render_frame(n)) for n in reversed(numbers)] == expected[::-1]
    nn.set_threads(3)
    assert [_bytes(s) for s in render_frames(again, numbers)] == expected
    assert len(set(expected)) == len(numbers)


def test_another_seed_is_another_picture(plain):
    pictures = [plain.render_frame(4)] + [
        _scene(**other).render_frame(4)
        for other in (dict(actor=7), dict(performance=12), dict(face=5))
    ]
    assert len({_bytes(s) for s in pictures}) == 4
    assert (
        pictures[3].image.tobytes() == pictures[0].image.tobytes()
    )  # whose face the true swap has is not seen in the frame


@pytest.mark.parametrize(
    "hard",
    [
        (),
        *((name,) for name in HARD_CASES if name not in ("compress", "fade", "dark")),
        ("dark", "two", "blur", "hand"),
    ],
)
def test_the_true_swap_is_the_frame_bit_for_bit_wherever_the_mask_is_0(hard):
    scene = _scene(*hard)
    for number in (1, 13, 17):
        frame = scene.render_frame(number)
        outside = frame.mask == 0
        np.testing.assert_array_equal(frame.image[outside], frame.swap[outside])
        if frame.present:
            assert (frame.image != frame.swap).any(-1)[
                frame.visible > 0.5
            ].mean() > 0.5 and 0.3 < outside.mean() < 0.99
        assert (
            (frame.mask >= frame.visible).all()
            and frame.visible.min() >= 0
            and frame.mask.max() <= 1
        )


def test_without_another_face_there_is_no_true_swap():
    frame = _scene(face=None).render_frame(0)
    assert frame.swap is None and frame.swap_points is None and frame.mask.max() > 0.99


@pytest.mark.parametrize(
    "setting",
    [
        dict(frames=0),
        dict(size=(31, 64)),
        dict(size=(64, 5000)),
        dict(rate=0),
        dict(rate=-25),
        dict(rate=float("nan")),
        dict(rate=1e9),
        dict(actor=-1),
        dict(face=-2),
        dict(hard={"rain"}),
    ],
)
def test_what_cannot_be_rendered_is_refused(setting):
    with pytest.raises(ValueError):
        Scene(**{"actor": 0, "performance": 0, "frames": 3} | setting)


def test_a_frame_beyond_the_end_is_refused(plain):
    for number in (-1, FRAMES):
        with pytest.raises(ValueError, match=f"frame {number} of {FRAMES}"):
            plain.render_frame(number)


def test_dark_is_a_tenth_of_the_light(plain):
    dark, light = _scene("dark").render_frame(3), plain.render_frame(3)
    assert dark.image.mean() / light.image.mean() == pytest.approx(0.1 ** (1 / 2.2), rel=0.05)
    assert dark.present


def test_a_fade_ends_black(plain):
    fade = _scene("fade")
    np.testing.assert_array_equal(
        fade.render_frame(FRAMES * 4 // 5 - 1).image, plain.render_frame(FRAMES * 4 // 5 - 1).image
    )
    levels = [fade.render_frame(n).image.mean() for n in range(FRAMES * 4 // 5 - 1, FRAMES)]
    assert all(np.diff(levels) < 0) and levels[-1] == 0
    assert fade.render_frame(0).present and not fade.render_frame(FRAMES - 1).present


def test_a_cut_is_in_the_middle_to_another_place(plain):
    cut = _scene("cut")
    assert [cut.part(n) for n in range(FRAMES)] == [0] * (FRAMES // 2) + [1] * (FRAMES // 2)
    corner = [cut.render_frame(n).image[:20, :10].astype(int) for n in (13, 14, 15, 16)]
    same, across = (
        [np.abs(a - b).mean() for a, b in zip(corner, corner[1:], strict=False)][::2],
        np.abs(corner[1] - corner[2]).mean(),
    )
    assert max(same) == 0 and across > 5
    np.testing.assert_array_equal(cut.render_frame(3).image, plain.render_frame(3).image)
    assert abs(cut.render_frame(16).moment.yaw - plain.render_frame(16).moment.yaw) > 0.1


def test_the_actor_leaves_and_comes_back(plain):
    leave = _scene("leave")
    away = leave.render_frame(int(0.55 * FRAMES))
    assert not away.present and away.mask.sum() == 0
    for number in (0, FRAMES - 1):
        np.testing.assert_array_equal(
            leave.render_frame(number).image, plain.render_frame(number).image
        )
        assert leave.render_frame(number).present


def test_a_hand_hides_what_it_crosses():
    hand, plain = (_scene(*hard, frames=75) for hard in (("hand",), ()))
    share = {}
    for number in (0, 30, 36, 42):
        frame, clear = hand.render_frame(number), plain.render_frame(number)
        share[number] = frame.visible.sum() / frame.mask.sum()
        np.testing.assert_array_equal(clear.visible, clear.mask)
        np.testing.assert_array_equal(frame.mask, clear.mask)
        hidden = (frame.mask == 1) & (frame.visible == 0)
        np.testing.assert_array_equal(frame.image[hidden], frame.swap[hidden])
        shown = frame.visible == frame.mask
        np.testing.assert_array_equal(
            frame.image[shown & (frame.mask > 0)], clear.image[shown & (frame.mask > 0)]
        )
    assert share[0] == 1 and min(share.values()) < 0.7


def test_noise_is_new_in_each_frame_and_little(plain):
    noisy = _scene("noise")
    noise = [
        noisy.render_frame(n).image[:20, :10].astype(int) - plain.render_frame(n).image[:20, :10]
        for n in (3, 4)
    ]
    assert all(1 < v.std() < 15 and abs(v.mean()) < 2 for v in noise)
    assert abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.15


def test_blur_smooths_what_moves_and_only_that():
    sharp, blurred = (
        _scene("leave").render_frame(11),
        _scene("leave", "blur").render_frame(11),
    )  # he walks out

    def steepness(frame):
        return np.abs(np.diff(frame.image.astype(int), axis=1)).mean()

    assert steepness(blurred) < 0.9 * steepness(sharp)
    np.testing.assert_array_equal(blurred.points, sharp.points)
    np.testing.assert_array_equal(blurred.image[:10, :5], sharp.image[:10, :5])
    assert ((blurred.mask > 0.05) & (blurred.mask < 0.95)).sum() > 1.5 * (
        (sharp.mask > 0.05) & (sharp.mask < 0.95)
    ).sum()


def test_two_actors_are_two_faces_and_the_truth_is_of_the_left(detector: Detector):
    scene = _scene("two", size=(320, 160), performance=1)
    for number in (0, 15):
        frame = scene.render_frame(number)
        left, right = sorted(detector.detect(frame.image), key=lambda face: face.points[2, 0])
        assert np.abs(left.points - frame.points).mean() < 0.15 * np.linalg.norm(
            frame.points[1] - frame.points[0]
        )
        assert right.points[2, 0] > 160 and not frame.mask[:, 160:].any()


def test_the_mouth_of_the_voice_is_that_of_the_frames():
    scene = _scene("cut")
    for number in (0, 7, 14, 15, 29):
        assert scene.mouth(number / scene.rate + 1e-9) == pytest.approx(
            scene.moment(number).mouth, abs=1e-6
        )
    assert 0 <= scene.mouth(FRAMES / scene.rate + 1) <= 1
