"""The mark, statement, record and truth that a run writes, and what `provenance` reports."""

import csv
import hashlib
import json
import shutil

import numpy as np
import pytest
from PIL import Image

import pipeline
import video
from actors import Scene, film
from faces import manifest
from provenance import __main__ as command
from provenance import record

FRAMES, SHORT = 30, ["--rounds", "1", "--batch", "4", "--threads", "1"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a run on two actors, the target hidden for a while.

    out.mkv is the swap with its truth, plain.mkv the same without the mark.
    """
    folder = tmp_path_factory.mktemp("made")
    for name, scene in (
        ("target", Scene(6, 11, FRAMES, (224, 224), hard={"leave"})),
        ("donor", Scene(3, 12, 20, (160, 160))),
    ):
        for _ in film(scene, folder / f"{name}.mkv", sound=False):
            pass
    assert _swap(folder, "out.mkv", "--truth", str(folder / "truth")) == 0
    assert _swap(folder, "plain.mkv", "--no-mark") == 0
    return folder


def _swap(folder, output, *more):
    clips = [str(folder / "target.mkv"), str(folder / "donor.mkv")]
    places = ["-o", str(folder / output), "--run", str(folder / "run")]
    return pipeline.main([*clips, *places, *SHORT, *more])


def _images(path):
    return [frame.image for frame in video.open_clip(path)]


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_csv(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def _run(capsys, *arguments):
    """The exit code, and what was printed as JSON."""
    code = command.main([*map(str, arguments), "--json", "--threads", "1"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_mark_is_found_in_the_marked_clip_only(made, capsys):
    paths = made / "out.mkv", made / "plain.mkv", made / "target.mkv"
    code, (out, plain, target) = _run(capsys, *paths)
    assert code == 0  # the two without the mark have a statement in their metadata
    assert out["marked"] and not plain["marked"] and not target["marked"]
    assert out["faces"][0]["ranges"][0][0] == 0
    assert "python -m provenance" in out["statement"]
    assert "--no-mark" in plain["statement"]
    assert "rendered person" in target["statement"]


def test_the_record_describes_the_inputs_and_the_output(made):
    text = json.loads((made / "out.mkv.json").read_text())
    assert text["synthetic"] and text["statement"] == video.read_comment(made / "out.mkv")
    target, out = ({"name": f, "sha256": _sha256(made / f)} for f in ("target.mkv", "out.mkv"))
    assert text["inputs"]["target"] == target
    assert text["output"] == out | {"frames": FRAMES}
    rows = manifest.read(made / "run" / "target" / "manifest.jsonl")
    replaced = {n for first, last in text["replaced_frames"] for n in range(first, last + 1)}
    assert replaced == {n for n, row in rows.items() if row.ok} and 0 < len(replaced) < FRAMES
    assert text["settings"]["seed"] == 0
    assert text["versions"]["numpy"] == np.__version__
    assert str(made) not in json.dumps(text)
    assert text["mark"]["embedded"]
    plain = json.loads((made / "plain.mkv.json").read_text())
    assert plain["mark"] == {"embedded": False, "why": record.STATEMENT_UNMARKED}


def test_the_record_fits_until_the_file_changes(made, tmp_path, capsys):
    for name in ("out.mkv", "out.mkv.json"):
        shutil.copy(made / name, tmp_path / name)
    assert record.read(tmp_path / "out.mkv")["fits"]
    with open(tmp_path / "out.mkv", "ab") as file:
        file.write(b"x")
    assert not record.read(tmp_path / "out.mkv")["fits"]
    command.main([str(tmp_path / "out.mkv"), "--threads", "1"])
    assert "does not fit" in capsys.readouterr().out


NEARLY_VALID = {"synthetic": True, "output": {"sha256": ""}, "replaced_frames": [[0, 3]]}
WRONG = [
    {"synthetic": False},
    {"output": 3},
    {"output": {}},
    *({"replaced_frames": r} for r in (3, [3], [[1]], [["a", "b"]], [[1e999, 0]])),
]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", "[" * 9999, "\x00", *(json.dumps(NEARLY_VALID | w) for w in WRONG)],
)
def test_a_damaged_record_is_noted_and_ignored(made, tmp_path, capsys, text):
    Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "a.png.json").write_text(text)
    code, (found,) = _run(capsys, tmp_path / "a.png")
    assert code == 1 and found["record"] is None and "a.png.json" in found["notes"][0]


def test_the_mark_changes_replaced_pixels_only_and_no_mark_leaves_it_out(made):
    clips = (_images(made / f"{name}.mkv") for name in ("out", "plain", "target"))
    for out, plain, target in zip(*clips, strict=True):
        replaced = (plain != target).any(axis=2)
        assert not (out != plain).any(axis=2)[~replaced].any()
        assert (out != plain).any() == replaced.any()


def test_the_truth_has_a_row_for_each_frame(made):
    table = _read_csv(made / "truth" / "index.csv")
    rows = manifest.read(made / "run" / "target" / "manifest.jsonl")
    for column in ("frame", "source_frame"):
        assert [int(row[column]) for row in table] == list(range(FRAMES))
    assert {row["label"] for row in table} == {"fake", "real"}
    clips = _images(made / "out.mkv"), _images(made / "target.mkv")
    for row, out, target in zip(table, *clips, strict=True):
        changed = (out != target).any(axis=2)
        with Image.open(made / "truth" / row["mask"]) as mask:
            np.testing.assert_array_equal(np.asarray(mask), changed * 255)
        assert row["label"] == ("fake" if changed.any() else "real")
        assert int(row["changed"]) == changed.sum()
        assert row["source_sha256"] == hashlib.sha256(target.tobytes()).hexdigest()
        known = rows[int(row["frame"])]
        matrix = [row[f"m{i}{j}"] for i in (0, 1) for j in (0, 1, 2)]
        if known.ok:
            assert [float(m) for m in matrix] == sum(known.matrix, [])
        else:
            assert matrix == [""] * 6


def test_the_truth_has_the_clip_at_several_rates(made):
    clips = _read_csv(made / "truth" / "clips.csv")
    sizes = [int(clip["bytes"]) for clip in clips]
    assert sizes == sorted(sizes, reverse=True) and len(clips) == 4
    for clip in clips:
        path = made / "truth" / clip["file"]
        assert clip["sha256"] == _sha256(path)
        assert len(_images(path)) == FRAMES and record.read(path)["fits"]


def test_the_truth_loads_into_pandas(made):
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(made / "truth" / "index.csv")
    assert len(table) == FRAMES and table.m00.dtype == float
    assert table.loc[table.label == "real", "m00"].isna().all()


def _bytes_and_time(path):
    return path.read_bytes(), path.stat().st_mtime_ns


def test_a_repeated_command_writes_nothing_except_a_record_that_is_missing(made):
    truth = ["--truth", str(made / "truth")]
    # plain.mkv was made last, so out.mkv is made again, to the same bytes.
    assert _swap(made, "out.mkv", *truth) == 0
    paths = made / "out.mkv", made / "out.mkv.json", made / "truth" / "index.csv"
    before = {path: _bytes_and_time(path) for path in paths}
    assert _swap(made, "out.mkv", *truth) == 0
    assert {path: _bytes_and_time(path) for path in paths} == before
    (made / "out.mkv.json").unlink()
    assert _swap(made, "out.mkv", *truth) == 0
    assert [path.read_bytes() for path in paths] == [data for data, _ in before.values()]


def test_the_truth_of_another_run_is_replaced(made):
    truth, index = ["--truth", str(made / "truth")], made / "truth" / "index.csv"
    assert _swap(made, "out.mkv", *truth) == 0
    before = index.read_bytes()
    index.write_bytes(before[:100])
    shutil.copy(made / "truth" / "mask" / "000000.png", made / "truth" / "mask" / "000999.png")
    assert _swap(made, "out.mkv", *truth) == 0
    assert index.read_bytes() == before and len(list((made / "truth" / "mask").iterdir())) == FRAMES


@pytest.mark.parametrize("name", ["out", "out.gif", "one.png"])
def test_pictures_and_folders_carry_the_statement(made, tmp_path, capsys, name):
    clip = video.open_clip(made / "out.mkv")
    statement = video.read_comment(clip.path)
    if name == "one.png":
        image = Image.fromarray(next(iter(clip)).image)
        image.save(tmp_path / name, pnginfo=video.png_text(statement))
    else:
        with video.open_writer(tmp_path / name, clip, comment=statement) as writer:
            for frame in clip.between(0, 6):
                writer.write(frame.image, frame.time)
    code, (found,) = _run(capsys, tmp_path / name)
    assert code == 0 and found["statement"] == statement and (found["marked"] or name == "out.gif")


def test_pictures_of_a_run_carry_the_statement(made):
    for path in [made / "run" / "result.png", *(made / "run" / "previews").glob("*.png")]:
        assert video.read_comment(path).startswith("Synthetic media")


def test_exit_codes(made, tmp_path, capsys):
    Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(tmp_path / "plain.png")
    (tmp_path / "text.mp4").write_text("text")
    for names, code in ((["plain.png"], 1), (["missing.mp4"], 3), (["text.mp4", "plain.png"], 4)):
        assert command.main([*(str(tmp_path / n) for n in names), "--threads", "1"]) == code
    printed = capsys.readouterr()
    assert "no face found" in printed.out
    assert "no such file" in printed.err and "is a text file" in printed.err
    with pytest.raises(SystemExit) as stopped:
        command.main([str(tmp_path), "--min-size", "3"])
    assert stopped.value.code == 2


def test_numbers_become_ranges():
    assert record.to_ranges([]) == [] and record.to_ranges([4]) == [(4, 4)]
    assert record.to_ranges([7, 1, 2, 3, 8, 5]) == [(1, 3), (5, 5), (7, 8)]
