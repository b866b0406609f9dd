import numpy as np

from examples.drawn import donor_frame, target_frame
from video import cuts


def test_a_cut_is_seen_and_motion_fades_and_flashes_of_light_are_not():
    shot = [target_frame(n) for n in range(12)]
    other = [255 - donor_frame(n)[: shot[0].shape[0], : shot[0].shape[1]] for n in range(8)]
    other = [np.resize(o, shot[0].shape) for o in other]
    assert [n for n, cut in enumerate(cuts(shot + other)) if cut] == [12]
    fading = [(shot[0] * (1 - n / 12)).astype(np.uint8) for n in range(12)]
    assert not any(cuts(fading))
    rng = np.random.default_rng(0)
    noisy = [np.clip(f + rng.normal(0, 25, f.shape), 0, 255).astype(np.uint8) for f in shot]
    assert not any(cuts(noisy))


def test_another_size_is_a_cut_and_the_first_frame_is_none():
    assert list(
        cuts(
            [
                np.zeros((40, 40, 3), np.uint8),
                np.zeros((40, 40, 3), np.uint8),
                np.zeros((60, 40, 3), np.uint8),
            ]
        )
    ) == [False, False, True]
    assert list(cuts([])) == []
