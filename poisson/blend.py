"""Poisson image editing as in the paper: the details of one image in the light of another.

For faces the program uses the form in `rim`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .domain import Domain
from .guidance import mixed, normal

GUIDANCE = {"normal": normal, "mixed": mixed}


def blend(
    fore: np.ndarray,
    back: np.ndarray,
    domain: Domain,
    guidance: str | Callable = "normal",
    mask: np.ndarray | None = None,
) -> np.ndarray:
    """Put `fore` into `back` on the domain without a visible seam: shape and dtype of `back`.

    fore, back  (H, W) or (H, W, C, ...), in any unit; integer results are rounded and clipped
    guidance    "normal", "mixed", or a function (fore, back, mask) -> (right, down), as in
                guidance.py
    mask        the third argument of that function; None: the domain's mask

    Outside the domain the result equals `back` exactly. Raises ValueError for shapes that do not
    fit, and for an unknown guidance.
    """
    if fore.shape != back.shape or back.shape[:2] != domain.mask.shape:
        shapes = f"fore {fore.shape}, back {back.shape} and the mask {domain.mask.shape}"
        raise ValueError(f"{shapes} do not fit together")
    if isinstance(guidance, str):
        if guidance not in GUIDANCE:
            raise ValueError(f"guidance is one of {', '.join(GUIDANCE)}, not {guidance!r}")
        guidance = GUIDANCE[guidance]
    solved = domain.solve(back, *guidance(fore, back, domain.mask if mask is None else mask))
    if np.issubdtype(back.dtype, np.integer):
        info = np.iinfo(back.dtype)
        solved = np.clip(np.rint(solved), info.min, info.max)
    return solved.astype(back.dtype)
