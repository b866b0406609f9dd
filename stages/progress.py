"""A progress bar with the time left."""

from __future__ import annotations

from collections.abc import Iterable

from tqdm import tqdm


def progress(items: Iterable, what: str, total: int | None = None) -> Iterable:
    """The items, one frame each; iterating moves a bar on standard error, if that is a terminal."""
    return tqdm(items, desc=what, total=total, disable=None, unit="frame", dynamic_ncols=True)
