"""Pictures for pretraining, rendered once and kept in a folder: one file for each number."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

import nn
from files import ignore_stop_signals

Arrays = dict[str, np.ndarray]


def render_missing(
    kind: str, render: Callable[[int], Arrays], count: int, folder: Path, processes: int
) -> Iterator[int]:
    """Render those of the first `count` files that `folder` lacks; yields the number of each.

    kind    how the files' names begin
    render  number -> arrays of a file: a function of a module, since other processes call it
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [k for k in range(count) if not _path(folder, kind, k).exists()]
    some = len(missing)
    with ProcessPoolExecutor(processes, initializer=ignore_stop_signals) as pool:
        jobs = pool.map(_write, [kind] * some, [render] * some, missing, [folder] * some)
        try:
            yield from jobs
        except BaseException:  # the pool would wait for what is being rendered
            for process in multiprocessing.active_children():
                process.kill()
            raise


def load_kept(kind: str, count: int, folder: Path) -> Arrays:
    """The arrays of the first `count` files, stacked: (count, ...) each.

    Raises nn.CheckpointError where a file is damaged.
    """
    files = [nn.checkpoint.read_arrays(_path(folder, kind, k))[0] for k in range(count)]
    return {name: np.stack([file[name] for file in files]) for name in files[0]}


def _path(folder: Path, kind: str, number: int) -> Path:
    return folder / f"{kind}_{number:04d}.npz"


def _write(kind: str, render: Callable[[int], Arrays], number: int, folder: Path) -> int:
    nn.checkpoint.write_arrays(_path(folder, kind, number), render(number))
    return number
