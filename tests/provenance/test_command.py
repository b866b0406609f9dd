"""What a run leaves beside its output, and what python -m provenance tells of it."""

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
from provenance import __main__ as door
from provenance import record

FRAMES, SHORT = 30, ["--rounds", "1", "--batch", "4", "--threads", "1"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a run on two actors, the target away for a while: out.mkv, its truth, and plain.mkv without the mark."""
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
    return pipeline.main(
        [*clips, "-o", str(folder / output), "--run", str(folder / "run"), *SHORT, *more]
    )


def _images(path):
    return [frame.image for frame in video.open_clip(path)]


def _told(capsys, *arguments):
    """The exit code, and what was printed as JSON."""
    code = door.main([*map(str, arguments), "--json", "--threads", "1"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_mark_is_told_by_the_door_and_only_where_it_is(made, capsys):
    code, (out, plain, target) = _told(
        capsys, made / "out.mkv", made / "plain.mkv", made / "target.mkv"
    )
    assert code == 0  # the two without the mark say themselves what they are
    assert out["marked"] and not plain["marked"] and not target["marked"]
    assert out["faces"][0]["ranges"][0][0] == 0
    assert (
        "python -m provenance" in out["statement"]
        and "--no-mark" in plain["statement"]
        and "rendered person" in target["statement"]
    )


def test_the_record_says_what_was_made_from_what_and_fits_until_the_file_changes(
    made, tmp_path, capsys
):
    text = json.loads((made / "out.mkv.json").read_text())
    rows = manifest.read(made / "run" / "target" / "manifest.jsonl")
    assert text["synthetic"] and text["statement"] == video.read_comment(made / "out.mkv")
    assert text["inputs"]["target"] == {
        "name": "target.mkv",
        "sha256": hashlib.sha256((made / "target.mkv").read_bytes()).hexdigest(),
    }
    assert text["output"] == {
        "name": "out.mkv",
        "sha256": hashlib.sha256((made / "out.mkv").read_bytes()).hexdigest(),
        "frames": FRAMES,
    }
    replaced = {n for first, last in text["replaced_frames"] for n in range(first, last + 1)}
    assert replaced == {n for n, row in rows.items() if row.ok} and 0 < len(replaced) < FRAMES
    assert (
        text["settings"]["seed"] == 0
        and text["versions"]["numpy"] == np.__version__
        and str(made) not in json.dumps(text)
    )
    assert text["mark"]["embedded"] and json.loads((made / "plain.mkv.json").read_text())[
        "mark"
    ] == {"embedded": False, "why": record.STATEMENT_UNMARKED}
    for name in ("out.mkv", "out.mkv.json"):
        shutil.copy(made / name, tmp_path / name)
    assert record.read(tmp_path / "out.mkv")["fits"]
    with open(tmp_path / "out.mkv", "ab") as file:
        file.write(b"x")
    assert not record.read(tmp_path / "out.mkv")["fits"]
    door.main([str(tmp_path / "out.mkv"), "--threads", "1"])
    assert "does not fit" in capsys.readouterr().out


ALMOST = {"synthetic": True, "output": {"sha256": ""}, "replaced_frames": [[0, 3]]}
WRONG = [
    {"synthetic": False},
    {"output": 3},
    {"output": {}},
    *({"replaced_frames": r} for r in (3, [3], [[1]], [["a", "b"]], [[1e999, 0]])),
]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "[" * 9999, "\x00", *(json.dumps(ALMOST | w) for w in WRONG)]
)
def test_a_damaged_record_is_told_and_no_more(made, tmp_path, capsys, text):
    Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "a.png.json").write_text(text)
    code, (found,) = _told(capsys, tmp_path / "a.png")
    assert code == 1 and found["record"] is None and "a.png.json" in found["notes"][0]


def test_the_mark_changes_replaced_pixels_only_and_no_mark_leaves_it_out(made):
    for out, plain, target in zip(
        *(_images(made / f"{name}.mkv") for name in ("out", "plain", "target")), strict=True
    ):
        replaced = (plain != target).any(axis=2)
        assert not (out != plain).any(axis=2)[~replaced].any()
        assert (out != plain).any() == replaced.any()


def test_the_truth_is_a_table_of_every_frame(made):
    with open(made / "truth" / "index.csv", newline="") as file:
        table = list(csv.DictReader(file))
    rows = manifest.read(made / "run" / "target" / "manifest.jsonl")
    assert (
        [int(row["frame"]) for row in table]
        == [int(row["source_frame"]) for row in table]
        == list(range(FRAMES))
    )
    assert {row["label"] for row in table} == {"fake", "real"}
    for row, out, target in zip(
        table, _images(made / "out.mkv"), _images(made / "target.mkv"), strict=True
    ):
        changed = (out != target).any(axis=2)
        with Image.open(made / "truth" / row["mask"]) as mask:
            np.testing.assert_array_equal(np.asarray(mask), changed * 255)
        assert (
            row["label"] == ("fake" if changed.any() else "real")
            and int(row["changed"]) == changed.sum()
        )
        assert row["source_sha256"] == hashlib.sha256(target.tobytes()).hexdigest()
        known = rows[int(row["frame"])]
        matrix = [row[f"m{i}{j}"] for i in (0, 1) for j in (0, 1, 2)]
        assert (
            [float(m) for m in matrix] == sum(known.matrix, []) if known.ok else matrix == [""] * 6
        )
    with open(made / "truth" / "clips.csv", newline="") as file:
        clips = list(csv.DictReader(file))
    assert [int(c["bytes"]) for c in clips] == sorted(
        (int(c["bytes"]) for c in clips), reverse=True
    ) and len(clips) == 4
    for c in clips:
        path = made / "truth" / c["file"]
        assert (
            c["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
            and len(_images(path)) == FRAMES
            and record.read(path)["fits"]
        )


def test_the_truth_loads_into_pandas_as_it_is(made):
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(made / "truth" / "index.csv")
    assert (
        len(table) == FRAMES
        and table.m00.dtype == float
        and table.loc[table.label == "real", "m00"].isna().all()
    )


def test_the_same_command_again_makes_nothing_and_a_lost_record_is_made_anew(made):
    again = ["--truth", str(made / "truth")]
    assert (
        _swap(made, "out.mkv", *again) == 0
    )  # plain.mkv was the last: this one is made again, to the same bytes
    before = {
        p: (p.read_bytes(), p.stat().st_mtime_ns)
        for p in (made / "out.mkv", made / "out.mkv.json", made / "truth" / "index.csv")
    }
    assert _swap(made, "out.mkv", *again) == 0
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in before} == before
    (made / "out.mkv.json").unlink()
    assert _swap(made, "out.mkv", *again) == 0
    assert {p: p.read_bytes() for p in before} == {p: data for p, (data, _) in before.items()}


def test_the_truth_of_another_run_does_not_stay_beside_this_ones(made):
    again, index = ["--truth", str(made / "truth")], made / "truth" / "index.csv"
    assert _swap(made, "out.mkv", *again) == 0
    before = index.read_bytes()
    index.write_bytes(before[:100])
    shutil.copy(made / "truth" / "mask" / "000000.png", made / "truth" / "mask" / "000999.png")
    assert _swap(made, "out.mkv", *again) == 0
    assert index.read_bytes() == before and len(list((made / "truth" / "mask").iterdir())) == FRAMES


@pytest.mark.parametrize("name", ["out", "out.gif", "one.png"])
def test_pictures_and_folders_say_what_they_are(made, tmp_path, capsys, name):
    clip = video.open_clip(made / "out.mkv")
    statement = video.read_comment(clip.path)
    if name == "one.png":
        Image.fromarray(next(iter(clip)).image).save(
            tmp_path / name, pnginfo=video.png_text(statement)
        )
    else:
        with video.open_writer(tmp_path / name, clip, comment=statement) as writer:
            for frame in clip.between(0, 6):
                writer.write(frame.image, frame.time)
    code, (found,) = _told(capsys, tmp_path / name)
    assert code == 0 and found["statement"] == statement and (found["marked"] or name == "out.gif")


def test_pictures_of_a_run_say_what_they_are(made):
    for path in [made / "run" / "result.png", *(made / "run" / "previews").glob("*.png")]:
        assert video.read_comment(path).startswith("Synthetic media")


def test_exit_codes(made, tmp_path, capsys):
    Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(tmp_path / "plain.png")
    (tmp_path / "text.mp4").write_text("text")
    for names, code in ((["plain.png"], 1), (["missing.mp4"], 3), (["text.mp4", "plain.png"], 4)):
        assert door.main([*(str(tmp_path / n) for n in names), "--threads", "1"]) == code
    printed = capsys.readouterr()
    assert (
        "no face found" in printed.out
        and "no such file" in printed.err
        and "not a video" in printed.err
    )
    with pytest.raises(SystemExit) as stopped:
        door.main([str(tmp_path), "--min-size", "3"])
    assert stopped.value.code == 2


def test_runs_of_numbers():
    assert record.to_ranges([]) == [] and record.to_ranges([4]) == [(4, 4)]
    assert record.to_ranges([7, 1, 2, 3, 8, 5]) == [(1, 3), (5, 5), (7, 8)]
