import gc
import weakref

import numpy as np
import pytest

import nn


def _leaf(*shape):
    return nn.Tensor(np.ones(shape), requires_grad=True)


def test_backward_of_5000_ops_does_not_recurse():
    x = _leaf(3)
    y = x
    for _ in range(5000):
        y = y * 1.0001
    y.sum().backward()
    np.testing.assert_allclose(x.grad, 1.0001**5000, rtol=1e-9)


def test_a_tensor_used_often_gets_all_its_gradients_and_each_function_runs_once():
    calls = []

    class Twice(nn.Function):
        def forward(self, x):
            return x * 2

        def backward(self, g):
            calls.append(1)
            return g * 2

    x = _leaf(2)
    y = Twice()(x)
    z = y + y * 3.0 + (y - y) + y
    z.sum().backward()
    np.testing.assert_allclose(x.grad, 10)
    assert len(calls) == 1


def test_gradients_are_not_shared_arrays():
    a, b = _leaf(2), _leaf(2)
    (a + b).sum().backward()
    a.grad += 5
    np.testing.assert_array_equal(b.grad, 1)


def test_a_gradient_that_two_branches_share_is_not_added_to_in_place():
    x = _leaf(2)
    y = x * 1.0
    z = y + y  # Add hands the same array back twice
    (z + y).sum().backward()
    np.testing.assert_array_equal(x.grad, 3)


def test_backward_adds_to_leaves_and_cannot_be_repeated():
    x = _leaf(2)
    y = (x * 2.0).sum()
    y.backward()
    (x * 3.0).sum().backward()
    np.testing.assert_array_equal(x.grad, 5)
    with pytest.raises(RuntimeError, match="freed"):
        y.backward()


def test_a_graph_is_kept_only_where_gradients_are_needed():
    x = _leaf(2)
    with nn.no_grad():
        assert (x * 2.0).creator is None
    assert (nn.Tensor(np.ones(2)) * 2.0).creator is None
    assert (x * 2.0).creator is not None


def test_memory_is_freed_with_the_last_name_without_the_collector():
    gc.disable()
    try:
        x = _leaf(2)
        y = nn.leaky_relu(x * 2.0) + x
        loss = y.sum()
        watched = [weakref.ref(y), weakref.ref(y.creator)]
        loss.backward()
        del y, loss
        assert [w() for w in watched] == [None, None]
    finally:
        gc.enable()


def test_numbers_do_not_widen_float32():
    x = nn.Tensor(np.ones(2, np.float32), requires_grad=True)
    y = (x * np.float64(2) + 1 - np.float64(0.5)) / 3
    assert y.dtype == np.float32


def test_wrong_gradients_are_refused():
    with pytest.raises(ValueError, match="shape"):
        _leaf(2).backward()
    with pytest.raises(ValueError, match="shape"):
        (_leaf(2) * 2.0).backward(np.ones(3))
