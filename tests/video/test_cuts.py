from fractions import Fraction

import numpy as np

from examples.drawn import donor_frame, target_frame
from video import Frame, find_cuts, with_cuts


def test_a_cut_is_found_but_no_motion_fade_or_noise():
    shot = [target_frame(n) for n in range(12)]
    other = [255 - donor_frame(n)[: shot[0].shape[0], : shot[0].shape[1]] for n in range(8)]
    other = [np.resize(o, shot[0].shape) for o in other]
    assert [n for n, cut in enumerate(find_cuts(shot + other)) if cut] == [12]
    fading = [(shot[0] * (1 - n / 12)).astype(np.uint8) for n in range(12)]
    assert not any(find_cuts(fading))
    rng = np.random.default_rng(0)
    noisy = [np.clip(f + rng.normal(0, 25, f.shape), 0, 255).astype(np.uint8) for f in shot]
    assert not any(find_cuts(noisy))


def test_a_change_of_size_is_a_cut_and_the_first_frame_is_not():
    images = [np.zeros((height, 40, 3), np.uint8) for height in (40, 40, 60)]
    assert list(find_cuts(images)) == [False, False, True]
    assert list(find_cuts([])) == []


def test_each_frame_comes_with_its_cut_before_the_next_is_decoded():
    decoded = []

    def frames():
        for n in range(6):
            decoded.append(n)
            yield Frame(n, Fraction(n, 25), np.full((40, 40, 3), 255 * (n >= 4), np.uint8))

    for n, (frame, cut) in enumerate(with_cuts(frames())):
        assert (frame.number, cut) == (n, n == 4) and decoded[-1] == n
    assert len(decoded) == 6
