"""Every test of nn runs twice: on the fast kernels and on the plain definitions."""

import pytest

import nn


@pytest.fixture(params=["fast", "plain"], autouse=True)
def kernels(request):
    before = nn.fast_enabled()
    nn.use_fast(request.param == "fast")
    yield request.param
    nn.use_fast(before)
