"""Rendered people who do not exist: clips for the demo, and the truth to measure swaps against."""

import files  # noqa: F401  # first: Ctrl-C may come while the rest is imported

from .performance import Moment, Performance
from .person import Actor, sample_actor
from .render import Model
from .scene import HARD_CASES, RenderedFrame, Scene
from .truth import film, render_frames
