"""The shape of an actor: grids of vertices, and how expressions displace them."""

from .expressions import JAW_DROP, LIP_BAND, blendshapes
from .grid import BLENDSHAPES, FACE_ANGLE, Grid, grid_normals
from .hair import SHAVEN, hairline
from .head import build_grids, skull
