"""Tell the C library what to do with freed memory: keep it for the next array, or return it."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Iterator

# glibc, malloc.h: the parameters of mallopt
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
KEPT_FREE_BYTES = 1 << 30  # free memory that is kept; by choice larger than any array here
TRIM_FRAMES = 120  # after which it is returned; more often costs time, by benchmarks.memory


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


def trim_memory(frames: Iterable) -> Iterator:
    """The frames; after every TRIM_FRAMES of them, free memory is returned to the system after all.

    The small results that a stage keeps lie between the large arrays of the frames. They fragment
    the heap, which would grow to twice its size.
    """
    malloc_trim = _from_glibc("malloc_trim")
    for count, frame in enumerate(frames, 1):
        yield frame
        if malloc_trim and count % TRIM_FRAMES == 0:
            malloc_trim(0)
