"""Imports point down: pipeline, then stages and actors, then rooms side by side, nn, and files."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GROUND = {"files", "nn"}
MAY_IMPORT = {
    "files": set(),
    "nn": {"files"},
    # side by side; of each other they import only what ROOMS_SHARE names
    "faces": GROUND,
    "video": GROUND,
    "poisson": GROUND,
    "intracoder": GROUND | {"faces"},
    "colorcorrect": GROUND | {"faces"},
    "mtcnn_np": GROUND | {"faces"},
    "provenance": GROUND | {"faces", "video"},
}
ROOMS = MAY_IMPORT.keys() - GROUND
MAY_IMPORT |= {
    "stages": GROUND | ROOMS,
    "actors": GROUND | ROOMS,
    "pipeline": GROUND | ROOMS | {"stages", "actors"},
}
ROOMS_SHARE = {"Face", "Canvas", "align"}  # of faces: the record, the geometry
NN = [
    "backend",
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
