"""The book: chapters have all parts, links are true, exercises can be passed and failed.

The code blocks of the chapters are tests themselves, collected by docs/conftest.py.
"""

import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest

from docs.learn.check import find_checks, load_file
from docs.learn.draw import PICTURES, find_figures, save_figures
from docs.learn.links import find_links

ROOT = Path(__file__).parents[2]
LEARN = ROOT / "docs" / "learn"
CHAPTERS = sorted(LEARN.glob("[0-9][0-9]_*.md"))
PARTS = ["The picture", "The mathematics", "The code", "What goes wrong", "Try it", "Exercises"]
FORMULA = re.compile(r"^\$\$\n.*?^\$\$\n", re.MULTILINE | re.DOTALL)
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)


def number(chapter: Path) -> int:
    return int(chapter.name[:2])


@each_chapter
def test_a_chapter_has_all_its_parts_in_order(chapter):
    headings = re.findall(r"^## (.+)$", chapter.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == PARTS


@each_chapter
def test_below_each_formula_stands_the_line_that_implements_it(chapter):
    text = chapter.read_text(encoding="utf-8")
    formulas = list(FORMULA.finditer(text))
    assert formulas
    for formula in formulas:
        below = text[formula.end() :].lstrip().split("\n\n")[0]
        assert re.match(r"In the code:\s\[`", below), formula[0]


def test_every_link_to_a_line_quotes_the_line():
    links = [link for page in sorted((ROOT / "docs").rglob("*.md")) for link in find_links(page)]
    assert links
    assert [f"{link.page.name}: {link.text}" for link in links if not link.is_true()] == []


@each_chapter
def test_a_chapters_pictures_are_drawn_by_the_repository(chapter, tmp_path):
    matplotlib.use("agg")
    shown = re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", chapter.read_text(encoding="utf-8"))
    assert shown and set(shown) == set(find_figures(number(chapter)))
    for path in save_figures(number(chapter), tmp_path):
        assert (PICTURES / path.name).is_file(), f"python -m docs.learn.draw {number(chapter)}"


@each_chapter
def test_the_solutions_pass_and_an_empty_function_does_not(chapter):
    checks = find_checks(number(chapter))
    solutions = load_file(LEARN / "solutions" / f"chapter_{number(chapter):02}.py")
    assert checks
    for name, check in checks.items():
        assert f"`{name}" in chapter.read_text(encoding="utf-8"), "the chapter does not ask for it"
        check(getattr(solutions, name))
        with pytest.raises(Exception):  # noqa: B017 (whatever it raises, it does not pass)
            check(lambda *arguments, **options: None)


def test_a_reader_checks_a_file_of_their_own(tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("def conv_transpose(x, w, stride):\n    return x\n", encoding="utf-8")
    command = [sys.executable, "-m", "docs.learn.check", "3", str(mine)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "conv_transpose: does not pass" in result.stdout
