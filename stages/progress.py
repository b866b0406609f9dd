"""How far a stage is, and how much time is left: a bar on a terminal, otherwise a line at times."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from tqdm import tqdm

LINE_INTERVAL = 30.0  # seconds between two lines where standard error is not a terminal
FRAME_LINE = "{desc}: {n_fmt} of {total_fmt} frames, {elapsed} so far, {remaining} left"
COUNT_LINE = "{desc}: {n_fmt} frames, {elapsed} so far"
JOB_LINE = "{desc}: {n_fmt} of {total_fmt}, {elapsed} so far, {remaining} left"
TRAINING_BAR = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
TRAINING_LINE = "{desc}: {percentage:.0f} %, {elapsed} so far, {remaining} left{postfix}"


def progress(items: Iterable, what: str, total: int | None = None, initial: int = 0) -> Iterable:
    """The items, one frame each; iterating shows how many of `total` there were.

    An earlier session has done `initial` of them; they are not among the items.
    """
    counts = {"iterable": items, "total": total, "initial": initial, "unit": "frame"}
    return _show(what, None, FRAME_LINE if total else COUNT_LINE, **counts)


def training_progress(initial: float) -> tqdm:
    """A bar for the fraction of training that is done, 0..1; `initial` was done earlier."""
    return _show("train", TRAINING_BAR, TRAINING_LINE, total=1.0, initial=initial)


def job_progress(total: int, initial: int) -> tqdm:
    """A bar for jobs, of which `initial` ended in earlier sessions."""
    return _show("jobs", None, JOB_LINE, total=total, initial=initial, unit="job")


def _show(what: str, bar: str | None, line: str, **counts) -> tqdm:
    """A tqdm with the format `bar` on a terminal, else one that prints `line`."""
    if sys.stderr.isatty():
        return tqdm(desc=what, bar_format=bar, dynamic_ncols=True, **counts)
    wait = {"delay": LINE_INTERVAL, "mininterval": LINE_INTERVAL, "miniters": 0}
    return tqdm(desc=what, bar_format=line, file=_Lines(), leave=False, **wait, **counts)


class _Lines:
    """A file for tqdm: each state of the bar becomes a line on standard error."""

    def write(self, text: str) -> None:
        if text := text.strip():  # tqdm also writes spaces over the last state
            print(text, file=sys.stderr, flush=True)

    def flush(self) -> None:
        pass
