"""The demo through the command line, with clips that are shorter and smaller."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

import pipeline
import video
from actors import Scene, demo, film
from provenance import record, verify
from stages.locks import take_folder
from tests.clips import make_clip, picture

ROOT = Path(__file__).parents[2]
FRAMES, SIZE = 18, (128, 128)
MAX_DEMO_MB = 40


def _arguments(folder):
    return ["--rounds", "1", "--threads", "1", "--run", str(folder)]


@pytest.fixture(scope="module", autouse=True)
def short_demo():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "DEMO_FRAMES", FRAMES)
        patch.setattr(demo, "DEMO_SIZE", SIZE)
        yield


def _contents(folder):
    """The bytes of all files; not of those that tell the time, or that depend on it."""
    told = {
        "index.html",
        "log.txt",
        "run.json",
        "losses.csv",
        "weights.npz",
        "lock",
        "lock-owner",
        "previews",
    }
    files = (p for p in folder.rglob("*") if p.is_file() and not told & {p.name, p.parent.name})
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def demo_run(detector, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    assert pipeline.main(_arguments(folder)) == 0
    made = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}
    assert pipeline.main(_arguments(folder)) == 0
    return folder, made


def test_the_demo_writes_the_swap_the_comparison_and_the_figures(demo_run):
    folder, _ = demo_run
    swap, compare = video.open_clip(folder / "swap.mp4"), video.open_clip(folder / "compare.mp4")
    assert swap.size == SIZE and compare.size == (3 * SIZE[0], SIZE[1])
    assert swap.has_audio and compare.has_audio
    assert len(list(swap)) == FRAMES
    target, truth = (video.open_clip(folder / name) for name in ("target.mp4", "truth/swap.mkv"))
    for whole, *parts in zip(compare, target, swap, truth, strict=True):
        side_by_side = np.concatenate([part.image for part in parts], 1)
        assert np.abs(whole.image.astype(int) - side_by_side).mean() < 4
    with av.open(str(folder / "compare.mp4")) as container:
        assert container.metadata["comment"].startswith("Synthetic media")


def test_the_figures_rank_the_truth_first_and_the_swap_differs_from_the_target(demo_run):
    folder, _ = demo_run
    figures = json.loads((folder / "figures.json").read_text())
    assert set(figures) == {"nothing", "swap", "truth"}
    assert all(of["found"] == 1 for of in figures.values())
    assert figures["truth"]["psnr"] > 100 > figures["swap"]["psnr"] > 10
    assert figures["nothing"]["psnr"] > 10
    target, swap = (
        next(iter(video.open_clip(folder / f"{name}.mp4"))).image.astype(int)
        for name in ("target", "swap")
    )
    change = np.abs(target - swap).mean(-1)
    assert change[40:90, 40:90].max() > 20 and change[:10].mean() < 3


def test_a_second_run_does_nothing(demo_run):
    folder, made = demo_run
    again = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}
    assert again.keys() == made.keys()
    changed = {p.name for p in made if again[p] != made[p]}
    assert changed <= {"run.json", "log.txt", "lock", "lock-owner", "index.html"}


def test_a_finished_demo_is_small(demo_run):
    folder, _ = demo_run
    assert [p.name for p in (folder / "checkpoints").iterdir()] == ["weights.npz"]
    assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) < MAX_DEMO_MB * 1e6


@pytest.fixture
def rendered(demo_run, tmp_path):
    """A copy of the clips and the truth."""
    folder, _ = demo_run
    for name in ("target.mp4", "target.mp4.json", "donor.mp4", "donor.mp4.json"):
        shutil.copy(folder / name, tmp_path)
    shutil.copytree(folder / "truth", tmp_path / "truth")
    return tmp_path


def _delete(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def _cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize(
    "part, missing",
    [
        ("nothing", []),
        ("target.mp4", ["target"]),
        ("target.mp4.json", ["target"]),
        ("donor.mp4", ["donor"]),
        ("donor.mp4.json", ["donor"]),
        ("truth", ["target"]),
        ("truth/mask", ["target"]),
        ("truth/mask/000007.png", ["target"]),
        ("truth/visible/000007.png", ["target"]),
        ("truth/truth.jsonl", ["target"]),
        ("truth/swap.mkv", ["target"]),
        ("truth/swap.mkv.json", ["target"]),
        ("truth/sha256.json", ["target"]),
    ],
)
def test_a_part_that_is_missing_or_damaged_is_rendered_anew(rendered, part, missing):
    path = rendered / part
    if path.is_file():
        data = path.read_bytes()
        for damage in (_cut, _empty, _delete):
            damage(path)
            assert demo.find_missing(rendered) == missing
            path.write_bytes(data)
        assert demo.find_missing(rendered) == []
    if path.exists():
        _delete(path)
    assert demo.find_missing(rendered) == missing


def test_a_demo_that_is_killed_while_rendering_continues_to_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "DEMO_FRAMES", 2)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    list(demo.render(whole, ["target", "donor"]))
    missing = ["target", "donor"]
    while missing:
        name = missing[0]
        assert demo.find_missing(killed) == missing
        rendering = demo.render(killed, missing)
        assert next(rendering) == (name, 0)
        rendering.close()
        (killed / f".part-{name}.mp4").write_bytes(b"half, as a real kill leaves it")
        list(demo.render(killed, [missing.pop(0)]))
    assert demo.find_missing(killed) == []
    assert _contents(killed) == _contents(whole)


def _put_clip(path):
    make_clip(path, [picture(n) for n in range(3)])


def _put_folder(path):
    path.unlink()
    path.mkdir()


def _put_actor(path):
    list(film(Scene(1, 1, 1, (32, 32)), path, sound=False))


def test_two_demos_do_not_render_into_one_folder(tmp_path, capsys):
    held = take_folder(tmp_path)
    assert pipeline.main(_arguments(tmp_path)) == 7
    held.release()
    assert f"in use by another run (process {os.getpid()})" in capsys.readouterr().err
    assert not (tmp_path / "target.mp4").exists()


@pytest.mark.parametrize("put", [_put_clip, _put_folder, _put_actor])
@pytest.mark.parametrize("beside", [True, False])
def test_a_clip_that_is_not_the_demos_is_refused_and_left(rendered, capsys, put, beside):
    put(rendered / "target.mp4")
    if not beside and put is not _put_actor:
        (rendered / "target.mp4.json").unlink()
    before = _contents(rendered)
    assert pipeline.main(_arguments(rendered)) == 6
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and "target.mp4 is not the clip that the demo renders" in said[0]
    assert _contents(rendered) == before


def test_a_truth_that_is_not_the_demos_is_refused_and_left(rendered, capsys):
    (rendered / "target.mp4").unlink()
    shutil.rmtree(rendered / "truth")
    (rendered / "truth").mkdir()
    (rendered / "truth" / "notes.txt").write_text("mine")
    assert pipeline.main(_arguments(rendered)) == 6
    assert "truth holds other files (notes.txt)" in capsys.readouterr().err
    assert not (rendered / "target.mp4").exists()


def test_the_other_parts_of_a_demo_are_made_anew(demo_run, capsys):
    folder, _ = demo_run
    before = _contents(folder)
    cut = ["swap.mp4", "compare.mp4.json", "compare.png", "checkpoints/weights.npz"]
    deleted = ["swap.mp4.json", "compare.mp4", "figures.json", "target/detections.jsonl"]
    for name in cut:
        _cut(folder / name)
    for path in [*(folder / name for name in deleted), *(folder / "donor/faces").glob("00001*")]:
        _delete(path)
    assert pipeline.main(_arguments(folder)) == 0
    assert "training begins anew: no checkpoint is left" in capsys.readouterr().err
    assert _contents(folder) == before
    assert len((folder / "losses.csv").read_text().splitlines()) == 2


def test_a_finished_demo_can_be_replayed(demo_run, tmp_path, capsys):
    folder, _ = demo_run
    places = ["-o", str(tmp_path / "again.mp4"), "--run", str(tmp_path / "again")]
    assert pipeline.main(["--replay", str(folder / "run.json"), *places]) == 0
    assert "the same bytes" in capsys.readouterr().err
    assert (tmp_path / "again.mp4").read_bytes() == (folder / "swap.mp4").read_bytes()


SHORT_DEMO = f"""
import sys, pipeline
from actors import demo
demo.DEMO_FRAMES, demo.DEMO_SIZE = {FRAMES}, {SIZE}
sys.exit(pipeline.main(sys.argv[1:]))
"""


def test_a_finished_demo_can_be_signed(demo_run, tmp_path):
    folder = shutil.copytree(demo_run[0], tmp_path / "demo")
    before = record.read(folder / "swap.mp4")["output"]["sha256"]
    assert pipeline.main([*_arguments(folder), "--test-certificate", str(tmp_path / "c")]) == 0
    beside = record.read(folder / "swap.mp4")
    assert beside["fits"] and beside["output"]["unsigned_sha256"] == before
    assert verify.read(folder / "swap.mp4").state == "valid"
    compared = json.loads((folder / "compare.mp4.json").read_text())["inputs"]["swap"]
    assert compared["sha256"] == beside["output"]["sha256"]


@pytest.mark.slow
def test_a_demo_that_is_killed_at_any_moment_ends_as_an_undisturbed_one(demo_run, tmp_path):
    rng, killed = np.random.default_rng(0), 0
    for _ in range(12):
        command = [sys.executable, "-c", SHORT_DEMO, *_arguments(tmp_path / "demo")]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=rng.uniform(2, 25))
            shutil.rmtree(tmp_path / "demo")  # it had ended: begin anew
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.wait()
    assert killed and pipeline.main(_arguments(tmp_path / "demo")) == 0
    made, whole = _contents(tmp_path / "demo"), _contents(demo_run[0])
    for told in ("swap.mp4.json", "compare.mp4.json"):
        assert made.pop(told) and whole.pop(told)
    assert made == whole


@pytest.mark.parametrize("options", [["--frames", "2:9"], ["--every", "2"]])
def test_options_that_select_frames_are_refused(options, capsys):
    with pytest.raises(SystemExit) as stopped:
        pipeline.main(options)
    assert stopped.value.code == 2 and "clips of yours" in capsys.readouterr().err
