"""Checkpoints: named arrays and a small dictionary in one .npz file, never a pickle.

A file gets its name only when it is complete and on the disk, so a reader finds the old file or the
new one, never half of one. Loading is strict: an array that is missing, unknown or of another shape
is refused, and the message names it.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np

from files import atomic_file

from . import backend
from .layers import Module
from .optim import Adam

META_NAME = "__meta__"  # the array that holds the dictionary, as JSON in UTF-8
# What NumPy, zipfile and json raise for damaged bytes.
DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, TypeError)
DAMAGE += (AttributeError, SyntaxError, NotImplementedError, MemoryError, OverflowError)


class CheckpointError(ValueError):
    """A checkpoint that cannot be read or does not fit.

    The message names the file and what to do.
    """


def write_arrays(
    path: str | os.PathLike, arrays: Mapping[str, np.ndarray], meta: Mapping | None = None
) -> None:
    """Write arrays of any shape and a dictionary for JSON; an old file stays until all is there."""
    text = np.frombuffer(json.dumps(meta or {}).encode(), np.uint8)
    with atomic_file(path) as file:
        np.savez(file, **{META_NAME: text}, **{k: backend.to_numpy(v) for k, v in arrays.items()})


def read_arrays(path: str | os.PathLike) -> tuple[dict[str, np.ndarray], dict]:
    """(arrays, dictionary) of a file that `write_arrays` made.

    Raises FileNotFoundError, or CheckpointError where the file is damaged.
    """
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return arrays, json.loads(arrays.pop(META_NAME).tobytes())
    except FileNotFoundError:
        raise
    except DAMAGE:  # the error's own words are no help: NumPy advises to allow pickles
        reason = f"{path} is damaged or no checkpoint"
        raise CheckpointError(f"{reason}; delete it to train anew") from None


def module_arrays(module: Module, prefix: str = "") -> dict[str, np.ndarray]:
    """The arrays of a module, of any shape, by dotted name, each name after `prefix`."""
    return {prefix + name: tensor.data for name, tensor in module.named_tensors()}


def load_module(
    module: Module, arrays: Mapping[str, np.ndarray], source: str, prefix: str = ""
) -> None:
    """Put the arrays whose names begin with `prefix` into a module, all or none.

    Raises CheckpointError where a name or shape does not fit; its message calls the file `source`.
    """
    given = {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
    wanted = dict(module.named_tensors())
    for name in wanted.keys() - given.keys():
        raise CheckpointError(f"{source} has no {prefix}{name}; it is of another model")
    for name in given.keys() - wanted.keys():
        surplus = f"{source} has {prefix}{name}, which this model lacks"
        raise CheckpointError(f"{surplus}; it is of another model")
    for name, tensor in wanted.items():
        _check_array(f"{source}: {prefix}{name}", given[name], tensor)
    for name, tensor in wanted.items():
        tensor.data = backend.of(tensor.data).array(given[name])


def write_weights(path: str | os.PathLike, module: Module, made_from: Mapping) -> None:
    """Write the arrays of a module as float16, and a dictionary that says how they were made."""
    halves = {name: array.astype(np.float16) for name, array in module_arrays(module).items()}
    write_arrays(path, halves, made_from)


def load_weights(path: str | os.PathLike, module: Module) -> None:
    """Put what `write_weights` wrote into a module. Raises as `read_arrays` and `load_module`."""
    arrays, _ = read_arrays(path)
    singles = {name: array.astype(np.float32) for name, array in arrays.items()}
    load_module(module, singles, str(path))


def _check_array(name: str, given: np.ndarray, wanted) -> None:
    if given.shape != wanted.shape or given.dtype != wanted.dtype:
        found, expected = (f"{a.dtype} {a.shape}" for a in (given, wanted))
        raise CheckpointError(f"{name} is {found}, the model has {expected}")
    if not np.isfinite(given).all():
        raise CheckpointError(f"{name} holds numbers that are not finite; delete it to train anew")


def adam_arrays(adam: Adam, module: Module, prefix: str = "adam.") -> dict[str, np.ndarray]:
    """Adam's count of steps, and its moments by the parameters' names, in their shapes."""
    arrays = {prefix + "count": np.array(adam.count, np.int64)}
    for name, tensor in module.named_tensors():
        if tensor in adam.moments:
            arrays[f"{prefix}m.{name}"], arrays[f"{prefix}v.{name}"] = adam.moments[tensor]
    return arrays


def load_adam(
    adam: Adam, module: Module, arrays: Mapping[str, np.ndarray], source: str, prefix: str = "adam."
) -> None:
    """Load what `adam_arrays` gave. Raises CheckpointError where a name or shape does not fit."""
    if prefix + "count" not in arrays:
        raise CheckpointError(f"{source} has no {prefix}count; it is of another model")
    adam.count = int(arrays[prefix + "count"])
    adam.moments.clear()
    for name, tensor in module.named_tensors():
        m, v = (arrays.get(f"{prefix}{moment}.{name}") for moment in "mv")
        if m is None and v is None:
            continue
        if m is None or v is None or not m.shape == v.shape == tensor.shape:
            misfit = f"{source}: the moments of {name} do not fit"
            raise CheckpointError(f"{misfit}; delete it to train anew")
        xp = backend.of(tensor.data)
        adam.moments[tensor] = xp.array(m), xp.array(v)
