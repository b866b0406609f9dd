"""Detection in pictures that lie on their side or stand on their head.

The frames stay as they are. They are turned only for the detector, and its boxes and points are
turned back. All later stages follow the five points, so they need not know.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from faces import Face

from .cascade import Detector


class TurnedDetector:
    """The three methods of `Detector`, for pictures that must be turned to stand upright.

    quarter_turns  clockwise, by which a picture must be turned to stand upright
    """

    def __init__(self, detector: Detector, quarter_turns: int):
        self.detector, self.quarter_turns = detector, quarter_turns % 4

    def detect(self, image: np.ndarray, min_size: float = 40) -> list[Face]:
        """As `Detector.detect`; coordinates are those of the image (H, W, 3) as it is."""
        return self.detect_batch([image], min_size)[0]

    def detect_batch(self, images: Sequence[np.ndarray], min_size: float = 40) -> list[list[Face]]:
        """As `Detector.detect_batch`, of images (H, W, 3)."""
        found = self.detector.detect_batch(
            [turn_image(image, self.quarter_turns) for image in images], min_size
        )
        return self._turn_back(images, found)

    def detect_near(
        self, images: Sequence[np.ndarray], boxes: Sequence[np.ndarray], min_size: float = 40
    ) -> list[list[Face]]:
        """As `Detector.detect_near`, with boxes (N, 4) of images (H, W, 3) as they are."""
        turned = [turn_image(image, self.quarter_turns) for image in images]
        near = [
            turn_boxes(some, image.shape, self.quarter_turns)
            for image, some in zip(images, boxes, strict=True)
        ]
        return self._turn_back(images, self.detector.detect_near(turned, near, min_size))

    def _turn_back(self, images: Sequence[np.ndarray], found: list[list[Face]]) -> list[list[Face]]:
        """The faces found in turned images, in coordinates of the images as they are."""
        back = -self.quarter_turns % 4
        return [
            [turn_face(face, np.rot90(image, self.quarter_turns).shape, back) for face in faces]
            for image, faces in zip(images, found, strict=True)
        ]


def turn_image(image: np.ndarray, quarter_turns: int) -> np.ndarray:
    """The image (H, W, 3) after so many quarter turns clockwise."""
    return np.ascontiguousarray(np.rot90(image, -quarter_turns))


def turn_points(points: np.ndarray, shape: tuple[int, ...], quarter_turns: int) -> np.ndarray:
    """Points (..., 2) of an image (H, W, ...) where they are after so many turns clockwise.

    Coordinates refer to pixel centres: of H rows, the first goes to column H - 1.
    """
    height, width = shape[:2]
    for _ in range(quarter_turns):
        points = np.stack([height - 1 - points[..., 1], points[..., 0]], axis=-1)
        height, width = width, height
    return points


def turn_boxes(boxes: np.ndarray, shape: tuple[int, ...], quarter_turns: int) -> np.ndarray:
    """Boxes (..., 4) of an image (H, W, ...) where they are after so many turns clockwise."""
    corners = turn_points(boxes.reshape(*boxes.shape[:-1], 2, 2), shape, quarter_turns)
    return np.concatenate([corners.min(axis=-2), corners.max(axis=-2)], axis=-1)


def turn_face(face: Face, shape: tuple[int, ...], quarter_turns: int) -> Face:
    """The face with its box and points turned as `turn_points` does."""
    box = turn_boxes(face.box, shape, quarter_turns)
    return Face(box, face.score, turn_points(face.points, shape, quarter_turns))
