"""Both tables: types, the same values in Parquet and CSV, and what they say is true."""

import hashlib
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import video
from batch.tables import FRAME_COLUMNS, INDEX_COLUMNS, TableWriter

WORD = pa.dictionary(pa.int32(), pa.string())
INDEX_TYPES = {
    **dict.fromkeys(["clip_id", "path", "target_id", "target_person"], pa.string()),
    **dict.fromkeys(["donor_id", "donor_person", "sha256", "unsigned_sha256"], pa.string()),
    **dict.fromkeys(["target_sha256", "donor_sha256", "masks", "mask_clip"], pa.string()),
    **dict.fromkeys(["record", "job"], pa.string()),
    **dict.fromkeys(["label", "method", "split", "options", "compression"], WORD),
    **dict.fromkeys(["mark", "signature", "versions"], WORD),
    **{"seed": pa.int64(), "crf": pa.int16(), "frames": pa.int32(), "fps": pa.float64()},
    **{"width": pa.int32(), "height": pa.int32(), "bytes": pa.int64()},
}
FRAME_TYPES = {
    **dict.fromkeys(["mask", "source_sha256", "further_matrices"], pa.string()),
    **dict.fromkeys(["clip_id", "label", "split"], WORD),
    **dict.fromkeys(["frame", "source_frame", "changed"], pa.int32()),
    **dict.fromkeys(["time", "m00", "m01", "m02", "m10", "m11", "m12"], pa.float64()),
}
MAY_BE_EMPTY = {
    *("donor_id", "donor_person", "method", "seed", "options", "unsigned_sha256", "signature"),
    *("donor_sha256", "masks", "mask_clip", "mark", "record", "job", "versions"),
    *("mask", "m00", "m01", "m02", "m10", "m11", "m12", "further_matrices"),
}
each_table = pytest.mark.parametrize(
    "name, types", [("index", INDEX_TYPES), ("frames", FRAME_TYPES)], ids=["index", "frames"]
)


@each_table
def test_parquet_has_the_types_that_are_promised(example, name, types):
    schema = pq.read_schema(example / f"{name}.parquet")
    assert {field.name: field.type for field in schema} == types
    assert {field.name for field in schema if field.nullable} == MAY_BE_EMPTY & types.keys()


@each_table
def test_pandas_reads_both_forms_with_the_same_values(example, name, types):
    parquet = pd.read_parquet(example / f"{name}.parquet", dtype_backend="numpy_nullable")
    texts = {column: "string" for column, of in types.items() if of in (pa.string(), WORD)}
    numbers = {column: str(of).capitalize() for column, of in types.items() if column not in texts}
    numbers = {column: of.replace("Double", "Float64") for column, of in numbers.items()}
    read = pd.read_csv(example / f"{name}.csv", dtype=texts | numbers)
    assert list(read.columns) == list(parquet.columns)
    words = [column for column, of in types.items() if of == WORD]
    assert all(isinstance(parquet[word].dtype, pd.CategoricalDtype) for word in words)
    pd.testing.assert_frame_equal(parquet.astype(texts), read)


@pytest.fixture(params=["example", "real"])
def any_set(request):
    """A set of true swaps, and one of the pipeline's own."""
    return request.getfixturevalue(request.param)


def test_every_row_of_the_index_is_true(any_set):
    index = pd.read_parquet(any_set / "index.parquet")
    assert (
        len(index) == index.path.nunique() and not index.path.str.contains("\\", regex=False).any()
    )
    for row in index.itertuples():
        path = any_set / row.path
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row.sha256
        assert path.stat().st_size == row.bytes and row.compression == f"c{row.crf}"
        clip = video.open_clip(path)
        assert (len(list(clip)), clip.size) == (row.frames, (row.width, row.height))
        assert row.fps == clip.rate and (row.label == "fake") == (row.method is not np.nan)
        record = json.loads((any_set / row.record).read_text())
        assert record["output"]["sha256"] == row.sha256
        assert record["inputs"]["target"]["sha256"] == row.target_sha256
        assert video.says_synthetic(path)


def test_seeds_options_and_marks_are_those_of_the_jobs(example, real):
    index = pd.read_parquet(example / "index.parquet").query("crf == 23").set_index("clip_id")
    assert set(index.index) == {"000", "001", "faceswap-np/000_001", "faceswap-np/001_000"}
    there, back = index.loc["faceswap-np/000_001"], index.loc["faceswap-np/001_000"]
    assert (there.seed, there.options, there.mark) == (0, "--rounds 1", "embedded")
    assert (there.target_person, there.donor_person) == ("actor 6", "actor 3")
    assert (back.target_sha256, back.donor_sha256) == (there.donor_sha256, there.target_sha256)
    index = pd.read_parquet(real / "index.parquet").query("crf == 23").set_index("clip_id")
    swap = index.loc["faceswap-np/000_001"]
    assert (swap.seed, swap.mark, swap.job) == (2, "left out", "a" * 16)
    assert swap.options == "--frames 3:12 --seed 2 --no-mark"
    assert set(index.index) == {"000", "faceswap-np/000_001"}


def test_every_row_of_the_frames_is_true(any_set):
    frames = pd.read_parquet(any_set / "frames.parquet")
    index = (
        pd.read_parquet(any_set / "index.parquet").drop_duplicates("clip_id").set_index("clip_id")
    )
    assert (frames.groupby("clip_id", observed=True).size() == index.frames).all()
    originals = frames[frames["mask"].isna()].set_index(["clip_id", "source_frame"])
    for row in frames.dropna(subset="mask").itertuples():
        mask = np.asarray(Image.open(any_set / row.mask))
        assert (mask > 0).sum() == row.changed and (row.label == "fake") == (row.changed > 0)
        assert row.m00 != 0 and row.split == index.split[row.clip_id]
        target = originals.loc[(index.target_id[row.clip_id], row.source_frame)]
        assert target.source_sha256 == row.source_sha256 and target.time == row.time
    assert (originals.label == "real").all() and (originals.changed == 0).all()


def test_mask_clips_are_exact(any_set):
    index = pd.read_parquet(any_set / "index.parquet").dropna(subset="mask_clip")
    for path, masks in set(zip(index.mask_clip, index.masks, strict=True)):
        pictures = sorted((any_set / masks).iterdir())
        for frame, picture in zip(video.open_clip(any_set / path), pictures, strict=True):
            expected = np.asarray(Image.open(picture))
            assert (frame.image == expected[..., None]).all()
            assert set(np.unique(expected)) <= {0, 255}


def _rows(first, count):
    columns = {name: pa.nulls(count, pa.string()) for name in INDEX_COLUMNS}
    columns |= {name: pa.array(["x"] * count) for name, of in INDEX_COLUMNS.items() if of in
                ("text", "word")}  # fmt: skip
    columns |= {name: pa.array(range(first, first + count)) for name, of in INDEX_COLUMNS.items()
                if of[:3] in ("int", "flo")}  # fmt: skip
    columns["crf"] = pa.array([23] * count)
    return pa.table(columns)


def test_rows_are_written_in_groups_whatever_parts_they_come_in(tmp_path):
    count = 2 * 500 + 100
    written = []
    for step in (300, 3, count):
        with TableWriter(tmp_path, "index", INDEX_COLUMNS, 500) as table:
            for first in range(0, count, step):
                table.write(_rows(first, min(step, count - first)))
        written.append([(tmp_path / f"index.{form}").read_bytes() for form in ("parquet", "csv")])
        found = pq.ParquetFile(tmp_path / "index.parquet")
        groups = [found.metadata.row_group(n).num_rows for n in range(found.num_row_groups)]
        assert groups == [500, 500, 100]
        assert found.read()["bytes"].to_pylist() == list(range(count))
    assert written[0] == written[1] == written[2]


def test_nothing_appears_of_a_table_that_fails(tmp_path):
    with pytest.raises(KeyError), TableWriter(tmp_path, "frames", FRAME_COLUMNS, 500):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_an_empty_table_has_its_columns(tmp_path):
    with TableWriter(tmp_path, "frames", FRAME_COLUMNS, 500):
        pass
    assert list(pd.read_csv(tmp_path / "frames.csv").columns) == list(FRAME_COLUMNS)
    assert pq.read_table(tmp_path / "frames.parquet").schema.names == list(FRAME_COLUMNS)
