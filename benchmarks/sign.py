"""How long signing a finished output takes, and checking it, and what memory that needs.

    python -m benchmarks.sign [--mb 5 50 500] [--pictures 100]

Prints a JSON line for each size of an MP4, and one for a folder of pictures: seconds, and the most
memory of the process until then. The peer is the SHA-256 of the same file, which every run computes
as well. The clips are noise: signing reads bytes, and does not ask what they show.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

import video
from files import digest, list_by_number, run_command
from provenance import credentials, record, sign, verify
from provenance.local_chain import make_test_certificate

from .lines import print_line

NOISE_SIZE = (320, 320)  # (w, h) pixels of a frame
MB = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mb", type=int, nargs="*", default=[5, 50, 500], help="sizes of the MP4")
    parser.add_argument("--pictures", type=int, default=100, help="in the folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        signer = credentials.load(*make_test_certificate(Path(folder, "test")))
        for size in options.mb:
            clip = Path(folder, "clip.mp4")
            _write_noise(clip, 5)
            _pad(clip, size * MB)
            measure(clip, signer)
        pictures = Path(folder, "pictures")
        _write_noise(pictures, options.pictures)
        measure(pictures, signer)


def measure(output: Path, signer: credentials.Credentials) -> None:
    """Sign an output, check it, and print how long that took."""
    inputs = {role: output.parent / "test" / "root.pem" for role in ("target", "donor")}
    record.write(output, record.Record("Synthetic media", 1, {}, [0], True, inputs))
    seconds = {"sha256_s": _time(digest, output), "sign_s": _time(sign.sign, output, signer)}
    files = list_by_number(output) if output.is_dir() else [output]
    seconds["check_s"] = _time(lambda: [verify.read(file) for file in files])
    megabytes = sum(file.stat().st_size for file in files) / MB
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    what = f"{len(files)} pictures" if output.is_dir() else "an MP4"
    print_line(name=f"sign {what}", mb=round(megabytes, 1), memory_mb=round(memory), **seconds)


def _time(function, *arguments) -> float:
    start = time.perf_counter()
    function(*arguments)
    return round(time.perf_counter() - start, 3)


def _write_noise(output: Path, frames: int) -> None:
    rng, (width, height) = np.random.default_rng(0), NOISE_SIZE
    like = video.Clip(output, NOISE_SIZE, Fraction(25), frames, Fraction(1, 25))
    with video.open_writer(output, like, comment="Synthetic media") as writer:
        for number in range(frames):
            image = rng.integers(0, 256, (height, width, 3), np.uint8)
            writer.write(image, Fraction(number, 25))


def _pad(clip: Path, size: int) -> None:
    """Append a box of media data, so that an MP4 has this size in bytes."""
    left = size - clip.stat().st_size
    with open(clip, "ab") as file:
        file.write(left.to_bytes(4, "big") + b"mdat")
        for start in range(8, left, MB):
            file.write(os.urandom(min(MB, left - start)))


if __name__ == "__main__":
    run_command(main)
