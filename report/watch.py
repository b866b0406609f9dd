"""Keeps the page of a run up to date while the run goes.

A page that cannot be written must not cost a swap: then a note says why, and the run goes on.
"""

from __future__ import annotations

import time

from stages.run import Run, Watcher

from .folder import read_folder
from .measure import measure, read_measured
from .page import PAGE_NAME, write_page

PAGE_INTERVAL = 15.0  # seconds from one writing to the next while nothing is finished; by choice
STAGE_INTERVAL = 1.0  # seconds, after a stage has ended: several may end at once; by choice
MAX_SHARE = 0.02  # of a run's time for writing the page; by choice


class PageWatcher(Watcher):
    """Writes RUN/index.html when a stage begins or ends, and at times between."""

    def __init__(self):
        self.due = self.due_for_stage = 0.0  # of time.monotonic
        self.finished: set[str] | None = None  # the stages that were, when it was last written

    def notice(self, run: Run) -> None:
        is_changed = self._list_finished(run) != self.finished
        if time.monotonic() < (self.due_for_stage if is_changed else self.due):
            return
        self._try(run, lambda: self._write(run))

    def end(self, run: Run, error: BaseException | None) -> None:
        if error is None:
            self._try(run, lambda: self._finish(run))
        else:
            self._try(run, lambda: self._write(run, _tell_error(error)))

    def _finish(self, run: Run) -> None:
        folder = read_folder(run.path)
        if folder.output_digest and read_measured(folder) is None:
            self._write(run)  # the result can be seen while the rest is measured
            run.tell("measuring the result, for the page")
            measure(folder)
        self._write(run)

    def _write(self, run: Run, error: str = "") -> None:
        start, is_first = time.monotonic(), not (run.path / PAGE_NAME).exists()
        page = write_page(read_folder(run.path), run.doing, error)
        if is_first:
            run.tell(f"to see how it goes, open {page}")
        now = time.monotonic()
        self.due = now + max(PAGE_INTERVAL, (now - start) / MAX_SHARE)
        self.due_for_stage = now + STAGE_INTERVAL
        self.finished = self._list_finished(run)

    def _try(self, run: Run, write) -> None:
        """Call it; an error of any kind becomes a note."""
        try:
            write()
        except Exception as error:  # any: the page is an extra, the swap is what the user waits for
            self.due = float("inf")
            self.finished = self._list_finished(run)
            _note(run, f"the page of the run cannot be written: {error}; the swap is not concerned")

    @staticmethod
    def _list_finished(run: Run) -> set[str]:
        return {name for name, entry in run.record["stages"].items() if "sha256" in entry}


def _tell_error(error: BaseException) -> str:
    """Why a session ended, in words."""
    if isinstance(error, KeyboardInterrupt):
        return "it was interrupted"
    return str(error) or type(error).__name__


def _note(run: Run, text: str) -> None:
    try:
        run.note(text)
    except OSError:  # not even the log can be written: the run itself will say so
        return
