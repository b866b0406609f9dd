"""The measurable rules of the house: what a reader may rely on in every file."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAX_PIPELINE_LINES = 150
MAX_FUNCTION_LINES = 55  # of code and docstring: a function fits on a screen
MAX_PARAMETERS = 8  # without self; most functions have at most five
LONG_FUNCTIONS: set[str] = set()  # allowed exceptions, as "file: function"
MANY_PARAMETERS: set[str] = set()


def _files() -> list[Path]:
    """The program's files, without tests, benchmarks, docs and examples."""
    outside = {"tests", "benchmarks", "docs", "examples", "build", "site"}
    return [
        path
        for path in sorted(ROOT.rglob("*.py"))
        if not set(path.relative_to(ROOT).parts) & outside
        and not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function with its name for a reader: "file: function"."""
    for file in _files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{file.relative_to(ROOT).as_posix()}: {node.name}", node


def test_the_pipeline_is_on_one_page():
    assert len((ROOT / "pipeline.py").read_text().splitlines()) < MAX_PIPELINE_LINES


def test_a_constants_name_means_one_thing():
    places = defaultdict(list)
    for file in _files():
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign):
                targets = [node.target]
            for target in targets:
                for name in (n.id for n in ast.walk(target) if isinstance(n, ast.Name)):
                    if re.fullmatch(r"_?[A-Z][A-Z0-9_]*", name):
                        places[name].append(file.relative_to(ROOT).as_posix())
    twice = {name: files for name, files in places.items() if len(set(files)) > 1}
    assert twice == {}


def test_a_function_fits_on_a_screen():
    long = {
        name: node.end_lineno - node.lineno + 1
        for name, node in _functions()
        if node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    }
    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}


def test_what_travels_together_is_one_parameter():
    many = {}
    for name, node in _functions():
        parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        count = sum(parameter.arg != "self" for parameter in parameters)
        if count > MAX_PARAMETERS:
            many[name] = count
    assert {name: count for name, count in many.items() if name not in MANY_PARAMETERS} == {}


def test_no_error_is_swallowed_unnamed():
    for file in _files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{file}, line {node.lineno}: a bare except"


def test_formatting_is_switched_off_for_tables_only():
    """`# fmt: skip` stands at the end of a matrix or a table of points: a line with a bracket."""
    for file in _files():
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if "# fmt: skip" in line:
                assert line.split("# fmt: skip")[0].rstrip().endswith((")", "]", "}")), (
                    f"{file}, line {number}"
                )
