"""How many processor cores this process may use: the --threads option of every command."""

from __future__ import annotations

import argparse
import sys


def usable_cores() -> int:
    """The cores that this process may use, at least 1.

    joblib knows the process's affinity, a container's quota (cgroup v1 and v2) and the variable
    LOKY_MAX_CPU_COUNT. It is imported here, because --help should not wait for it.
    """
    import joblib

    return joblib.cpu_count()


def add_threads_option(parser: argparse.ArgumentParser, default: str = "all") -> None:
    """Add --threads N, a count that can be used; see `parse_threads`."""
    help = f"processor cores to use (default: {default}, and never more than may be used)"
    # A default that is a string is parsed as well, but only when it is needed.
    parser.add_argument("--threads", type=parse_threads, default=default, metavar="N", help=help)


def parse_threads(text: str) -> int:
    """The count in a command line, "all" for `usable_cores()`; never more than these.

    More threads than cores wait for each other: training takes many times as long. So a count
    above is reduced, with a note on standard error. Raises argparse.ArgumentTypeError.
    """
    cores = usable_cores()
    if text == "all":
        return cores
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    if int(text) > cores:
        _note(f"{text} threads asked for, but only {cores} can run at once: using {cores}")
    return min(int(text), cores)


def keep_threads(count: int) -> int:
    """`count` itself, with a note on standard error if it is more than `usable_cores()`.

    For a run that is repeated to the same bytes, because these depend on the number of threads.
    """
    if count > (cores := usable_cores()):
        _note(f"{count} threads as recorded, as the bytes depend on it; {cores} can run at once")
    return count


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)
