"""The cascade: windows of all sizes through PNet, what passes through RNet, what passes that through ONet.

Joint face detection and alignment using multitask cascaded convolutional networks, Zhang, Zhang, Li & Qiao 2016
(arXiv 1604.02878). The paper leaves many details open and its public programs differ in them; the rules here are those of
the frozen TensorFlow graph `mtcnn.pb` that the 2020 program used: bilinear pyramid without smoothing, no rounding of
boxes, widths without "+ 1", windows that reach over the edge padded with grey, the last suppression by union at .6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from faces import Face
from nn import parallel

from .boxes import regress, square, suppress
from .nets import ONet, PNet, RNet
from .proposals import Proposals
from .sampling import crops, pyramid_level

WINDOW, STRIDE = 12, 2  # what one cell of PNet's output sees, and how far apart cells are
BATCH = 256  # crops at a time, so that a crowd does not fill the memory
FEWEST_PIXELS = 2 * 48**2  # of crops, for a thread to have enough to do
NEAR = 0.75  # of a box's side: how far around it a face is searched that is known to be thereabouts
WINDOWS = 0.3, 3  # of a box's side: the windows that find it


@dataclass(frozen=True)
class Patch:
    """A rectangle of a level of an image's pyramid, in pixels of the level; its corner in even numbers, so that PNet's cells are those of the whole."""

    image: int
    level: int
    scale: np.float32
    size: tuple[int, int]  # of the whole level
    top: int
    left: int
    height: int
    width: int


class Detector:
    """MTCNN, its weights loaded. Raises weights.WeightsError where they are not installed."""

    def __init__(
        self, thresholds: tuple[float, float, float] = (0.6, 0.7, 0.7), factor: float = 0.709
    ):
        self.proposals, self.rnet, self.onet = Proposals(PNet()), RNet(), ONet()
        self.thresholds, self.factor = thresholds, factor

    def detect(self, image: np.ndarray, min_size: float = 40) -> list[Face]:
        """The faces in image (H, W, 3) uint8 RGB, by falling score; none smaller than about `min_size` pixels.

        Raises ValueError for any other kind of array: levels in 0..1 or a missing channel would be misread.
        """
        return self.detect_batch([image], min_size)[0]

    def detect_batch(self, images: Sequence[np.ndarray], min_size: float = 40) -> list[list[Face]]:
        """`detect` on each image; they may differ in size."""
        levels = [self._levels(image, min_size) for image in images]
        return self._cascade(
            images,
            [
                Patch(i, k, scale, size, 0, 0, *size)
                for i, found in enumerate(levels)
                for k, scale, size in found
            ],
        )

    def detect_near(
        self, images: Sequence[np.ndarray], boxes: Sequence[np.ndarray], min_size: float = 40
    ) -> list[list[Face]]:
        """The faces of each image around boxes (N, 4) where they are expected, as `detect` would find them.

        Of every level of the pyramid only what lies near a box of that size is looked at, at the very pixels of a whole search; so what
        is found is the same to rounding, unless something farther off would have suppressed it.
        """
        patches = []
        for i, (image, near) in enumerate(zip(images, boxes, strict=True)):
            levels = self._levels(image, min_size)
            patches += [p for box in near for p in _patches_near(i, levels, box)]
        return self._cascade(images, patches)

    def _levels(
        self, image: np.ndarray, min_size: float
    ) -> list[tuple[int, np.float32, tuple[int, int]]]:
        """(number, scale, size) of every level of the pyramid, the largest first."""
        if (
            not isinstance(image, np.ndarray)
            or image.dtype != np.uint8
            or image.ndim != 3
            or image.shape[2] != 3
        ):
            found = (
                f"{image.dtype} {image.shape}"
                if isinstance(image, np.ndarray)
                else type(image).__name__
            )
            raise ValueError(f"detect needs an RGB image as a uint8 array (H, W, 3), not {found}")
        if not min_size >= WINDOW:
            raise ValueError(f"min_size must be at least {WINDOW} pixels, not {min_size}")
        levels, scale = [], np.float32(WINDOW / min_size)
        while min(image.shape[:2]) * scale > WINDOW:
            levels.append(
                (len(levels), scale, tuple(int(np.float32(n) * scale) for n in image.shape[:2]))
            )
            scale = np.float32(scale * np.float32(self.factor))
        return levels

    def _cascade(self, images: Sequence[np.ndarray], patches: list[Patch]) -> list[list[Face]]:
        if not images:
            return []
        boxes = self._propose(images, patches)
        boxes = self._refine(images, boxes)
        return self._output(images, boxes)

    def _propose(self, images: Sequence[np.ndarray], patches: list[Patch]) -> list[np.ndarray]:
        """PNet on all patches: square candidate boxes (N, 4) for each image."""
        found: dict[int, dict[int, list]] = {}
        groups = _balanced(patches, parallel.thread_count())
        for proposals in parallel.run([lambda g=g: self._scan(images, g) for g in groups]):
            for patch, *proposal in proposals:
                found.setdefault(patch.image, {}).setdefault(patch.level, []).append(proposal)
        candidates = []
        for i in range(len(images)):
            levels = []
            for _, proposals in sorted(found.get(i, {}).items()):
                boxes, scores, corrections = (
                    np.concatenate(parts) for parts in zip(*proposals, strict=True)
                )
                kept = suppress(boxes, scores, 0.5)
                levels.append((boxes[kept], scores[kept], corrections[kept]))
            if not levels:
                candidates.append(np.empty((0, 4), np.float32))
                continue
            boxes, scores, corrections = (
                np.concatenate(parts) for parts in zip(*levels, strict=True)
            )
            kept = suppress(boxes, scores, 0.7)
            candidates.append(square(regress(boxes[kept], corrections[kept])))
        return candidates

    def _scan(
        self, images: Sequence[np.ndarray], patches: list[Patch]
    ) -> list[tuple[Patch, np.ndarray, np.ndarray, np.ndarray]]:
        """(patch, boxes, scores, corrections) of the windows that pass PNet."""
        found = []
        for p in patches:
            level = pyramid_level(
                images[p.image],
                *p.size,
                slice(p.top, p.top + p.height),
                slice(p.left, p.left + p.width),
            )
            rows, columns, scores, corrections = self.proposals(level, self.thresholds[0])
            corner = (
                STRIDE
                * np.stack([columns + p.left // STRIDE, rows + p.top // STRIDE], axis=1).astype(
                    np.float32
                )
                + 1
            )  # (N, 2)
            boxes = np.hstack([corner / p.scale, (corner + (WINDOW - 1)) / p.scale])
            found.append((p, boxes, scores, corrections))
        return found

    def _refine(self, images: Sequence[np.ndarray], boxes: list[np.ndarray]) -> list[np.ndarray]:
        """RNet: fewer and better square boxes."""
        refined = []
        for found, (corrections, scores) in zip(
            boxes, _batched(self.rnet, images, boxes, 24), strict=True
        ):
            passed = scores > self.thresholds[1]
            found, corrections, scores = found[passed], corrections[passed], scores[passed]
            kept = suppress(found, scores, 0.7)
            refined.append(square(regress(found[kept], corrections[kept])))
        return refined

    def _output(self, images: Sequence[np.ndarray], boxes: list[np.ndarray]) -> list[list[Face]]:
        """ONet: the faces, with their points."""
        faces = []
        for found, (corrections, points, scores) in zip(
            boxes, _batched(self.onet, images, boxes, 48), strict=True
        ):
            passed = scores > self.thresholds[2]
            found, corrections, points, scores = (
                found[passed],
                corrections[passed],
                points[passed],
                scores[passed],
            )
            corner, sides = found[:, None, :2], (found[:, 2:] - found[:, :2])[:, None]
            points = corner + sides * points.reshape(-1, 2, 5).transpose(0, 2, 1)  # (N, 5, 2)
            found = regress(found, corrections)
            faces.append(
                [Face(found[i], float(scores[i]), points[i]) for i in suppress(found, scores, 0.6)]
            )
        return faces


def _patches_near(image: int, levels: list, box: np.ndarray) -> list[Patch]:
    x1, y1, x2, y2 = (float(v) for v in box)
    side = max(x2 - x1, y2 - y1)
    patches = []
    for k, scale, (height, width) in levels:
        if not WINDOWS[0] * side <= WINDOW / scale <= WINDOWS[1] * side:
            continue
        edges = []
        for first, last, length in ((y1, y2, height), (x1, x2, width)):
            a = max(0, int((first - NEAR * side) * scale)) // STRIDE * STRIDE
            edges.append((a, min(length, int((last + NEAR * side) * scale) + 1) - a))
        (top, h), (left, w) = edges
        if min(h, w) >= WINDOW:
            patches.append(Patch(image, k, scale, (height, width), top, left, h, w))
    return patches


def _balanced(patches: list[Patch], parts: int) -> list[list[Patch]]:
    """The patches in groups of about the same area."""
    groups: list[list[Patch]] = [[] for _ in range(parts)]
    areas = [0] * parts
    for p in sorted(patches, key=lambda p: -p.height * p.width):
        i = areas.index(min(areas))
        groups[i].append(p)
        areas[i] += p.height * p.width
    return [g for g in groups if g]


def _batched(
    net, images: Sequence[np.ndarray], boxes: list[np.ndarray], size: int
) -> list[tuple[np.ndarray, ...]]:
    """The net's heads for the boxes of each image, all images' crops together."""
    owners = np.repeat(np.arange(len(images)), [len(b) for b in boxes])
    together = np.concatenate(boxes)

    def job(some: slice) -> list[np.ndarray]:
        return net(
            np.concatenate(
                [
                    crops(images[i], together[some][owners[some] == i], size)
                    for i in np.unique(owners[some])
                ]
            )
        )

    each = min(BATCH, max(FEWEST_PIXELS // size**2, -(-len(together) // parallel.thread_count())))
    jobs = [lambda s=slice(i, i + each): job(s) for i in range(0, len(together), each)]
    if not jobs:
        return [tuple(head[:0] for head in net(np.zeros((1, size, size, 3), np.float32)))] * len(
            images
        )
    heads = [np.concatenate(parts) for parts in zip(*parallel.run(jobs), strict=True)]
    ends = np.cumsum([len(b) for b in boxes])[:-1]
    return list(zip(*(np.split(head, ends) for head in heads), strict=True))
