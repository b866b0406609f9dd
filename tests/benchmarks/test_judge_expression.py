"""The movements that the face mesh's points say; the mesh itself is not installed here."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "judge_expression.py"


@pytest.fixture
def judge(monkeypatch):
    """The script as a module; its own packages are empty ones."""
    for name in ("imageio", "imageio.v3", "mediapipe"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["imageio"].v3 = sys.modules["imageio.v3"]
    spec = importlib.util.spec_from_file_location("judge_expression", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def face(judge):
    """Points (478, 2) of a simple face whose eyes are 100 pixels apart; y grows downwards."""
    points = np.zeros((478, 2))
    points[[33, 133, 362, 263]] = [(-65, 0), (-35, 0), (35, 0), (65, 0)]
    points[judge.IRISES] = [(-50, 0), (50, 0)]
    points[judge.INNER_LIPS[:, 0]] = [(x, 98) for x in (0, -10, 10)]
    points[judge.INNER_LIPS[:, 1]] = [(x, 102) for x in (0, -10, 10)]
    points[judge.MOUTH_CORNERS] = [(-30, 100), (30, 100)]
    for upper, lower in judge.LIDS:
        points[upper], points[lower] = (0, -5), (0, 5)
    points[judge.BROWS_AND_LIDS[:, 0]] = (0, -25)
    return points


def read(judge, points):
    return dict(zip(judge.MOVEMENTS, judge.read_movements(points), strict=True))


def test_each_movement_is_read_in_eye_distances(judge, face):
    neutral = {"mouth": 0.04, "width": 0.6, "smile": 0, "lids": 0.1, "brows": 0.2, "gaze": 0}
    assert read(judge, face) == pytest.approx(neutral)
    face[judge.MOUTH_CORNERS] += [(-5, -10), (5, -10)]
    face[judge.IRISES] += (3, 0)
    face[judge.INNER_LIPS[:, 1]] += (0, 12)
    moved = {"mouth": 0.16, "width": 0.7, "smile": 0.16, "gaze": 0.03}
    assert read(judge, face) == pytest.approx(neutral | moved)


def test_a_face_that_is_turned_shifted_and_nearer_reads_the_same(judge, face):
    face[judge.MOUTH_CORNERS] -= (0, 7)
    face[judge.IRISES] += (2, 1)
    sine, cosine = np.sin(0.5), np.cos(0.5)
    turned = face @ np.array([[cosine, sine], [-sine, cosine]]) * 1.7 + (300, 200)
    assert read(judge, turned) == pytest.approx(read(judge, face))
