"""Poisson blending through a sparse SciPy solver. Read domain, then guidance and blend."""

from .blend import blend
from .domain import Domain
