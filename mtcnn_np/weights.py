"""The trained weights of MTCNN, read from the PyPI package `mtcnn`: only its data, not its code.

The package (ipazc/mtcnn, MIT) keeps each net as a list of arrays, which joblib has pickled and
compressed. Loading a pickle can run any code. So each file's SHA-256 is checked before a byte of it
is decoded: what is loaded are known files, whose pickles hold arrays and nothing else.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io

import numpy as np

WEIGHTS_PACKAGE, WEIGHTS_VERSION = "mtcnn", "1.0.0"
WEIGHTS_PIN = f"{WEIGHTS_PACKAGE}=={WEIGHTS_VERSION}"
REINSTALL = f"install it anew: pip install --force-reinstall {WEIGHTS_PIN}"
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
            f"the face detector's weights are missing: pip install {WEIGHTS_PIN}"
        ) from None
    path = package.locate_file("mtcnn/assets/weights") / f"{net}.lz4"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: {error.strerror}; {REINSTALL}") from None
    return decode(data, WEIGHTS_SHA256[net], str(path))


def decode(data: bytes, sha256: str, source: str) -> list[np.ndarray]:
    """The arrays of a file, of any shape. Raises WeightsError first if the SHA-256 differs."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WeightsError(
            f"{source} is not the file of {WEIGHTS_PACKAGE} {WEIGHTS_VERSION} "
            f"(its SHA-256 differs); {REINSTALL}"
        )
    import joblib  # here, because --help should not wait for it

    return joblib.load(io.BytesIO(data))
