"""What benchmarks.quality runs. Each idea that it can leave out patches a name that must exist."""

import numpy as np
import pytest

from benchmarks import ideas, quality
from stages.options import parse
from stages.presets import PRESETS
from stages.trainers.base import repaint_donor


@pytest.mark.parametrize("idea", ideas.WITHOUT)
def test_an_idea_is_left_out_within_its_context_and_comes_back(idea):
    before = dict(PRESETS)
    with ideas.WITHOUT[idea]():  # raises AttributeError where a name is gone
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
    with ideas.WITHOUT["repaint"]():
        np.testing.assert_array_equal(repaint_donor(people, preset)["b"], people["b"])


def test_an_idea_of_conversion_uses_the_nets_of_the_whole_program(tmp_path):
    whole, without = quality.Experiment(8), quality.Experiment(8, "light")
    assert whole.trained_anew and quality.Experiment(8, "start").trained_anew
    assert not without.trained_anew and without.run_name == whole.run_name == "8 minutes"
    direction = quality.Direction("reverse", tmp_path / "b.mp4", tmp_path / "a.mp4", tmp_path)
    settings = parse(direction.arguments(without, threads=1))
    assert settings.target.name == "b.mp4" and settings.donor.name == "a.mp4"
    assert settings.folder == tmp_path / "8 minutes" and settings.preset.minutes == 8
    assert settings.output == tmp_path / "without light.mp4"


def test_what_is_there_is_not_made_again(tmp_path):
    file, made = tmp_path / "clip.mp4", []

    def work():
        made.append(PRESETS["standard"])
        file.write_bytes(b"")

    for _ in range(2):
        quality.make(quality.Experiment(8), file, work)
    assert made == [PRESETS["standard"]]
