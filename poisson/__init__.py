"""Poisson blending with a sparse solver of SciPy, and what faces need beyond it.

Read domain first, then guidance and blend (the textbook), then rim (for faces).
"""

from .blend import blend
from .domain import Domain
from .rim import blend_faces, split_difference
