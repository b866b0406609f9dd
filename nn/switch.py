"""Plain or fast: one switch for all kernels that have a faster form in `nn.fast`.

The functions in `nn/` are the definitions, written to be read. Some have a faster form in
`nn.fast`, with the same name and arguments, written for the processor's cache. `has_fast_form`
sends a call there while the switch is on. To step through the definitions, turn the switch off with
`nn.use_fast(False)` or the environment variable NN_FAST=0.
"""

from __future__ import annotations

import functools
import importlib
import os

_on = os.environ.get("NN_FAST", "1") != "0"


def use_fast(on: bool) -> None:
    """Turn the fast kernels on or off, from now on and for the whole process."""
    global _on
    _on = on


def fast_enabled() -> bool:
    """Whether the fast kernels are on, as they are by default."""
    return _on


def has_fast_form(plain):
    """Decorator: while the fast kernels are on, call `nn.fast`'s function of this name instead."""

    @functools.wraps(plain)
    def plain_or_fast(*args, **settings):
        if not _on:
            return plain(*args, **settings)
        return getattr(importlib.import_module("nn.fast"), plain.__name__)(*args, **settings)

    return plain_or_fast
