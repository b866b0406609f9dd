"""Poisson image editing as in the paper: the details of one image in the light of another.

`rim` has the form that is used for faces.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import guidance as fields
from .domain import Domain

GUIDANCE = {"normal": fields.normal, "mixed": fields.mixed}


def blend(
    fore: np.ndarray,
    back: np.ndarray,
    domain: Domain,
    guidance: str | Callable = "normal",
    mask: np.ndarray | None = None,
) -> np.ndarray:
    """Put `fore` into `back` on the domain without a visible seam: shape and dtype of `back`.

    fore, back  (H, W) or (H, W, C, ...), in any unit; integer results are rounded and clipped
    guidance    "normal", "mixed", or a function (fore, back, mask) -> (right, down) as in
                `guidance.py`
    mask        what that function is given, if not the domain's own mask

    Outside the domain the result equals `back` exactly. Raises ValueError for shapes or names that
    do not fit.
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
