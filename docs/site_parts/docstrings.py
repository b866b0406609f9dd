"""The docstrings of this project as Sphinx reads them, and what they have to say.

They are plain text: `name` is code, and an indented block or a table in columns stays as it is.
"""

import re

from sphinx.util import logging

from .completeness import find_faults

MARKUP = re.compile(r"([*|_\\])")  # what reStructuredText would take for markup
logger = logging.getLogger(__name__)


def to_rst(lines: list[str]) -> list[str]:
    """Paragraphs and lists as they are, tables of names as definitions, formulas as blocks."""
    result = []
    for paragraph in "\n".join(lines).strip("\n").split("\n\n"):
        rows = paragraph.strip("\n").split("\n")
        if definitions := read_definitions(rows):
            for name, text in definitions:
                result += [f"``{name}``", *("    " + escape(row) for row in text)]
        elif any(row.startswith("    ") or re.search(r"\S {2,}\S", row) for row in rows):
            result += [".. code-block:: text", "", *("    " + row for row in rows)]
        else:
            result += [escape(row) for row in rows]
        result.append("")
    return result


def read_definitions(rows: list[str]) -> list[tuple[str, list[str]]]:
    """The names and texts of a table whose texts begin in one column; empty for anything else."""
    first = re.match(r"\S+(?: \S+)* {2,}(?=\S)", rows[0])
    if not first:
        return []
    column, definitions = first.end(), []
    for row in rows:
        name, text = row[:column], row[column:]
        if not text.strip() or text[0] == " " or not name.endswith("  "):
            return []
        if name.strip():
            definitions.append((name.strip(), []))
        definitions[-1][1].append(text)
    return definitions


def escape(row: str) -> str:
    """A line of prose: `name` as code, and no other markup."""
    parts = row.split("`")
    return "".join(
        f"``{part}``" if k % 2 and part else MARKUP.sub(r"\\\1", part)
        for k, part in enumerate(parts)
    )


def is_defined_as(name: str, thing) -> bool:
    """Whether a thing was defined under this full name, and not imported there."""
    thing = getattr(thing, "fget", thing)
    return name == f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"


def process(app, what: str, name: str, thing, options, lines: list[str]) -> None:
    """Check a docstring, and turn it into what Sphinx reads."""
    if what == "module" or is_defined_as(name, thing):
        for fault in find_faults(what, name, thing, "\n".join(lines)):
            logger.warning("%s %s", name, fault, type="docstring")
    lines[:] = to_rst(lines)


def setup(app) -> dict:
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
