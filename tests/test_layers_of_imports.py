"""Imports point downwards: pipeline, then stages, then rooms side by side, then nn."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "files": set(),
    "nn": {"files"},
    "faces": {"nn", "files"},
    "video": {"files"},
    "poisson": {"nn", "files"},
    "intracoder": {"nn", "files"},
    "colorcorrect": {"nn", "files"},
    "mtcnn_np": {"nn", "faces", "files"},
    "provenance": {"nn", "faces", "video", "mtcnn_np", "stages", "files"},
    "stages": {
        "nn",
        "faces",
        "video",
        "poisson",
        "intracoder",
        "colorcorrect",
        "mtcnn_np",
        "provenance",
        "files",
    },
    "actors": {"nn", "faces", "video", "mtcnn_np", "intracoder", "provenance", "files"},
    "pipeline": {"nn", "faces", "video", "mtcnn_np", "stages", "actors", "provenance", "files"},
}
NN = [
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


def _imports(file: Path):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, a.name, []) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or "", [a.name for a in node.names]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_import_downwards_only(room):
    files = [ROOT / "pipeline.py"] if room == "pipeline" else sorted((ROOT / room).rglob("*.py"))
    for file in files:
        allowed = MAY_IMPORT[room] | {room} | ({"video"} if file.name == "__main__.py" else set())
        for level, module, names in _imports(file):
            top = module.split(".")[0]
            if level == 0 and top in MAY_IMPORT:
                assert top in allowed, f"{file} imports {module}"
                if room == "mtcnn_np" and top == "faces":
                    assert names == ["Face"]


def test_nn_has_no_circle_and_its_order_is_the_reading_order():
    for i, name in enumerate(NN):
        for level, module, names in _imports(ROOT / "nn" / f"{name}.py"):
            for other in [module] if module else names if level else []:
                assert (
                    not level or other in NN[:i] or other.split(".")[0] in ("fast", "parallel")
                ), f"nn/{name}.py imports {other}"


def test_every_room_is_known():
    rooms = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {
        "tests",
        "benchmarks",
        "examples",
    }
    assert rooms == MAY_IMPORT.keys() - {"pipeline"}


def test_nn_loads_no_gpu_library_and_no_framework():
    code = "import sys, nn, intracoder, colorcorrect; print([m for m in ('cupy', 'torch', 'tensorflow', 'cv2', 'mtcnn') if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout.strip()
        == "[]"
    )
