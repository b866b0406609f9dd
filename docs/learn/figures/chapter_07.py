"""The pictures of chapter 7, MTCNN."""

import functools

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure

import nn
from actors import Scene
from mtcnn_np import Detector
from mtcnn_np.boxes import Candidates
from mtcnn_np.cascade import LEVEL_NMS_IOU, PNET_NMS_IOU, RNET_NMS_IOU
from mtcnn_np.pyramid import PNET_STRIDE, PNET_WINDOW, Level, pyramid, whole_patches
from mtcnn_np.sampling import normalise, sample_crops, sample_level

MIN_SIZE = 20  # pixels of the frame
SHOWN_LEVELS = 7
POINT_COLOURS = ["#ff3b30", "#ff9500", "#ffee00", "#34e06a", "#22c3ff"]  # in the points' order


def draw_heat_maps() -> Figure:
    """The frame, and what PNet says at each window of each level."""
    image = _render_frame()
    figure, axes = pyplot.subplots(2, 4, figsize=(7.4, 3.5))
    axes = axes.ravel()
    axes[0].imshow(image, interpolation="nearest")
    axes[0].set_title(f"frame, {image.shape[1]} x {image.shape[0]}", fontsize=9)
    levels = pyramid(image.shape, MIN_SIZE, _detector().factor)[:SHOWN_LEVELS]
    for ax, level in zip(axes[1:], levels, strict=True):
        _draw_level(ax, image, level)
    for ax in axes:
        ax.axis("off")
    figure.tight_layout(pad=0.4)
    return figure


def draw_stages() -> Figure:
    """The windows that pass each net; the faces with their points."""
    image, detector = _render_frame(), _detector()
    levels = pyramid(image.shape, MIN_SIZE, detector.factor)
    first, second, third = detector.thresholds
    patches = whole_patches(0, levels)
    of_levels = [detector.pnet.propose(image, patch, first) for patch in patches]
    passed_pnet = Candidates.concatenate(of_levels)
    kept = Candidates.concatenate([found.suppress(LEVEL_NMS_IOU) for found in of_levels])
    windows = kept.suppress(PNET_NMS_IOU).refined_squares()
    offsets, scores = detector.rnet(sample_crops(image, windows, detector.rnet.window))
    passed_rnet = Candidates(windows, scores, offsets).take(scores > second)
    last = passed_rnet.suppress(RNET_NMS_IOU).refined_squares()
    faces = detector.detect(image, MIN_SIZE)

    figure, axes = pyplot.subplots(1, 3, figsize=(7.6, 2.35))
    titles = (
        f"after PNet: {len(passed_pnet.boxes)} windows",
        f"after RNet: {len(last)} windows",
        f"after ONet: {len(faces)} faces",
    )
    boxes = passed_pnet.boxes, last, [face.box for face in faces]
    for ax, title, some in zip(axes, titles, boxes, strict=True):
        ax.imshow(image, interpolation="nearest")
        ax.set_title(title, fontsize=10)
        for box in some:
            _draw_box(ax, box, width=1.6 if len(some) <= 2 else 0.8)
        ax.set(xlim=(-0.5, image.shape[1] - 0.5), ylim=(image.shape[0] - 0.5, -0.5))
        ax.axis("off")
    for face in faces:
        axes[2].scatter(*face.points.T, s=9, c=POINT_COLOURS, zorder=3)
    figure.tight_layout(pad=0.4)
    return figure


def draw_wrong_order() -> Figure:
    """ONet's points if its dense layer gets the features in another order."""
    image, detector = _render_frame(), _detector()
    face = detector.detect(image, MIN_SIZE)[0]
    x1, y1, x2, y2 = face.box
    side = 1.1 * (y2 - y1)
    corner = np.array([x1 + x2 - side, y1 + y2 - side]) / 2
    window = np.array([[*corner, *(corner + side)]], np.float32)
    crop = sample_crops(image, window, detector.onet.window)
    cases = {
        "columns first, as trained": (detector.onet, crop),
        "rows first": (_read_by_rows(), crop),
        "columns first, blue for red": (detector.onet, np.ascontiguousarray(crop[..., ::-1])),
    }
    figure, axes = pyplot.subplots(1, 3, figsize=(8, 3.1))
    for ax, (title, (net, pixels)) in zip(axes, cases.items(), strict=True):
        _, points, scores = net(pixels)
        size = detector.onet.window
        ax.imshow(np.clip(pixels[0] * 0.5 + 0.5, 0, 1), extent=(0, 1, 1, 0))
        ax.scatter(*points[0].reshape(2, 5), s=42, c=POINT_COLOURS, edgecolors="black", lw=0.8)
        ax.set_title(f"{title}\nscore {scores[0]:.2f}", fontsize=10)
        ax.set_xlim(0, 1 - 1 / size)
        ax.axis("off")
    figure.tight_layout(pad=0.4)
    return figure


@functools.cache
def _detector() -> Detector:
    return Detector()


@functools.cache
def _render_frame() -> np.ndarray:
    """The frame of the chapter: an actor, and the same picture, small, on the wall."""
    scene = Scene(actor=3, performance=7, frames=200, size=(320, 256))
    image = scene.render_frame(180).image.copy()
    image[16:56, 24:64] = image[8:248, 40:280].reshape(40, 6, 40, 6, 3).mean(axis=(1, 3))
    return image


def _read_by_rows():
    """ONet with its features flattened row by row, in place of column by column."""
    net = Detector().onet
    at = next(i for i, step in enumerate(net.body.steps) if not isinstance(step, nn.Module))
    net.body.steps[at] = lambda x: nn.reshape(x, x.shape[0], -1)
    return net


def _draw_level(ax, image: np.ndarray, level: Level) -> None:
    """A level as PNet sees it, pixel by pixel; its scores in red; its window."""
    (whole,) = whole_patches(0, [level])
    pixels = sample_level(image, whole)
    _, scores = _detector().pnet(normalise(pixels)[None])
    ax.imshow(pixels.astype(np.uint8), interpolation="nearest")
    overlay = np.zeros((*scores[0].shape, 4))
    overlay[..., 0], overlay[..., 3] = 1, scores[0] * 0.85
    # Cell (r, c) is drawn at the middle of its window, two pixels high and wide.
    middle = PNET_WINDOW / 2 - 0.5
    height, width = (PNET_STRIDE * n for n in scores[0].shape)
    extent = (middle - 1, middle - 1 + width, middle - 1 + height, middle - 1)
    ax.imshow(overlay, extent=extent, interpolation="nearest")
    corner = (level.width - PNET_WINDOW - 1.5, level.height - PNET_WINDOW - 1.5)
    ax.add_patch(pyplot.Rectangle(corner, PNET_WINDOW, PNET_WINDOW, fill=False, ec="white", lw=1.2))
    ax.set(xlim=(-0.5, level.width - 0.5), ylim=(level.height - 0.5, -0.5))
    side = PNET_WINDOW / level.scale
    ax.set_title(f"{level.width} x {level.height}, window {side:.0f} px", fontsize=9)


def _draw_box(ax, box: np.ndarray, width: float) -> None:
    x1, y1, x2, y2 = box
    ax.add_patch(
        pyplot.Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, edgecolor="white", lw=width)
    )
