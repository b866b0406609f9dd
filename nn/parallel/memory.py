"""Tell the C library to keep freed memory for the next array."""

from __future__ import annotations

import ctypes
import sys

# glibc, malloc.h: the parameters of mallopt
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
KEPT_FREE_BYTES = 1 << 30  # free memory that is kept; by choice larger than any array here


def _from_glibc(name: str):
    """glibc's function of that name, or None on another system."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None


def keep_freed_memory() -> None:
    """Ask the C library to keep freed memory for the next array; outside glibc do nothing.

    A training step frees and allocates the same megabytes again and again. Each fresh page costs a
    page fault, and these take up to a fifth of a step. There is only one arena, because others
    cannot hold large blocks.
    """
    if mallopt := _from_glibc("mallopt"):
        mallopt(M_MMAP_THRESHOLD, KEPT_FREE_BYTES)
        mallopt(M_TRIM_THRESHOLD, KEPT_FREE_BYTES)
        mallopt(M_ARENA_MAX, 1)
