"""Which array library an array belongs to, and the threads that NumPy code may use.

Every op begins with `xp = backend.of(x)` and then speaks NumPy's interface, which CuPy shares; so one body serves the
CPU and the GPU. CuPy is imported only when somebody asks for the GPU.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import numpy as np
from threadpoolctl import ThreadpoolController

_pool: ThreadPoolExecutor | None = None
_threads = 1


class DeviceError(RuntimeError):
    """A GPU was asked for and there is none to be had."""


def of(array) -> ModuleType:
    """The module (`numpy` or `cupy`) whose functions take `array`."""
    cupy = sys.modules.get("cupy")
    if cupy is not None and isinstance(array, cupy.ndarray):
        return cupy
    return np


def device(name: str) -> ModuleType:
    """The array module of a device: "cpu" is NumPy, "gpu" is CuPy.

    Raises DeviceError if the GPU is asked for and CuPy or a GPU is missing, ValueError on another name.
    """
    if name == "cpu":
        return np
    if name != "gpu":
        raise ValueError(f"device is 'cpu' or 'gpu', not {name!r}")
    try:
        import cupy

        cupy.cuda.runtime.getDeviceCount()
    except ImportError:
        raise DeviceError("--device gpu needs CuPy: pip install '.[gpu]' (or use --device cpu)") from None
    except Exception as error:  # CuPy's own error class cannot be named without importing CuPy
        raise DeviceError(f"--device gpu: CuPy finds no usable GPU ({error}); use --device cpu") from None
    return cupy


def to_numpy(array) -> np.ndarray:
    """The same values as a NumPy array (a copy only where the array lives on a GPU)."""
    return array if isinstance(array, np.ndarray) else of(array).asnumpy(array)


def set_threads(count: int) -> None:
    """Let the ops use `count` threads, each with one BLAS thread.

    NumPy's ufuncs run on one core, its matrix products on all; a batch split over threads, each thread doing both on
    its part, keeps every core busy all the time. Results depend on `count` (sums are split differently), never on
    timing.
    """
    global _pool, _threads
    if count < 1:
        raise ValueError(f"threads must be at least 1, not {count}")
    if _pool is not None:
        _pool.shutdown()
    _threads = count
    _pool = ThreadPoolExecutor(count, thread_name_prefix="nn") if count > 1 else None
    ThreadpoolController().limit(limits=1, user_api="blas")
    _keep_freed_memory()


def _keep_freed_memory() -> None:
    """Ask the C library to keep what is freed for the next array, instead of handing it back to the system.

    A training step frees and takes the same megabytes again and again; each fresh page costs a fault, together as much as
    a fifth of the step. glibc's mallopt: M_MMAP_THRESHOLD (-3) and M_TRIM_THRESHOLD (-1). Elsewhere nothing is done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(-3, 1 << 30)
        mallopt(-1, 1 << 30)


def threads() -> int:
    """How many threads the ops use."""
    return _threads


def run(jobs: Iterable[Callable[[], object]]) -> list:
    """Run the jobs, on the thread pool if there is one, and give their results in order."""
    if _pool is None:
        return [job() for job in jobs]
    return list(_pool.map(lambda job: job(), jobs))


def shares(count: int) -> list[slice]:
    """`range(count)` cut into one contiguous slice a thread, as even as can be, none empty."""
    parts = max(1, min(_threads, count))
    edges = [count * i // parts for i in range(parts + 1)]
    return [slice(a, b) for a, b in zip(edges, edges[1:], strict=False)]


def over_batch(job: Callable[[slice], object], array) -> list:
    """Run job(slice) on shares of the array's first axis, one a thread, and give the results in order.

    A small array is one share, since handing it over would cost more than it saves; and so is one on a GPU.
    """
    count = array.shape[0]
    whole = of(array) is not np or array.size < 1 << 16
    return run([lambda s=s: job(s) for s in ([slice(0, count)] if whole else shares(count))])
