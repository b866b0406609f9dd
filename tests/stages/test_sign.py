"""--sign: what a run writes is signed once, after everything else; a replay compares the rest."""

import csv
import json
import shlex

import numpy as np
import pytest

import pipeline
import video
from examples.drawn import Look, draw_face
from files import digest, list_by_number
from provenance import record, sign, verify
from provenance.local_chain import make_test_certificate
from stages.command import resume_command
from stages.options import parse
from stages.run import Watcher
from stages.truth import TRUTH_RATE_FACTORS
from tests.arguments import arguments
from tests.clips import make_clip, sound_packets

FRAMES, LOOK = 18, Look(skin=(120, 80, 60), hair=(20, 15, 12))


@pytest.fixture(scope="module", autouse=True)
def no_pages():
    """The pages of the runs are not looked at here, and take a third of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("report.PageWatcher", Watcher)
        yield


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    target = [draw_face(centre=(80 + n / 3, 60), mouth=(n % 6) / 6) for n in range(FRAMES)]
    make_clip(folder / "target.mp4", target, sound=True)
    donor = [draw_face(centre=(82 + n / 4, 60), mouth=n % 2, look=LOOK) for n in range(FRAMES)]
    make_clip(folder / "donor.mp4", donor)
    return folder


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """The options that sign with a test certificate."""
    return ["--sign", *map(str, make_test_certificate(tmp_path_factory.mktemp("key") / "test"))]


@pytest.fixture(scope="module")
def out(clips, tmp_path_factory):
    """A folder with a finished run that is not signed: out.mp4, its truth in "truth", and "run"."""
    folder = tmp_path_factory.mktemp("out")
    assert _run(clips, folder) == 0
    assert record.read(folder / "out.mp4")["signed"] is False
    return folder


def _run(clips, folder, *more, name="out.mp4"):
    truth = ["--truth", str(folder / "truth")] if name == "out.mp4" else []
    words = ["--preset", "seed", *truth, *more]
    return pipeline.main(arguments(clips, folder, *words, rounds=1, name=name))


def _outputs(folder):
    return [folder / "out.mp4", *(folder / "truth" / f"crf{f}.mp4" for f in TRUTH_RATE_FACTORS)]


def _is_signed(output):
    """Whether an output, or each picture of a folder, is signed; its record has to fit."""
    assert record.read(output)["fits"]
    files = list_by_number(output) if output.is_dir() else [output]
    states = {(found := verify.read(file)) and found.state for file in files}
    assert states in ({"valid"}, {None})
    return states == {"valid"}


def _results(folder):
    return json.loads((folder / "run" / "run.json").read_text())["results"]["output"]


def _contents(folder):
    """Bytes and times of all files, but for those that tell of each sitting."""
    told = {"index.html", "log.txt", "run.json", "lock", "lock-owner"}
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in told]
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def _no_conversion(monkeypatch):
    def frames(*_):
        raise AssertionError("converted again")
        yield

    monkeypatch.setattr(pipeline, "convert", frames)


def test_a_finished_run_is_signed_without_being_converted_again(clips, out, key, monkeypatch):
    unsigned = {path: digest(path) for path in _outputs(out)}
    before, sound = list(video.open_clip(out / "out.mp4")), sound_packets(out / "out.mp4")
    _no_conversion(monkeypatch)
    assert _run(clips, out, *key) == 0
    assert all(map(_is_signed, _outputs(out)))
    results = _results(out)
    assert results["unsigned_sha256"] == unsigned[out / "out.mp4"]
    assert results["sha256"] == digest(out / "out.mp4") != unsigned[out / "out.mp4"]
    for path, sha256 in unsigned.items():
        assert record.read(path)["output"]["unsigned_sha256"] == sha256
    with open(out / "truth" / "clips.csv", newline="") as file:
        for row in csv.DictReader(file):
            path = out / "truth" / row["file"]
            assert row["sha256"] == digest(path) and int(row["bytes"]) == path.stat().st_size
    after = list(video.open_clip(out / "out.mp4"))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(before, after, strict=True))
    assert sound_packets(out / "out.mp4") == sound != []


def test_a_signed_run_started_again_does_nothing(clips, out, key, monkeypatch):
    assert _run(clips, out, *key) == 0
    _no_conversion(monkeypatch)
    before = _contents(out)
    assert _run(clips, out, *key) == 0
    assert _contents(out) == before
    assert _run(clips, out) == 0  # it stays signed
    assert _contents(out) == before


def test_no_record_has_the_path_of_the_key(clips, out, key):
    assert _run(clips, out, *key) == 0
    for path in out.rglob("*"):
        if path.suffix in (".json", ".csv", ".mp4"):
            assert b"key.pem" not in path.read_bytes(), path


SLOW = [pytest.param(number, marks=pytest.mark.slow) for number in (0, 4)]


@pytest.mark.parametrize("killed", [1, *SLOW])
def test_a_run_killed_while_it_signs_is_finished_by_the_same_command(
    clips, out, key, monkeypatch, killed
):
    """Killed before the file number `killed` is signed, of a run that was not signed before."""
    for path in _outputs(out):
        path.unlink()
    was = _results(out).get("unsigned_sha256", _results(out)["sha256"])
    real, signed = sign.sign, []

    def interrupted(output, *more):
        if len(signed) == killed:
            raise KeyboardInterrupt
        signed.append(output)
        return real(output, *more)

    with monkeypatch.context() as patch:
        patch.setattr(sign, "sign", interrupted)
        assert _run(clips, out, *key) == 130
    assert _run(clips, out, *key) == 0
    assert all(map(_is_signed, _outputs(out))) and _results(out)["unsigned_sha256"] == was


def test_another_certificate_signs_the_unsigned_bytes_anew(clips, out, key, tmp_path):
    assert _run(clips, out, *key) == 0
    before = _results(out)
    assert _run(clips, out, "--test-certificate", str(tmp_path / "other")) == 0
    now = _results(out)
    assert now["unsigned_sha256"] == before["unsigned_sha256"]
    assert now["signature"]["certificate_sha256"] != before["signature"]["certificate_sha256"]
    root = (tmp_path / "other" / "root.pem").read_text()
    assert all(verify.read(path, root).state == "trusted" for path in _outputs(out))


def test_an_animation_is_signed_as_well(clips, out, key):
    assert _run(clips, out, *key, name="out.gif") == 0
    assert _is_signed(out / "out.gif")
    beside = record.read(out / "out.gif")
    assert _results(out)["unsigned_sha256"] == beside["output"]["unsigned_sha256"]


def test_pictures_half_signed_are_finished(clips, out, key, monkeypatch):
    real, count = sign._sign_into, []

    def interrupted(*arguments):
        count.append(1)
        if len(count) == FRAMES // 2:
            raise KeyboardInterrupt
        real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(sign, "_sign_into", interrupted)
        assert _run(clips, out, *key, name="half") == 130
    assert not _is_signed(out / "half")  # all of it or nothing
    assert _run(clips, out, *key, name="half") == 0
    assert _is_signed(out / "half") and not list(out.glob(".part-*"))


def test_a_replay_compares_the_unsigned_bytes(clips, out, key, tmp_path, capsys):
    assert _run(clips, out, *key) == 0
    places = ["-o", str(tmp_path / "again.mp4"), "--run", str(tmp_path / "run")]
    words = ["--replay", str(out / "run" / "run.json"), *places]
    assert pipeline.main(words) == 0
    assert "the same bytes as before, not counting the signature" in capsys.readouterr().err
    assert not _is_signed(tmp_path / "again.mp4")
    assert digest(tmp_path / "again.mp4") == _results(out)["unsigned_sha256"]
    assert pipeline.main([*words, *key]) == 0
    assert "the same bytes" in capsys.readouterr().err and _is_signed(tmp_path / "again.mp4")
    record_file = out / "run" / "run.json"
    told = json.loads(record_file.read_text())
    told["results"]["output"]["unsigned_sha256"] = "0" * 64
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "run.json").write_text(json.dumps(told))
    assert pipeline.main(["--replay", str(tmp_path / "old" / "run.json"), *places]) == 12


def test_what_cannot_be_signed_is_refused_before_anything_is_made(clips, tmp_path, key, capsys):
    missing = ["--sign", key[1], str(tmp_path / "none.pem")]
    for name, words, said in (
        ("out.mkv", key, "C2PA has no way to bind a manifest to Matroska"),
        ("out.mp4", missing, "none.pem: No such file"),
        ("out.mp4", ["--sign", key[2], key[1]], "holds no certificate"),
        ("out.mp4", ["--test-certificate", str(clips)], "holds other files"),
    ):
        assert pipeline.main(arguments(clips, tmp_path, *words, name=name)) == 13
        told = capsys.readouterr().err
        assert said in told and told.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_two_certificates_are_refused(clips, tmp_path, key):
    with pytest.raises(SystemExit) as stopped:
        _run(clips, tmp_path, *key, "--test-certificate", str(tmp_path / "c"))
    assert stopped.value.code == 2


def test_the_command_to_continue_signs(clips, tmp_path, monkeypatch, key):
    words = arguments(clips, tmp_path, *key)
    assert parse(shlex.split(resume_command(parse(words)))[2:]) == parse(words)
    monkeypatch.chdir(tmp_path)
    test = parse(arguments(clips, tmp_path, "--test-certificate", "here"))
    told = resume_command(test)
    assert f"--sign {tmp_path}/here/certificate.pem {tmp_path}/here/key.pem" in told
