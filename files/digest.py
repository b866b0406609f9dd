"""What an output was made from: SHA-256 of files and folders, versions of the packages."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from threadpoolctl import threadpool_info

# whatever can change the bytes of a result
PACKAGES = ("numpy", "scipy", "av", "imageio", "pillow", "threadpoolctl", "cupy", "mtcnn")


def digest(path: Path) -> str:
    """The SHA-256 of a file, as sha256sum prints it.

    Of a folder: the SHA-256 over its files by name, each as name, a zero byte, its own SHA-256.
    """
    if not path.is_dir():
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    sha = hashlib.sha256()
    for file in sorted(p for p in path.iterdir() if p.is_file()):
        sha.update(file.name.encode() + b"\0" + bytes.fromhex(digest(file)))
    return sha.hexdigest()


def package_versions() -> dict[str, str]:
    """The versions of Python, the installed packages and the BLAS, and the machine's kind."""
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
