"""Draws the pictures of the book.

    python -m docs.learn.draw [CHAPTER...]

A module of docs/learn/figures for each chapter: `draw_NAME()` in chapter_03.py returns the
matplotlib Figure of docs/learn/pictures/03_NAME.png. Everything in the pictures is drawn or
rendered; nobody in them is real.
"""

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path

import matplotlib

from files import run_command

LEARN = Path(__file__).parent
PICTURES = LEARN / "pictures"
DRAW = "draw_"  # what the name of such a function begins with; the name of the picture follows
DPI = 130  # of the pictures; with figures 7 inches wide a line of text is as large as on the page


def find_figures(chapter: int) -> dict[str, Callable]:
    """The functions that draw a chapter's pictures, by the names of their files."""
    module = importlib.import_module(f"docs.learn.figures.chapter_{chapter:02}")
    return {
        f"{chapter:02}_{name.removeprefix(DRAW)}.png": function
        for name, function in vars(module).items()
        if name.startswith(DRAW)
    }


def save_figures(chapter: int, folder: Path) -> list[Path]:
    """Draw a chapter's pictures into a folder; returns their paths."""
    from matplotlib import pyplot

    paths = []
    for name, function in find_figures(chapter).items():
        figure = function()
        figure.savefig(folder / name, dpi=DPI, bbox_inches="tight", metadata={"Software": None})
        pyplot.close(figure)
        paths.append(folder / name)
    return paths


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    every = [int(path.stem[-2:]) for path in sorted((LEARN / "figures").glob("chapter_*.py"))]
    p.add_argument("chapters", nargs="*", type=int, default=every)
    matplotlib.use("agg")
    PICTURES.mkdir(exist_ok=True)
    for chapter in p.parse_args().chapters:
        for path in save_figures(chapter, PICTURES):
            print(path)


if __name__ == "__main__":
    run_command(main)
