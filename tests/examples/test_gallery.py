"""The examples of the gallery: what a build of the site, which runs them, does not check."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("plot_*.py"))
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
LINES = range(40, 91)
ROOMS = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"pipeline"}
NOT_INSTALLED = {"benchmarks", "docs", "examples", "tests"}
LIBRARIES = {"matplotlib", "numpy", "pandas", "PIL", "scipy"}
STANDARD = {"fractions", "io", "pathlib", "tempfile", "time"}
each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)


@each_example
def test_an_example_is_short_and_begins_with_a_title(example):
    text = example.read_text(encoding="utf-8")
    assert len(text.splitlines()) in LINES
    title, line, *rest = ast.get_docstring(ast.parse(text)).splitlines()
    assert line == "=" * len(title) and any(rest)
    assert text.startswith('"""\n') and "\n# %%\n" in text
    assert text.rstrip().endswith(("plt.show()", "temporary.cleanup()"))


@each_example
def test_an_example_needs_only_what_is_installed(example):
    tree = ast.parse(example.read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    assert imported <= (ROOMS - NOT_INSTALLED) | LIBRARIES | STANDARD
    assert ("pandas" in imported) == ("``pip install pandas``" in ast.get_docstring(tree))


def test_every_example_has_its_place_in_the_gallery():
    conf = (ROOT / "docs" / "conf.py").read_text(encoding="utf-8")
    assert sorted(re.findall(r'"(plot_\w+\.py)"', conf)) == [path.name for path in EXAMPLES]


def test_the_gallery_names_the_notebooks():
    header = (ROOT / "examples" / "GALLERY_HEADER.rst").read_text(encoding="utf-8")
    named = re.findall(r"``examples/(\w+\.ipynb)``", header)
    assert sorted(named) == [path.name for path in NOTEBOOKS]
