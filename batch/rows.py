"""A finished clip, as work/ has it -> its rows in the two tables of the data set."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import video
from provenance.record import record_path
from stages.truth import MATRIX_COLUMNS, TRUTH_COLUMNS

from .catalogue import DatasetError, Entry
from .layout import place_of_record
from .originals import ORIGINAL_NAME
from .tables import FRAME_COLUMNS, INDEX_COLUMNS, make_schema

if TYPE_CHECKING:
    import pyarrow as pa

READ_TYPES = {
    **{"frame": "int32", "source_frame": "int32", "time": "float64", "label": "text"},
    **{"mask": "text?", "changed": "int32", "source_sha256": "text"},
}


def read_clips(folder: Path, entry: Entry) -> list[dict]:
    """What clips.csv says of a clip at each compression: file, crf, bytes, sha256.

    folder  of the data set

    Raises DatasetError if it is not there, or is damaged.
    """
    path = folder / entry.work / "clips.csv"
    try:
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return [row | {"crf": int(row["crf"])} for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, entry, path, error) from None


def read_frames(folder: Path, entry: Entry) -> pa.Table:
    """The rows of a clip's frames, in the columns FRAME_COLUMNS.

    Raises DatasetError if its index.csv is not there, or is damaged.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    path = folder / entry.work / "index.csv"
    try:
        names = arrow_csv.open_csv(path).schema.names
        extra = [name for name in names if name not in (*TRUTH_COLUMNS, *MATRIX_COLUMNS)]
        types = make_schema(READ_TYPES | dict.fromkeys([*MATRIX_COLUMNS, *extra], "float64?"))
        options = arrow_csv.ConvertOptions(
            column_types=types,
            include_columns=types.names,
            include_missing_columns=True,
            strings_can_be_null=True,
        )
        table = arrow_csv.read_csv(path, convert_options=options)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(folder, entry, path, error) from None
    return _name_columns(table, entry, extra)


def _name_columns(table: pa.Table, entry: Entry, extra: list[str]) -> pa.Table:
    """The table with the columns of the data set: paths in the set, and further faces in one."""
    import pyarrow as pa
    from pyarrow import compute

    count = table.num_rows
    columns = {name: table[name] for name in table.column_names if name in FRAME_COLUMNS}
    columns |= {
        name: pa.repeat(pa.scalar(getattr(entry, name)), count) for name in ("clip_id", "split")
    }
    columns["mask"] = compute.replace_substring_regex(table["mask"], "^mask/", f"{entry.masks}/")
    columns["further_matrices"] = pa.array(_join_matrices(table, extra), pa.string())
    return pa.table({name: columns[name] for name in FRAME_COLUMNS})


def _join_matrices(table: pa.Table, extra: list[str]) -> list[str | None]:
    """The matrices of further faces in each frame, as JSON; None if there are none."""
    if not extra:
        return [None] * table.num_rows
    texts = []
    for row in table.select(extra).to_pylist():
        values = [value for value in row.values() if value is not None]
        faces = [values[at : at + 6] for at in range(0, len(values), 6)]
        texts.append(json.dumps(faces) if faces else None)
    return texts


def describe_clips(folder: Path, entry: Entry, clips: list[dict], labels: list[str]) -> pa.Table:
    """The rows of a clip, one for each compression, in the columns INDEX_COLUMNS.

    clips   as `read_clips` gives them
    labels  of its frames; a clip is fake if one of them is

    Raises DatasetError if a file of it is not there, or is damaged.
    """
    import pyarrow as pa

    shown = video.open_clip(folder / entry.video(clips[0]["crf"]))
    common = {name: getattr(entry, name, None) for name in INDEX_COLUMNS}
    common |= {"label": "fake" if "fake" in labels else "real", "frames": len(labels)}
    common |= {"width": shown.size[0], "height": shown.size[1], "fps": float(shown.rate)}
    if not entry.method:
        common |= {"masks": None, "mask_clip": None}
        common["target_sha256"] = _read_json(folder, entry, ORIGINAL_NAME)["source_sha256"]
    rows = [common | _describe_coding(folder, entry, clip) for clip in clips]
    return pa.Table.from_pylist(rows, make_schema(INDEX_COLUMNS, words=False))


def _describe_coding(folder: Path, entry: Entry, clip: dict) -> dict:
    """What differs from one compression of a clip to the next, and what its record says."""
    path = entry.video(clip["crf"])
    values = {
        "path": path,
        "compression": f"c{clip['crf']}",
        "crf": clip["crf"],
        "bytes": (folder / path).stat().st_size,
        "sha256": clip["sha256"],
    }
    name = record_path(Path(clip["file"])).name
    if not entry.method and not (folder / entry.work / name).exists():
        return values  # a genuine clip has no record, because a record says that it is synthetic
    return values | _describe_record(_read_json(folder, entry, name), entry, path)


def _describe_record(record: dict, entry: Entry, path: str) -> dict:
    """What the record of a clip says of it."""
    output, inputs, mark = record["output"], record["inputs"], record["mark"]
    signature = record.get("signature")
    values = {
        "record": place_of_record(path),
        "sha256": output["sha256"],
        "unsigned_sha256": output.get("unsigned_sha256"),
        "signature": signature and json.dumps(signature, sort_keys=True),
        "versions": json.dumps(record["versions"], sort_keys=True),
    }
    if entry.method:
        values |= {f"{role}_sha256": inputs[role]["sha256"] for role in ("target", "donor")}
        values["seed"] = record["settings"]["seed"]
        values["mark"] = mark and ("embedded" if mark["embedded"] else "left out")
    return values


def _read_json(folder: Path, entry: Entry, name: str) -> dict:
    path = folder / entry.work / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(folder, entry, path, error) from None


def _damaged(folder: Path, entry: Entry, path: Path, error: Exception) -> DatasetError:
    """The error for a file in work/, with what to delete so that it is made again."""
    made = entry.work.removesuffix("/truth")
    why = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return DatasetError(f"{path} cannot be used ({why}); delete {folder / made} and start again")
