"""The switches of benchmarks.quality: each patches a name in the program that must exist."""

import numpy as np
import pytest

from benchmarks import quality
from stages.presets import PRESETS
from stages.trainers.base import repaint_donor


@pytest.mark.parametrize("idea", quality.WITHOUT)
def test_an_idea_is_left_out_within_its_context_and_comes_back(idea):
    before = dict(PRESETS)
    with quality.WITHOUT[idea]():  # raises AttributeError where a name is gone
        pass
    assert before == PRESETS


def test_without_repaint_the_donor_keeps_its_colours():
    rng = np.random.default_rng(0)
    people = {
        person: rng.integers(low, low + 50, (2, 128, 128, 3)).astype(np.uint8)
        for person, low in (("a", 20), ("b", 180))
    }
    preset = PRESETS["standard"]
    assert not np.array_equal(repaint_donor(people, preset)["b"], people["b"])
    with quality.WITHOUT["repaint"]():
        np.testing.assert_array_equal(repaint_donor(people, preset)["b"], people["b"])
