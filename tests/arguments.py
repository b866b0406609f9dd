"""The command line of a short run, for tests."""

from __future__ import annotations

from pathlib import Path

SHORT = ["--batch", "4", "--threads", "1"]


def arguments(clips: Path, out: Path, *more: str, rounds: int = 2, name: str = "out.mp4") -> list:
    """target.mp4 and donor.mp4 in `clips`; the output `name` and the run folder "run" in `out`.

    An option in `more` counts instead of the one before it.
    """
    inputs = [str(clips / "target.mp4"), str(clips / "donor.mp4")]
    places = ["-o", str(out / name), "--run", str(out / "run")]
    length = [] if "--minutes" in more else ["--rounds", str(rounds)]
    return [*inputs, *places, *length, *SHORT, *more]
