"""MTCNN face detection in NumPy.

Read in this order: nets, weights, pyramid, sampling, boxes, cascade, follow. `fast` has PNet again,
made faster; it is not needed to understand the rest.
"""

from .cascade import Detector
from .follow import WHOLE_SEARCH_INTERVAL, Followed, follow
from .weights import WeightsError
