"""To record what an output was made from: SHA-256 of files and folders, versions of packages."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from threadpoolctl import threadpool_info

from .pictures import list_by_number

# packages whose version can change the bytes of a result
PACKAGES = ("numpy", "scipy", "av", "imageio", "pillow", "threadpoolctl", "cupy", "mtcnn")


def digest(path: Path) -> str:
    """The SHA-256 of a file, as sha256sum prints it.

    A folder is its pictures (`list_by_number`). The digest covers them in order of name: of each
    the name, a zero byte and its SHA-256. So it changes when a picture is changed, added, removed
    or renamed. Hidden files, those of file managers, and notes beside them do not count.
    """
    if not path.is_dir():
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    sha = hashlib.sha256()
    for file in sorted(list_by_number(path)):
        sha.update(file.name.encode() + b"\0" + bytes.fromhex(digest(file)))
    return sha.hexdigest()


def package_versions() -> dict[str, str]:
    """The versions of Python, of PACKAGES where installed and of the BLAS; the machine's type.

    NumPy and SciPy may each bring a BLAS; the first by its path is NumPy's.
    """
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    if libraries:
        blas = min(libraries, key=lambda library: library["filepath"])
        kernels = blas.get("architecture", "")
        found["blas"] = f"{blas['internal_api']} {blas['version']} {kernels}".strip()
    return found
