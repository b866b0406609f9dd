"""What says of a clip that it was made: an invisible mark in its pixels, a statement in its metadata, a record beside it."""

from . import mark, record, search
