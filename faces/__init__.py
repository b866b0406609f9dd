"""Faces: the record, alignment by five points, canvases, expression, the choice of a face, manifests."""

from . import align, expression, manifest, mask, select, warp
from .canvas import Canvas
from .face import Face
from .manifest import ManifestError
from .smooth import smooth_matrices
