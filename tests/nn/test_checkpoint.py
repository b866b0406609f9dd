import numpy as np
import pytest

import nn
from nn import checkpoint


def _net(seed=0, width=3):
    rng = np.random.default_rng(seed)
    return nn.Sequential(nn.Conv2d(2, width, rng=rng), nn.BatchNorm(width))


def test_what_is_written_comes_back(tmp_path):
    net, adam, path = _net(), nn.Adam(), tmp_path / "a.npz"
    for p in net.parameters()[:2]:
        p.grad = np.ones_like(p.data)
    adam.step(net.parameters())
    arrays = checkpoint.module_arrays(net, "net.") | checkpoint.adam_arrays(adam, net)
    checkpoint.write_arrays(path, arrays, {"round": 3})
    read, meta = checkpoint.read_arrays(path)
    other, fresh = _net(1), nn.Adam()
    checkpoint.load_module(other, read, str(path), "net.")
    checkpoint.load_adam(fresh, other, read, str(path))
    assert meta == {"round": 3} and fresh.count == 1 and len(fresh.moments) == 2
    for (name, a), (_, b) in zip(net.named_tensors(), other.named_tensors(), strict=True):
        np.testing.assert_array_equal(a.data, b.data, err_msg=name)
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda a: a.pop("steps.0.bias"), "has no steps.0.bias"),
        (lambda a: a.update(extra=np.zeros(2, np.float32)), "extra"),
        (lambda a: a.update({"steps.0.bias": np.zeros(9, np.float32)}), "steps.0.bias is float32"),
        (lambda a: a.update({"steps.0.bias": np.zeros(3)}), "float64"),
        (lambda a: a.update({"steps.0.bias": np.full(3, np.nan, np.float32)}), "not finite"),
    ],
)
def test_loading_is_strict_names_the_leaf_and_changes_nothing(spoil, words):
    net = _net()
    before = {k: v.copy() for k, v in checkpoint.module_arrays(net).items()}
    arrays = checkpoint.module_arrays(_net(1))
    spoil(arrays)
    with pytest.raises(nn.CheckpointError, match=words):
        checkpoint.load_module(net, arrays, "file")
    for name, array in checkpoint.module_arrays(net).items():
        np.testing.assert_array_equal(array, before[name])


def test_a_file_cut_or_flipped_anywhere_is_refused_or_read_whole(tmp_path):
    path = tmp_path / "a.npz"
    arrays = checkpoint.module_arrays(_net())
    checkpoint.write_arrays(path, arrays, {"n": 1})
    data = path.read_bytes()
    rng = np.random.default_rng(0)
    for cut in rng.integers(0, len(data), 40):
        path.write_bytes(data[:cut])
        with pytest.raises(nn.CheckpointError, match="a.npz"):
            checkpoint.read_arrays(path)
    for at in rng.integers(0, len(data), 60):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        try:
            read, _ = checkpoint.read_arrays(path)
        except nn.CheckpointError:
            continue
        for name in arrays.keys() & read.keys():
            np.testing.assert_array_equal(read[name], arrays[name])


def test_a_failure_while_writing_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.npz"
    checkpoint.write_arrays(path, {"x": np.zeros(2)}, {})
    before = path.read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError):
        checkpoint.write_arrays(path, {"x": np.ones(2)}, {})
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["a.npz"]


def test_no_pickle_is_loaded(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.array([{"a": 1}], dtype=object), __meta__=np.frombuffer(b"{}", np.uint8))
    with pytest.raises(nn.CheckpointError) as refused:
        checkpoint.read_arrays(path)
    assert "allow_pickle" not in str(refused.value)  # NumPy's own message advises to allow them
