"""Arithmetic, reductions and changes of shape, as functions and as operators on `Tensor`.

The comment above each backward is its formula; g is the gradient of the result. Inputs broadcast as
in NumPy; the gradient of a broadcast input is summed back to its shape.
"""

from __future__ import annotations

from . import backend
from .tensor import Function, Tensor


def _unbroadcast(g, shape: tuple[int, ...]):
    """Sum g over the axes along which an input of `shape` was broadcast."""
    if g.shape == shape:
        return g
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    return g.sum(axis=stretched, keepdims=True) if stretched else g


class _Binary(Function):
    """An op of two inputs that broadcast: `value` is its result, `gradients` its backward."""

    def forward(self, a, b):
        self.a, self.b = a, b
        return self.value(a, b)

    def backward(self, g):
        ga, gb = self.gradients(g, self.a, self.b)
        return _unbroadcast(ga, self.a.shape), _unbroadcast(gb, self.b.shape)


class Add(_Binary):
    def value(self, a, b):
        return a + b

    # d(a+b) = da + db
    def gradients(self, g, a, b):
        return g, g


class Subtract(_Binary):
    def value(self, a, b):
        return a - b

    # d(a-b) = da - db
    def gradients(self, g, a, b):
        return g, -g


class Multiply(_Binary):
    def value(self, a, b):
        return a * b

    # d(ab) = b da + a db
    def gradients(self, g, a, b):
        return g * b, g * a


class Divide(_Binary):
    def value(self, a, b):
        return a / b

    # d(a/b) = da/b - a db/b^2
    def gradients(self, g, a, b):
        ga = g / b
        return ga, -ga * a / b


class Power(Function):
    def __init__(self, exponent: float):
        self.exponent = exponent

    def forward(self, x):
        self.x = x
        return x**self.exponent

    # d(x^p) = p x^(p-1) dx
    def backward(self, g):
        return g * (self.exponent * self.x ** (self.exponent - 1))


class Exp(Function):
    def forward(self, x):
        self.y = backend.of(x).exp(x)
        return self.y

    # d(e^x) = e^x dx
    def backward(self, g):
        return g * self.y


class Log(Function):
    def forward(self, x):
        self.x = x
        return backend.of(x).log(x)

    # d(ln x) = dx/x
    def backward(self, g):
        return g / self.x


class Abs(Function):
    def forward(self, x):
        self.x = x
        return abs(x)

    # d|x| = sign(x) dx, 0 at 0
    def backward(self, g):
        return g * backend.of(g).sign(self.x)


class MatMul(Function):
    def forward(self, a, b):
        self.a, self.b = a, b
        return a @ b

    # d(ab) = da b + a db, so ga = g b^T and gb = a^T g
    def backward(self, g):
        ga = _unbroadcast(g @ self.b.swapaxes(-1, -2), self.a.shape) if self.needs(0) else None
        gb = _unbroadcast(self.a.swapaxes(-1, -2) @ g, self.b.shape) if self.needs(1) else None
        return ga, gb


class Sum(Function):
    def __init__(self, axis=None, keepdims: bool = False):
        self.axis, self.keepdims = axis, keepdims

    def forward(self, x):
        self.shape = x.shape
        return backend.of(x).asarray(x.sum(axis=self.axis, keepdims=self.keepdims))

    # every number that was summed gets g
    def backward(self, g):
        xp = backend.of(g)
        if self.axis is not None and not self.keepdims:
            g = xp.expand_dims(g, self.axis)
        return xp.broadcast_to(g, self.shape)


class Reshape(Function):
    def __init__(self, shape: tuple[int, ...]):
        self.shape = shape

    def forward(self, x):
        self.before = x.shape
        return x.reshape(self.shape)

    def backward(self, g):
        return g.reshape(self.before)


class Transpose(Function):
    def __init__(self, axes: tuple[int, ...]):
        self.axes = axes

    def forward(self, x):
        return x.transpose(self.axes)

    # the axes of g in the inverse permutation
    def backward(self, g):
        return g.transpose(sorted(range(len(self.axes)), key=self.axes.__getitem__))


class GetItem(Function):
    """Basic indexing (integers, slices): a view of x."""

    def __init__(self, index):
        self.index = index

    def forward(self, x):
        self.shape = x.shape
        return x[self.index]

    # g at the cells of the view, 0 at the others
    def backward(self, g):
        full = backend.of(g).zeros(self.shape, g.dtype)
        full[self.index] = g
        return full


class Concatenate(Function):
    def __init__(self, axis: int):
        self.axis = axis

    def forward(self, *arrays):
        self.sizes = [a.shape[self.axis] for a in arrays]
        return backend.of(arrays[0]).concatenate(arrays, axis=self.axis)

    # each input gets its part of g
    def backward(self, g):
        edges = [sum(self.sizes[:i]) for i in range(1, len(self.sizes))]
        return tuple(backend.of(g).split(g, edges, axis=self.axis))


def _wrap(value, like: Tensor):
    """A number as an array of the tensor's dtype: a NumPy float64 would widen the whole graph."""
    if isinstance(value, Tensor) or hasattr(value, "shape") and value.shape:
        return value
    return backend.of(like.data).asarray(value, dtype=like.dtype)


def exp(x) -> Tensor:
    """e^x, elementwise."""
    return Exp()(x)


def log(x) -> Tensor:
    """The natural logarithm of x > 0, elementwise."""
    return Log()(x)


def absolute(x) -> Tensor:
    """|x|, elementwise."""
    return Abs()(x)


def matmul(a, b) -> Tensor:
    """a @ b: (..., M, K), (..., K, N) -> (..., M, N); the axes before broadcast."""
    return MatMul()(a, b)


def dense(x, w, b=None) -> Tensor:
    """A fully connected layer: x (N, I) @ w (I, O) + b (O,)."""
    y = matmul(x, w)
    return y if b is None else y + b


def reduce_sum(x, axis=None, keepdims: bool = False) -> Tensor:
    """The sum over an axis, some axes, or all; shapes as in NumPy."""
    return Sum(axis, keepdims)(x)


def mean(x, axis=None, keepdims: bool = False) -> Tensor:
    """The mean over an axis, some axes, or all; shapes as in NumPy."""
    total = reduce_sum(x, axis, keepdims)
    return total * (total.data.size / x.data.size)


def reshape(x, *shape: int) -> Tensor:
    """The same numbers in another shape; one length may be -1."""
    return Reshape(shape)(x)


def transpose(x, *axes: int) -> Tensor:
    """The axes in another order; shapes as in NumPy."""
    return Transpose(axes)(x)


def concatenate(tensors, axis: int = -1) -> Tensor:
    """Tensors joined along an axis; their shapes agree in all others."""
    return Concatenate(axis)(*tensors)


Tensor.__add__ = lambda a, b: Add()(a, _wrap(b, a))
Tensor.__radd__ = lambda a, b: Add()(_wrap(b, a), a)
Tensor.__sub__ = lambda a, b: Subtract()(a, _wrap(b, a))
Tensor.__rsub__ = lambda a, b: Subtract()(_wrap(b, a), a)
Tensor.__mul__ = lambda a, b: Multiply()(a, _wrap(b, a))
Tensor.__rmul__ = lambda a, b: Multiply()(_wrap(b, a), a)
Tensor.__truediv__ = lambda a, b: Divide()(a, _wrap(b, a))
Tensor.__rtruediv__ = lambda a, b: Divide()(_wrap(b, a), a)
Tensor.__neg__ = lambda a: a * -1.0
Tensor.__pow__ = lambda a, p: Power(p)(a)
Tensor.__matmul__ = lambda a, b: MatMul()(a, b)
Tensor.__getitem__ = lambda a, index: GetItem(index)(a)
Tensor.sum = reduce_sum
Tensor.mean = mean
Tensor.reshape = reshape
Tensor.transpose = transpose
