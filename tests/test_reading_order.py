"""The README's reading order names every file once, with its true number of lines."""

from tests.reading_order import (
    BEGIN,
    CORE,
    END,
    MAX_CORE_LINES,
    OPTIONAL,
    ROOT,
    count_lines,
    expand,
    render,
)


def test_the_readme_has_the_lines_that_the_files_have():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip()
    assert shown == render().strip(), "python -m tests.reading_order writes it anew"


def test_the_core_path_can_be_read_in_an_evening():
    assert sum(count_lines(f) for row in CORE.values() for f in expand(row)) < MAX_CORE_LINES


def test_every_file_stands_in_one_place():
    listed = [f for rows in (CORE, OPTIONAL) for row in rows.values() for f in expand(row)]
    assert len(listed) == len(set(listed))
    rooms = {p.parent for p in ROOT.glob("*/__init__.py")} - {ROOT / "tests"}
    there = {p.relative_to(ROOT) for room in rooms for p in room.rglob("*.py")}
    there = {p for p in there if p.name != "__init__.py"} | {ROOT.joinpath("pipeline.py").name}
    assert {str(f) for f in there} == {str(f) for f in listed}
