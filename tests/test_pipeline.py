"""The whole program through its own door, on drawn faces of nobody."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

import pipeline
import video
from examples.drawn import Look, draw_face
from faces import manifest
from stages.presets import PRESETS
from stages.trainers import Seed2020Trainer, TodayTrainer
from tests.arguments import arguments
from tests.clips import make_clip, sound_packets

ROOT = Path(__file__).parents[1]
FRAMES, BLANK, FADED = 26, 9, (24, 25)
TIMES = [
    Fraction(i, 25) + (Fraction(1, 50) if i % 3 == 1 else 0) for i in range(FRAMES)
]  # a variable rate
SHORT = ["--rounds", "2", "--batch", "4", "--threads", "1"]


def _target(n):
    if n == BLANK:
        return np.full((120, 160, 3), 90, np.uint8)
    image = draw_face(centre=(80 + 6 * np.sin(n / 4), 62 + 2 * np.cos(n / 3)), mouth=(n % 6) / 6)
    return (image * (0.3 if n in FADED else 1.0)).astype(np.uint8)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    make_clip(folder / "target.mp4", [_target(n) for n in range(FRAMES)], TIMES, sound=True)
    donor = [
        draw_face(
            centre=(82 + 5 * np.cos(n / 5), 60),
            mouth=(n % 5) / 5,
            look=Look(skin=(120, 80, 60), hair=(20, 15, 12)),
        )
        for n in range(20)
    ]
    make_clip(folder / "donor.mp4", donor, rate=30)
    return folder


@pytest.fixture(scope="module")
def done(clips, tmp_path_factory):
    """A finished run: its folder, and out.mp4 in it."""
    out = tmp_path_factory.mktemp("done")
    words = arguments(clips, out)
    assert pipeline.main(words) == 0
    return out, words


def test_the_output_has_every_frame_the_times_the_size_and_the_sound_of_the_target(clips, done):
    out, _ = done
    made, target = video.open_clip(out / "out.mp4"), video.open_clip(clips / "target.mp4")
    assert made.size == target.size and made.rate == target.rate
    assert [f.time for f in made] == [f.time for f in target] == TIMES
    assert sound_packets(out / "out.mp4") == sound_packets(clips / "target.mp4") != []
    with av.open(str(out / "out.mp4")) as container:
        assert container.metadata["comment"].startswith("Synthetic media")


def test_a_frame_without_a_face_shifts_no_other_and_passes_through(clips, done):
    out, _ = done
    rows = manifest.read(out / "run" / "target" / "manifest.jsonl")
    assert sorted(rows) == list(range(FRAMES))
    assert {n: r.status for n, r in rows.items() if not r.ok} == {
        BLANK: "no face",
        FADED[0]: "low contrast",
        FADED[1]: "low contrast",
    }
    assert all(r.reason for r in rows.values() if not r.ok)
    for n, r in rows.items():
        assert manifest.time_of(r) == TIMES[n]
        if r.ok:  # each row's face is where that frame has it
            assert np.mean(r.points, axis=0)[0] == pytest.approx(80.5 + 6 * np.sin(n / 4), abs=2.5)
    changes = [
        np.abs(a.image.astype(int) - b.image).max(axis=2)
        for a, b in zip(
            video.open_clip(out / "out.mp4"), video.open_clip(clips / "target.mp4"), strict=True
        )
    ]
    for n, change in enumerate(changes):
        if rows[n].ok:
            x, y = np.mean(rows[n].points, axis=0).astype(int)
            assert change[y - 10 : y + 10, x - 10 : x + 10].mean() > 3  # something was put in
        else:
            assert (
                change.mean() < 4
            )  # the encoder's noise alone; to the byte below, without an encoder's loss
        assert change[:20].mean() < 3 and change[:, :15].mean() < 3  # nothing outside


def test_the_run_folder_holds_what_a_run_made(done):
    out, _ = done
    run = out / "run"
    record = json.loads((run / "run.json").read_text())
    assert record["identity"]["seed"] == 0 and len(record["identity"]["target"]) == 64
    assert record["versions"]["numpy"] == np.__version__
    assert (
        record["results"]["output"]["frames"] == FRAMES
        and record["results"]["output"]["swapped"] == FRAMES - 3
    )
    header, *lines = (run / "losses.csv").read_text().splitlines()
    assert (
        header == "round,phase,loss,seconds"
        and len(lines) == 2
        and all(float(line.split(",")[2]) > 0 for line in lines)
    )
    faces = sorted(int(p.stem) for p in (run / "target" / "faces").iterdir())
    assert faces == [n for n in range(FRAMES) if n not in (BLANK, *FADED)]  # numbered by frame
    assert (
        list((run / "previews").glob("*.png"))
        and (run / "result.png").exists()
        and (run / "log.txt").read_text()
    )


def test_the_same_command_again_does_nothing_twice(done):
    out, arguments = done
    files = {
        p: p.stat().st_mtime_ns
        for p in out.rglob("*")
        if p.name in ("manifest.jsonl", "000002.npz", "out.mp4") or p.parent.name == "faces"
    }
    assert pipeline.main(arguments) == 0
    assert {p: p.stat().st_mtime_ns for p in files} == files


def test_another_seed_does_not_continue_this_run(done, capsys):
    out, arguments = done
    assert pipeline.main([*arguments, "--seed", "1"]) == 7
    assert "seed" in capsys.readouterr().err
    assert pipeline.main(arguments) == 0


def _run(clips, out, name, *more):
    places = ["-o", str(out / f"{name}.mkv"), "--run", str(out / name)]
    return pipeline.main(arguments(clips, out, *places, *more)), out / f"{name}.mkv"


def test_the_default_run_folder_lies_below_the_working_directory(clips, tmp_path, monkeypatch):
    """All other tests name folders by absolute paths; the default is relative."""
    monkeypatch.chdir(tmp_path)
    names = [str(clips / "target.mp4"), str(clips / "donor.mp4"), "-o", "swapped.mkv"]
    assert pipeline.main([*names, *SHORT]) == 0
    assert Path("swapped.mkv").exists() and Path("runs/swapped/result.png").exists()
    faces = list(Path("runs/swapped/target/faces").glob("*.png"))
    before = {face: face.stat().st_mtime_ns for face in faces}
    assert len(faces) > 10 and not Path("runs/swapped/runs").exists()
    assert pipeline.main([*names, *SHORT]) == 0
    assert {face: face.stat().st_mtime_ns for face in faces} == before


def test_an_interrupted_run_ends_with_the_bytes_of_an_undisturbed_one(
    clips, done, tmp_path, monkeypatch, capsys
):
    from stages.trainers.base import Trainer

    code, whole = _run(clips, tmp_path, "whole")
    assert code == 0
    run = Trainer.run

    def interrupted(self, *settings):
        for i, step in enumerate(run(self, *settings)):
            if i == 9:  # in the middle of the second epoch
                raise KeyboardInterrupt
            yield step

    monkeypatch.setattr(Trainer, "run", interrupted)
    code, broken = _run(clips, tmp_path, "broken")
    assert code == 130 and not broken.exists()
    assert "To continue: " in capsys.readouterr().err
    assert (tmp_path / "broken" / "checkpoints" / "000001.npz").exists()
    monkeypatch.undo()
    code, broken = _run(clips, tmp_path, "broken")
    assert code == 0
    frames = {
        name: [f.image for f in video.open_clip(path)]
        for name, path in (("broken", broken), ("whole", whole))
    }
    np.testing.assert_array_equal(frames["broken"], frames["whole"])
    for n, frame in enumerate(video.open_clip(clips / "target.mp4")):
        changed = (frames["whole"][n] != frame.image).any(axis=2)
        assert changed.any() == (n not in (BLANK, *FADED))
        assert not changed[:20].any() and not changed[:, :15].any()


def test_a_part_of_the_target_and_every_second_frame(clips, tmp_path):
    target = [
        str(clips / "target.mp4"),
        str(clips / "donor.mp4"),
        "--run",
        str(tmp_path / "run"),
        *SHORT,
    ]
    assert pipeline.main([*target, "-o", str(tmp_path / "part.mp4"), "--frames", "4:22"]) == 0
    part = [f.time for f in video.open_clip(tmp_path / "part.mp4")]
    assert part == [t - TIMES[4] for t in TIMES[4:22]]
    rows = manifest.read(tmp_path / "run" / "target" / "manifest.jsonl")
    assert list(rows) == list(range(FRAMES))  # --frames cuts what is written, not what is learnt


def test_the_seed_preset_trains_both_colours(clips, tmp_path):
    arguments = [
        str(clips / "target.mp4"),
        str(clips / "donor.mp4"),
        "-o",
        str(tmp_path / "frames"),
        "--run",
        str(tmp_path / "run"),
        *SHORT,
    ]
    assert pipeline.main([*arguments, "--preset", "seed", "--batch", "8", "--rounds", "1"]) == 0
    assert len(list((tmp_path / "frames").glob("*.png"))) == FRAMES
    assert [
        line.split(",")[1]
        for line in (tmp_path / "run" / "losses.csv").read_text().splitlines()[1:]
    ] == ["face a", "face b", "colour a", "colour b"]
    with Image.open(tmp_path / "frames" / "000000.png") as png:
        assert png.text["Comment"].startswith("Synthetic media")


def _cut(path, clips):
    path.write_bytes((clips / "target.mp4").read_bytes()[:200])


def _blank(path, clips):
    make_clip(path, [np.full((48, 64, 3), 90, np.uint8)] * 18)


def _brief(path, clips):
    make_clip(path, [draw_face()] * 5)


@pytest.mark.parametrize(
    "make, code, words",
    [
        (lambda p, c: None, 3, "no such file"),
        (lambda p, c: p.write_text("text"), 4, "is a text file"),
        (_cut, 4, "index (moov) is missing"),
        (_blank, 5, "no face in any"),
        (_brief, 5, "only 5 frames"),
        (lambda p, c: p.mkdir(), 4, "no images"),
    ],
)
def test_bad_input_is_one_line_and_a_code(clips, tmp_path, capsys, make, code, words):
    make(tmp_path / "bad.mp4", clips)
    assert (
        pipeline.main(
            [
                str(tmp_path / "bad.mp4"),
                str(clips / "donor.mp4"),
                "-o",
                str(tmp_path / "o.mp4"),
                "--run",
                str(tmp_path / "r"),
            ]
        )
        == code
    )
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert words in last and "bad.mp4" in last
    assert not (tmp_path / "o.mp4").exists()


def test_output_that_cannot_be_written_is_known_before_any_work(clips, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    code = pipeline.main(
        [
            str(clips / "target.mp4"),
            str(clips / "donor.mp4"),
            "-o",
            str(tmp_path / "file" / "o.mp4"),
            "--run",
            str(tmp_path / "r"),
        ]
    )
    assert (
        code == 6 and "choose another" in capsys.readouterr().err and not (tmp_path / "r").exists()
    )
    assert (
        pipeline.main(
            [str(clips / "target.mp4"), str(clips / "donor.mp4"), "-o", str(clips / "donor.mp4")]
        )
        == 6
    )


@pytest.mark.parametrize("name, code", [("run.json", 7), ("target/manifest.jsonl", 0)])
def test_a_damaged_file_of_the_run_is_refused_by_name_or_made_anew(
    done, tmp_path, capsys, name, code
):
    import shutil

    out, arguments = done
    shutil.copytree(out / "run", tmp_path / "run")
    data = (tmp_path / "run" / name).read_bytes()
    (tmp_path / "run" / name).write_bytes(data[: len(data) // 2])
    moved = [str(tmp_path / "run") if a == str(out / "run") else a for a in arguments]
    before = (out / "out.mp4").read_bytes()
    assert pipeline.main(moved) == code
    assert (
        Path(name).name in capsys.readouterr().err or (tmp_path / "run" / name).read_bytes() == data
    )
    assert (out / "out.mp4").read_bytes() == before


def test_a_full_disk_loses_nothing(done, tmp_path, monkeypatch, capsys):
    from nn import checkpoint

    out, arguments = done

    def full(*_):
        raise OSError(28, "No space left on device", "000003.npz")

    monkeypatch.setattr(checkpoint, "write_arrays", full)
    assert pipeline.main([*arguments, "--rounds", "3"]) == 6
    assert "No space left" in capsys.readouterr().err
    monkeypatch.undo()
    assert pipeline.main(arguments) == 0


def test_a_face_that_is_not_there(clips, tmp_path, capsys):
    arguments = [
        str(clips / "target.mp4"),
        str(clips / "donor.mp4"),
        "-o",
        str(tmp_path / "o.mp4"),
        "--run",
        str(tmp_path / "r"),
    ]
    assert pipeline.main([*arguments, "--face", "3"]) == 5
    assert "--face" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ["--rounds", "0"],
        ["--frames", "5:2"],
        ["--frames", "x"],
        ["--face", "a,b"],
        ["--rounds", "1", "--minutes", "1"],
        ["--quality", "99"],
        ["--min-size", "3"],
        ["--every", "-1"],
        ["--minutes", "nan"],
        ["--preset", "none"],
    ],
)
def test_wrong_options_are_refused(options, capsys):
    with pytest.raises(SystemExit) as stopped:
        pipeline.main(["a.mp4", "b.mp4", *options])
    said = capsys.readouterr().err
    assert stopped.value.code == 2 and said.count("\n") == 1 and options[0] in said


@pytest.mark.parametrize("options", [["--seed", "5"], ["--threads", "1"], ["--no-mark"]])
def test_a_replay_takes_its_settings_from_the_record_only(options, capsys):
    with pytest.raises(SystemExit) as stopped:
        pipeline.main(["--replay", "run.json", *options])
    assert stopped.value.code == 2
    assert f"--replay takes {options[0]} from the record" in capsys.readouterr().err


def _program(*arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200"},
    )


def test_help_names_every_default():
    text = " ".join(_program("pipeline.py", "--help").stdout.split())
    for option in (
        "preset",
        "rounds",
        "minutes",
        "batch",
        "size",
        "seed",
        "threads",
        "device",
        "run",
        "quality",
        "face",
        "frames",
        "every",
    ):
        assert "(default" in text.split(f"--{option} ")[-1].split(" --")[0], option


def test_the_detector_alone_prints_a_line_a_face(clips, tmp_path):
    Image.fromarray(draw_face()).save(tmp_path / "a.png")
    done = _program(
        "-m",
        "mtcnn_np",
        str(tmp_path / "a.png"),
        str(tmp_path / "missing.png"),
        str(clips / "target.mp4"),
        "--min-size",
        "30",
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (
        lines[0]["image"] == str(tmp_path / "a.png")
        and lines[0]["frame"] is None
        and lines[0]["score"] > 0.9
    )
    assert set(lines[0]) == {"image", "frame", "box", "score", "points"} and np.array(
        lines[0]["points"]
    ).shape == (5, 2)
    assert {line["frame"] for line in lines[1:]} >= set(range(FRAMES)) - {BLANK, *FADED}
    assert (
        done.returncode == 3 and len(done.stderr.splitlines()) == 1 and "missing.png" in done.stderr
    )


def test_each_frame_is_detected_once_and_never_again(clips, tmp_path, monkeypatch):
    from mtcnn_np import Detector

    searched = []
    cascade = Detector._cascade

    def counted(self, images, patches):
        searched.extend(images)
        return cascade(self, images, patches)

    monkeypatch.setattr(Detector, "_cascade", counted)
    code, _ = _run(clips, tmp_path, "run")
    first = len(searched)
    assert (
        code == 0 and FRAMES + 20 <= first <= FRAMES + 20 + 12
    )  # a second look where the first, near by, found nothing
    code, _ = _run(clips, tmp_path, "run", "--quality", "30")
    assert code == 0 and len(searched) == first


def test_all_faces_of_a_clip_are_swapped_where_asked_for(clips, tmp_path):
    images = []
    for n in range(18):
        left, right = (
            draw_face((320, 120), (x, 62), look=Look(skin=skin))
            for x, skin in ((80 + n, (205, 160, 130)), (240 - n, (150, 110, 90)))
        )
        images.append(np.concatenate([left[:, :160], right[:, 160:]], axis=1))
    make_clip(tmp_path / "two.mp4", images)
    for more, expected in (((), 1), (("--all-faces",), 2)):
        more = *more, "--colour", "light"  # the colour net has not learnt drawn faces
        out, folder = tmp_path / f"out{expected}.mp4", tmp_path / f"run{expected}"
        assert (
            pipeline.main(
                [
                    str(tmp_path / "two.mp4"),
                    str(clips / "donor.mp4"),
                    "-o",
                    str(out),
                    "--run",
                    str(folder),
                    *more,
                    *SHORT,
                ]
            )
            == 0
        )
        run = folder / "target"
        assert len(list(run.glob("manifest*.jsonl"))) == expected and (run / "tracks.png").exists()
        change = np.abs(
            next(iter(video.open_clip(out))).image.astype(int)
            - next(iter(video.open_clip(tmp_path / "two.mp4"))).image
        ).max(axis=2)
        changed = [change[50:75, a:b].mean() > 8 for a, b in ((70, 90), (230, 250))]
        assert sum(changed) == expected
        assert (
            json.loads((run.parent / "run.json").read_text())["results"]["output"]["swapped"] == 18
        )


@pytest.mark.parametrize(
    "preset, trainer, own",
    [
        ("seed", Seed2020Trainer, "adec_{}.steps.0.kernel"),
        ("standard", TodayTrainer, "decoder_{}.steps.0.own"),
    ],
)
def test_a_checkpoint_keeps_both_identities_apart_and_goes_on_alike(tmp_path, preset, trainer, own):
    faces = {
        k: np.stack(
            [draw_face((128, 128), (64, 50), mouth=n / 4, look=Look(skin=skin)) for n in range(4)]
        )
        for k, skin in (("a", (205, 160, 130)), ("b", (120, 80, 60)))
    }
    trained, fresh = (trainer(faces, PRESETS[preset], seed) for seed in (0, 1))
    for _ in trained.run(trained.length(1)):
        pass
    trained.save(tmp_path / "a.npz")
    fresh.load(tmp_path / "a.npz")
    tensors = dict(fresh.nets["intracoder"].named_tensors())
    for name, tensor in trained.nets["intracoder"].named_tensors():
        np.testing.assert_array_equal(tensors[name].data, tensor.data)
    assert not np.array_equal(tensors[own.format("a")].data, tensors[own.format("b")].data)
    before = [(step.phase, step.epoch_loss) for step in trained.run(trained.length(2))]
    assert [(step.phase, step.epoch_loss) for step in fresh.run(fresh.length(2))] == before
    swapped = trained.swap(faces["a"])
    assert swapped.shape == (4, 128, 128, 3) and swapped.dtype == np.float32
    np.testing.assert_array_equal(swapped, fresh.swap(faces["a"]))
