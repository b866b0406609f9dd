"""3x3 convolutions with fewer multiplications: Winograd's F(4x4, 3x3), as matrix products.

Two polynomials are multiplied by evaluating both at some points, multiplying the values, and interpolating; a correlation is
the transpose of that. In one dimension, m outputs of an r-tap filter take m + r - 1 multiplications instead of m r:

    y = A^T [ (G w) * (B^T d) ]                      d: m + r - 1 inputs, w: r taps, y: m outputs

(Winograd 1980; Lavin & Gray 2015, arXiv 1509.09308, eq. 6). In two dimensions the transforms are applied along rows and columns; for
a 6x6 tile of inputs and 4x4 outputs that is 36 multiplications instead of 144 (eq. 8). Summed over input channels, the
elementwise product becomes one matrix product for each of the 36 positions; and with the tiles of all images and channels side by side,
a transform along one axis is one product, too:

    V = B^T D B            D: the 6x6 tiles of x, T of them, as (6, 6, T I)
    M[p] = V[p] U[p]       36 products of (T, I) and (I, O)     U = G w G^T
    Y = A^T M A            the 4x4 tiles of y, as (4, 4, T O)

The price is rounding: points far from 1 make large and small coefficients. With 0, 1, -1, 1/2, -2 and infinity (Barabasz et al.
2020, arXiv 1803.10986, table 2, find such reciprocal pairs best) a float32 result of unit variance is off by about 1e-5, ten times
a direct sum's error.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..activations import leak
from . import workspace
from .correlate import turn, turned_corner

TILE, TAPS = 4, 3
SIDE = TILE + TAPS - 1
POINTS = (Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-2))  # and infinity
MIN_TILES = 16
SLICE_BYTES = 1 << 20  # V and M of the tiles under way


def transforms(
    tile: int = TILE, taps: int = TAPS, points: tuple = POINTS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(A^T (m, n), G (n, r), B^T (n, n)) of F(m, r) in float64, n = m + r - 1, for n - 1 points and infinity (Toom & Cook).

    G evaluates a polynomial with r coefficients at the points, divided by the product of the distances to the others; A, with m
    coefficients; row j of B^T has the coefficients of the polynomial that vanishes at every point but the j-th.
    """
    n = tile + taps - 1

    def powers(
        count,
    ):  # the values of 1, x, x^2, ... at each point; at infinity only the highest power counts
        return [[p**k for k in range(count)] for p in points] + [
            [Fraction(k == count - 1) for k in range(count)]
        ]

    def vanishing(at):  # coefficients of the product of (x - p), lowest first
        polynomial = [Fraction(1)]
        for p in at:
            polynomial = [
                a - p * b for a, b in zip([0, *polynomial], [*polynomial, 0], strict=True)
            ]
        return polynomial + [Fraction(0)] * (n - len(polynomial))

    others = [[q for q in points if q != p] for p in points]
    distances = [np.prod([p - q for q in rest]) for p, rest in zip(points, others, strict=True)] + [
        1
    ]
    g = [[v / d for v in row] for row, d in zip(powers(taps), distances, strict=True)]
    b = [vanishing(rest) for rest in others] + [vanishing(points)]
    a = list(zip(*powers(tile), strict=True))
    return tuple(np.array(m, dtype=np.float64) for m in (a, g, b))


_A, _G, _B = (
    {np.dtype(t): m.astype(t) for t in (np.float32, np.float64)} for m in transforms()
)  # A^T (4, 6), G (6, 3), B^T (6, 6)


def _both_axes(matrix: np.ndarray, x: np.ndarray, name: str) -> np.ndarray:
    """matrix (p, q) applied to both first axes of x (q, q, L): (p, p, L), in the workspace of that name."""
    p, q = matrix.shape
    half = np.matmul(matrix, x.reshape(q, -1), out=workspace.buffer("half", (p, q * x.shape[2]), x))
    return np.matmul(
        matrix, half.reshape(p, q, -1), out=workspace.buffer(name, (p, p, x.shape[2]), x)
    )


def fits(cells: tuple[int, int, int], w_shape: tuple[int, ...], stride: int) -> bool:
    """Whether this is faster than im2col, for so many outputs (N, OH, OW).

    From 16 channels the multiplications saved, 9 - 36/16 for each pair of channels and cell, outweigh the transforms, 36 36/16 and 36
    for each channel and cell; and it takes some tiles to be worth transforming the kernel. Not so if many cells of the tiles are
    for nothing: 9 x 9 outputs take 3 x 3 tiles, 1.8 times their size.
    """
    kh, kw, inputs, outputs = w_shape
    n, h, w = cells
    tiles = -(-h // TILE) * -(-w // TILE)
    fitting = (
        (kh, kw) == (TAPS, TAPS) and n * tiles >= MIN_TILES and 2 * tiles * TILE**2 <= 3 * h * w
    )
    return fitting and stride == 1 and min(inputs, outputs) >= 16


def correlate(
    x: np.ndarray,
    w: np.ndarray,
    corner: tuple[int, int],
    out: tuple[int, int],
    b=None,
    slope: float = 1,
) -> np.ndarray:
    """`correlate.correlate` at stride 1, for 3x3 kernels."""
    u = _kernel(w)
    y = np.empty((len(x), *out, w.shape[3]), x.dtype)
    for images, rows, v in _slices(x, corner, out, sum(w.shape[2:])):
        _multiply(v, u, y[images], rows, b, slope)
    return y


def correlate_both(
    x: np.ndarray, w: np.ndarray, g: np.ndarray, corner: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """(`correlate` of x and w, the gradient of such a kernel from x and g), with x transformed once for both.

    With y = A^T[(G w) * V] the gradient is G^T [V^T (A g)].
    """
    inputs, outputs = x.shape[3], g.shape[3]
    u = _kernel(w)
    y = np.empty((*g.shape[:3], w.shape[3]), x.dtype)
    total = np.zeros((SIDE**2, inputs, outputs), x.dtype)
    for images, rows, v in _slices(x, corner, g.shape[1:3], inputs + outputs):
        _multiply(v, u, y[images], rows, None, 1)
        m = _both_axes(_A[x.dtype].T, _cut_tiles(g[images], rows), "m").reshape(
            SIDE**2, -1, outputs
        )
        total += np.matmul(v.transpose(0, 2, 1), m, out=workspace.buffer("product", total.shape, x))
    return y, _both_axes(_G[x.dtype].T, total.reshape(SIDE, SIDE, -1), "kernel").reshape(
        TAPS, TAPS, inputs, outputs
    ).copy()


def _multiply(v: np.ndarray, u: np.ndarray, y: np.ndarray, rows: slice, b, slope: float) -> None:
    """From V to the tiles of y."""
    outputs = u.shape[2]
    m = np.matmul(v, u, out=workspace.buffer("m", (SIDE**2, v.shape[1], outputs), v))
    tiles = _both_axes(_A[v.dtype], m.reshape(SIDE, SIDE, -1), "tiles")
    across = -(-y.shape[2] // TILE)
    cells = tiles.reshape(-1, across * outputs)
    if b is not None:
        cells += np.tile(b, across)
    leak(cells, slope if isinstance(slope, float | int) else np.tile(slope, across))
    _put_tiles(tiles, y, rows)


def correlate_input(
    g: np.ndarray,
    w: np.ndarray,
    size: tuple[int, int],
    corner: tuple[int, int],
    b=None,
    slope: float = 1,
) -> np.ndarray:
    """The gradient of x: at stride 1 itself a correlation, with the kernel turned half round and its channels exchanged."""
    return correlate(g, turn(w), turned_corner(w, corner), size, b, slope)


def _kernel(w: np.ndarray) -> np.ndarray:
    """U (36, I, O)."""
    inputs, outputs = w.shape[2:]
    return _both_axes(_G[w.dtype], w.reshape(TAPS, TAPS, -1), "u").reshape(SIDE**2, inputs, outputs)


def _slices(x: np.ndarray, corner: tuple[int, int], out: tuple[int, int], channels: int):
    """Yield (images, rows of tiles, V (36, T, I)) for some images, or some rows of tiles of one, at a time."""
    n, c, (top, left) = len(x), x.shape[3], corner
    down, across = -(-out[0] // TILE), -(-out[1] // TILE)
    rows = max(1, SLICE_BYTES // (SIDE**2 * across * channels * x.itemsize))
    step = max(1, rows // down)
    padded_h, padded_w = TILE * down + TAPS - 1, TILE * across + TAPS - 1
    for first in range(0, n, step):
        images = slice(first, min(first + step, n))
        count = images.stop - first
        padded = workspace.padded(x[images], top, left, padded_h, padded_w)
        sn, sh, sw, sc = padded.strides
        for r in range(0, down, rows):
            part = slice(r, min(r + rows, down))
            shape = SIDE, SIDE, count, part.stop - r, across, c
            d = workspace.buffer("d", shape, x)
            d[...] = workspace.windows(
                padded, shape, (sh, sw, sn, TILE * sh, TILE * sw, sc), TILE * r * sh
            )
            t = count * (part.stop - r) * across
            yield (
                images,
                part,
                _both_axes(_B[x.dtype], d.reshape(SIDE, SIDE, -1), "v").reshape(SIDE**2, t, c),
            )


def _put_tiles(tiles: np.ndarray, y: np.ndarray, rows: slice) -> None:
    """Write tiles (4, 4, T O) where they belong in y (N, OH, OW, O); those that reach over the edge are cut."""
    n, oh, ow, outputs = y.shape
    across = -(-ow // TILE)
    tiles = tiles.reshape(TILE, TILE, n, rows.stop - rows.start, across, outputs).transpose(
        2, 3, 0, 4, 1, 5
    )
    if oh % TILE == 0 and ow % TILE == 0:
        y.reshape(n, oh // TILE, TILE, across, TILE, outputs)[:, rows] = tiles
    else:
        first, last = TILE * rows.start, min(TILE * rows.stop, oh)
        y[:, first:last] = tiles.reshape(n, -1, across * TILE, outputs)[:, : last - first, :ow]


def _cut_tiles(g: np.ndarray, rows: slice) -> np.ndarray:
    """The tiles (4, 4, T O) of g (N, OH, OW, O); zeros over the edge."""
    n, oh, ow, outputs = g.shape
    across = -(-ow // TILE)
    if oh % TILE or ow % TILE:
        first, last = TILE * rows.start, min(TILE * rows.stop, oh)
        whole = np.zeros((n, TILE * (rows.stop - rows.start), TILE * across, outputs), g.dtype)
        whole[:, : last - first, :ow] = g[:, first:last]
        g, rows = whole, slice(0, rows.stop - rows.start)
    blocks = g.reshape(n, -1, TILE, across, TILE, outputs)[:, rows]
    tiles = workspace.buffer("tiles", (TILE, TILE, n, rows.stop - rows.start, across, outputs), g)
    tiles[...] = blocks.transpose(2, 4, 0, 1, 3, 5)
    return tiles.reshape(TILE, TILE, -1)
