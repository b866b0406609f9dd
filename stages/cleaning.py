"""What a killed sitting leaves half-written is removed by the next one."""

from __future__ import annotations

import shutil
from pathlib import Path


def remove_partial_files(folder: Path, record: dict) -> None:
    """Remove the half-written files in a run folder whose lock is held, and its output's.

    A file is written under a name of its own, `.part-NAME`, until it is complete.
    """
    for path in list(folder.rglob(".part-*")):
        _remove(path)
    entry = record["stages"].get("write", {})
    if entry and "sha256" not in entry:  # that sitting was stopped while it wrote the output
        made_from = entry.get("made_from")
        output = made_from.get("output") if isinstance(made_from, dict) else None
        if isinstance(output, str) and output:
            _remove(Path(output).with_name(f".part-{Path(output).name}"))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
