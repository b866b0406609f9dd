"""What follows a convolution, done to each strip of its result while that is in the cache.

(The name is that of cuBLAS and CUTLASS for the same idea on a GPU.)
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import backend
from . import workspace


@dataclass(frozen=True, eq=False)
class Epilogue:
    """Add a bias, then apply LeakyReLU or PReLU.

    bias   (O,), or None for none
    slope  of LeakyReLU, 1.0 for none; or an array (O,), the slopes of PReLU
    """

    bias: object = None
    slope: object = 1.0

    def tile(self, cells: int) -> Epilogue:
        """The same for rows of so many cells, (cells O,): NumPy is fastest along long runs."""
        bias, slope = (
            v if v is None or isinstance(v, float | int) else backend.of(v).tile(v, cells)
            for v in (self.bias, self.slope)
        )
        return Epilogue(bias, slope)

    def apply(self, rows) -> None:
        """Change rows (R, O) in place."""
        if self.bias is not None:
            rows += self.bias
        leak(rows, self.slope)

    def of_zero(self):
        """What becomes of a result of 0: (O,), or 0 without a bias."""
        if self.bias is None:
            return 0
        return backend.of(self.bias).maximum(self.bias, self.slope * self.bias)


NO_EPILOGUE = Epilogue()


def leak(x, slope) -> None:
    """LeakyReLU of x in place; with an array (C,) of slopes, PReLU."""
    xp = backend.of(x)
    if isinstance(slope, float | int):
        if slope != 1:
            # for a slope below 1 the larger of x and slope x is the right one
            scaled = xp.multiply(x, slope, out=workspace.buffer("leak", x.shape, x))
            xp.maximum(x, scaled, out=x)
        return
    # x + (slope - 1) min(x, 0), which also holds for slopes above 1. The zeros are an array,
    # because NumPy is slow with a number there.
    below = xp.minimum(x, workspace.zeros(x.shape, x), out=workspace.buffer("leak", x.shape, x))
    below *= slope - 1
    x += below


def leak_gradient(g, y, slope: float, out) -> None:
    """out = g where y > 0, slope g elsewhere: y, the result of `leak`, has the sign of its input.

    As arithmetic on the mask: NumPy's `where` selects element by element, ten times slower.
    """
    xp = backend.of(g)
    xp.multiply(xp.greater(y, 0), g.dtype.type(1 - slope), out=out)
    out += slope
    out *= g
