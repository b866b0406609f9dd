"""Signs that a clip is synthetic: a mark in its pixels, a statement in its metadata, a record."""

import files  # noqa: F401  # first: Ctrl-C may come while the rest is imported

from . import mark, record, search
