"""Pictures of a run."""

from .contact import sheet
