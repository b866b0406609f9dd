"""The paint of an actor: textures made once, and what changes with the expression itself."""

from .folds import deepen_folds
from .moment import paint_moment
from .noise import noise
from .samples import Samples, sample_texels
from .texels import Channel, linear
from .texture import Texture
