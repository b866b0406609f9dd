"""Imports point down: pipeline and batch, report, stages, actors, the rooms, nn, files."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
GROUND = {"files", "nn"}
SIDE_BY_SIDE = {
    "faces",
    "video",
    "poisson",
    "intracoder",
    "colorcorrect",
    "mtcnn_np",
    "provenance",
}
MAY_IMPORT = {
    "files": set(),
    "nn": {"files"},
    **{room: GROUND | {"faces"} for room in sorted(SIDE_BY_SIDE)},
    "stages": GROUND | SIDE_BY_SIDE,
    "actors": GROUND | SIDE_BY_SIDE,
    "report": GROUND | SIDE_BY_SIDE | {"stages"},
    "batch": GROUND | SIDE_BY_SIDE | {"stages", "actors"},
    "pipeline": GROUND | SIDE_BY_SIDE | {"stages", "actors", "report"},
}
SHARED_BY_FACES = {"Face", "Canvas", "align"}  # what the rooms beside it may import from it
NN_READING_ORDER = [
    "backend",
    "switch",
    "tensor",
    "ops",
    "activations",
    "pool",
    "conv",
    "norm",
    "losses",
    "init",
    "layers",
    "optim",
    "checkpoint",
    "train",
]
IMPORTS_NN_FAST = {"nn/__init__.py", "nn/train.py"}  # besides nn/fast itself


class Import(NamedTuple):
    level: int  # dots in front
    module: str
    names: list[str]

    @property
    def top(self) -> str:
        return "" if self.level else self.module.split(".")[0]


def _imports(file: Path) -> Iterator[Import]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(0, alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield Import(node.level, node.module or "", [alias.name for alias in node.names])


def _files(room: str) -> list[Path]:
    """The files of a room; not its `__main__.py`, a program that may import what it needs."""
    if room == "pipeline":
        return [ROOT / "pipeline.py"]
    return [path for path in sorted((ROOT / room).rglob("*.py")) if path.name != "__main__.py"]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_import_downwards_only(room):
    for file in _files(room):
        for found in _imports(file):
            if found.top in MAY_IMPORT:
                assert found.top in MAY_IMPORT[room] | {room}, f"{file} imports {found.module}"


@pytest.mark.parametrize("room", sorted(SIDE_BY_SIDE - {"faces"}))
def test_rooms_side_by_side_share_the_face_and_its_geometry_only(room):
    for file in _files(room):
        for found in _imports(file):
            if found.top == "faces" and found.module not in ("faces.align", "faces.canvas"):
                assert set(found.names) <= SHARED_BY_FACES, f"{file} imports {found.names}"


def test_nn_has_no_circle_and_its_order_is_the_reading_order():
    for i, name in enumerate(NN_READING_ORDER):
        for found in _imports(ROOT / "nn" / f"{name}.py"):
            for other in [found.module] if found.module else found.names if found.level else []:
                assert (
                    not found.level
                    or other in NN_READING_ORDER[:i]
                    or other.split(".")[0] in ("fast", "parallel")
                ), f"nn/{name}.py imports {other}"


def test_the_fast_kernels_are_behind_nn():
    """A reader meets the plain functions; only other fast forms know those of nn."""
    for file in [*ROOT.glob("*.py"), *ROOT.glob("[a-z]*/**/*.py")]:  # no hidden folder
        name = file.relative_to(ROOT).as_posix()
        if name.startswith(("tests/", "benchmarks/")) or "/fast/" in name:
            continue
        if name in IMPORTS_NN_FAST:
            continue
        for found in _imports(file):
            inside = name.startswith("nn/") and found.level
            assert not found.module.startswith("nn.fast"), f"{name} imports {found.module}"
            if inside:
                words = [*found.module.split("."), *found.names]
                assert "fast" not in words, f"{name} imports {found.module}"


def test_every_room_is_known():
    rooms = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {
        "tests",
        "benchmarks",
        "examples",
    }
    assert rooms == MAY_IMPORT.keys() - {"pipeline"}


def test_nn_loads_no_gpu_library_and_no_framework():
    code = (
        "import sys, nn, intracoder, colorcorrect; print([m for m in "
        "('cupy', 'torch', 'tensorflow', 'cv2', 'mtcnn') if m in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ended.stdout.strip() == "[]"
