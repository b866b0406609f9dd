"""The demo through the command line, with clips that are shorter and smaller."""

import json

import av
import numpy as np
import pytest

import pipeline
import video
from actors import demo

FRAMES, SIZE = 22, (128, 128)


@pytest.fixture(scope="module")
def demo_run(detector, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "DEMO_FRAMES", FRAMES)
        patch.setattr(demo, "DEMO_SIZE", SIZE)
        arguments = ["--rounds", "1", "--threads", "1", "--run", str(folder)]
        assert pipeline.main(arguments) == 0
        made = {p.name: p.stat().st_mtime_ns for p in folder.glob("*.mp4")}
        assert pipeline.main(arguments) == 0
    return folder, made


def test_the_demo_writes_the_swap_the_comparison_and_the_figures(demo_run):
    folder, _ = demo_run
    swap, compare = video.open_clip(folder / "swap.mp4"), video.open_clip(folder / "compare.mp4")
    assert (
        swap.size == SIZE
        and compare.size == (3 * SIZE[0], SIZE[1])
        and swap.has_audio
        and compare.has_audio
    )
    assert len(list(swap)) == FRAMES
    sides = (
        video.open_clip(folder / "target.mp4"),
        swap,
        video.open_clip(folder / "truth" / "swap.mkv"),
    )
    for whole, *parts in zip(compare, *sides, strict=True):
        assert (
            np.abs(whole.image.astype(int) - np.concatenate([p.image for p in parts], 1)).mean() < 4
        )
    with av.open(str(folder / "compare.mp4")) as container:
        assert container.metadata["comment"].startswith("Synthetic media")


def test_the_figures_rank_the_truth_first_and_the_swap_differs_from_the_target(demo_run):
    folder, _ = demo_run
    figures = json.loads((folder / "figures.json").read_text())
    assert set(figures) == {"nothing", "swap", "truth"} and all(
        f["found"] == 1 for f in figures.values()
    )
    assert (
        figures["truth"]["psnr"] > 100 > figures["swap"]["psnr"] > 10
        and figures["nothing"]["psnr"] > 10
    )
    target, swap = (
        next(iter(video.open_clip(folder / f"{name}.mp4"))).image.astype(int)
        for name in ("target", "swap")
    )
    change = np.abs(target - swap).mean(-1)
    assert change[40:90, 40:90].max() > 20 and change[:10].mean() < 3


def test_a_second_run_renders_and_swaps_nothing(demo_run):
    folder, made = demo_run
    assert made.keys() == {"target.mp4", "donor.mp4", "swap.mp4", "compare.mp4"}
    again = {p.name: p.stat().st_mtime_ns for p in folder.glob("*.mp4")}
    assert {k: v for k, v in again.items() if k != "compare.mp4"} == {
        k: v for k, v in made.items() if k != "compare.mp4"
    }


@pytest.mark.parametrize("options", [["--frames", "2:9"], ["--every", "2"]])
def test_options_that_select_frames_are_refused(options, capsys):
    with pytest.raises(SystemExit) as stopped:
        pipeline.main(options)
    assert stopped.value.code == 2 and "clips of yours" in capsys.readouterr().err
