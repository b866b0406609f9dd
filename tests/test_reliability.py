"""Nothing is lost and everything can be repeated: kills, damaged files, full disks, replays.

The long forms: `python -m pytest -m slow tests/test_reliability.py`.
"""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import nn
import pipeline
from examples.drawn import Look, draw_face
from files import digest, lock
from stages.checkpoints import KEPT_CHECKPOINTS, Checkpoints
from stages.options import parse
from tests.arguments import arguments
from tests.clips import make_clip

ROOT = Path(__file__).parents[1]
ROUNDS = 5


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    for name, skin in (("target", (205, 160, 130)), ("donor", (120, 80, 60))):
        make_clip(
            folder / f"{name}.mp4",
            [
                draw_face(
                    centre=(80 + 4 * np.sin(n / 3), 60), mouth=(n % 5) / 5, look=Look(skin=skin)
                )
                for n in range(18)
            ],
        )
    return folder


def _arguments(clips, out, *more):
    return arguments(clips, out, *more, rounds=ROUNDS)


@pytest.fixture(scope="module")
def whole(clips, tmp_path_factory):
    """The folder of an undisturbed run; progress.txt has what it said, with all its progress."""
    out = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch, open(out / "progress.txt", "w") as said:
        patch.setattr("stages.progress.LINE_INTERVAL", 0)
        with contextlib.redirect_stderr(said):
            assert pipeline.main(_arguments(clips, out)) == 0
    return out


def _start(arguments):
    return subprocess.Popen(
        [sys.executable, "pipeline.py", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _limited(arguments, limit):
    """The ended program, held within `limit()`."""
    return subprocess.run(
        [sys.executable, "pipeline.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )


def _heed_permissions():
    """Root may write everywhere; on Linux it can give that up (prctl(2), capabilities(7))."""
    if os.geteuid() == 0:
        drop, override = 24, 1  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE
        ctypes.CDLL(None).prctl(drop, override, 0, 0, 0)


def _killed_and_continued(clips, whole, out, kills, rng, threads):
    """Kill it so many times, each after a random time, then let it end.

    Gives how many times it was killed before it had ended.
    """
    arguments, killed = _arguments(clips, out, "--threads", threads), 0
    for _ in range(kills):
        process = _start(arguments)
        try:
            process.wait(timeout=rng.uniform(0.3, 5))
            shutil.rmtree(out / "run")  # it had ended: begin anew
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.stderr.close()
        process.wait()
    assert pipeline.main(arguments) == 0
    assert not list(out.rglob("*.part")) and not list(out.rglob(".*"))
    return killed


def test_a_killed_run_goes_on_to_the_same_bytes(clips, whole, tmp_path):
    assert _killed_and_continued(clips, whole, tmp_path, 3, np.random.default_rng(0), "1") > 0
    assert digest(tmp_path / "out.mp4") == digest(whole / "out.mp4")


@pytest.mark.slow
def test_fifty_kills(clips, whole, tmp_path):
    rng, killed = np.random.default_rng(1), 0
    two = tmp_path / "two"
    two.mkdir()
    assert pipeline.main(_arguments(clips, two, "--threads", "2")) == 0
    for k in range(17):
        out = tmp_path / str(k)
        out.mkdir()
        killed += _killed_and_continued(clips, whole, out, 4, rng, "12"[k % 2])
        assert digest(out / "out.mp4") == digest((two if k % 2 else whole) / "out.mp4")
    print(json.dumps({"name": "killed", "times": killed}))
    assert killed >= 50


def _expect_nobody(session, deadline):
    """Fail if a process of the session lives longer than until the deadline."""
    while time.monotonic() < deadline:
        try:
            os.killpg(session, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(session, signal.SIGKILL)
    pytest.fail("a process is left behind")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("name, threads", [("SIGINT", "2"), ("SIGTERM", "2"), ("SIGINT", "1")])
def test_a_signal_in_training_keeps_what_is_finished(clips, whole, tmp_path, name, threads):
    """Ctrl-C reaches each process of the team, here twice; a batch system's SIGTERM likewise."""
    shutil.copytree(whole / "run", tmp_path / "run")
    endless = _arguments(clips, tmp_path, "--rounds", "1000", "--threads", threads)
    process, deadline = _start(endless), time.monotonic() + 60
    saved = tmp_path / "run" / "checkpoints" / f"{ROUNDS + 1:06d}.npz"
    while not saved.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    for _ in range(2):
        os.killpg(process.pid, getattr(signal, name))
        time.sleep(0.05)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + getattr(signal, name) and "Traceback" not in said
    assert f"kept in {tmp_path / 'run'}. To continue: " in said.splitlines()[-1]
    _expect_nobody(process.pid, deadline)
    assert saved.exists() and not list((tmp_path / "run").rglob(".part-*"))


def test_a_process_of_the_team_does_not_outlive_the_program(clips, tmp_path):
    process = _start(_arguments(clips, tmp_path, "--minutes", "1", "--threads", "2"))
    deadline = time.monotonic() + 60
    checkpoint = tmp_path / "run" / "checkpoints" / "000001.npz"
    while not checkpoint.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    process.kill()
    process.stderr.close()
    process.wait()
    _expect_nobody(process.pid, deadline)
    lock(tmp_path / "run" / "lock").release()  # raises LockHeld if any process still has it


def test_a_folder_in_use_is_refused_until_its_owner_is_gone(clips, whole, tmp_path, capsys):
    code = (
        "import sys, time; from pathlib import Path; from files import lock; "
        "held = lock(Path(sys.argv[1])); print('held', flush=True); time.sleep(600)"
    )
    shutil.copytree(whole / "run", tmp_path / "run")
    owner = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "run" / "lock")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert owner.stdout.readline() == "held\n"
        before = digest(tmp_path / "run" / "run.json")
        assert pipeline.main(_arguments(clips, tmp_path)) == 7
        assert f"in use by another run (process {owner.pid})" in capsys.readouterr().err
        assert digest(tmp_path / "run" / "run.json") == before
    finally:
        owner.kill()
        owner.stdout.close()
        owner.wait()
    assert pipeline.main(_arguments(clips, tmp_path)) == 0


def test_the_last_checkpoints_are_kept_and_nothing_else(whole):
    names = sorted(p.name for p in (whole / "run" / "checkpoints").iterdir())
    assert names == [f"{ROUNDS - k:06d}.npz" for k in reversed(range(KEPT_CHECKPOINTS))]


@pytest.mark.parametrize("at", [0, 1, 0.3, 0.999])
def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(
    clips, whole, tmp_path, capsys, at
):
    shutil.copytree(whole / "run", tmp_path / "run")
    newest = tmp_path / "run" / "checkpoints" / f"{ROUNDS:06d}.npz"
    data = newest.read_bytes()
    newest.write_bytes(data[: int(at * len(data)) if isinstance(at, float) else at])
    assert pipeline.main(_arguments(clips, tmp_path)) == 0
    said = capsys.readouterr().err
    assert f"{newest} is damaged" in said
    assert f"going on from {newest.with_name(f'{ROUNDS - 1:06d}.npz')}" in said
    assert digest(tmp_path / "out.mp4") == digest(whole / "out.mp4")


def test_where_all_checkpoints_are_damaged_the_run_is_refused(clips, whole, tmp_path, capsys):
    shutil.copytree(whole / "run", tmp_path / "run")
    for file in (tmp_path / "run" / "checkpoints").iterdir():
        file.write_bytes(b"nothing")
    assert pipeline.main(_arguments(clips, tmp_path)) == 7
    assert "checkpoints" in capsys.readouterr().err


def test_a_loss_that_is_no_number_leads_back_to_the_last_checkpoint_and_smaller_steps(
    clips, tmp_path, monkeypatch, capsys
):
    real, calls = nn.train.step, []

    def step(*arguments):
        calls.append(arguments[-1].rate)
        if len(calls) in (7, 8):  # in the second epoch, and at once when it is tried again
            raise nn.train.Diverged("the loss is nan")
        return real(*arguments)

    monkeypatch.setattr(nn.train, "step", step)
    assert pipeline.main(_arguments(clips, tmp_path)) == 0
    said = capsys.readouterr().err
    assert (
        "the loss is nan in epoch 2; back to the checkpoint after 1, and on with steps 0.5 times "
        "as large"
        in said
        and "0.25 times" in said
    )
    assert calls[7] == pytest.approx(calls[6] / 2) and calls[8] == pytest.approx(calls[6] / 4)
    losses = (tmp_path / "run" / "losses.csv").read_text().splitlines()[1:]
    assert len(losses) == ROUNDS


def test_a_loss_that_stays_no_number_ends_the_run_and_keeps_its_state(
    clips, tmp_path, monkeypatch, capsys
):
    def step(*_):
        raise nn.train.Diverged("the loss is inf")

    monkeypatch.setattr(nn.train, "step", step)
    assert pipeline.main(_arguments(clips, tmp_path)) == 10
    assert "000000.npz" in capsys.readouterr().err
    assert Checkpoints(tmp_path / "run" / "checkpoints").newest_first()


@pytest.mark.skipif(
    os.name != "posix" or (os.geteuid() == 0 and sys.platform != "linux"),
    reason="root may write everywhere",
)
def test_a_read_only_folder(clips, tmp_path):
    (tmp_path / "run").mkdir(mode=0o500)
    ended = _limited(_arguments(clips, tmp_path), _heed_permissions)
    assert ended.returncode == 7 and "--run" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs the limits of POSIX")
@pytest.mark.parametrize(
    "kilobytes, what", [(0.2, "run.json"), (3, "tracks.png"), (300, "000000.npz")]
)
def test_a_disk_that_is_full_when_a_file_is_written(clips, whole, tmp_path, kilobytes, what):
    import resource

    arguments = _arguments(clips, tmp_path)
    ended = _limited(
        arguments, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (int(kilobytes * 1024),) * 2)
    )
    last = ended.stderr.strip().splitlines()[-1]
    assert (
        ended.returncode == 6
        and "Traceback" not in ended.stderr
        and what in last
        and "File too large" in last
    )
    assert not list(tmp_path.rglob(".part-*"))
    assert pipeline.main(arguments) == 0 and digest(tmp_path / "out.mp4") == digest(
        whole / "out.mp4"
    )


@pytest.mark.skipif(os.name != "posix", reason="needs the limits of POSIX")
@pytest.mark.parametrize("name", ["out.mp4", "out.mkv", "out.gif", "out"])
def test_a_disk_that_is_full_when_the_clip_is_written(clips, whole, tmp_path, name):
    import resource

    shutil.copytree(whole / "run", tmp_path / "run")
    arguments = _arguments(clips, tmp_path, "-o", str(tmp_path / name))
    assert pipeline.main([*arguments, "--quality", "40"]) == 0
    earlier = digest(tmp_path / name)
    ended = _limited(arguments, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (6 * 1024,) * 2))
    last = ended.stderr.strip().splitlines()[-1]
    assert (
        ended.returncode == 6
        and "Traceback" not in ended.stderr
        and str(tmp_path / name) in last
        and "File too large" in last
    )
    assert digest(tmp_path / name) == earlier and not list(tmp_path.rglob(".part-*"))
    assert pipeline.main(arguments) == 0
    if name == "out.mp4":
        assert digest(tmp_path / name) == digest(whole / "out.mp4")


def _replay_arguments(run, out):
    places = ["-o", str(out / "again.mp4"), "--run", str(out / "run")]
    return ["--replay", str(run / "run.json"), *places]


def test_a_replay_gives_the_same_bytes(clips, whole, tmp_path, capsys):
    assert pipeline.main(_replay_arguments(whole / "run", tmp_path)) == 0
    assert digest(tmp_path / "again.mp4") == digest(whole / "out.mp4")
    assert "the same bytes" in capsys.readouterr().err


@pytest.mark.parametrize(
    "places, code, words",
    [
        (["--run", "run", "-o", "again.mp4"], 7, "is the recorded run itself"),
        (["-o", "out.mp4", "--run", "again"], 6, "is the recorded output"),
    ],
)
def test_a_replay_replaces_nothing_of_the_recorded_run(
    whole, monkeypatch, capsys, places, code, words
):
    monkeypatch.chdir(whole)
    before = {path: path.stat().st_mtime_ns for path in whole.rglob("*")}
    assert pipeline.main(["--replay", "run/run.json", *places]) == code
    assert words in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in whole.rglob("*")} == before


def test_a_run_by_the_clock_is_replayed_by_what_the_clock_said(clips, tmp_path):
    assert pipeline.main(_arguments(clips, tmp_path, "--minutes", "0.05")) == 0
    schedule = json.loads((tmp_path / "run" / "run.json").read_text())["results"]["schedule"]
    assert schedule[0] == 0 and sorted(schedule) == schedule
    # The replay writes beside the recorded run, under a name of its own.
    assert pipeline.main(["--replay", str(tmp_path / "run" / "run.json")]) == 0
    assert digest(tmp_path / "out-replay.mp4") == digest(tmp_path / "out.mp4")
    assert (tmp_path / "run-replay" / "run.json").exists()


def test_a_replay_says_what_differs(clips, whole, tmp_path, capsys):
    record = json.loads((whole / "run" / "run.json").read_text())

    def replay(**changes):
        (tmp_path / "old").mkdir(exist_ok=True)
        (tmp_path / "old" / "run.json").write_text(json.dumps(record | changes))
        code = pipeline.main(_replay_arguments(tmp_path / "old", tmp_path))
        return code, capsys.readouterr().err

    code, said = replay(identity=record["identity"] | {"donor": "0" * 64})
    assert code == 12 and "donor" in said and "another file" in said
    results = record["results"] | {"output": record["results"]["output"] | {"sha256": "0" * 64}}
    code, said = replay(versions=record["versions"] | {"numpy": "1.0"}, results=results)
    assert code == 12 and f"numpy {np.__version__}, was 1.0" in said
    code, said = replay(results={})
    assert code == 7 and "not finished" in said
    code, said = replay(settings={})
    assert code == 7 and "run.json" in said
    assert pipeline.main(["--replay", str(tmp_path / "nowhere.json")]) == 7


def _first_progress(said):
    """The first line of progress of each stage."""
    lines = [line.partition(": ") for line in said.splitlines()]
    return {stage: text for stage, _, text in reversed(lines) if " so far, " in text}


def test_every_stage_shows_its_progress(whole):
    first = _first_progress((whole / "progress.txt").read_text())
    stages = {"detect target", "detect donor", "align target", "align donor", "train", "swap"}
    assert first.keys() == stages and first["detect donor"].startswith("0 of 18 frames")
    assert first["train"].startswith("0 %")


def test_continued_training_counts_what_was_done_before(
    clips, whole, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("stages.progress.LINE_INTERVAL", 0)
    shutil.copytree(whole / "run", tmp_path / "run")
    longer = _arguments(clips, tmp_path, "--rounds", str(ROUNDS + 1))
    assert pipeline.main(longer) == 0
    assert _first_progress(capsys.readouterr().err)["train"].startswith("83 %")  # 5 rounds of 6


def test_a_replay_keeps_the_recorded_threads(whole, tmp_path, monkeypatch, capsys):
    """They are what the bytes depend on."""
    record = json.loads((whole / "run" / "run.json").read_text())
    record["settings"]["threads"] = 2
    (tmp_path / "run.json").write_text(json.dumps(record))
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)
    assert parse(["--replay", str(tmp_path / "run.json")]).threads == 2
    assert "note: 2 threads as recorded" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_the_detector_ends_quietly_when_nobody_reads_on(clips):
    command = [sys.executable, "-m", "mtcnn_np", str(clips / "target.mp4"), "--threads", "1"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)
    assert json.loads(process.stdout.readline())["frame"] == 0
    process.stdout.close()
    assert process.wait(60) == 141 and process.stderr.read() == ""
    process.stderr.close()
