"""The trained weights of MTCNN, read from the PyPI package `mtcnn` as data: none of its code is imported.

The package (ipazc/mtcnn, MIT) keeps each net as a list of arrays, pickled by joblib and compressed as an LZ4 frame. A
pickle can run code, so each file is compared with its known SHA-256 before a byte of it is decoded, and the unpickler
knows just the three names that such a list needs.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import pickle

import numpy as np

PACKAGE, VERSION = "mtcnn", "1.0.0"
REMEDY = f"install it anew: pip install --no-deps --force-reinstall {PACKAGE}=={VERSION}"
SHA256 = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}


class WeightsError(RuntimeError):
    """The weights are missing or not the ones expected; the message names the file and the remedy."""


def load(net: str) -> list[np.ndarray]:
    """The arrays of "pnet", "rnet" or "onet", float32, in layer order: per layer kernel, bias and PReLU slopes; then the
    heads' kernels and biases: box, (points,) class. Raises WeightsError.
    """
    try:
        files = importlib.metadata.distribution(PACKAGE).locate_file("mtcnn/assets/weights")
    except importlib.metadata.PackageNotFoundError:
        raise WeightsError(
            f"the face detector's weights are missing: pip install --no-deps {PACKAGE}=={VERSION}"
        ) from None
    path = files / f"{net}.lz4"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{path}: {error.strerror}; {REMEDY}") from None
    return decode(data, SHA256[net], str(path))


def decode(data: bytes, sha256: str, source: str) -> list[np.ndarray]:
    """The arrays in the file's bytes; raises WeightsError, decoding nothing, where their SHA-256 is another."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WeightsError(
            f"{source} is not the file of {PACKAGE} {VERSION} (its SHA-256 differs); {REMEDY}"
        )
    return _ArrayUnpickler(io.BytesIO(lz4_frame(data))).load()


def lz4_frame(data: bytes) -> bytes:
    """The content of an LZ4 frame (github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md); its checksums are skipped.

    Raises ValueError for other bytes.
    """
    if data[:4] != b"\x04\x22\x4d\x18":
        raise ValueError("not an LZ4 frame")
    flags = data[4]
    has_block_checksum, has_size = flags & 0x10, flags & 0x08
    position = 7 + (8 if has_size else 0)
    out = bytearray()
    while size := int.from_bytes(data[position : position + 4], "little"):
        stored, size = size >> 31, size & 0x7FFFFFFF
        block = data[position + 4 : position + 4 + size]
        if len(block) < size:
            raise ValueError("the LZ4 frame is cut short")
        if stored:
            out += block
        else:
            _lz4_block(block, out)
        position += 4 + size + (4 if has_block_checksum else 0)
    return bytes(out)


def _lz4_block(block: bytes, out: bytearray) -> None:
    """Append a block's content to `out`: turns of some literal bytes and a match, a copy of bytes already out."""
    i = 0

    def length(nibble: int) -> int:
        nonlocal i
        total = nibble
        if nibble == 15:  # goes on in further bytes, up to one below 255
            while True:
                total += block[i]
                i += 1
                if block[i - 1] != 255:
                    break
        return total

    while True:
        token = block[i]
        i += 1
        literals = length(token >> 4)
        out += block[i : i + literals]
        i += literals
        if i >= len(block):  # the last turn has no match
            return
        offset = int.from_bytes(block[i : i + 2], "little")
        i += 2
        count = length(token & 15) + 4
        start = len(out) - offset
        if offset == 0 or start < 0:
            raise ValueError("a match in the LZ4 block points outside the data")
        while count > 0:  # a match may overlap what it writes: then it repeats
            piece = out[start : start + count]
            out += piece
            count -= len(piece)


class _ArrayWrapper:
    """Stands in for joblib's NumpyArrayWrapper: the description of an array whose bytes follow in the stream."""

    def read(self, file) -> np.ndarray:
        file.read(file.read(1)[0])  # padding to the alignment, preceded by its length
        dtype = np.dtype(self.dtype)
        count = int(np.prod(self.shape))
        array = np.frombuffer(file.read(count * dtype.itemsize), dtype, count)
        return array.reshape(self.shape, order=self.order).copy()


class _ArrayUnpickler(pickle._Unpickler):
    """The pure Python unpickler, since that one reads no further than it must, with only the names that arrays need."""

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
