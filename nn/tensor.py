"""A tensor that remembers how it was made, and the walk back that gives every leaf its gradient.

Define-by-run, after DeZero and Chainer: calling an op makes a `Function` object that keeps the
inputs and what its backward pass needs. The result points to its function and the function to its
inputs. Nothing points forward, so there are no reference cycles, and memory is freed as soon as the
last name for it goes.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from . import backend

# Each thread has a value of its own; `parallel.run` gives its jobs that of the caller.
_grad_enabled = ContextVar("grad_enabled", default=True)


@contextmanager
def no_grad():
    """Inside this block ops keep nothing for a backward pass."""
    token = _grad_enabled.set(False)
    try:
        yield
    finally:
        _grad_enabled.reset(token)


def grad_enabled() -> bool:
    """Whether ops remember how their results were made."""
    return _grad_enabled.get()


class Tensor:
    """An array (NumPy or CuPy) and, if `requires_grad`, its gradient of the same shape and dtype.

    `backward` adds to the `grad` of leaves (tensors that no op made) with `requires_grad`; set it
    to None to start anew.
    """

    __slots__ = ("data", "grad", "requires_grad", "creator", "__weakref__")
    __array_priority__ = 100  # makes NumPy leave `array * tensor` to the tensor

    def __init__(self, data, requires_grad: bool = False):
        is_array = hasattr(data, "dtype") and hasattr(data, "shape")
        self.data = data if is_array else np.asarray(data, np.float32)
        self.grad = None
        self.requires_grad = requires_grad
        self.creator: Function | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""
        return self.data.shape

    @property
    def dtype(self):
        """The array's dtype."""
        return self.data.dtype

    def __repr__(self) -> str:
        made = f", by={type(self.creator).__name__}" if self.creator else ""
        what = f"shape={self.shape}, dtype={self.dtype}, requires_grad={self.requires_grad}"
        return f"Tensor({what}{made})"

    def backward(self, grad=None) -> None:
        """Add d(self)/d(leaf), times `grad`, to the `grad` of every leaf that this was made from.

        `grad` has this tensor's shape; for a single number it may be left out and is 1. The graph
        is consumed: each function is freed as soon as its gradient has passed. Raises RuntimeError
        in a second call, ValueError where `grad` is missing or has another shape.
        """
        if grad is None:
            if self.data.size != 1:
                raise ValueError(
                    f"backward() of a tensor of shape {self.shape} needs a gradient of that shape"
                )
            grad = backend.of(self.data).ones_like(self.data)
        if grad.shape != self.shape:
            raise ValueError(f"gradient of shape {grad.shape} for a tensor of shape {self.shape}")
        if self.creator:
            _walk_back(self.creator, grad)
        elif self.requires_grad:
            _add_to_leaf(self, grad)


class Function:
    """One op: `forward` takes arrays and gives an array, `backward` turns its gradient into theirs.

    Settings (stride, axis, ...) go to the constructor. `forward` keeps on `self` what backward
    needs. `backward` returns an array for each input, or None for one that needs no gradient. It
    may return views, or the very array that it got, because the walk copies before it adds.
    """

    inputs: tuple[Tensor, ...] | None = ()

    def __call__(self, *inputs) -> Tensor:
        inputs = tuple(as_tensor(x) for x in inputs)
        out = Tensor(self.forward(*(x.data for x in inputs)))
        if _grad_enabled.get() and any(x.requires_grad for x in inputs):
            out.requires_grad, out.creator, self.inputs = True, self, inputs
        return out

    def forward(self, *arrays):
        """The result, an array, of the inputs' arrays."""
        raise NotImplementedError

    def backward(self, grad):
        """The gradient of each input, from that of the result; each has the shape of its array."""
        raise NotImplementedError

    def needs(self, i: int) -> bool:
        """Whether input i wants a gradient; where it does not, backward can save the work."""
        return self.inputs[i].requires_grad

    def release(self) -> None:
        """Forget the inputs and everything kept for the backward pass."""
        self.__dict__.clear()
        self.inputs = None


def as_tensor(x) -> Tensor:
    """x itself, or a Tensor of an array (of its shape) or a number."""
    return x if isinstance(x, Tensor) else Tensor(x)


def _walk_back(root: Function, grad) -> None:
    """Visit every function once, after all functions that use its result.

    Count these users first, then count them down.
    """
    users = _count_users(root)
    grads = {root: grad}  # of the result of each function that is not visited yet
    owned = set()  # functions whose gradient is a sum made here, which may be added to in place
    ready = [root]
    while ready:
        function = ready.pop()
        inputs = function.inputs
        owned.discard(function)
        input_grads = function.backward(grads.pop(function))
        function.release()
        if not isinstance(input_grads, tuple):
            input_grads = (input_grads,)
        for tensor, g in zip(inputs, input_grads, strict=True):
            if not tensor.requires_grad:
                continue
            creator = tensor.creator
            if creator is None:
                _add_to_leaf(tensor, g)
                continue
            if creator not in grads:
                grads[creator] = g
            elif creator in owned:
                grads[creator] += g
            else:
                grads[creator] = grads[creator] + g
                owned.add(creator)
            users[creator] -= 1
            if users[creator] == 0:
                ready.append(creator)


def _count_users(root: Function) -> dict[Function, int]:
    """How often the graph of `root` uses the result of each function.

    A loop, because recursion would overflow in a deep graph.
    """
    users: dict[Function, int] = {}
    todo = [root]
    while todo:
        function = todo.pop()
        if function.inputs is None:
            raise RuntimeError(
                "backward() went through this graph before and freed it; compute the result anew"
            )
        for tensor in function.inputs:
            creator = tensor.creator
            if creator is None or not tensor.requires_grad:
                continue
            if creator not in users:
                users[creator] = 0
                todo.append(creator)
            users[creator] += 1
    return users


def _add_to_leaf(leaf: Tensor, g) -> None:
    # Copy, because a backward pass may hand the same array to two inputs.
    leaf.grad = g.copy() if leaf.grad is None else leaf.grad + g
