"""All jobs of a data set and their places in it, in a database on disk.

The tables of the set are sorted, and splits and numbers depend on all jobs. A database keeps memory
flat for that, however many jobs there are: SQLite holds 2 MB and puts the rest into a temporary
file, which it deletes.
"""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .chosen import read_chosen
from .jobs import Job, Source
from .places import Places
from .splits import split_people
from .status import STATUS_NAME

METHOD_NAME = "faceswap-np"  # the folder of the first method; the next is faceswap-np-2
SWAP_STATES = "done", "failed"  # of a job that has ended; see status.json
ACTOR_PREFIX = "actors:"  # of a source that is a rendered actor
CATALOGUE_TABLES = """
create table sources (
    number integer primary key, original text unique, kind text, key text, person text);
create index same_clip on sources (key, person);
create table methods (
    number integer primary key, options text, repeat integer, unique (options, repeat));
create table jobs (
    row integer, key text unique, target integer, donor integer, method integer, options text,
    target_person text, donor_person text, target_text text, donor_text text,
    state text, code integer, reason text);
create index same_pair on jobs (target, donor);
create table people (person text primary key, split text);
create table places (path text primary key);
"""


class DatasetError(Exception):
    """A data set cannot be assembled; the message names the file and the remedy."""


@dataclass(frozen=True)
class Entry:
    """A clip of the set: a swap, or an untouched original, which has no donor and no method."""

    name: str  # such as "000", or "000_001" for the target's number and the donor's
    folder: str  # in the set, with a folder for each compression
    work: str  # in the set, with crfNN.mp4, clips.csv and index.csv
    target_id: str
    target_person: str
    split: str
    donor_id: str | None = None
    donor_person: str | None = None
    method: str | None = None
    options: str | None = None
    job: str | None = None
    donor_only: bool = False  # an original that is nobody's target

    @property
    def clip_id(self) -> str:
        """Its name in both tables, unique in the set."""
        return f"{self.method}/{self.name}" if self.method else self.name

    def video(self, crf: int) -> str:
        """Where it lies in the set at a rate factor."""
        return f"{self.folder}/c{crf}/videos/{self.name}.mp4"

    @property
    def masks(self) -> str:
        """The folder of its masks as PNG."""
        return f"{self.folder}/masks/images/{self.name}"

    @property
    def mask_clip(self) -> str:
        """Its masks as a clip."""
        return f"{self.folder}/masks/videos/{self.name}.mp4"


class Catalogue:
    """A context manager around the database: add all jobs, deal the people, then read entries."""

    def __enter__(self) -> Catalogue:
        self.base = sqlite3.connect("")  # a temporary file
        self.base.executescript(CATALOGUE_TABLES)
        return self

    def __exit__(self, kind, error, trace) -> None:
        self.base.close()

    def add(self, job: Job, state: str | None, code: int | None, reason: str | None) -> bool:
        """Add a job and how it ended, if it has; returns False if it was there already.

        Numbers go to clips and methods when they first appear, so jobs have to come by row.
        """
        chosen = read_chosen(job.options)
        if self._first("select 1 from jobs where key = ?", job.key):
            return False
        target, donor = (self._number(c, chosen.original(c)) for c in (job.target, job.donor))
        people, texts = (job.target.person, job.donor.person), (job.target.text, job.donor.text)
        method = self._find_method(chosen.method, target, donor)
        options = shlex.join(job.options)
        values = job.row, job.key, target, donor, method, options, *people, *texts
        marks = ", ".join("?" * (len(values) + 3))
        self.base.execute(f"insert into jobs values ({marks})", (*values, state, code, reason))
        return True

    def _number(self, source: Source, original: str) -> int:
        """The number of a clip and of the frames that are used of it."""
        if found := self._first("select number from sources where original = ?", original):
            return found[0]
        kind = "actors" if source.text.startswith(ACTOR_PREFIX) else "clips"
        sql = "insert into sources (original, kind, key, person) values (?, ?, ?, ?)"
        return self.base.execute(sql, (original, kind, source.key, source.person)).lastrowid

    def _find_method(self, options: str, target: int, donor: int) -> int:
        """The number of a method; a pair that is swapped again in the same way gets another."""
        sql = """select count(*) from jobs join methods on method = number
            where target = ? and donor = ? and methods.options = ?"""
        (repeat,) = self._first(sql, target, donor, options)
        sql = "select number from methods where options = ? and repeat = ?"
        if found := self._first(sql, options, repeat):
            return found[0]
        sql = "insert into methods (options, repeat) values (?, ?)"
        return self.base.execute(sql, (options, repeat)).lastrowid

    def deal(self, seed: int) -> None:
        """Give each person a split. Jobs that failed or are still to come count as well."""
        sql = "select target_person, donor_person, count(*) from jobs group by 1, 2"
        swaps = {(target, donor): count for target, donor, count in self.base.execute(sql)}
        # A clip under the names of two people ties them together.
        sql = """select a.person, b.person from sources a join sources b
                on a.key = b.key and a.person < b.person
            union select person, target_person from sources join jobs on target = number
            union select person, donor_person from sources join jobs on donor = number"""
        for pair in self.base.execute(sql):
            swaps.setdefault(pair, 0)
        self.base.executemany("insert into people values (?, ?)", split_people(swaps, seed).items())

    def entries(self) -> Iterator[Entry]:
        """The originals by number, then the swaps that are done by method, target and donor."""
        yield from self._originals()
        yield from self._swaps()

    def _originals(self) -> Iterator[Entry]:
        sql = """with done as (select target, donor from jobs where state = 'done')
            select number, original, kind, person, split, number not in (select target from done)
            from sources join people using (person)
            where number in (select target from done union select donor from done)
            order by number"""
        for number, original, kind, person, split, donor_only in self.base.execute(sql):
            name, place = (
                _spell(number),
                (f"original_sequences/{kind}", f"work/originals/{original}"),
            )
            yield Entry(name, *place, name, person, split, donor_only=bool(donor_only))

    def _swaps(self) -> Iterator[Entry]:
        sql = """select key, target, donor, target_person, donor_person, split, method, options
            from jobs join people on person = target_person where state = 'done'
            order by method, target, donor"""
        for key, target, donor, a, b, split, number, options in self.base.execute(sql):
            ids, method = (_spell(target), _spell(donor)), name_method(number)
            yield Entry(
                name="_".join(ids),
                folder=f"manipulated_sequences/{method}",
                work=f"work/swaps/{key}/truth",
                target_id=ids[0],
                target_person=a,
                split=split,
                donor_id=ids[1],
                donor_person=b,
                method=method,
                options=options,
                job=key,
            )

    def pairs(self, split: str) -> Iterator[tuple[str, str]]:
        """The pairs of a split's clips, each once, whichever of both is the target."""
        sql = """select distinct j.target, j.donor from jobs j
            join people on person = j.target_person
            where state = 'done' and split = ? and (j.target < j.donor or not exists (
                select 1 from jobs k
                where k.target = j.donor and k.donor = j.target and k.state = 'done'))
            order by 1, 2"""
        for target, donor in self.base.execute(sql, (split,)):
            yield _spell(target), _spell(donor)

    def place(self, entry: Entry, clips: Iterable[dict]) -> None:
        """Note where a clip lies in the set, at each "crf" of `clips`, and its masks."""
        paths = [entry.video(clip["crf"]) for clip in clips]
        paths += [entry.masks, entry.mask_clip] if entry.method else []
        rows = [(path,) for path in paths]
        self.base.executemany("insert into places values (?)", rows)

    def knows(self, path: str) -> bool:
        """Whether a clip, or a folder of masks, was placed there."""
        return self._first("select 1 from places where path = ?", path) is not None

    def count_people(self, split: str) -> int:
        """How many people are in a split."""
        return self._first("select count(*) from people where split = ?", split)[0]

    def failures(self) -> Iterator[tuple]:
        """Row, target, donor, options, exit code, reason and key of each job that failed."""
        sql = """select row, target_text, donor_text, options, code, reason, key from jobs
            where state = 'failed' order by row"""
        yield from self.base.execute(sql)

    def count(self, state: str | None) -> int:
        """How many jobs are in a state; None: those that have not ended."""
        return self._first("select count(*) from jobs where state is ?", state)[0]

    def methods(self) -> list[tuple[str, str]]:
        """The name and the options of each method."""
        sql = "select number, options from methods order by number"
        return [(name_method(number), options) for number, options in self.base.execute(sql)]

    def _first(self, sql: str, *values) -> tuple | None:
        return self.base.execute(sql, values).fetchone()


def name_method(number: int) -> str:
    """The folder of a method, which are counted from 1."""
    return METHOD_NAME if number == 1 else f"{METHOD_NAME}-{number}"


def read_ending(folder: Path, job: Job) -> tuple[str | None, int | None, str | None]:
    """The state, exit code and reason of a job in the set `folder`; None each if it has not ended.

    Raises DatasetError for a damaged status.json.
    """
    path = Places(folder).swap(job.key) / STATUS_NAME
    try:
        status = json.loads(path.read_text(encoding="utf-8"))
        if status["state"] not in SWAP_STATES:
            raise ValueError(f"state {status['state']}")
        return status["state"], int(status["code"]), str(status["reason"] or "")
    except FileNotFoundError:
        return None, None, None
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{path} is damaged ({error}); delete it, and the job is done again"
        ) from None


def _spell(number: int) -> str:
    """The name of a clip, as FaceForensics++ counts them: three digits, from 000."""
    return f"{number - 1:03d}"
