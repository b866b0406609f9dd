"""README.md of a data set, after Gebru et al., *Datasheets for Datasets*, Communications of the ACM
64(12), 2021.

It is written anew by each assembly, but what a user wrote between its marks stays.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from files import atomic_file
from provenance.local_chain import TEST_NAME
from stages.truth import TRUTH_RATE_FACTORS

from .splits import SPLIT_SHARES, SPLITS

SHEET_NAME = "README.md"
SHEET_TEMPLATES = Path(__file__).parent / "templates"
SHEET_BEGIN = "<!-- Written anew whenever the set is assembled."  # how our datasheets begin
# What stands between the marks until somebody writes something else, by the name of the part.
YOURS = {
    "licences": "*Not filled in: licence of the clips, where they are from, who agreed to what.*",
    "notes": "*Nothing yet.*",
}


@dataclass
class Counts:
    """What a datasheet counts. `of` has numbers by what is counted, and by the split if it has one.

    ("people" | "swaps" | "originals" | "fake" | "real", split), ("method", name), ("kind", name),
    ("mark", "embedded" | "left out" | None), ("versions", JSON), ("signature", JSON | None)
    """

    of: Counter = field(default_factory=Counter)
    failed: int = 0
    missing: int = 0

    def total(self, what: str) -> int:
        """The sum over all splits."""
        return sum(self.of[what, split] for split in SPLITS)


def write_datasheet(
    folder: Path, counts: Counts, methods: list[tuple[str, str]], seed: int, notes: list[str]
) -> str | None:
    """Write README.md into the folder of a set, and keep what its reader wrote between the marks.

    methods  the name of each, and its options
    seed     of the splits
    notes    sentences for the top

    A README.md that is not ours stays as it is, and a sentence that says so is returned; else None.
    Raises OSError.
    """
    path = folder / SHEET_NAME
    earlier = path.read_text(encoding="utf-8", errors="replace") if path.exists() else SHEET_BEGIN
    if not earlier.startswith(SHEET_BEGIN):
        return f"{path} is not a datasheet of this program; it stays, and no datasheet is written"
    context = _describe(counts, methods) | {"seed": seed, "notes": notes}
    text = _template().render(context, yours=_find_yours(earlier))
    with atomic_file(path) as file:
        file.write(text.encode())
    return None


def _describe(counts: Counts, methods: list[tuple[str, str]]) -> dict:
    of = counts.of
    parts = "people", "swaps", "originals", "fake", "real"
    versions = [(text, count) for (what, text), count in of.items() if what == "versions"]
    return {
        "factors": TRUTH_RATE_FACTORS,
        "swaps": counts.total("swaps"),
        "originals": counts.total("originals"),
        "splits": [{"split": s} | {part: of[part, s] for part in parts} for s in SPLITS],
        "actors": of["kind", "actors"],
        "filmed": of["kind", "clips"],
        "methods": [
            {"name": name, "options": options, "swaps": of["method", name]}
            for name, options in methods
        ],
        "failed": counts.failed,
        "missing": counts.missing,
        "marks": {
            "embedded": of["mark", "embedded"],
            "left_out": of["mark", "left out"],
            "none": of["mark", None],
        },
        "signatures": _list_signatures(of),
        "unsigned": of["signature", None],
        "versions": sorted(versions, key=lambda found: (-found[1], found[0])),
        "shares": ", ".join(f"{share:.0%}" for share in SPLIT_SHARES),
    }


def _list_signatures(of: Counter) -> list[dict]:
    """Who signed how many swaps: what a record says of a signature, "swaps" and "is_test"."""
    found = [(text, count) for (what, text), count in of.items() if what == "signature" and text]
    signers = [json.loads(text) | {"swaps": count} for text, count in sorted(found)]
    return [signer | {"is_test": signer["subject"] == TEST_NAME} for signer in signers]


def _find_yours(earlier: str) -> dict[str, str]:
    """What stands between the marks of an earlier datasheet, by name; the default if they are gone.

    The marks are not part of it.
    """
    found = dict(YOURS)
    for name in YOURS:
        pattern = f"<!-- yours: {name} -->\n(.*?)\n?<!-- end of yours: {name} -->"
        if match := re.search(pattern, earlier, re.DOTALL):
            found[name] = match[1]
    return found


def _template():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(SHEET_TEMPLATES, encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # Markdown, from our own words and numbers
    )
    return environment.get_template("datasheet.md")
