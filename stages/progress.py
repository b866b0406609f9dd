"""A bar with the time left, on a terminal; nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from tqdm import tqdm


def progress(items: Iterable, what: str, total: int | None = None) -> Iterable:
    """The items, one frame each, and a bar on standard error while they are taken."""
    return tqdm(items, desc=what, total=total, disable=None, unit="frame", dynamic_ncols=True)
