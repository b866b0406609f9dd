"""What a public docstring has to say, and how docstrings become pages."""

import sys
import types
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[2] / "docs"))

pytest.importorskip("sphinx")

from site_parts.completeness import find_faults  # noqa: E402
from site_parts.docstrings import to_rst  # noqa: E402
from site_parts.reference import ROOMS, find_modules  # noqa: E402

ROOT = Path(__file__).parents[2]


def scale(image: np.ndarray, factor: float) -> np.ndarray:
    if factor < 0:
        raise ValueError("below 0")
    try:
        raise KeyError("caught here")
    except KeyError:
        return image * factor


@pytest.mark.parametrize(
    "text, expected",
    [
        ("An image (H, W, 3), scaled. Raises ValueError for a negative factor.", []),
        ("An array of any shape, scaled. Raises ValueError for a negative factor.", []),
        ("An image (H, W, 3), scaled.", ["raises ValueError, and its docstring does not say so"]),
        (
            "An image, scaled. Raises ValueError for a negative factor.",
            ["takes or gives arrays, and its docstring has no shape"],
        ),
        ("", ["has no docstring"]),
    ],
)
def test_a_function_says_its_shapes_and_errors(text, expected):
    assert find_faults("function", "scale", scale, text) == expected


def test_an_error_may_stand_in_the_docstring_of_the_class():
    class Scaler:
        """Scales images (H, W, 3). Raises ValueError for a negative factor."""

        scale = scale

    module = sys.modules[__name__]
    scale.__qualname__, module.Scaler = "Scaler.scale", Scaler
    try:
        assert find_faults("method", "Scaler.scale", scale, "An image, scaled.") == []
    finally:
        del module.Scaler
        scale.__qualname__ = "scale"


def test_a_module_that_implements_something_published_names_it(tmp_path, monkeypatch):
    (tmp_path / "optim_without_source.py").write_text('"""Optimisers."""\n', encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import optim_without_source

    assert len(find_faults("module", "nn.optim", optim_without_source, "")) == 1
    assert find_faults("module", "nn.ops", optim_without_source, "") == []
    assert find_faults("module", "nn.ops", types.ModuleType("empty"), "") == ["has no docstring"]


def test_the_reference_has_every_room_and_module():
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(ROOMS) == rooms - {"tests", "benchmarks", "examples"}
    assert {"nn", "nn.conv", "nn.parallel.threads"} <= set(find_modules("nn"))
    assert not any("fast" in name for name in find_modules("nn"))


def test_tables_of_names_become_definitions_and_formulas_stay_as_they_are():
    text = ["Of `x`:", "", "size   in pixels,", "       at most 9", "", "    y = x  +  1"]
    assert to_rst(text) == [
        *("Of ``x``:", ""),
        *("``size``", "    in pixels,", "    at most 9", ""),
        *(".. code-block:: text", "", "        y = x  +  1", ""),
    ]
