"""Rendered people who do not exist: clips for the demo, and the truth to measure against."""

from .performance import Moment, Performance
from .person import Actor, draw
from .render import Model
from .scene import HARD, Scene, Shot
from .truth import film, shots
