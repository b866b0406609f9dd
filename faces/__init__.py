"""Faces: detection record, alignment, canvas, expression, choice and rejection, manifest."""

from . import align, expression, manifest, mask, reject, select, warp
from .canvas import Canvas
from .face import Face
from .manifest import ManifestError
from .smooth import smooth_matrices
