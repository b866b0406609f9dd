"""MTCNN face detection in NumPy. Read in this order: cascade, nets, proposals, sampling, boxes, weights, follow."""

from .cascade import Detector
from .follow import WHOLE_SEARCH_INTERVAL, Followed, follow
from .weights import WeightsError
