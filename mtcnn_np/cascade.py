"""The cascade: windows of all sizes through PNet, what passes through RNet, what passes that through ONet.

Joint face detection and alignment using multitask cascaded convolutional networks, Zhang, Zhang, Li & Qiao 2016
(arXiv 1604.02878). The paper leaves many details open and its public programs differ in them; the rules here are those of
the frozen TensorFlow graph `mtcnn.pb` that the 2020 program used: bilinear pyramid without smoothing, no rounding of
boxes, widths without "+ 1", windows that reach over the edge padded with grey, the last suppression by union at .6.
"""

from __future__ import annotations

import numpy as np

from faces import Face
from nn import parallel

from .boxes import regress, square, suppress
from .nets import ONet, PNet, RNet
from .sampling import crops, pack, pyramid_level

WINDOW, STRIDE = 12, 2  # what one cell of PNet's output sees, and how far apart cells are
BATCH, FEWEST = 256, 16  # crops at a time: so that a crowd does not fill the memory, and a thread has enough to do


class Detector:
    """MTCNN, its weights loaded. Raises weights.WeightsError where they are not installed."""

    def __init__(self, thresholds: tuple[float, float, float] = (0.6, 0.7, 0.7), factor: float = 0.709):
        self.pnet, self.rnet, self.onet = PNet(), RNet(), ONet()
        self.thresholds, self.factor = thresholds, factor

    def detect(self, image: np.ndarray, min_size: float = 40) -> list[Face]:
        """The faces in image (H, W, 3) uint8 RGB, by falling score; none smaller than about `min_size` pixels.

        Raises ValueError for any other kind of array: levels in 0..1 or a missing channel would be misread.
        """
        if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
            found = f"{image.dtype} {image.shape}" if isinstance(image, np.ndarray) else type(image).__name__
            raise ValueError(f"detect needs an RGB image as a uint8 array (H, W, 3), not {found}")
        if min_size < WINDOW:
            raise ValueError(f"min_size must be at least {WINDOW} pixels, not {min_size}")
        if min(image.shape[:2]) < WINDOW:
            return []
        boxes = self._propose(image, min_size)
        boxes = self._refine(image, boxes)
        return self._output(image, boxes)

    def _propose(self, image: np.ndarray, min_size: float) -> np.ndarray:
        """PNet on every level of the pyramid: square candidate boxes (N, 4)."""
        scales = self._scales(image, min_size)
        # the first level is about as large as all others together, which share a canvas
        found = [level for levels in parallel.run([lambda s=s: self._propose_at(image, s) for s in (scales[:1], scales[1:]) if s]) for level in levels]
        if not found:
            return np.empty((0, 4), np.float32)
        boxes, scores, corrections = (np.concatenate(parts) for parts in zip(*found, strict=True))
        kept = suppress(boxes, scores, 0.7)
        return square(regress(boxes[kept], corrections[kept]))

    def _scales(self, image: np.ndarray, min_size: float) -> list[np.float32]:
        scales, scale = [], np.float32(WINDOW / min_size)
        while min(image.shape[:2]) * scale > WINDOW:
            scales.append(scale)
            scale = np.float32(scale * np.float32(self.factor))
        return scales

    def _propose_at(self, image: np.ndarray, scales: list[np.float32]) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """(boxes, scores, corrections) at each of these scales, by falling size.

        A window's result depends on its own pixels alone, so all levels go through PNet on one canvas, apart from each other.
        """
        sizes = [tuple(int(np.float32(n) * scale) for n in image.shape[:2]) for scale in scales]
        (height, width), places = pack(sizes)
        canvas = np.zeros((1, height, width, 3), np.float32)
        for (h, w), (top, left) in zip(sizes, places, strict=True):
            canvas[0, top : top + h, left : left + w] = pyramid_level(image, h, w)
        corrections, scores = self.pnet(canvas)
        found = []
        for scale, (h, w), (top, left) in zip(scales, sizes, places, strict=True):
            cells = np.s_[0, top // STRIDE :, left // STRIDE :]
            cells_h, cells_w = (self.pnet.cells(n) for n in (h, w))
            level = scores[cells][:cells_h, :cells_w]
            rows, columns = np.nonzero(level > self.thresholds[0])
            corner = STRIDE * np.stack([columns, rows], axis=1).astype(np.float32) + 1  # (N, 2)
            boxes = np.hstack([corner / scale, (corner + (WINDOW - 1)) / scale])
            kept = suppress(boxes, level[rows, columns], 0.5)
            rows, columns = rows[kept], columns[kept]
            found.append((boxes[kept], level[rows, columns], corrections[cells][rows, columns]))
        return found

    def _refine(self, image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        """RNet: fewer and better square boxes."""
        if not len(boxes):
            return boxes
        corrections, scores = _batched(self.rnet, image, boxes, 24)
        passed = scores > self.thresholds[1]
        boxes, corrections, scores = boxes[passed], corrections[passed], scores[passed]
        kept = suppress(boxes, scores, 0.7)
        return square(regress(boxes[kept], corrections[kept]))

    def _output(self, image: np.ndarray, boxes: np.ndarray) -> list[Face]:
        """ONet: the faces, with their points."""
        if not len(boxes):
            return []
        corrections, points, scores = _batched(self.onet, image, boxes, 48)
        passed = scores > self.thresholds[2]
        boxes, corrections, points, scores = boxes[passed], corrections[passed], points[passed], scores[passed]
        corner, sides = boxes[:, None, :2], (boxes[:, 2:] - boxes[:, :2])[:, None]
        points = corner + sides * points.reshape(-1, 2, 5).transpose(0, 2, 1)  # (N, 5, 2)
        boxes = regress(boxes, corrections)
        kept = suppress(boxes, scores, 0.6)
        return [Face(boxes[i], float(scores[i]), points[i]) for i in kept]


def _batched(net, image: np.ndarray, boxes: np.ndarray, size: int) -> list[np.ndarray]:
    each = min(BATCH, max(FEWEST, -(-len(boxes) // parallel.threads())))
    jobs = [lambda b=boxes[i : i + each]: net(crops(image, b, size)) for i in range(0, len(boxes), each)]
    return [np.concatenate(heads) for heads in zip(*parallel.run(jobs), strict=True)]
