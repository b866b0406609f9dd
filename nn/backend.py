"""Which array library an array belongs to.

An op calls NumPy's functions through `xp = backend.of(x)`. CuPy has the same functions, so one body
serves the CPU and the GPU. CuPy is imported only when somebody asks for the GPU.
"""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np


class DeviceError(RuntimeError):
    """A GPU was asked for, but CuPy or a usable GPU is missing."""


def of(array) -> ModuleType:
    """The module (`numpy` or `cupy`) whose functions take `array`."""
    cupy = sys.modules.get("cupy")
    if cupy is not None and isinstance(array, cupy.ndarray):
        return cupy
    return np


def device(name: str) -> ModuleType:
    """The array module of a device: "cpu" is NumPy, "gpu" is CuPy.

    Raises DeviceError if the GPU is asked for and CuPy or a GPU is missing, ValueError on another
    name.
    """
    if name == "cpu":
        return np
    if name != "gpu":
        raise ValueError(f"device is 'cpu' or 'gpu', not {name!r}")
    try:
        import cupy

        cupy.cuda.runtime.getDeviceCount()
    except ImportError:
        raise DeviceError(
            "--device gpu needs CuPy: pip install '.[gpu]' (or use --device cpu)"
        ) from None
    except Exception as error:  # CuPy's own error class cannot be named without importing CuPy
        raise DeviceError(
            f"--device gpu: CuPy finds no usable GPU ({error}); use --device cpu"
        ) from None
    return cupy


def to_numpy(array) -> np.ndarray:
    """The same values and shape as a NumPy array (a copy only where the array is on a GPU)."""
    xp = of(array)
    return np.asarray(array) if xp is np else xp.asnumpy(array)
