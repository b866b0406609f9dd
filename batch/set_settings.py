"""What a data set was begun with, and keeps: the threads of a job, and who signs its swaps.

Another number of threads gives other bytes. Another signer would leave finished swaps as they are.
"""

from __future__ import annotations

import json
from pathlib import Path

from files import atomic_file, is_left_by_system

from .signing import SHOWN_DIGITS, Signer

SET_FORMAT = 1  # of the folder work/; goes up whenever an older one cannot be continued
# two jobs with a core each beat one with two: `python -m benchmarks.batch` prints it
DEFAULT_JOB_THREADS = 1


class SetError(Exception):
    """A data set's folder cannot be used so; says why and what to do."""


def check_folder(folder: Path) -> None:
    """Raise SetError for a folder that has files and is no data set."""
    if folder.exists() and not folder.is_dir():
        raise SetError(f"{folder} is a file; name a folder for the data set with -o")
    if folder.is_dir() and not (folder / "work").is_dir():
        names = sorted(path.name for path in folder.iterdir() if not is_left_by_system(path))
        if names:
            raise SetError(
                f"{folder} holds {names[0]} and no work/ of a data set, so there is nothing to "
                "continue; name a new folder with -o"
            )


def settle(work: Path, threads: int | None, signer: Signer | None, keep: bool = True) -> int:
    """Settle what holds for every job of a set, by what is asked; returns the number of threads.

    threads  None: what the set has, or the default
    signer   of all swaps; None: they are not signed
    keep     whether it is written down if the set is new

    Raises SetError if something else is asked for than the set was begun with, and OSError.
    """
    path, asked = work / "set.json", signer.fingerprint if signer else None
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["format"] != SET_FORMAT:
            raise SetError(f"{path} is of another version of this program; begin another set")
        settled, certificate = int(known["threads"]), known["certificate_sha256"]
    except FileNotFoundError:
        settled, certificate = threads or DEFAULT_JOB_THREADS, asked
        if keep:
            _write(path, {"threads": settled, "certificate_sha256": certificate})
    except (ValueError, KeyError, TypeError) as error:
        raise SetError(f"{path} is damaged ({error}); delete it") from None
    if threads not in (None, settled):
        raise SetError(
            f"{work.parent} was begun with --threads {settled}, and results depend on it; leave it "
            "out, or begin another set"
        )
    if asked != certificate:
        raise SetError(f"{work.parent} was begun {_compare_signers(certificate, asked)}")
    return settled


def _write(path: Path, settled: dict) -> None:
    with atomic_file(path) as file:
        file.write(json.dumps({"format": SET_FORMAT} | settled).encode() + b"\n")


def _compare_signers(certificate: str | None, asked: str | None) -> str:
    """How the certificate of a set differs from the one that is asked for, and the remedy."""
    if certificate is None:
        return (
            "without --sign, so finished swaps are not signed; leave it out, or begin another set"
        )
    was = f"certificate {certificate[:SHOWN_DIGITS]}"
    if asked is None:
        return (
            f"with --sign, and its swaps are signed ({was}); give the same --sign CERT KEY again, "
            "or begin another set"
        )
    now = asked[:SHOWN_DIGITS] or "one to be made"
    return f"with another {was}, now it is {now}; sign with that one, or begin another set"
