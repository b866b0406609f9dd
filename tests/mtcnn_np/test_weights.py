"""The weights' file format, and the refusal of any other file."""

import hashlib
import io
import os
import pickle

import numpy as np
import pytest

from mtcnn_np import Detector, WeightsError, weights
from mtcnn_np.lz4 import decompress_frame


def _frame(*blocks):
    """An LZ4 frame of (stored, bytes) blocks."""
    out = b"\x04\x22\x4d\x18\x40\x40\x00"
    for stored, block in blocks:
        out += (len(block) | stored << 31).to_bytes(4, "little") + block
    return out + bytes(4)


def test_lz4_blocks_by_hand():
    repeat = (
        bytes([0x35]) + b"abc" + (3).to_bytes(2, "little") + bytes([0x10]) + b"!"
    )  # abc, 9 more of it, !
    assert decompress_frame(_frame((0, repeat))) == b"abcabcabcabc!"
    long = bytes([0xF0, 255, 10]) + bytes(range(256)) + bytes(24)  # 15 + 255 + 10 literals
    assert (
        decompress_frame(_frame((0, long), (1, b"as it is")))
        == bytes(range(256)) + bytes(24) + b"as it is"
    )


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04....", _frame((1, b"12345"))[:-8], _frame((0, b"\x10a\x09\x00\x00"))]
)
def test_broken_lz4_is_refused(data):
    with pytest.raises(ValueError):
        decompress_frame(data)


def test_weights_with_another_hash_are_not_decoded(monkeypatch):
    monkeypatch.setattr(
        weights, "decompress_frame", lambda data: pytest.fail("decoded before it was checked")
    )
    with pytest.raises(WeightsError, match="SHA-256.*pip install"):
        weights.decode(b"anything", weights.WEIGHTS_SHA256["pnet"], "pnet.lz4")


def test_a_pickle_that_names_anything_else_is_refused():
    class Evil:
        def __reduce__(self):
            return os.system, ("true",)

    block = pickle.dumps([Evil()])
    data = _frame((1, block))
    with pytest.raises(pickle.UnpicklingError, match="system"):
        weights.decode(data, hashlib.sha256(data).hexdigest(), "evil.lz4")


def test_missing_weights_say_how_to_get_them(monkeypatch, tmp_path):
    import importlib.metadata

    def nowhere(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", nowhere)
    with pytest.raises(WeightsError, match="pip install --no-deps mtcnn==1.0.0"):
        Detector()


def test_the_weights_are_those_of_the_paper():
    assert (
        sum(a.size for net in ("pnet", "rnet", "onet") for a in weights.load(net))
        == 6632 + 100178 + 389040
    )
    assert all(a.dtype == np.float32 and np.isfinite(a).all() for a in weights.load("onet"))
    assert isinstance(weights._ArrayUnpickler(io.BytesIO(pickle.dumps([]))).load(), list)
