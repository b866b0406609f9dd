"""MTCNN face detection in NumPy. Read in this order: cascade, nets, sampling, boxes, weights."""

from .cascade import Detector
from .weights import WeightsError

__all__ = ["Detector", "WeightsError"]
