"""To record what an output was made from: SHA-256 of files and folders, versions of packages."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from threadpoolctl import threadpool_info

# packages whose version can change the bytes of a result
PACKAGES = ("numpy", "scipy", "av", "imageio", "pillow", "threadpoolctl", "cupy", "mtcnn")


def digest(path: Path) -> str:
    """The SHA-256 of a file, as sha256sum prints it.

    For a folder, it is taken over its files in order of name: name, a zero byte, SHA-256 of each.
    """
    if not path.is_dir():
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    sha = hashlib.sha256()
    for file in sorted(p for p in path.iterdir() if p.is_file()):
        sha.update(file.name.encode() + b"\0" + bytes.fromhex(digest(file)))
    return sha.hexdigest()


def package_versions() -> dict[str, str]:
    """The versions of Python, of PACKAGES where installed and of the BLAS; the machine's type."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    for library in threadpool_info():
        if library["user_api"] == "blas":
            kernels = library.get("architecture", "")
            found["blas"] = f"{library['internal_api']} {library['version']} {kernels}".strip()
            break
    return found
