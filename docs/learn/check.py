"""Checks your solutions of a chapter's exercises.

    python -m docs.learn.check CHAPTER MY_FILE.py

MY_FILE.py defines functions with the names that the exercises ask for. Each is tried, and a line
says whether it passes. Exits with 1 if one does not. The solutions of the book are in
docs/learn/solutions/, in a file for each chapter.
"""

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from files import run_command

LEARN = Path(__file__).parent
CHECK = "check_"  # what the name of a check begins with; the name of the exercise follows


def find_checks(chapter: int) -> dict[str, Callable]:
    """The checks of a chapter's exercises by the names of these. A check takes the solution."""
    module = importlib.import_module(f"docs.learn.exercises.chapter_{chapter:02}")
    return {
        name.removeprefix(CHECK): check
        for name, check in vars(module).items()
        if name.startswith(CHECK)
    }


def load_file(path: Path) -> ModuleType:
    """The names that a file of Python defines."""
    if path.suffix != ".py":
        sys.exit(f"{path}: the name of a file of Python ends in .py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    chapters = [int(path.stem[-2:]) for path in sorted((LEARN / "exercises").glob("chapter_*.py"))]
    p.add_argument("chapter", type=int, choices=chapters)
    p.add_argument("file", type=Path)
    options = p.parse_args()
    mine, all_pass = load_file(options.file), True
    for name, check in find_checks(options.chapter).items():
        solution = getattr(mine, name, None)
        if solution is None:
            print(f"{name}: not in {options.file}")
            continue
        try:
            check(solution)
            print(f"{name}: passes")
        except Exception as error:  # whatever the solution does wrong is for its author to read
            all_pass = False
            print(f"{name}: does not pass: {type(error).__name__}: {error}")
    return int(not all_pass)


if __name__ == "__main__":
    run_command(main)
