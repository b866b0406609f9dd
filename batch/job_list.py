"""All jobs of a file, checked, in a temporary database: memory stays the same for any number.

SQLite holds 256 kB of it, and the disk the rest.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import video
from stages.settings import OptionError

from .jobs import Job, Source
from .jobs_file import JobsError, Row, read_rows
from .row_options import RowOptions, read_options
from .searches import list_search_options
from .sources import ActorClip, Rendering, describe_actor, describe_clip, hash_values, read_actor
from .stamps import Stamps

JOB_FORMAT = 1  # of a job's key; goes up whenever the same options make another swap
MAX_REPEATS_TOLD = 5  # rows that ask for what another asks for; by choice
LIST_TABLES = """
pragma cache_size = -256;
create table jobs (row integer primary key, key text unique, work text);
create table searches (key text, row integer);
create index by_search on searches (key);
create table people (source text primary key, person text, row integer);
create table inputs (path text primary key, key text);
"""


@dataclass(frozen=True)
class Clip:
    """A source, and where it comes from: a file, or an actor that is rendered."""

    source: Source
    path: str | None  # absolute; None: it is rendered
    actor: ActorClip | None
    search: tuple[str, ...]  # options that ask for the search of its faces

    @property
    def search_key(self) -> str:
        """The key of that search; other jobs may need the same."""
        return hash_values(self.source.key, *self.search)


@dataclass(frozen=True)
class Work:
    """A job and all that a worker must know to do it."""

    job: Job
    target: Clip
    donor: Clip


class JobList:
    """The jobs of a CSV file; a context manager. Iterate over it as often as you like.

    path       of the CSV file
    rendering  how actors are rendered

    `check` raises what `read_rows` raises; JobsError for a row that cannot be a swap; and
    video.MissingInput for a clip that does not exist.
    """

    def __init__(self, path: Path, rendering: Rendering):
        self.path, self.rendering = path, rendering
        self.count = 0  # jobs
        self.repeated: list[tuple[int, int]] = []  # some rows that ask for what an earlier asks for
        self.repeats = 0  # all of them

    def __enter__(self) -> JobList:
        self._base = sqlite3.connect("")  # a temporary file
        self._base.executescript(LIST_TABLES)
        return self

    def __exit__(self, *_) -> None:
        self._base.close()

    def check(self, stamps: Stamps) -> None:
        """Read and check every row."""
        for row in read_rows(self.path):
            try:
                self._add(self._plan(row, stamps))
            except (JobsError, OptionError) as error:
                raise JobsError(f"{self.path}, row {row.number}: {error}") from None
            except video.MissingInput as error:
                raise video.MissingInput(f"{self.path}, row {row.number}: {error}") from None

    def jobs(self) -> Iterator[Job]:
        """The jobs, in the order of their rows; two rows that ask for the same are one job."""
        for work in self:
            yield work.job

    def __iter__(self) -> Iterator[Work]:
        row = 0
        next_job = "select row, work from jobs where row > ? order by row limit 1"
        while found := self._base.execute(next_job, (row,)).fetchone():
            row, text = found
            yield _from_json(text)

    def inputs(self) -> Iterator[tuple[str, str]]:
        """The path and the key of each clip that is not rendered, once, by path."""
        path = ""
        next_input = "select path, key from inputs where path > ? order by path limit 1"
        while found := self._base.execute(next_input, (path,)).fetchone():
            path, key = found
            yield path, key

    def find_key(self, path: str) -> str:
        """The key of the clip at one of the paths of `inputs`."""
        return self._base.execute("select key from inputs where path = ?", (path,)).fetchone()[0]

    def is_shared(self, clip: Clip) -> bool:
        """Whether several jobs need the search of a clip's faces."""
        count = "select count(*) from searches where key = ?"
        return self._base.execute(count, (clip.search_key,)).fetchone()[0] > 1

    def _plan(self, row: Row, stamps: Stamps) -> Work:
        options = read_options(row.options)
        target, donor = (self._find(row, role, options, stamps) for role in ("target", "donor"))
        key = hash_values(JOB_FORMAT, target.source.key, donor.source.key, options.words)
        return Work(Job(row.number, target.source, donor.source, options.words, key), target, donor)

    def _find(self, row: Row, role: str, options: RowOptions, stamps: Stamps) -> Clip:
        """The clip of a role in a row."""
        text, person = getattr(row, role), getattr(row, f"{role}_person")
        drawn_from = "\0".join([role, row.target, row.donor, *options.words])
        path, actor = None, read_actor(text, self.rendering, drawn_from)
        if actor:
            source = describe_actor(text, person, actor)
        else:
            path = (self.path.parent / text).absolute()
            source = describe_clip(text, person, path, stamps.digest)
        search = list_search_options(role, options.settings)
        return Clip(source, None if actor else str(path), actor, search)

    def _add(self, work: Work) -> None:
        row = work.job.row
        for clip in (work.target, work.donor):
            self._refuse_two_names(clip.source, row)
        known = self._base.execute("select row from jobs where key = ?", (work.job.key,)).fetchone()
        if known:
            self.repeats += 1
            if self.repeats <= MAX_REPEATS_TOLD:
                self.repeated.append((known[0], row))
            return
        self.count += 1
        self._base.execute("insert into jobs values (?, ?, ?)", (row, work.job.key, _to_json(work)))
        for clip in (work.target, work.donor):
            self._base.execute("insert into searches values (?, ?)", (clip.search_key, row))
            if clip.path is not None:
                values = clip.path, clip.source.key
                self._base.execute("insert or ignore into inputs values (?, ?)", values)

    def _refuse_two_names(self, source: Source, row: int) -> None:
        """Raise JobsError for one clip under the names of two people: splits would share it."""
        self._base.execute(
            "insert or ignore into people values (?, ?, ?)", (source.key, source.person, row)
        )
        person, first = self._base.execute(
            "select person, row from people where source = ?", (source.key,)
        ).fetchone()
        if person != source.person:
            raise JobsError(
                f"{source.text} shows {source.person} here and {person} in row {first}, and it is "
                "the same clip; give it one person everywhere"
            )


def _to_json(work: Work) -> str:
    return json.dumps([astuple(work.job), astuple(work.target), astuple(work.donor)])


def _from_json(text: str) -> Work:
    (row, *_, options, key), target, donor = json.loads(text)
    clips = [_read_clip(*values) for values in (target, donor)]
    job = Job(row, clips[0].source, clips[1].source, tuple(options), key)
    return Work(job, *clips)


def _read_clip(source: list, path: str | None, actor: list | None, search: list) -> Clip:
    rendered = ActorClip(actor[0], actor[1], Rendering(*actor[2])) if actor else None
    return Clip(Source(*source), path, rendered, tuple(search))
