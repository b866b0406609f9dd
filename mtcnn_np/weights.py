"""The trained weights of MTCNN, read from the PyPI package `mtcnn`: only its data, not its code.

The package (ipazc/mtcnn, MIT) keeps each net as a list of arrays, pickled by joblib and compressed
as an LZ4 frame. Loading a pickle can run any code. So each file's SHA-256 is checked before a byte
of it is decoded, and the unpickler knows only the three names that such a list needs.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import pickle

import numpy as np

from .lz4 import decompress_frame

WEIGHTS_PACKAGE, WEIGHTS_VERSION = "mtcnn", "1.0.0"
WEIGHTS_PIN = f"{WEIGHTS_PACKAGE}=={WEIGHTS_VERSION}"
REINSTALL = f"install it anew: pip install --no-deps --force-reinstall {WEIGHTS_PIN}"
WEIGHTS_SHA256 = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}


class WeightsError(RuntimeError):
    """The weights are missing or not the expected ones; the message says what to do."""


def load(net: str) -> list[np.ndarray]:
    """The arrays of "pnet", "rnet" or "onet", float32.

    Kernel, bias and PReLU slopes of each layer, then kernel and bias of each head: offsets,
    (points,) class. Raises WeightsError.
    """
    try:
        package = importlib.metadata.distribution(WEIGHTS_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise WeightsError(
            f"the face detector's weights are missing: pip install --no-deps {WEIGHTS_PIN}"
        ) from None
    path = package.locate_file("mtcnn/assets/weights") / f"{net}.lz4"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: {error.strerror}; {REINSTALL}") from None
    return decode(data, WEIGHTS_SHA256[net], str(path))


def decode(data: bytes, sha256: str, source: str) -> list[np.ndarray]:
    """The arrays in a file's bytes. Raises WeightsError before decoding if the SHA-256 differs."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WeightsError(
            f"{source} is not the file of {WEIGHTS_PACKAGE} {WEIGHTS_VERSION} "
            f"(its SHA-256 differs); {REINSTALL}"
        )
    return _ArrayUnpickler(io.BytesIO(decompress_frame(data))).load()


class _ArrayWrapper:
    """Replaces joblib's NumpyArrayWrapper, which describes the array whose bytes follow it."""

    def read(self, file) -> np.ndarray:
        padding = file.read(1)[0]  # bytes that align the array
        file.read(padding)
        dtype = np.dtype(self.dtype)
        count = int(np.prod(self.shape))
        array = np.frombuffer(file.read(count * dtype.itemsize), dtype, count)
        return array.reshape(self.shape, order=self.order).copy()


class _ArrayUnpickler(pickle._Unpickler):
    """An unpickler that knows only the names that lists of arrays need.

    It extends the pure-Python one, which reads no byte ahead: the arrays' bytes stand in between.
    """

    _allowed = {
        ("joblib.numpy_pickle", "NumpyArrayWrapper"): _ArrayWrapper,
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
    }
    dispatch = pickle._Unpickler.dispatch.copy()

    def __init__(self, file: io.BytesIO):
        super().__init__(file)
        self.file = file

    def find_class(self, module: str, name: str):
        if (module, name) not in self._allowed:
            raise pickle.UnpicklingError(f"a weights file has no business with {module}.{name}")
        return self._allowed[module, name]

    def load_build(self):
        super().load_build()
        if isinstance(self.stack[-1], _ArrayWrapper):
            self.stack[-1] = self.stack[-1].read(self.file)

    dispatch[pickle.BUILD[0]] = load_build
