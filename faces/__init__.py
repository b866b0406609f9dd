"""Faces: the record, alignment by five points, the mask, expression, which face to take, and the manifest."""

from . import align, expression, manifest, mask, select, warp
from .face import Face
from .manifest import ManifestError
from .smooth import smooth_matrices
