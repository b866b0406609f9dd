"""The exercises of chapter 6, faster kernels."""

import numpy as np

import nn


class CountedNumber:
    """A number that counts its products with other such numbers."""

    products = 0

    def __init__(self, value: float):
        self.value = float(value)

    def __add__(self, other):
        return CountedNumber(self.value + _value(other))

    def __sub__(self, other):
        return CountedNumber(self.value - _value(other))

    def __rsub__(self, other):
        return CountedNumber(_value(other) - self.value)

    def __mul__(self, other):
        CountedNumber.products += isinstance(other, CountedNumber)
        return CountedNumber(self.value * _value(other))

    def __truediv__(self, other):
        if isinstance(other, CountedNumber):
            raise TypeError("a number is divided by ordinary numbers only")
        return CountedNumber(self.value / other)

    def __neg__(self):
        return CountedNumber(-self.value)

    __radd__, __rmul__ = __add__, __mul__


def _value(number) -> float:
    return number.value if isinstance(number, CountedNumber) else number


def check_count_products(solution) -> None:
    """Whole tiles, tiles that are cut at the edge, and the direct form."""
    assert solution(8, 8, 1, 1, 1) == 576
    assert solution(8, 8, 1, 1, 2) == 256
    assert solution(8, 8, 32, 12, 4) == 144 * 32 * 12
    assert solution(9, 9, 1, 1, 4) == 9 * 36
    assert solution(5, 16, 3, 2, 4) == 8 * 36 * 6


def check_winograd_1d(solution) -> None:
    """Right, and with two products for each output."""
    rng = np.random.default_rng(0)
    for outputs in (2, 4, 10):
        d, w = rng.standard_normal(outputs + 2), rng.standard_normal(3)
        CountedNumber.products = 0
        found = solution([CountedNumber(v) for v in d], [CountedNumber(v) for v in w])
        expected = np.correlate(d, w, "valid")
        np.testing.assert_allclose([_value(y) for y in found], expected, atol=1e-12)
        counted, allowed = CountedNumber.products, 2 * outputs
        assert counted <= allowed, f"{counted} products for {outputs} outputs, not {allowed}"


def check_upsampled_kernel(solution) -> None:
    """Hold both ways against each other, for several kernels."""
    rng = np.random.default_rng(0)
    for kernel in ((3, 3), (1, 1), (2, 3), (5, 4)):
        x, w = rng.standard_normal((1, 4, 3, 1)), rng.standard_normal(kernel)
        wide = np.asarray(solution(w.copy()))
        assert wide.shape == (kernel[0] + 1, kernel[1] + 1), wide.shape
        repeated = nn.conv_transpose2d(nn.upsample_nearest(x), w[:, :, None, None]).data
        found = nn.conv_transpose2d(x, wide[:, :, None, None], stride=2).data
        np.testing.assert_allclose(found, repeated, atol=1e-12)
