"""The shape of an actor: grids of vertices, and how expressions displace them."""

from .asymmetry import lopsidedness
from .expressions import JAW_DROP, LIP_BAND, blendshapes, expression_weights
from .grid import BLENDSHAPES, FACE_ANGLE, Grid, grid_normals
from .hair import SHAVEN, hairline
from .head import build_grids, skull
from .worn import build_worn
