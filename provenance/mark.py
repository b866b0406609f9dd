"""An invisible mark in the pixels of a replaced face: put in here, looked for in `search`.

The mark is a spread spectrum in block-DCT coefficients (Cox, Kilian, Leighton & Shamoon 1997): each coefficient of a band of middle
frequencies gets a sign, and is raised or lowered a little by it. It lies in the coordinates of the aligned face, which the detector finds
again after scaling and cropping, and it stands still there, so that a coder that follows the face carries it along. The key is public and
the payload is one statement, "this face was made by a program": a label, not a secret, and anybody who wants to can remove it.
"""

from __future__ import annotations

import numpy as np
from scipy import fft, ndimage

from faces import Canvas, align

MARK_VERSION, MARK_KEY = 1, 1997  # another version takes another key
# Where the mark lies in an aligned face, a cell for each unit. The outline is its own: what is replaced may change, what was marked may not.
GRID = align.Region(
    (0, 20),
    (96, 112),
    (
        (24, 29),
        (36, 25),
        (48, 24),
        (60, 25),
        (72, 29),
        (80, 37),
        (84, 53),
        (83, 73),
        (78, 92),
        (70, 108),
        (60, 119),
        (48, 124),
        (36, 119),
        (26, 108),
        (18, 92),
        (13, 73),
        (12, 53),
        (16, 37),
    ),
)
BLOCK = 16  # units, the side of a DCT block
BAND = 0.10, 0.22  # cycles a unit: below, faces have more of their own; above, coders keep little
MARK_PSNR = 45.15  # decibels, of the marked face against the unmarked
TEXTURE, FLOOR, MASKING = (
    3.0,
    2.0,
    0.25,
)  # units; levels; the power of texture by which more can be hidden in it

_ROWS, _COLUMNS = GRID.size[1] // BLOCK, GRID.size[0] // BLOCK


def signs(key: int = MARK_KEY) -> np.ndarray:
    """The key as (rows, columns, BLOCK, BLOCK) of blocks of DCT coefficients: +1 or -1 in the band, 0 outside it."""
    u, v = np.ogrid[:BLOCK, :BLOCK]
    frequency = np.hypot(u, v) / (2 * BLOCK)  # that of a DCT-II's basis, in cycles a sample
    band = (BAND[0] <= frequency) & (frequency < BAND[1])
    found = np.zeros((_ROWS, _COLUMNS, BLOCK, BLOCK), np.float32)
    found[..., band] = np.random.default_rng(key).choice([-1, 1], (_ROWS, _COLUMNS, band.sum()))
    return found


def blocks(grid: np.ndarray) -> np.ndarray:
    """A picture (h, w) of the grid as its blocks' DCT coefficients (rows, columns, BLOCK, BLOCK)."""
    return fft.dctn(
        grid.reshape(_ROWS, BLOCK, _COLUMNS, BLOCK).swapaxes(1, 2), axes=(2, 3), norm="ortho"
    )


def picture(coefficients: np.ndarray) -> np.ndarray:
    """`blocks` undone."""
    return (
        fft.idctn(coefficients, axes=(2, 3), norm="ortho").swapaxes(1, 2).reshape(GRID.size[::-1])
    )


WINDOW = Canvas(GRID, GRID.size).mask(0.1)  # (h, w), 0..1: where in the grid faces are replaced
SIGNS = signs()
PATTERN = picture(SIGNS) * WINDOW


def embed(image: np.ndarray, untouched: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """A copy of `image` (H, W, 3) uint8 with the mark in what differs from `untouched`, around the face of `matrix` (2, 3), frame -> aligned.

    All three channels change alike, which is luma. Texture hides more than smooth skin does and gets more; in all it costs `MARK_PSNR`.
    """
    matrix = onto_grid(matrix)
    box = around(matrix, image.shape)
    part, same = image[box], image[box] == untouched[box]
    changed = ~(same[..., 0] & same[..., 1] & same[..., 2])
    if not changed.any():
        return image.copy()
    matrix = within(matrix, box)
    seen = affine(
        part[..., 1].astype(np.float32), align.invert(matrix), PATTERN.shape, "nearest"
    )  # green, which is most of luma
    texture = (
        ndimage.gaussian_filter((seen - ndimage.gaussian_filter(seen, TEXTURE)) ** 2, TEXTURE)
        ** 0.5
    )
    change = affine(PATTERN * (texture + FLOOR) ** MASKING, matrix, part.shape[:2]) * changed
    region = changed & (
        affine(WINDOW, matrix, part.shape[:2]) > 0
    )  # another face may have changed the rest
    allowed = (
        255**2 / 10 ** (MARK_PSNR / 10) - 1 / 12
    )  # mean square; rounding to levels adds the rest
    change *= np.sqrt(allowed * region.sum() / max(float((change**2).sum()), 1e-12))
    out = image.copy()
    out[box] = np.clip(part + np.rint(change).astype(np.int16)[..., None], 0, 255)
    return out


def onto_grid(matrix: np.ndarray, margin: int = 0) -> np.ndarray:
    """The matrix (2, 3) frame -> grid with a margin of so many units, given frame -> aligned."""
    return align.compose(
        np.array([[1.0, 0, margin - GRID.corner[0]], [0, 1, margin - GRID.corner[1]]]), matrix
    )


def around(matrix: np.ndarray, shape: tuple[int, ...], margin: int = 0) -> tuple[slice, slice]:
    """Rows and columns of a frame of `shape` that hold the grid; empty where it lies outside. `matrix` as `onto_grid` gives it."""
    w, h = GRID.size[0] + 2 * margin, GRID.size[1] + 2 * margin
    corners = align.invert(matrix) @ np.array([[-1, w, -1, w], [-1, -1, h, h], [1, 1, 1, 1]], float)
    limit = shape[1::-1]
    (x1, y1), (x2, y2) = (
        np.clip(edge, 0, limit).astype(int)
        for edge in (np.floor(corners.min(axis=1)), np.ceil(corners.max(axis=1)) + 1)
    )
    return slice(y1, y2), slice(x1, x2)


def within(matrix: np.ndarray, box: tuple[slice, slice]) -> np.ndarray:
    """The matrix frame -> grid for coordinates that begin at the corner of a box of the frame."""
    return align.compose(matrix, np.array([[1.0, 0, box[1].start], [0, 1, box[0].start]]))


def affine(
    image: np.ndarray,
    matrix: np.ndarray,
    shape: tuple[int, int],
    edges: str = "constant",
    order: int = 1,
) -> np.ndarray:
    """image (H, W) looked up where `matrix` (2, 3), result -> image, says: (h, w) of `shape`, float32, by splines of the order.

    What faces.warp.warp does for one channel, in a third of the time and forth as well as back. (scipy.ndimage counts y, x.)
    """
    (a, b, tx), (c, d, ty) = matrix
    return ndimage.affine_transform(
        image, [[d, c], [b, a]], (ty, tx), shape, np.float32, order, edges
    )
