"""A parser of command lines whose errors are one line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """As argparse's, but an error is one line without the list of all options.

    An empty name is no path: Path("") is the current folder, which nobody means (an empty variable
    of a shell is passed so). Nor is "-": standard input and output hold no clip.
    """

    def __init__(self, **how):
        super().__init__(**how)
        self.register("type", Path, _parse_path)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (all options: {self.prog} --help)\n")


def _parse_path(text: str) -> Path:
    if text in ("", "-"):
        raise argparse.ArgumentTypeError(f"{text!r} names no file or folder")
    return Path(text)
