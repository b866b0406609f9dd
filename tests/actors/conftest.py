"""What the tests of the actors share."""

import functools

import pytest

import nn
from actors import Model, scene
from mtcnn_np import Detector, WeightsError


@pytest.fixture(scope="session")
def detector():
    try:
        return Detector()
    except WeightsError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session", autouse=True)
def one_model_an_actor():
    """A model is a second's work and never changes, so scenes share it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene, "Model", functools.cache(Model))
        yield


@pytest.fixture(autouse=True)
def same_threads_afterwards():
    before = nn.parallel.thread_count()
    yield
    if nn.parallel.thread_count() != before:
        nn.set_threads(before)
