"""The clips that benchmarks.marks swaps."""

from argparse import Namespace

import video
from benchmarks.marked_clips import film_pairs


def test_each_pair_is_filmed_and_the_own_clips_come_last(tmp_path):
    own = tmp_path / "a.mp4", tmp_path / "b.mp4"
    options = Namespace(pairs=1, frames=2, size=64, clips=own)
    (name, target, donor), last = film_pairs(options, tmp_path)
    assert name == "actors 6 3" and last == ("clips", *own)
    assert target != donor
    for path in (target, donor):
        clip = video.open_clip(path)
        assert clip.size == (64, 64) and len(list(clip)) == 2
