"""What convolutions make of a kernel before they use it: bands, phases, Winograd's transform.

In training the kernel changes in every step, so a layout serves one call. In inference it does not.
A `FixedKernel` keeps its layouts, which saves most where a call has few images to share them.
"""

from __future__ import annotations

from collections.abc import Callable


class FixedKernel:
    """A kernel (kh, kw, I, O) that no longer changes, with the layouts that were made of it."""

    def __init__(self, array):
        self.array, self.shape, self.dtype = array, array.shape, array.dtype
        self.layouts: dict[tuple, object] = {}


def lay_out(make: Callable, w, *settings):
    """make(w, *settings) for a kernel w, an array; of a FixedKernel it is made once and kept."""
    if not isinstance(w, FixedKernel):
        return make(w, *settings)
    key = make, settings
    if key not in w.layouts:  # two threads may both make it; they make the same
        w.layouts[key] = make(w.array, *settings)
    return w.layouts[key]


def derive(make: Callable, w):
    """The kernel make(w), such as a flipped one; of a FixedKernel it is a FixedKernel too."""
    return lay_out(_make_fixed, w, make) if isinstance(w, FixedKernel) else make(w)


def _make_fixed(w, make: Callable) -> FixedKernel:
    return FixedKernel(make(w))
