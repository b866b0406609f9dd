"""What is done with detected faces: choose, reject, align, smooth over time, warp, mask, record."""

from . import align, manifest, mask, reject, select, warp
from .canvas import Canvas
from .face import Face
from .manifest import ManifestError
from .smooth import smooth_matrices
