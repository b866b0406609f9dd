"""The docstrings of this project as Sphinx reads them.

They are plain text: `name` is code, and an indented block or a table in columns stays as it is.
"""

import re

SPECIAL = re.compile(r"([*|_\\])")


def to_rst(lines: list[str]) -> list[str]:
    """Paragraphs with code in backticks; everything that is laid out by hand is a literal block."""
    result, paragraphs = [], "\n".join(lines).strip("\n").split("\n\n")
    for paragraph in paragraphs:
        rows = paragraph.split("\n")
        if any(row.startswith("    ") or re.search(r"\S {2,}\S", row) for row in rows):
            result += ["::", "", *("    " + row for row in rows), ""]
        else:
            result += [*(escape(row) for row in rows), ""]
    return result


def escape(row: str) -> str:
    """A line of prose: `name` as code, and no other markup."""
    parts = re.split(r"`([^`]+)`", row)
    return "".join(
        f"``{part}``" if k % 2 else SPECIAL.sub(r"\\\1", part) for k, part in enumerate(parts)
    )


def process(app, what, name, object_, options, lines: list[str]) -> None:
    lines[:] = to_rst(lines)


def setup(app) -> dict:
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
