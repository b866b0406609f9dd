"""Which program this is: a hash of its source, since every machine must have the same."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

# the rooms whose source decides what a job makes
ROOMS = (
    *("actors", "batch", "colorcorrect", "faces", "files", "intracoder", "mtcnn_np", "nn"),
    *("poisson", "provenance", "report", "stages", "video"),
)


@lru_cache(maxsize=1)
def digest_program() -> str:
    """16 hexadecimal digits: a hash of pipeline.py and of all files of the rooms."""
    root, sha = Path(__file__).parents[1], hashlib.sha256()
    files = [root / "pipeline.py"]
    for room in ROOMS:
        files += sorted((root / room).rglob("*.py"))
    for file in files:
        name = file.relative_to(root).as_posix()
        sha.update(f"{name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return sha.hexdigest()[:16]
