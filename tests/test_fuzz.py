"""Files and options damaged at random: each ends in a known error, or in a right result.

FUZZ says how many of each kind: `FUZZ=600 python -m pytest tests/test_fuzz.py` tries some 5,000.
"""

import io
import itertools
import json
import os
import string
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nn
import pipeline
import video
from examples.drawn import draw_face
from faces import Face, ManifestError, manifest
from mtcnn_np import WeightsError, weights
from nn import checkpoint
from stages import replay
from stages.command import list_options
from stages.options import parse
from stages.run import Run
from stages.run_record import RunError
from tests.clips import make_clip

COUNT = int(os.environ.get("FUZZ", "24"))
MAX_MEMORY = 1000  # MB that a test may take; with more, a damaged size was believed


def damage(data: bytes, rng: np.random.Generator) -> bytes:
    """Bits flipped, the end cut off, a piece twice or gone, or four bytes that may be a length."""
    data = bytearray(data)
    kind = rng.integers(5)
    at = int(rng.integers(len(data)))
    if kind == 0:
        for k in rng.integers(len(data), size=int(rng.integers(1, 20))):
            data[k] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        del data[at:]
    elif kind == 2:
        piece = data[at : at + int(rng.integers(1, 200))]
        data[at:at] = piece
    elif kind == 3:
        del data[at : at + int(rng.integers(1, 200))]
    else:
        data[at : at + 4] = rng.choice(
            [
                b"\xff\xff\xff\xff",
                b"\x7f\xff\xff\xff",
                b"\0\0\0\0",
                b"\x80\0\0\0",
                b"NaN,",
                b"1e99",
                b"../.",
                b"-1\0\0",
            ]
        )
    return bytes(data)


@pytest.fixture(autouse=True)
def memory_stays_bounded():
    """A test takes little more memory than the tests before it have left behind."""
    if not Path("/proc/self/clear_refs").exists():  # not Linux
        yield
        return
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew (proc_pid_clear_refs(5))
    before = _read_memory("VmRSS")
    yield
    assert _read_memory("VmHWM") - before < MAX_MEMORY


def _read_memory(name: str) -> float:
    """MB of this process: VmRSS, which it has now, or VmHWM, its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def _variants(data, seed):
    rng = np.random.default_rng(seed)
    return (damage(data, rng) for _ in range(COUNT))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    images = [draw_face(centre=(80 + 3 * np.sin(n), 60), mouth=(n % 5) / 5) for n in range(18)]
    make_clip(folder / "clip.mp4", images, sound=True)
    clip = video.open_clip(folder / "clip.mp4")
    for suffix in (".mkv", ".gif"):
        with video.open_writer(folder / f"clip{suffix}", clip) as writer:
            for frame in itertools.islice(clip, 6):
                writer.write(frame.image, frame.time)
    return folder


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".gif"])
def test_damaged_clips(folder, tmp_path, suffix):
    for data in _variants((folder / f"clip{suffix}").read_bytes(), 1):
        path = tmp_path / f"x{suffix}"
        path.write_bytes(data)
        try:
            clip = video.open_clip(path)
            for number, frame in enumerate(itertools.islice(clip, 60)):
                assert (
                    frame.number == number
                    and frame.image.shape[1::-1] == clip.size
                    and frame.image.dtype == np.uint8
                )
        except video.VideoError as error:
            assert str(path) in str(error)


@pytest.mark.filterwarnings("ignore")  # Pillow's own, of damaged metadata
@pytest.mark.parametrize("kind", ["png", "jpeg", "bmp", "tiff", "webp"])
def test_damaged_images(tmp_path, kind):
    stream = io.BytesIO()
    Image.fromarray(draw_face()).save(stream, kind)
    for data in _variants(stream.getvalue(), 2):
        path = tmp_path / f"x.{kind}"
        path.write_bytes(data)
        try:
            image = video.read_image(path)
            assert (
                image.ndim == 3
                and image.shape[2] == 3
                and image.dtype == np.uint8
                and image.size <= 3 * video.images.MAX_PIXELS
            )
        except video.VideoError as error:
            assert str(path) in str(error)


def test_damaged_manifests(tmp_path):
    from fractions import Fraction

    points = np.array([[30, 40], [60, 40], [45, 60], [33, 80], [57, 80]], float)
    face = Face(np.array([10.0, 10, 80, 100]), 0.99, points)
    rows = [manifest.Row.with_face(n, Fraction(n, 25), face) for n in range(5)]
    rows[2] = manifest.Row.without_face(2, Fraction(2, 25))
    manifest.write(tmp_path / "m.jsonl", rows)
    for data in _variants((tmp_path / "m.jsonl").read_bytes(), 3):
        (tmp_path / "x.jsonl").write_bytes(data)
        try:
            for number, row in manifest.read(tmp_path / "x.jsonl").items():
                assert number == row.frame >= 0 and manifest.time_of(row) is not None
                assert not row.ok or np.isfinite(row.matrix).all()
        except ManifestError as error:
            assert "x.jsonl" in str(error)


def test_damaged_checkpoints(tmp_path):
    arrays = {"a": np.arange(30, dtype=np.float32).reshape(5, 6), "b": np.ones(3, np.float32)}
    checkpoint.write_arrays(tmp_path / "c.npz", arrays, {"epochs": 3})
    refused = 0
    for data in _variants((tmp_path / "c.npz").read_bytes(), 4):
        (tmp_path / "x.npz").write_bytes(data)
        try:
            read, meta = checkpoint.read_arrays(tmp_path / "x.npz")
            assert meta == {"epochs": 3}
            for name in read.keys() & arrays.keys():
                np.testing.assert_array_equal(read[name], arrays[name])
        except nn.CheckpointError as error:
            assert "x.npz" in str(error)
            refused += 1
    assert refused > COUNT / 2


def test_damaged_detector_weights():
    import importlib.metadata

    path = importlib.metadata.distribution(weights.WEIGHTS_PACKAGE).locate_file(
        "mtcnn/assets/weights/pnet.lz4"
    )
    for data in _variants(Path(path).read_bytes(), 5):
        with pytest.raises(WeightsError, match="SHA-256"):
            weights.decode(data, weights.WEIGHTS_SHA256["pnet"], "pnet")


def test_damaged_records_of_runs(tmp_path):
    for name in ("t", "d"):
        (tmp_path / name).write_bytes(b"a clip")
    settings = parse(
        [str(tmp_path / "t"), str(tmp_path / "d"), "-o", "o.mp4", "--run", str(tmp_path / "run")]
    )
    with Run(settings) as run:
        run.result(schedule=[0.0, 0.5], output={"sha256": "0" * 64})
    replay.read(tmp_path / "run" / "run.json")
    data = (tmp_path / "run" / "run.json").read_bytes()
    for changed in _variants(data, 6):
        (tmp_path / "run" / "run.json").write_bytes(changed)
        try:
            record = replay.read(tmp_path / "run" / "run.json")
            replay.changed_versions(record)
            options = list_options(record["settings"])
            assert all(isinstance(word, str) for option in options for word in option)
        except RunError as error:
            assert "run.json" in str(error)
        try:
            Run(settings).__exit__()
        except RunError as error:
            assert str(tmp_path / "run") in str(error)


def test_wrong_options(capsys):
    rng = np.random.default_rng(7)
    names = [
        "--rounds",
        "--minutes",
        "--batch",
        "--size",
        "--seed",
        "--threads",
        "--quality",
        "--face",
        "--donor-face",
        "--min-size",
        "--frames",
        "--every",
    ]
    values = [
        "",
        "-1",
        "0",
        "nan",
        "inf",
        "1e999",
        "9" * 30,
        "1:0",
        ":",
        "3,",
        "a",
        "../x",
        "\0",
        "%s",
        "1,2,3",
        "0x10",
        "١",
        "--",
    ]
    for _ in range(10 * COUNT):
        word = (
            str(rng.choice(values))
            if rng.random() < 0.7
            else "".join(rng.choice(list(string.printable), 5))
        )
        try:
            parse(["target.mp4", "donor.mp4", str(rng.choice(names)), word])
        except SystemExit as stop:
            assert stop.code in (0, 2)
    capsys.readouterr()


def test_the_program_with_a_damaged_target_or_run_folder(folder, tmp_path, capsys):
    """An exit code of the table, one line, and nothing written but run folder and output."""
    known = {0, *pipeline.EXIT_CODES.values()}
    rng = np.random.default_rng(8)
    arguments = [
        "-o",
        str(tmp_path / "out.mkv"),
        "--run",
        str(tmp_path / "run"),
        "--rounds",
        "1",
        "--batch",
        "8",
        "--threads",
        "1",
        "--same",
    ]
    assert pipeline.main([str(folder / "clip.mp4"), str(folder / "clip.mp4"), *arguments]) == 0
    allowed = {p.name for p in tmp_path.iterdir()} | {"x.mp4"}
    files = [
        tmp_path / "run" / name
        for name in (
            "run.json",
            "target/manifest.jsonl",
            "target/faces/000003.png",
            "checkpoints/000001.npz",
        )
    ]
    for k in range(max(COUNT // 4, 6)):
        capsys.readouterr()
        if k % 6 == 0:
            (tmp_path / "x.mp4").write_bytes(damage((folder / "clip.mp4").read_bytes(), rng))
            target, moved = (
                tmp_path / "x.mp4",
                [a.replace(str(tmp_path / "run"), str(tmp_path / "run" / "x")) for a in arguments],
            )
            code = pipeline.main([str(target), str(folder / "clip.mp4"), *moved])
        else:
            file = files[k % len(files)]
            data = file.read_bytes()
            file.write_bytes(damage(data, rng))
            code = pipeline.main([str(folder / "clip.mp4"), str(folder / "clip.mp4"), *arguments])
            file.write_bytes(data)
        said = capsys.readouterr().err
        assert code in known and "Traceback" not in said, said
        assert {p.name for p in tmp_path.iterdir()} <= allowed


@pytest.mark.parametrize("number", ["../../x", "/etc/x", -1, 1.5, None, [0], "0"])
def test_a_manifest_cannot_name_a_file(tmp_path, number):
    row = {"frame": number, "time": "0/1", "status": "no face", "reason": "none"}
    (tmp_path / "m.jsonl").write_text(json.dumps(row) + "\n")
    with pytest.raises(ManifestError, match="frame"):
        manifest.read(tmp_path / "m.jsonl")


def test_a_picture_that_says_it_is_huge(tmp_path):
    from video.images import MAX_PIXELS

    Image.new("1", (8000, MAX_PIXELS // 8000 + 1)).save(tmp_path / "huge.png")
    with pytest.raises(video.NotAVideo, match="million pixels"):
        video.read_image(tmp_path / "huge.png")
