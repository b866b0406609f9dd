"""Checkpoints: named arrays and a small dictionary in one .npz file, never a pickle.

A file is written beside its place, flushed to the disk and renamed into it, so that a reader finds
the old one or the new one and never half of one. Loading is strict both ways: a missing, an extra
or a misshapen array is refused by name.
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

_META = "__meta__"


class CheckpointError(ValueError):
    """A checkpoint that cannot be read or does not fit.

    The message names the file and what to do.
    """


def write_arrays(
    path: str | os.PathLike, arrays: Mapping[str, np.ndarray], meta: Mapping | None = None
) -> None:
    """Write arrays and a JSON-able dictionary.

    What stood at `path` stays until the new file is complete.
    """
    text = np.frombuffer(json.dumps(meta or {}).encode(), np.uint8)
    with atomic_file(path) as file:
        np.savez(file, **{_META: text}, **{k: backend.to_numpy(v) for k, v in arrays.items()})


def read_arrays(path: str | os.PathLike) -> tuple[dict[str, np.ndarray], dict]:
    """(arrays, dictionary) of a file that `write_arrays` made.

    Raises CheckpointError for a damaged one.
    """
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return arrays, json.loads(arrays.pop(_META).tobytes())
    except FileNotFoundError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        KeyError,
        EOFError,
        OSError,
        NotImplementedError,
        AttributeError,
        TypeError,
        SyntaxError,
        MemoryError,
        OverflowError,
    ) as error:
        raise CheckpointError(
            f"{path} is damaged or no checkpoint ({error}); delete it to train anew"
        ) from None


def module_arrays(module: Module, prefix: str = "") -> dict[str, np.ndarray]:
    """The arrays of a module by dotted name."""
    return {prefix + name: tensor.data for name, tensor in module.named_tensors()}


def load_module(
    module: Module, arrays: Mapping[str, np.ndarray], source: str, prefix: str = ""
) -> None:
    """Put arrays into a module, all or nothing.

    `source` names them in the CheckpointError of one that does not fit.
    """
    given = {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
    wanted = dict(module.named_tensors())
    for name in wanted.keys() - given.keys():
        raise CheckpointError(f"{source} has no {prefix}{name}; it is of another model")
    for name in given.keys() - wanted.keys():
        raise CheckpointError(
            f"{source} has {prefix}{name}, which this model lacks; it is of another model"
        )
    for name, tensor in wanted.items():
        if given[name].shape != tensor.shape or given[name].dtype != tensor.dtype:
            raise CheckpointError(
                f"{source}: {prefix}{name} is {given[name].dtype} {given[name].shape}, "
                f"the model has {tensor.dtype} {tensor.shape}"
            )
        if not np.isfinite(given[name]).all():
            raise CheckpointError(
                f"{source}: {prefix}{name} holds numbers that are not finite; "
                "delete it to train anew"
            )
    for name, tensor in wanted.items():
        tensor.data = backend.of(tensor.data).array(given[name])


def adam_arrays(adam: Adam, module: Module, prefix: str = "adam.") -> dict[str, np.ndarray]:
    """Adam's moments under its module's names, and its step count."""
    arrays = {prefix + "count": np.array(adam.count, np.int64)}
    for name, tensor in module.named_tensors():
        if tensor in adam.moments:
            arrays[f"{prefix}m.{name}"], arrays[f"{prefix}v.{name}"] = adam.moments[tensor]
    return arrays


def load_adam(
    adam: Adam, module: Module, arrays: Mapping[str, np.ndarray], source: str, prefix: str = "adam."
) -> None:
    """Put back what `adam_arrays` took, for the parameters that had moments."""
    if prefix + "count" not in arrays:
        raise CheckpointError(f"{source} has no {prefix}count; it is of another model")
    adam.count = int(arrays[prefix + "count"])
    adam.moments.clear()
    for name, tensor in module.named_tensors():
        pair = [arrays.get(f"{prefix}{k}.{name}") for k in "mv"]
        if any(a is not None and a.shape != tensor.shape for a in pair) or (pair[0] is None) != (
            pair[1] is None
        ):
            raise CheckpointError(
                f"{source}: the moments of {name} do not fit; delete it to train anew"
            )
        if pair[0] is not None:
            xp = backend.of(tensor.data)
            adam.moments[tensor] = xp.array(pair[0]), xp.array(pair[1])
