"""What tells that a clip was made: a mark in its pixels, a statement in its metadata, a record."""

from . import mark, record, search
