"""Pictures of a run."""

from .contact import sheet

__all__ = ["sheet"]
