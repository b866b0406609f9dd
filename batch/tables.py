"""The two tables of a data set, each as Parquet and as CSV with the same columns and values.

index has a row for each clip at each compression, frames a row for each frame of each clip,
whatever the compression. `clip_id` joins them.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from files import atomic_file
from stages.truth import MATRIX_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

# Rows in a row group of Parquet, which is in memory until it is written: 1 to 4 MB; by choice
INDEX_GROUP_ROWS, FRAMES_GROUP_ROWS = 2048, 16384
MAX_WAITING_TABLES = 64  # small tables are merged when there are so many; by choice
PARQUET_CODEC, PARQUET_LEVEL = "zstd", 3  # zstd's own default level
# A column's type: "text", "word" (text with few different values, a dictionary in Parquet), or a
# name of pyarrow's. A question mark says that it may be empty.
INDEX_COLUMNS = {
    "clip_id": "text",
    "path": "text",
    "label": "word",
    "method": "word?",
    "target_id": "text",
    "donor_id": "text?",
    "target_person": "text",
    "donor_person": "text?",
    "split": "word",
    "seed": "int64?",
    "options": "word?",
    "compression": "word",
    "crf": "int16",
    "frames": "int32",
    "fps": "float64",
    "width": "int32",
    "height": "int32",
    "bytes": "int64",
    "sha256": "text",
    "unsigned_sha256": "text?",
    "signature": "word?",
    "target_sha256": "text",
    "donor_sha256": "text?",
    "masks": "text?",
    "mask_clip": "text?",
    "mark": "word?",
    "record": "text?",
    "job": "text?",
    "versions": "word?",
}
FRAME_COLUMNS = {
    "clip_id": "word",
    "frame": "int32",
    "source_frame": "int32",
    "time": "float64",
    "label": "word",
    "split": "word",
    "mask": "text?",
    "changed": "int32",
    "source_sha256": "text",
    **dict.fromkeys(MATRIX_COLUMNS, "float64?"),
    "further_matrices": "text?",
}


def make_schema(columns: dict[str, str], words: bool = True) -> pa.Schema:
    """The types of a table's columns; without `words`, those are plain text, as in CSV."""
    import pyarrow as pa

    def make_type(name: str) -> pa.DataType:
        if name == "word" and words:
            return pa.dictionary(pa.int32(), pa.string())
        return pa.string() if name in ("text", "word") else pa.type_for_alias(name)

    return pa.schema(
        pa.field(column, make_type(name.rstrip("?")), nullable=name.endswith("?"))
        for column, name in columns.items()
    )


class TableWriter:
    """A context manager that writes folder/name.parquet and folder/name.csv, a part at a time.

    Both appear when they are complete. The same rows give the same bytes. Raises OSError.

    columns     their types by name
    group_rows  how many rows are a row group of Parquet
    """

    def __init__(self, folder: Path, name: str, columns: dict[str, str], group_rows: int):
        self.paths = folder / f"{name}.parquet", folder / f"{name}.csv"
        self.group_rows = group_rows
        self.schema, self.plain = make_schema(columns), make_schema(columns, words=False)

    def __enter__(self) -> TableWriter:
        from pyarrow.csv import CSVWriter
        from pyarrow.parquet import ParquetWriter

        self.waiting: list[pa.Table] = []
        with ExitStack() as stack:
            parquet, text = (stack.enter_context(atomic_file(path)) for path in self.paths)
            codec = {"compression": PARQUET_CODEC, "compression_level": PARQUET_LEVEL}
            self.parquet = stack.enter_context(ParquetWriter(parquet, self.schema, **codec))
            self.text = stack.enter_context(CSVWriter(text, self.plain))
            self.stack = stack.pop_all()
        return self

    def __exit__(self, kind, error, trace) -> None:
        try:
            if kind is None:
                self._write_groups(1)
        except BaseException as failure:
            self.stack.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self.stack.__exit__(kind, error, trace)

    def write(self, rows: pa.Table) -> None:
        """Append rows, with all columns of the table in order; words may be plain text."""
        import pyarrow as pa

        self.waiting.append(rows.cast(self.plain))
        if len(self.waiting) >= MAX_WAITING_TABLES or rows.num_rows >= self.group_rows:
            self.waiting = [pa.concat_tables(self.waiting).combine_chunks()]
            self._write_groups(self.group_rows)

    def _write_groups(self, least: int) -> None:
        """Write full row groups, and what is left while it has at least so many rows."""
        import pyarrow as pa

        table = pa.concat_tables(self.waiting) if self.waiting else self.plain.empty_table()
        while table.num_rows >= least:
            group, table = table[: self.group_rows].combine_chunks(), table[self.group_rows :]
            self.text.write_table(group)
            self.parquet.write_table(group.cast(self.schema))
        self.waiting = [table.combine_chunks()]
