"""What a run is made from, and must not change while it is continued."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from files import digest, list_by_number

from .settings import Settings


def identify(settings: Settings) -> dict:
    """The identity of a run, as JSON values; a clip that is still to be rendered is left out.

    When another setting changes, the stages that depend on it are made anew; see stages/cache.py.
    """
    return {
        **{role: digest_clip(path) for role, path in settings.clips.items() if path.exists()},
        "preset": settings.preset.name,
        "batch": settings.preset.batch,
        "colour": settings.preset.colour,
        "seed": settings.seed,
    }


def digest_clip(path: Path) -> str:
    """The SHA-256 of a clip (see files.digest), computed once while the clip does not change."""
    files = list_by_number(path) if path.is_dir() else [path]
    stats = {file.name: file.stat() for file in files}
    stamp = tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats.items())
    return _digest(path.absolute(), stamp)


@lru_cache(maxsize=8)
def _digest(path: Path, _stamp: tuple) -> str:
    return digest(path)
