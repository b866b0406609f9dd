"""What a worker does: the tasks that Dask is given. Each can be done again, and is done once.

A job is four tasks. Its clips are rendered if they are actors; a clip that several jobs search for
faces is searched; the target is coded untouched; then the swap is made. Tasks are named by content
keys, so Dask does one that several jobs need only once, and a later session finds its files.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from files import atomic_file
from provenance.record import record_path

from .chosen import read_chosen
from .commands import Ended, Program, run_once
from .job_list import Clip, Work
from .originals import is_written
from .places import Places
from .signing import Signer
from .status import Status, read_status, write_status


class Unseen(Exception):
    """A worker does not see a path: the data set's folder, or what is signed with."""


@dataclass(frozen=True)
class Setup:
    """What all tasks of a session know."""

    places: Places
    threads: int  # of a job
    program: Program
    keep_nets: bool  # keep the checkpoints of finished jobs
    retry: bool  # failed jobs are done again
    signer: Signer | None = None  # of all swaps; None: they are not signed

    def path(self, clip: Clip) -> Path:
        """Where a clip is read from."""
        if clip.path is None:
            return self.places.rendered(clip.source.key)
        sent = self.places.sent(clip.source.key, Path(clip.path).name)
        return sent if sent.exists() else Path(clip.path)

    def original(self, work: Work) -> Path:
        """The folder of the target's untouched clip."""
        name = read_chosen(work.job.options).original(work.target.source)
        return self.places.original(name)


def render(setup: Setup, clip: Clip) -> Ended:
    """Render an actor."""
    _check_seen(setup)
    path, how = setup.path(clip), clip.actor.rendering
    if not record_path(path).exists():  # the record is written last
        path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    seeds = ["--actor", str(clip.actor.actor), "--performance", str(clip.actor.performance)]
    size = ["--size", str(how.size), "--frames", str(how.frames)]
    words = [*seeds, *size, "--threads", str(setup.threads), "-o", str(path)]
    command = setup.program.command("render", *words)
    return _run(setup, command, f"render-{clip.source.key}", record_path(path).exists)


def search(setup: Setup, clip: Clip, *before: Ended) -> Ended:
    """Find all faces of a clip that several jobs use. What goes wrong, the swap finds and says."""
    _check_seen(setup)
    words = ["search", str(setup.path(clip)), str(setup.places.detections), *clip.search]
    command = setup.program.command("prepare", *words, "--threads", str(setup.threads))
    done = setup.places.detections / f"searched-{clip.search_key}"
    ended = _run(setup, command, f"search-{clip.search_key}", done.exists)
    if not ended.code:
        done.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(done, durable=False):
            pass
    return Ended(0, "", ended.seconds)


def code_original(setup: Setup, work: Work, *before: Ended) -> Ended:
    """Write the target untouched, coded as its swaps are."""
    _check_seen(setup)
    if failed := _find_failed(before):
        return failed
    folder = setup.original(work)
    words = ["original", str(setup.path(work.target)), str(folder), *work.job.options]
    command = setup.program.command("prepare", *words)
    return _run(setup, command, f"original-{folder.name}", lambda: is_written(folder))


def swap(setup: Setup, work: Work, *before: Ended) -> Status:
    """Make the swap; its status is in its folder afterwards. Raises Stopped."""
    _check_seen(setup)
    folder = setup.places.swap(work.job.key)
    if failed := _find_failed(before):
        ended = failed
    else:
        command = setup.program.command("swap", *_list_words(setup, work, folder))
        name, said = f"swap-{work.job.key}", folder / "output.txt"
        lock = setup.places.lock(name)
        ended = run_once(command, said, lock, lambda: is_ended(folder, setup.retry))
        if not ended.code and (found := read_status(folder)):
            return found  # done meanwhile, by a task of a client that has died
    reason = _hide_places(setup, work, ended.reason)
    status = Status("failed" if ended.code else "done", ended.code, reason, ended.seconds)
    write_status(folder, status)
    if not (ended.code or setup.keep_nets):  # after the status: with it, they are not needed again
        shutil.rmtree(folder / "run" / "checkpoints", ignore_errors=True)
    return status


def is_ended(folder: Path, retry: bool) -> bool:
    """Whether the job in a folder is not to be done: it is done, or failed and is not retried."""
    status = read_status(folder)
    return status is not None and not (retry and status.state == "failed")


def _list_words(setup: Setup, work: Work, folder: Path) -> list[str]:
    """The command line of pipeline.py for a job."""
    places = ["-o", str(folder / "swap.mp4"), "--run", str(folder / "run")]
    places += ["--truth", str(folder / "truth"), "--detections", str(setup.places.detections)]
    clips = [str(setup.path(work.target)), str(setup.path(work.donor))]
    places += setup.signer.words if setup.signer else []
    return [*clips, *work.job.options, *places, "--threads", str(setup.threads)]


def _check_seen(setup: Setup) -> None:
    """Raise Unseen on a machine that came late, and does not see what all must see."""
    if not setup.places.work.is_dir():
        raise Unseen(str(setup.places.folder))
    for path in setup.signer.paths if setup.signer else ():
        if not path.is_file():
            raise Unseen(str(path))


def _run(setup: Setup, command: list[str], name: str, is_done) -> Ended:
    """Run what jobs share; what it prints is kept while it has not succeeded."""
    said = setup.places.work / "output" / f"{name}.txt"
    ended = run_once(command, said, setup.places.lock(name), is_done)
    if not ended.code:
        said.unlink(missing_ok=True)
    return ended


def _find_failed(before: tuple[Ended, ...]) -> Ended | None:
    return next((ended for ended in before if ended.code), None)


def _hide_places(setup: Setup, work: Work, reason: str) -> str:
    """A reason without the paths of this machine: clips as the CSV file has them."""
    for clip in (work.target, work.donor):
        reason = reason.replace(str(setup.path(clip)), clip.source.text)
    for path in setup.signer.paths if setup.signer else ():
        reason = reason.replace(str(path), path.name)
    return reason.replace(f"{setup.places.folder}/", "")
