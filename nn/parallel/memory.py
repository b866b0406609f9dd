"""What the C library does with freed memory: keep it for the next array, or return it."""

from __future__ import annotations

import ctypes
import sys

# glibc, malloc.h: the parameters of mallopt
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
KEPT_FREE_BYTES = 1 << 30  # larger than any array here, so that none is returned; by choice


def _from_glibc(name: str):
    """glibc's function of that name, or None on another system."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None


def keep_freed_memory() -> None:
    """Ask the C library to keep freed memory for the next array; outside glibc do nothing.

    A training step frees and takes the same megabytes again and again. Each fresh page costs a page
    fault, and together these take up to a fifth of a step. One arena only, because the others
    cannot hold large blocks.
    """
    if mallopt := _from_glibc("mallopt"):
        mallopt(M_MMAP_THRESHOLD, KEPT_FREE_BYTES)
        mallopt(M_TRIM_THRESHOLD, KEPT_FREE_BYTES)
        mallopt(M_ARENA_MAX, 1)


def trim_memory() -> None:
    """Return free memory to the system after all.

    A stage that streams through a clip calls this now and then: its small results settle between
    the large arrays of the frames, and the heap would grow around them.
    """
    if malloc_trim := _from_glibc("malloc_trim"):
        malloc_trim(0)
