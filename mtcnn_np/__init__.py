"""MTCNN face detection in NumPy. Read in this order: cascade, nets, proposals, sampling, boxes, weights, follow."""

from .cascade import Detector
from .follow import Followed, follow
from .weights import WeightsError
