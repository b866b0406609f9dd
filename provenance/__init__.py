"""Signs that a clip is synthetic: a mark in its pixels, a statement in its metadata, a record."""

from . import mark, record, search
