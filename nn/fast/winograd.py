"""3x3 convolutions with fewer multiplications: Winograd's F(4x4, 3x3), as matrix products.

To multiply two polynomials, evaluate both at some points, multiply the values, and interpolate. A
correlation is the transpose of such a product. In one dimension, m outputs of an r-tap filter then
take m + r - 1 multiplications instead of m r:

    y = A^T [ (G w) * (B^T d) ]                      d: m + r - 1 inputs, w: r taps, y: m outputs

(Winograd 1980; Lavin & Gray 2015, arXiv 1509.09308, eq. 6; * is elementwise). In two dimensions the
transforms are applied along rows and columns. A 6x6 tile of inputs gives 4x4 outputs with 36
multiplications instead of 144 (eq. 8). Summed over input channels, the elementwise product becomes
one matrix product for each of the 36 positions. A transform along one axis is a matrix product too,
with the tiles of all images and channels side by side:

    V = B^T D B            D: the 6x6 tiles of x, T of them, as (6, 6, T I)
    M[p] = V[p] U[p]       36 products of (T, I) and (I, O)     U = G w G^T
    Y = A^T M A            the 4x4 tiles of y, as (4, 4, T O)

The price is rounding, because points far from 1 make large and small coefficients. Reciprocal pairs
of points are best (Barabasz et al. 2020, arXiv 1803.10986, table 2). With 0, 1, -1, 1/2, -2 and
infinity a float32 result of unit variance is off by about 1e-5, ten times a direct sum's error.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..pool import Pair
from . import workspace
from .epilogue import NO_EPILOGUE, Epilogue
from .layouts import derive, lay_out
from .phases import flip, flipped_padding

TILE, TAPS = 4, 3  # outputs and filter taps along one axis: m and r above
TILE_IN = TILE + TAPS - 1  # inputs along one axis
POINTS = (Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-2))  # and infinity
TILES_BYTES = 1 << 20  # of V and M that are in use at a time: a usual L2 cache


def make_transforms(
    tile: int = TILE, taps: int = TAPS, points: tuple = POINTS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(A^T (m, n), G (n, r), B^T (n, n)) of F(m, r), float64, by Toom & Cook's construction.

    n = m + r - 1, for n - 1 points and infinity. G evaluates a polynomial of r coefficients at the
    points, and divides each value by the product of the distances from its point to the others. A
    evaluates a polynomial of m coefficients. Row j of B^T has the coefficients of the polynomial
    that vanishes at every point but the j-th.
    """
    n = tile + taps - 1

    def powers(count):  # 1, x, x^2, ... at each point; at infinity only the highest power counts
        finite = [[p**k for k in range(count)] for p in points]
        return finite + [[Fraction(k == count - 1) for k in range(count)]]

    def vanish_at(roots):  # coefficients of the product of (x - p), lowest first
        polynomial = [Fraction(1)]
        for p in roots:
            shifted, same = [0, *polynomial], [*polynomial, 0]
            polynomial = [a - p * b for a, b in zip(shifted, same, strict=True)]
        return polynomial + [Fraction(0)] * (n - len(polynomial))

    others = [[q for q in points if q != p] for p in points]
    pairs = zip(points, others, strict=True)
    distances = [np.prod([p - q for q in rest]) for p, rest in pairs] + [1]
    g = [[v / d for v in row] for row, d in zip(powers(taps), distances, strict=True)]
    b = [vanish_at(rest) for rest in others] + [vanish_at(points)]
    a = list(zip(*powers(tile), strict=True))
    return tuple(np.array(m, dtype=np.float64) for m in (a, g, b))


# A^T (4, 6), G (6, 3), B^T (6, 6) by dtype
_A, _G, _B = (
    {np.dtype(t): m.astype(t) for t in (np.float32, np.float64)} for m in make_transforms()
)


def correlate(
    x: np.ndarray, w: np.ndarray, pad_before: Pair, out: Pair, epilogue: Epilogue = NO_EPILOGUE
) -> np.ndarray:
    """`nn.conv.correlate` at stride 1 for 3x3 kernels, with an epilogue."""
    u = lay_out(_transform_kernel, w)
    y = np.empty((len(x), *out, w.shape[3]), x.dtype)
    of_row = epilogue.tile(-(-out[1] // TILE))
    for images, rows, v in _transform_tiles(x, pad_before, out, sum(w.shape[2:])):
        _multiply(v, u, y[images], rows, of_row)
    return y


def correlate_input(
    g: np.ndarray, w: np.ndarray, size: Pair, pad_before: Pair, epilogue: Epilogue = NO_EPILOGUE
) -> np.ndarray:
    """`nn.conv.correlate_input` at stride 1: a correlation with the flipped kernel."""
    return correlate(g, derive(flip, w), flipped_padding(w, pad_before), size, epilogue)


def correlate_both(
    x: np.ndarray, w: np.ndarray, g: np.ndarray, pad_before: Pair
) -> tuple[np.ndarray, np.ndarray]:
    """(`correlate` of x and w, `correlate_weight` of x and g), with x transformed once for both.

    In one dimension y = A^T [(G w) * v], so gw = G^T [v * (A g)], summed over all tiles.
    """
    inputs, outputs = x.shape[3], g.shape[3]
    u = _transform_kernel(w)
    y = np.empty((*g.shape[:3], w.shape[3]), x.dtype)
    total = np.zeros((TILE_IN**2, inputs, outputs), x.dtype)
    for images, rows, v in _transform_tiles(x, pad_before, g.shape[1:3], inputs + outputs):
        _multiply(v, u, y[images], rows, NO_EPILOGUE)
        m = _both_axes(_A[x.dtype].T, _cut_tiles(g[images], rows), "m")
        m = m.reshape(TILE_IN**2, -1, outputs)
        total += np.matmul(v.transpose(0, 2, 1), m, out=workspace.buffer("product", total.shape, x))
    gw = _both_axes(_G[x.dtype].T, total.reshape(TILE_IN, TILE_IN, -1), "kernel")
    return y, gw.reshape(TAPS, TAPS, inputs, outputs).copy()


def _both_axes(matrix: np.ndarray, x: np.ndarray, name: str) -> np.ndarray:
    """matrix (p, q) applied to both first axes of x (q, q, L): (p, p, L), in the buffer `name`."""
    p, q = matrix.shape
    half = workspace.buffer("half", (p, q * x.shape[2]), x)
    np.matmul(matrix, x.reshape(q, -1), out=half)
    result = workspace.buffer(name, (p, p, x.shape[2]), x)
    return np.matmul(matrix, half.reshape(p, q, -1), out=result)


def _transform_kernel(w: np.ndarray) -> np.ndarray:
    """U = G w G^T: (36, I, O)."""
    inputs, outputs = w.shape[2:]
    u = _both_axes(_G[w.dtype], w.reshape(TAPS, TAPS, -1), "u")
    return u.reshape(TILE_IN**2, inputs, outputs).copy()


def _transform_tiles(x: np.ndarray, pad_before: Pair, out: Pair, channels: int):
    """Yield (images, rows of tiles, V (36, T, I)) for some images, or some rows of tiles of one.

    channels  inputs and outputs together, whose tiles must fit TILES_BYTES
    """
    n, c = len(x), x.shape[3]
    down, across = -(-out[0] // TILE), -(-out[1] // TILE)
    rows = max(1, TILES_BYTES // (TILE_IN**2 * across * channels * x.itemsize))
    step = max(1, rows // down)
    covered = TILE * down + TAPS - 1, TILE * across + TAPS - 1
    for first in range(0, n, step):
        images = slice(first, min(first + step, n))
        count = images.stop - first
        padded = workspace.padded(x[images], pad_before, covered)
        sn, sh, sw, sc = padded.strides
        strides = sh, sw, sn, TILE * sh, TILE * sw, sc
        for r in range(0, down, rows):
            part = slice(r, min(r + rows, down))
            shape = TILE_IN, TILE_IN, count, part.stop - r, across, c
            d = workspace.buffer("d", shape, x)
            d[...] = workspace.windows(padded, shape, strides, TILE * r * sh)
            v = _both_axes(_B[x.dtype], d.reshape(TILE_IN, TILE_IN, -1), "v")
            yield images, part, v.reshape(TILE_IN**2, count * (part.stop - r) * across, c)


def _multiply(v: np.ndarray, u: np.ndarray, y: np.ndarray, rows: slice, of_row: Epilogue) -> None:
    """M = V U, then Y = A^T M A with its epilogue, written to these rows of tiles of y."""
    m = np.matmul(v, u, out=workspace.buffer("m", (*v.shape[:2], u.shape[2]), v))
    tiles = _both_axes(_A[v.dtype], m.reshape(TILE_IN, TILE_IN, -1), "tiles")
    of_row.apply(tiles.reshape(-1, -(-y.shape[2] // TILE) * u.shape[2]))
    _put_tiles(tiles, y, rows)


def _put_tiles(tiles: np.ndarray, y: np.ndarray, rows: slice) -> None:
    """Write tiles (4, 4, T O) to their rows of tiles in y (N, OH, OW, O), cut off at its edges."""
    n, oh, ow, outputs = y.shape
    across = -(-ow // TILE)
    tiles = tiles.reshape(TILE, TILE, n, rows.stop - rows.start, across, outputs)
    tiles = tiles.transpose(2, 3, 0, 4, 1, 5)  # image, tile row, row in it, tile column, column
    if oh % TILE == 0 and ow % TILE == 0:
        y.reshape(n, oh // TILE, TILE, across, TILE, outputs)[:, rows] = tiles
    else:
        first, last = TILE * rows.start, min(TILE * rows.stop, oh)
        y[:, first:last] = tiles.reshape(n, -1, across * TILE, outputs)[:, : last - first, :ow]


def _cut_tiles(g: np.ndarray, rows: slice) -> np.ndarray:
    """These rows of tiles of g (N, OH, OW, O): (4, 4, T O), with zeros beyond its edges."""
    n, oh, ow, outputs = g.shape
    across = -(-ow // TILE)
    if oh % TILE or ow % TILE:
        first, last = TILE * rows.start, min(TILE * rows.stop, oh)
        tall = TILE * (rows.stop - rows.start)
        whole = np.zeros((n, tall, TILE * across, outputs), g.dtype)
        whole[:, : last - first, :ow] = g[:, first:last]
        g, rows = whole, slice(0, rows.stop - rows.start)
    blocks = g.reshape(n, -1, TILE, across, TILE, outputs)[:, rows]
    tiles = workspace.buffer("tiles", (TILE, TILE, n, rows.stop - rows.start, across, outputs), g)
    tiles[...] = blocks.transpose(2, 4, 0, 1, 3, 5)
    return tiles.reshape(TILE, TILE, -1)
