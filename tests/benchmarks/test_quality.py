"""What benchmarks.quality runs. Each idea that it can leave out patches a name that must exist."""

import numpy as np
import pytest
from scipy import ndimage

from benchmarks import ideas, quality
from faces import manifest
from stages.options import parse
from stages.presets import PRESETS
from stages.trainers.base import repaint_donor
from tests import clips


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


def test_brightness_and_fineness_are_of_the_face(tmp_path):
    rng = np.random.default_rng(0)
    still = rng.integers(100, 140, (120, 100, 3)).astype(np.uint8)
    flash = [still, still + np.uint8(20), still]
    soft = [ndimage.gaussian_filter(still, (2, 2, 0))] * 3
    matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    rows = {n: manifest.Row(n, f"{n}/25", "ok", matrix=matrix) for n in range(3)}
    measured = {}
    for name, images in (("flash", flash), ("soft", soft)):
        clip = tmp_path / f"{name}.mkv"
        clips.make_clip(clip, images, codec="ffv1", pixel_format="bgr0")
        measured[name] = quality.measure_faces(clip, rows)
    assert measured["flash"][0] == pytest.approx(40) and measured["soft"][0] == 0
    assert measured["flash"][1] > 20 > 1 > measured["soft"][1]
