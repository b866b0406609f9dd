"""Faces: the record, alignment by five points, the mask, which face to take, and the manifest."""

from . import align, manifest, mask, select, warp
from .face import Face
from .manifest import ManifestError
from .steady import steady

__all__ = ["Face", "ManifestError", "align", "manifest", "mask", "select", "steady", "warp"]
