"""MTCNN face detection in NumPy.

Read in this order: nets, weights, pyramid, sampling, boxes, cascade, follow. `fast` computes the
same as PNet in less time; one can understand the rest without it. `turn` and `upright` are for
clips that do not stand upright.
"""

import files  # noqa: F401  # first: Ctrl-C may come while the rest is imported

from .cascade import Detector
from .follow import WHOLE_SEARCH_INTERVAL, Followed, follow
from .turn import TurnedDetector
from .upright import find_quarter_turns
from .weights import WeightsError
