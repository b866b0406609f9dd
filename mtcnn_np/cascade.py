"""The cascade: PNet proposes windows of all sizes, RNet refines them, ONet gives the faces.

Joint face detection and alignment using multitask cascaded convolutional networks, Zhang, Zhang,
Li & Qiao 2016 (arXiv 1604.02878), fig. 1 and sec. II-A. Each net is larger than the one before and
sees only the windows that passed that one. After each net, bounding-box regression moves the
windows, and non-maximum suppression (NMS) keeps the best of those that overlap.

The paper leaves details open, and published implementations differ in them. We follow the frozen
TensorFlow graph `mtcnn.pb` that the 2020 program used: a bilinear pyramid without smoothing, no
rounding of boxes, widths without "+ 1", grey outside the image, and the thresholds below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

import numpy as np

import nn
from faces import Face

from .boxes import Candidates, regress, suppress
from .fast import PlanarPNet
from .nets import ONet, PNet, RNet
from .pyramid import PNET_WINDOW, Level, Patch, patches_near, pyramid, split_by_area, whole_patches
from .sampling import sample_crops

# Of two boxes with a larger intersection over union (IoU), NMS drops the worse; as in the graph.
LEVEL_NMS_IOU = 0.5  # among PNet's boxes of one level of the pyramid
PNET_NMS_IOU = 0.7  # among those of all levels
RNET_NMS_IOU = 0.7
ONET_NMS_IOU = 0.6

CROP_PIXELS = 2 * 48**2, 32 * 48**2  # of all crops of a batch: the least and the most; by eye


class Detector:
    """MTCNN with its weights loaded. Raises weights.WeightsError if they are not installed.

    thresholds  the score, 0..1, that a window must exceed to pass PNet, RNet, ONet; as in the graph
    factor      size of a level of the image pyramid, relative to the one before; as in the graph
    """

    def __init__(
        self, thresholds: tuple[float, float, float] = (0.6, 0.7, 0.7), factor: float = 0.709
    ):
        self.pnet, self.rnet, self.onet = PNet(), RNet(), ONet()
        self.fast_pnet = PlanarPNet(self.pnet)
        self.thresholds, self.factor = thresholds, factor

    def detect(self, image: np.ndarray, min_size: float = 40) -> list[Face]:
        """The faces in image (H, W, 3) uint8 RGB of about min_size pixels or more, best first.

        Raises ValueError for any other array: it would misread levels in 0..1 or another layout.
        """
        return self.detect_batch([image], min_size)[0]

    def detect_batch(self, images: Sequence[np.ndarray], min_size: float = 40) -> list[list[Face]]:
        """`detect` on each image (H, W, 3); they may differ in size."""
        patches = []
        for i, image in enumerate(images):
            patches += whole_patches(i, self._levels(image, min_size))
        return self._cascade(images, patches)

    def detect_near(
        self, images: Sequence[np.ndarray], boxes: Sequence[np.ndarray], min_size: float = 40
    ) -> list[list[Face]]:
        """The faces of each image near the boxes (N, 4) where they are expected.

        PNet searches only the surroundings of each box, and only levels that fit the box's size.
        It sees the same pixels there as in a whole search. So the faces are those that `detect`
        finds there, up to rounding, unless a face farther away would have suppressed one.
        """
        patches = []
        for i, (image, near) in enumerate(zip(images, boxes, strict=True)):
            levels = self._levels(image, min_size)
            patches += [patch for box in near for patch in patches_near(i, levels, box)]
        return self._cascade(images, patches)

    def _levels(self, image: np.ndarray, min_size: float) -> list[Level]:
        """The image's pyramid. Raises ValueError for a wrong image or size."""
        _check_image(image)
        if not min_size >= PNET_WINDOW:
            raise ValueError(f"min_size must be at least {PNET_WINDOW} pixels, not {min_size}")
        return pyramid(image.shape, min_size, self.factor)

    def _cascade(self, images: Sequence[np.ndarray], patches: list[Patch]) -> list[list[Face]]:
        if not images:
            return []
        proposed = self._propose(images, patches)
        refined = self._refine(images, proposed)
        return self._output(images, refined)

    def _propose(self, images: Sequence[np.ndarray], patches: list[Patch]) -> list[np.ndarray]:
        """PNet on all patches: square boxes (N, 4) for each image."""
        found = [defaultdict(list) for _ in images]  # for each image: scale -> candidates
        groups = split_by_area(patches, nn.parallel.thread_count())
        jobs = [partial(self._scan, images, group) for group in groups]
        for results in nn.parallel.run(jobs):
            for patch, candidates in results:
                found[patch.image][patch.level.scale].append(candidates)
        return [_merge_levels(levels) for levels in found]

    def _scan(
        self, images: Sequence[np.ndarray], patches: list[Patch]
    ) -> list[tuple[Patch, Candidates]]:
        """The windows of each patch that pass PNet."""
        pnet = self.fast_pnet if nn.fast_enabled() else self.pnet  # the same candidates, sooner
        threshold = self.thresholds[0]
        return [(p, pnet.propose(images[p.image], p, threshold)) for p in patches]

    def _refine(self, images: Sequence[np.ndarray], boxes: list[np.ndarray]) -> list[np.ndarray]:
        """RNet on the square boxes (N, 4) of each image: fewer and better ones."""
        refined = []
        results = _run_on_crops(self.rnet, images, boxes)
        for windows, (offsets, scores) in zip(boxes, results, strict=True):
            passed = Candidates(windows, scores, offsets).take(scores > self.thresholds[1])
            refined.append(passed.suppress(RNET_NMS_IOU).refined_squares())
        return refined

    def _output(self, images: Sequence[np.ndarray], boxes: list[np.ndarray]) -> list[list[Face]]:
        """ONet on the square boxes (N, 4) of each image: the faces."""
        faces = []
        results = _run_on_crops(self.onet, images, boxes)
        for windows, (offsets, points, scores) in zip(boxes, results, strict=True):
            passed = scores > self.thresholds[2]
            windows, points, scores = windows[passed], points[passed], scores[passed]
            points = _place_points(points, windows)  # (N, 5, 2)
            refined = regress(windows, offsets[passed])  # (N, 4)
            kept = suppress(refined, scores, ONET_NMS_IOU)
            faces.append([Face(refined[i], float(scores[i]), points[i]) for i in kept])
        return faces


def _check_image(image: np.ndarray) -> None:
    """Raise ValueError unless the image is (H, W, 3) uint8."""
    is_array = isinstance(image, np.ndarray)
    if is_array and image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3:
        return
    found = f"{image.dtype} {image.shape}" if is_array else type(image).__name__
    raise ValueError(f"detect needs an RGB image as a uint8 array (H, W, 3), not {found}")


def _merge_levels(levels: dict[np.float32, list[Candidates]]) -> np.ndarray:
    """The candidates of an image, by the scale of their level, as square boxes (N, 4)."""
    if not levels:
        return np.empty((0, 4), np.float32)
    largest_first = [Candidates.concatenate(levels[s]) for s in sorted(levels, reverse=True)]
    kept = Candidates.concatenate([found.suppress(LEVEL_NMS_IOU) for found in largest_first])
    return kept.suppress(PNET_NMS_IOU).refined_squares()


def _place_points(points: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """ONet's points (N, 10), x0..x4, y0..y4 in sides of the boxes (N, 4), in pixels: (N, 5, 2)."""
    corner, sides = boxes[:, None, :2], (boxes[:, 2:] - boxes[:, :2])[:, None]  # (N, 1, 2)
    return corner + sides * points.reshape(-1, 2, 5).transpose(0, 2, 1)


def _run_on_crops(
    net: RNet | ONet, images: Sequence[np.ndarray], boxes: list[np.ndarray]
) -> list[tuple[np.ndarray, ...]]:
    """The net's outputs for the boxes (N, 4) of each image; a batch may mix images."""
    every_box = np.concatenate(boxes)
    owners = np.repeat(np.arange(len(images)), [len(b) for b in boxes])  # (boxes,) index of image

    def run_net(some: slice) -> list[np.ndarray]:
        boxes_of = {i: every_box[some][owners[some] == i] for i in np.unique(owners[some])}
        crops = [sample_crops(images[i], found, net.window) for i, found in boxes_of.items()]
        return net(np.concatenate(crops))

    count, threads = len(every_box), nn.parallel.thread_count()
    if not count:
        blank = np.zeros((1, net.window, net.window, 3), np.float32)
        return [tuple(output[:0] for output in net(blank))] * len(images)
    least, most = (pixels // net.window**2 for pixels in CROP_PIXELS)
    batch = min(most, max(least, -(-count // threads)))
    jobs = [partial(run_net, slice(i, i + batch)) for i in range(0, count, batch)]
    outputs = [np.concatenate(parts) for parts in zip(*nn.parallel.run(jobs), strict=True)]
    ends = np.cumsum([len(b) for b in boxes])[:-1]
    return list(zip(*(np.split(output, ends) for output in outputs), strict=True))
