"""The weights are those of the paper, and no other file is decoded."""

import importlib.metadata
import subprocess
import sys

import numpy as np
import pytest

from mtcnn_np import Detector, WeightsError, weights


def test_weights_with_another_hash_are_not_decoded(monkeypatch):
    monkeypatch.setattr("joblib.load", lambda data: pytest.fail("decoded before it was checked"))
    with pytest.raises(WeightsError, match="SHA-256.*pip install"):
        weights.decode(b"anything", weights.WEIGHTS_SHA256["pnet"], "pnet.lz4")


def test_missing_weights_say_how_to_get_them(monkeypatch):
    def nowhere(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", nowhere)
    with pytest.raises(WeightsError, match="pip install mtcnn==1.0.0"):
        Detector()


def test_a_missing_file_of_the_package_is_named(monkeypatch, tmp_path):
    class Elsewhere:
        def locate_file(self, name):
            return tmp_path / name

    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: Elsewhere())
    with pytest.raises(WeightsError, match=r"pnet\.lz4: No such file.*install it anew"):
        weights.load("pnet")


def test_the_weights_are_those_of_the_paper():
    assert (
        sum(a.size for net in ("pnet", "rnet", "onet") for a in weights.load(net))
        == 6632 + 100178 + 389040
    )
    assert all(a.dtype == np.float32 and np.isfinite(a).all() for a in weights.load("onet"))


def test_the_weights_are_read_as_data_without_the_code_of_their_package():
    code = (
        "import sys; from mtcnn_np import Detector; Detector(); "
        "print([m for m in sys.modules if m.split('.')[0] in ('mtcnn', 'tensorflow')])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
