"""A recurring mask: one solve with kept factors against OpenCV's seamlessClone on the same region.

    python -m benchmarks.poisson
"""

from __future__ import annotations

import time

import numpy as np

from poisson import Domain, blend

from .timing import emit, interleaved

try:
    import cv2
except ImportError:
    cv2 = None


def main() -> None:
    rng = np.random.default_rng(0)
    for size in (64, 128, 256):
        coarse = rng.integers(0, 256, (2, size // 8, size // 8, 3)).astype(np.uint8)
        fore, back = (np.kron(c, np.ones((8, 8, 1), np.uint8)) for c in coarse)
        y, x = np.mgrid[:size, :size] - (size - 1) / 2
        for shape, mask in (("square", np.maximum(abs(x), abs(y)) < size / 2 - 1), ("ellipse", np.hypot(x, y) < size / 2 - 1)):
            start = time.perf_counter()
            domain = Domain(mask)
            factor_ms = (time.perf_counter() - start) * 1e3
            runs = {"ours": lambda f=fore, b=back, d=domain: blend(f, b, d)}
            if cv2:
                m, middle = mask.astype(np.uint8) * 255, (size // 2, size // 2)
                runs["opencv"] = lambda f=fore, b=back, m=m, c=middle: cv2.seamlessClone(f, b, m, c, cv2.NORMAL_CLONE)
            emit("poisson", interleaved(runs), "opencv", size=size, mask=shape, factor_ms=round(factor_ms, 1))


if __name__ == "__main__":
    main()
