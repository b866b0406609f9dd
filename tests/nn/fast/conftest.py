"""These tests name the kernels that they hold against each other, so they run once."""

import pytest

import nn


@pytest.fixture(autouse=True)
def kernels():
    before = nn.fast_enabled()
    nn.use_fast(True)
    yield
    nn.use_fast(before)
