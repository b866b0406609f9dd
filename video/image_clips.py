"""Images as clips: a file each frame, or an animated WebP or PNG."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageSequence

from files import IMAGE_SUFFIXES

from .clip import DEFAULT_RATE, Clip, Frame
from .errors import NoFrames, NotAVideo
from .image_numbers import describe_numbers
from .images import guard_image, read_image, to_rgb8

ANIMATED_SUFFIXES = {".png", ".webp"}  # of the images that may hold frames with times
MILLISECOND = Fraction(1, 1000)  # of a second; the unit of Pillow's durations


class ImageClip(Clip):
    """Image files, one a frame."""

    def __init__(self, path: Path, files: list[Path], rate: Fraction):
        if not files:
            raise NoFrames(
                f"{path} holds no images ({', '.join(sorted(IMAGE_SUFFIXES))}); "
                "name the folder that has them"
            )
        self.files = files
        height, width = read_image(files[0]).shape[:2]
        super().__init__(path, (width, height), rate, len(files), 1 / rate)
        self.notes += describe_numbers(path, files)

    def select(self, numbers: range) -> Iterator[Frame]:
        """See `Clip.select`. Raises NotAVideo where an image is not of the first one's size."""
        for number, file in enumerate(self.files[: numbers.stop]):
            if number not in numbers:
                continue
            image = read_image(file)
            size = image.shape[1::-1]
            if size != self.size:
                found, first = ("x".join(map(str, s)) for s in (size, self.size))
                raise NotAVideo(f"{file} is {found} and the first image {first}; make all one size")
            yield Frame(number, number / self.rate, image)


class AnimatedClip(Clip):
    """An animated image; each frame is shown for its own time."""

    def __init__(self, path: Path):
        height, width = read_image(path).shape[:2]
        with guard_image(path) as image:
            frames, seconds = image.n_frames, Fraction(0)
            for frame in ImageSequence.Iterator(image):
                seconds += _duration(frame)
        rate = (frames / seconds).limit_denominator(1001)
        super().__init__(path, (width, height), rate, frames, MILLISECOND)

    def select(self, numbers: range) -> Iterator[Frame]:
        time = Fraction(0)
        with guard_image(self.path) as image:
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number >= numbers.stop:
                    return
                if number in numbers:
                    yield Frame(number, time, to_rgb8(frame))
                time += _duration(frame)


def is_animated(path: Path) -> bool:
    """Whether an image holds several frames. Raises MissingInput or NotAVideo."""
    if path.suffix.lower() not in ANIMATED_SUFFIXES:
        return False
    with guard_image(path) as image:
        return getattr(image, "n_frames", 1) > 1


def _duration(frame: Image.Image) -> Fraction:
    """How long a frame is shown, in seconds and in whole milliseconds."""
    milliseconds = max(round(frame.info.get("duration", 0)), 0)
    return (milliseconds or round(1000 / DEFAULT_RATE)) * MILLISECOND
