"""The epilogue of a convolution: bias and activation, applied to a strip while it is in the cache.

(cuBLAS and CUTLASS use the name for the same idea on a GPU.)
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
        """The same for rows of `cells` cells, (cells O,): NumPy is fastest along long runs."""

        def tile(v):
            if v is None or isinstance(v, float | int):
                return v
            row = backend.of(v).empty((cells, len(v)), v.dtype)
            row[...] = v  # several times as fast as NumPy's `tile`
            return row.reshape(-1)

        return Epilogue(tile(self.bias), tile(self.slope))

    def apply(self, rows) -> None:
        """Change rows (R, O) in place."""
        if self.bias is not None:
            rows += self.bias
        leak(rows, self.slope)

    def of_zero(self):
        """What the epilogue makes of a result of 0: (O,), or 0 without a bias."""
        if self.bias is None:
            return 0
        row = self.bias.copy()
        leak(row, self.slope)
        return row


NO_EPILOGUE = Epilogue()


def leak(x, slope) -> None:
    """LeakyReLU of x in place; with an array (C,) of slopes, PReLU."""
    xp = backend.of(x)
    if isinstance(slope, float | int):
        if slope != 1:
            # LeakyReLU is the larger of x and slope x, as slope <= 1.
            scaled = xp.multiply(x, slope, out=workspace.buffer("leak", x.shape, x))
            xp.maximum(x, scaled, out=x)
        return
    # PReLU is x + (slope - 1) min(x, 0), for slopes above 1 too. NumPy takes the minimum with an
    # array of zeros faster than with the number 0.
    below = xp.minimum(x, workspace.zeros(x.shape, x), out=workspace.buffer("leak", x.shape, x))
    below *= slope - 1
    x += below


def leak_gradient(g, y, slope: float, out) -> None:
    """out = g where y > 0, slope g elsewhere; y, the result of `leak`, has the sign of its input.

    Arithmetic on the mask (y > 0) is ten times as fast as NumPy's `where`.
    """
    xp = backend.of(g)
    xp.multiply(xp.greater(y, 0), g.dtype.type(1 - slope), out=out)
    out += slope
    out *= g
