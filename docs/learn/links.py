"""Links from the book to a line of the source: [`the code of the line`](../../nn/conv.py#L41).

    python -m docs.learn.links [--write]

lists the links whose line does not hold the code that they quote. --write gives them the number of
the line that does; a line that is found nowhere, or in several places, has to be put right by hand.
Exits with 1 if a link is left that is not true.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from files import run_command

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[`(?P<code>[^`]+)`\]\((?P<path>[\w./-]+\.py)#L(?P<line>\d+)\)")


@dataclass(frozen=True)
class Link:
    """A link to a line, as it stands on a page."""

    page: Path
    text: str  # the whole of it
    code: str
    file: Path
    line: int

    def lines_with_code(self) -> list[int]:
        """The numbers of the lines that hold the code."""
        if not self.file.is_file():
            return []
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return [number for number, line in enumerate(lines, 1) if self.code in line]

    def is_true(self) -> bool:
        return self.line in self.lines_with_code()


def find_links(page: Path) -> list[Link]:
    """All links of a page to lines of the source."""
    return [
        Link(page, m[0], m["code"], (page.parent / m["path"]).resolve(), int(m["line"]))
        for m in LINK.finditer(page.read_text(encoding="utf-8"))
    ]


def mend(link: Link) -> bool:
    """Give a link the right number. False where no line, or more than one, holds its code."""
    numbers = link.lines_with_code()
    if len(numbers) != 1:
        return False
    text = link.page.read_text(encoding="utf-8")
    mended = link.text.replace(f"#L{link.line})", f"#L{numbers[0]})")
    link.page.write_text(text.replace(link.text, mended), encoding="utf-8")
    return True


def main() -> int:
    left = 0
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for link in find_links(page):
            if link.is_true() or ("--write" in sys.argv[1:] and mend(link)):
                continue
            left += 1
            where = link.lines_with_code() or "nowhere"
            print(f"{page.relative_to(ROOT)}: {link.text}: found in lines {where}")
    return int(left > 0)


if __name__ == "__main__":
    run_command(main)
