"""What a row names: a clip, a folder of pictures, or a rendered actor; and the key of each.

anna.mp4      a clip: its key is a hash of its content
photos/anna   a folder of numbered pictures, likewise
actors:7      rendered actor 7, in a performance that is drawn from the content of the row
actors:7:24   the same in performance 24, so that several rows can use the same clip
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import video
from files import list_by_number

from .jobs import Source
from .jobs_file import JobsError

ACTOR_FORMAT = 1  # of a rendered clip's key; goes up whenever the same seeds look different
KEY_DIGITS = 16  # hexadecimal, 64 bits: among a million clips two meet with a chance of 3e-8
ACTOR_START = "actors:"
ACTOR_PATTERN = re.compile(r"actors:(\d{1,18})(?::(\d{1,18}))?")


@dataclass(frozen=True)
class Rendering:
    """How actors are rendered for a data set."""

    frames: int = 125
    size: int = 320  # pixels, width and height


@dataclass(frozen=True)
class ActorClip:
    """A rendered clip, by all that it is made from."""

    actor: int  # seed
    performance: int  # seed
    rendering: Rendering

    @property
    def key(self) -> str:
        """The key of its Source."""
        return hash_values(ACTOR_FORMAT, self.actor, self.performance, *self._how())

    def _how(self) -> tuple[int, int]:
        return self.rendering.frames, self.rendering.size


def read_actor(text: str, rendering: Rendering, drawn_from: str) -> ActorClip | None:
    """The rendered clip that a text names; None if it names no actor.

    A performance that is not named is drawn from the text `drawn_from`: 32 bits of its hash. Raises
    JobsError for a text that only begins like an actor.
    """
    if not text.startswith(ACTOR_START):
        return None
    if not (found := ACTOR_PATTERN.fullmatch(text)):
        raise JobsError(f"{text} is no actor; write actors:7, or actors:7:24 for performance 24")
    drawn = int(hashlib.sha256(drawn_from.encode()).hexdigest()[:8], 16)
    performance = drawn if found[2] is None else int(found[2])
    return ActorClip(int(found[1]), performance, rendering)


def describe_actor(text: str, person: str, clip: ActorClip) -> Source:
    """The source that a rendered clip is; actor 7 is the person "actors:7" unless named."""
    return Source(text, person or f"{ACTOR_START}{clip.actor}", clip.key)


def describe_clip(text: str, person: str, path: Path, digest: Callable[[Path], str]) -> Source:
    """The source that a clip is; without a name its person is its key.

    `digest` gives the SHA-256 of a clip. Raises video.MissingInput for what is no clip.
    """
    if not path.exists():
        raise video.MissingInput(f"{path} does not exist; correct the row, or leave it out")
    if path.is_dir() and not list_by_number(path):
        raise video.MissingInput(f"{path} holds no pictures; name a clip or a folder of pictures")
    key = digest(path)[:KEY_DIGITS]
    return Source(text, person or key, key)


def hash_values(*values) -> str:
    """16 hexadecimal digits for JSON values."""
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]
