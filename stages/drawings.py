"""Drawings of what was found, under names that overwrite nobody's file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import video
from faces import Face
from files import IMAGE_SUFFIXES, atomic_file, real_path

DRAWING_COMMENT = "faces drawn in by python -m mtcnn_np"  # in each drawing, to know it again


class Drawings:
    """The drawings of all inputs in one folder: STEM.png of an image, STEM-000012.png of frames.

    A name may be taken: by another input's drawings, by an input, or by a file that is no drawing.
    Then the input's whole name stands for its stem, if need be with a number behind it.

    Raises video.OutputError if the folder cannot be written or is an input; makes nothing yet.
    """

    def __init__(self, folder: Path, inputs: Sequence[Path]):
        self.folder = folder
        if any(path.is_dir() and real_path(path) == real_path(folder) for path in inputs):
            raise video.OutputError(f"{folder} is an input; name another folder for --draw")
        video.check_writable_folder(folder)
        self._taken = _list_foreign(folder, inputs)
        self._prefixes: dict[Path, str] = {}  # by input
        for path in inputs:
            if real_path(path) not in self._prefixes:
                self._prefixes[real_path(path)] = self._choose_prefix(path)

    def name(self, path: Path, number: int) -> str:
        """The file name of the drawing of a frame of an input."""
        prefix = self._prefixes[real_path(path)]
        return f"{prefix}.png" if is_single(path) else f"{prefix}-{number:06d}.png"

    def write(self, path: Path, number: int, image: np.ndarray, faces: list[Face]) -> None:
        """Write the drawing of a frame (H, W, 3) of an input, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with atomic_file(self.folder / self.name(path, number), durable=False) as file:
            draw(image, faces).save(file, "png", pnginfo=video.png_text(DRAWING_COMMENT))

    def _choose_prefix(self, path: Path) -> str:
        """The first prefix under which no name is taken; then its names are."""
        numbered = (f"{path.name}-{i}" for i in count(2))
        for prefix in chain([path.stem, path.name], numbered):
            pattern = re.escape(prefix.lower()) + ("" if is_single(path) else r"-\d{6,}")
            if any(re.fullmatch(rf"{pattern}\.png", name) for name in self._taken):
                continue
            if any(_may_meet(path, prefix, *other) for other in self._prefixes.items()):
                continue
            return prefix
        raise AssertionError("the numbers never end")


def is_single(path: Path) -> bool:
    """Whether an input is one image, not a clip or a folder of images."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.is_dir()


def _may_meet(path: Path, prefix: str, other: Path, other_prefix: str) -> bool:
    """Whether two inputs, with these prefixes, could give two drawings the same name."""
    a, b = prefix.lower(), other_prefix.lower()  # some file systems do not tell the cases apart
    if is_single(path) == is_single(other):
        return a == b
    single, clip = (a, b) if is_single(path) else (b, a)
    return re.fullmatch(re.escape(clip) + r"-\d{6,}", single) is not None


def _list_foreign(folder: Path, inputs: Sequence[Path]) -> set[str]:
    """The names in the folder, in small letters, that are inputs or no drawings."""
    if not folder.is_dir():
        return set()
    names = {real_path(path) for path in inputs}
    return {
        file.name.lower()
        for file in folder.iterdir()
        if file.suffix.lower() == ".png"
        and (real_path(file) in names or video.read_comment(file) != DRAWING_COMMENT)
    }


def draw(image: np.ndarray, faces: list[Face]) -> Image.Image:
    """The frame (H, W, 3) with each face's box, points and score."""
    picture = Image.fromarray(image)
    pen, width = ImageDraw.Draw(picture), max(1, round(max(image.shape) / 500))
    yellow, green = (255, 220, 0), (0, 255, 120)
    for face in faces:
        left, top, *_ = face.box
        pen.rectangle(face.box.tolist(), outline=yellow, width=width)
        for x, y in face.points.tolist():
            disc = x - 2 * width, y - 2 * width, x + 2 * width, y + 2 * width
            pen.ellipse(disc, fill=green)
        pen.text((left + 2 * width, top + 2 * width), f"{face.score:.3f}", fill=yellow)
    return picture
