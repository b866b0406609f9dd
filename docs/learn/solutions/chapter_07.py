"""Solutions of the exercises of chapter 7, MTCNN."""

import numpy as np


def see(layers):
    """Each layer widens the window by its taps but one, each as far apart as the cells are."""
    window, distance = 1, 1
    for size, stride in layers:
        window += (size - 1) * distance
        distance *= stride
    return window, distance


def count_windows(height, width, min_size, factor):
    """A level of n pixels has (n - 2) // 2 - 4 cells: 3 x 3, a pool that halves, 3 x 3, 3 x 3."""
    count, scale = 0, 12 / min_size
    while min(height, width) * scale > 12:
        rows, columns = ((int(n * scale) - 2) // 2 - 4 for n in (height, width))
        count += rows * columns
        scale *= factor
    return count


def suppress_min(boxes, scores, threshold):
    """As on the page, with the smaller area in place of the union."""
    x1, y1, x2, y2 = boxes.T
    areas = (x2 - x1) * (y2 - y1)
    order, kept = np.argsort(-scores, kind="stable"), []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        width = np.minimum(x2[best], x2[order]) - np.maximum(x1[best], x1[order])
        height = np.minimum(y2[best], y2[order]) - np.maximum(y1[best], y1[order])
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        order = order[shared <= threshold * np.minimum(areas[best], areas[order])]
    return np.array(kept)
