"""python -m report.screenshot RUN PICTURE.png: a picture of a run's page, such as the README's.

Needs Playwright and Chromium (`pip install playwright`, and Chromium from the system).
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import files  # noqa: F401  # first: Ctrl-C may come while the rest is imported
from files import Parser, atomic_file, run_command

from .folder import MissingRun
from .page import PAGE_NAME

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING_BROWSER_CODE = 14
SCREEN = (1120, 1180)  # (w, h) pixels of the picture: the result, and where the run stands
SETTLE_MILLISECONDS = 300  # from a clip's frame being decoded to its being drawn; by eye


class MissingBrowser(Exception):
    """Playwright or Chromium is not there; the message says how to get it."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _make_parser().parse_args(arguments)
    try:
        page = find_page(options.run)
        take_screenshot(page, options.picture, (options.width, options.height), options.dark)
    except MissingRun as error:
        print(f"report.screenshot: {error}", file=sys.stderr)
        return 3
    except MissingBrowser as error:
        print(f"report.screenshot: {error}", file=sys.stderr)
        return MISSING_BROWSER_CODE
    print(options.picture)
    return 0


def _make_parser() -> Parser:
    parser = Parser(
        prog="python -m report.screenshot",
        description="Write a picture of the page of a run: its upper part.",
        epilog="exit codes: 2 wrong options; 3 no such page; 6 the picture cannot be written; "
        f"{MISSING_BROWSER_CODE} Playwright or Chromium is missing.",
    )
    add = parser.add_argument
    add("run", type=Path, metavar="RUN", help="the folder of a run")
    add("picture", type=Path, metavar="PICTURE.png")
    width, height = SCREEN
    add("--width", type=int, default=width, metavar="PX", help=f"(default: {width})")
    add("--height", type=int, default=height, metavar="PX", help=f"(default: {height})")
    add("--dark", action="store_true", help="as in a browser that prefers dark pages")
    return parser


def find_page(run: Path) -> Path:
    """The page in a run folder. Raises MissingRun if there is none."""
    page = run / PAGE_NAME
    if not page.is_file():
        raise MissingRun(f"{page}: no such file; python -m report {run} writes it")
    return page


def take_screenshot(page: Path, picture: Path, size: tuple[int, int], dark: bool = False) -> None:
    """Write what a window of `size` (w, h) shows of a page, as PNG. Raises MissingBrowser."""
    chromium = find_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
        )
        tab = context.new_page()
        tab.goto(page.absolute().as_uri())
        _wait_for_frames(tab)
        pixels = tab.screenshot()
        browser.close()
    with atomic_file(picture) as file:
        file.write(pixels)


def find_chromium() -> str:
    """The path of the system's Chromium. Raises MissingBrowser."""
    if importlib.util.find_spec("playwright") is None:
        raise MissingBrowser("Playwright is missing; pip install playwright")
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        raise MissingBrowser("Chromium is missing; install it, e.g. with apt-get install chromium")
    return found


def _wait_for_frames(tab: Page) -> None:
    """Wait until each clip of the page shows its frame, or cannot be played."""
    tab.evaluate(
        """Promise.all([...document.querySelectorAll("video")].map((v) => new Promise((done) => {
            const check = () => (v.error || (v.readyState >= 2 && !v.seeking)
                ? done() : setTimeout(check, 30));
            check();
        })))"""
    )
    tab.wait_for_timeout(SETTLE_MILLISECONDS)


if __name__ == "__main__":
    run_command(main)
