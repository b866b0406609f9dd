"""Poisson blending of frames with one mask against OpenCV's seamlessClone: the time per frame.

    python -m benchmarks.poisson

Ours factors the system once for a mask (`factor_ms`) and reuses the factors. `frames` is how many
it blends in one call; OpenCV blends them one by one.
"""

from __future__ import annotations

import time

import numpy as np

import nn
from faces import Canvas, align
from files import run_command
from poisson import Domain, blend

from .timing import emit, interleaved

try:
    import cv2
except ImportError:
    cv2 = None


def main() -> None:
    nn.set_threads(nn.parallel.usable_cores())  # OpenCV takes all, too
    rng = np.random.default_rng(0)
    for size in (64, 128, 256):
        y, x = np.mgrid[:size, :size] - (size - 1) / 2
        masks = {
            "square": np.maximum(abs(x), abs(y)) < size / 2 - 1,
            "disc": np.hypot(x, y) < size / 2 - 1,
            "face": Canvas(align.INNER_FACE, (size, size)).mask() > 0,  # as in the pipeline
        }
        for shape, mask in masks.items():
            start = time.perf_counter()
            domain = Domain(mask)
            factor_ms = (time.perf_counter() - start) * 1e3
            for frames in (1, 8):
                coarse = rng.integers(0, 256, (2, size // 8, size // 8, 3, frames)).astype(np.uint8)
                fore, back = coarse.repeat(8, axis=1).repeat(8, axis=2)  # (size, size, 3, frames)
                runs = {"ours": lambda f=fore, b=back, d=domain: blend(f, b, d)}
                if cv2:
                    runs["opencv"] = _opencv(fore, back, mask)
                medians = {name: ms / frames for name, ms in interleaved(runs).items()}
                case = {"size": size, "mask": shape, "frames": frames}
                emit("poisson", medians, "opencv", **case, factor_ms=round(factor_ms, 1))


def _opencv(fore: np.ndarray, back: np.ndarray, mask: np.ndarray):
    pairs = [
        tuple(np.ascontiguousarray(v[..., i]) for v in (fore, back)) for i in range(fore.shape[-1])
    ]
    levels = mask.astype(np.uint8) * 255
    left, top, width, height = cv2.boundingRect(levels)
    middle = (left + width // 2, top + height // 2)
    return lambda: [cv2.seamlessClone(f, b, levels, middle, cv2.NORMAL_CLONE) for f, b in pairs]


if __name__ == "__main__":
    run_command(main)
