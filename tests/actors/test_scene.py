"""Frames: the same bytes each time, the true swap the same outside the mask, and every hard option does what it says."""

import numpy as np
import pytest

import nn
from actors import HARD, Scene, shots
from mtcnn_np import Detector

SIZE, FRAMES = (96, 80), 30


def _scene(*hard, actor=6, performance=11, face=3, frames=FRAMES, size=SIZE):
    return Scene(actor, performance, frames, size, face=face, hard=set(hard))


@pytest.fixture(scope="module")
def plain():
    return _scene()


def _bytes(shot):
    return b"".join(
        v.tobytes()
        for v in (shot.image, shot.swap, shot.mask, shot.visible, shot.points, shot.swap_points)
    )


@pytest.mark.parametrize("hard", [(), ("noise", "blur", "hand", "cut")])
def test_the_same_seeds_give_the_same_bytes_in_any_order_and_on_any_number_of_threads(hard):
    numbers = [2, 15, 29]
    nn.set_threads(1)
    expected = [_bytes(s) for s in shots(_scene(*hard), numbers)]
    again = _scene(*hard)
    assert [_bytes(again.shot(n)) for n in reversed(numbers)] == expected[::-1]
    nn.set_threads(3)
    assert [_bytes(s) for s in shots(again, numbers)] == expected
    assert len(set(expected)) == len(numbers)


def test_another_seed_is_another_picture(plain):
    pictures = [plain.shot(4)] + [
        _scene(**other).shot(4) for other in (dict(actor=7), dict(performance=12), dict(face=5))
    ]
    assert len({_bytes(s) for s in pictures}) == 4
    assert (
        pictures[3].image.tobytes() == pictures[0].image.tobytes()
    )  # whose face the true swap has is not seen in the frame


@pytest.mark.parametrize(
    "hard",
    [
        (),
        *((name,) for name in HARD if name not in ("compress", "fade", "dark")),
        ("dark", "two", "blur", "hand"),
    ],
)
def test_the_true_swap_is_the_frame_bit_for_bit_wherever_the_mask_is_0(hard):
    scene = _scene(*hard)
    for number in (1, 13, 17):
        shot = scene.shot(number)
        outside = shot.mask == 0
        np.testing.assert_array_equal(shot.image[outside], shot.swap[outside])
        if shot.present:
            assert (shot.image != shot.swap).any(-1)[
                shot.visible > 0.5
            ].mean() > 0.5 and 0.3 < outside.mean() < 0.99
        assert (
            (shot.mask >= shot.visible).all() and shot.visible.min() >= 0 and shot.mask.max() <= 1
        )


def test_without_another_face_there_is_no_true_swap():
    shot = _scene(face=None).shot(0)
    assert shot.swap is None and shot.swap_points is None and shot.mask.max() > 0.99


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
            plain.shot(number)


def test_dark_is_a_tenth_of_the_light(plain):
    dark, light = _scene("dark").shot(3), plain.shot(3)
    assert dark.image.mean() / light.image.mean() == pytest.approx(0.1 ** (1 / 2.2), rel=0.05)
    assert dark.present


def test_a_fade_ends_black(plain):
    fade = _scene("fade")
    np.testing.assert_array_equal(
        fade.shot(FRAMES * 4 // 5 - 1).image, plain.shot(FRAMES * 4 // 5 - 1).image
    )
    levels = [fade.shot(n).image.mean() for n in range(FRAMES * 4 // 5 - 1, FRAMES)]
    assert all(np.diff(levels) < 0) and levels[-1] == 0
    assert fade.shot(0).present and not fade.shot(FRAMES - 1).present


def test_a_cut_is_in_the_middle_to_another_place(plain):
    cut = _scene("cut")
    assert [cut.part(n) for n in range(FRAMES)] == [0] * (FRAMES // 2) + [1] * (FRAMES // 2)
    corner = [cut.shot(n).image[:20, :10].astype(int) for n in (13, 14, 15, 16)]
    same, across = (
        [np.abs(a - b).mean() for a, b in zip(corner, corner[1:], strict=False)][::2],
        np.abs(corner[1] - corner[2]).mean(),
    )
    assert max(same) == 0 and across > 5
    np.testing.assert_array_equal(cut.shot(3).image, plain.shot(3).image)
    assert abs(cut.shot(16).moment.yaw - plain.shot(16).moment.yaw) > 0.1


def test_the_actor_leaves_and_comes_back(plain):
    leave = _scene("leave")
    away = leave.shot(int(0.55 * FRAMES))
    assert not away.present and away.mask.sum() == 0
    for number in (0, FRAMES - 1):
        np.testing.assert_array_equal(leave.shot(number).image, plain.shot(number).image)
        assert leave.shot(number).present


def test_a_hand_hides_what_it_crosses():
    hand, plain = (_scene(*hard, frames=75) for hard in (("hand",), ()))
    share = {}
    for number in (0, 30, 36, 42):
        shot, clear = hand.shot(number), plain.shot(number)
        share[number] = shot.visible.sum() / shot.mask.sum()
        np.testing.assert_array_equal(clear.visible, clear.mask)
        np.testing.assert_array_equal(shot.mask, clear.mask)
        hidden = (shot.mask == 1) & (shot.visible == 0)
        np.testing.assert_array_equal(shot.image[hidden], shot.swap[hidden])
        shown = shot.visible == shot.mask
        np.testing.assert_array_equal(
            shot.image[shown & (shot.mask > 0)], clear.image[shown & (shot.mask > 0)]
        )
    assert share[0] == 1 and min(share.values()) < 0.6


def test_noise_is_new_in_each_frame_and_little(plain):
    noisy = _scene("noise")
    noise = [
        noisy.shot(n).image[:20, :10].astype(int) - plain.shot(n).image[:20, :10] for n in (3, 4)
    ]
    assert all(1 < v.std() < 15 and abs(v.mean()) < 2 for v in noise)
    assert abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.15


def test_blur_smooths_what_moves_and_only_that():
    sharp, blurred = _scene("leave").shot(11), _scene("leave", "blur").shot(11)  # he walks out

    def steepness(shot):
        return np.abs(np.diff(shot.image.astype(int), axis=1)).mean()

    assert steepness(blurred) < 0.9 * steepness(sharp)
    np.testing.assert_array_equal(blurred.points, sharp.points)
    np.testing.assert_array_equal(blurred.image[:10, :5], sharp.image[:10, :5])
    assert ((blurred.mask > 0.05) & (blurred.mask < 0.95)).sum() > 1.5 * (
        (sharp.mask > 0.05) & (sharp.mask < 0.95)
    ).sum()


def test_two_actors_are_two_faces_and_the_truth_is_of_the_left(detector: Detector):
    scene = _scene("two", size=(320, 160), performance=1)
    for number in (0, 15):
        shot = scene.shot(number)
        left, right = sorted(detector.detect(shot.image), key=lambda face: face.points[2, 0])
        assert np.abs(left.points - shot.points).mean() < 0.15 * np.linalg.norm(
            shot.points[1] - shot.points[0]
        )
        assert right.points[2, 0] > 160 and not shot.mask[:, 160:].any()


def test_the_mouth_of_the_voice_is_that_of_the_frames():
    scene = _scene("cut")
    for number in (0, 7, 14, 15, 29):
        assert scene.mouth(number / scene.rate + 1e-9) == pytest.approx(
            scene.moment(number).mouth, abs=1e-6
        )
    assert 0 <= scene.mouth(FRAMES / scene.rate + 1) <= 1
