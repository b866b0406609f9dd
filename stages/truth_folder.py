"""Where the truth of a swap may be written: into a folder of its own, and over no other's files."""

from __future__ import annotations

from pathlib import Path

import video
from files import Claim
from files.claim import CLAIM_NAME

from .apart import OTHER_TRUTH, check_apart
from .clips import PEOPLE
from .identity import identify
from .settings import Settings


def claim_truth(settings: Settings) -> Claim:
    """What the folder of a run's truth holds: that of this run folder, made from these clips."""
    identity = identify(settings)
    hashes = " ".join(identity.get(role, "") for role in PEOPLE)
    return Claim("the truth of the swap in", settings.folder, hashes)


def check_truth_folder(settings: Settings) -> None:
    """Raise video.OutputError if the truth may not be written where the settings say.

    An empty folder is free, and so is one with the earlier truth of this run, whole or half
    written. Everything else is refused.
    """
    others = settings.clips | {"output": settings.output}
    check_apart(settings, settings.truth, others, OTHER_TRUTH)
    if (settings.truth / CLAIM_NAME).exists() and not all(
        map(Path.exists, settings.clips.values())
    ):
        return  # of the demo, to be rendered first; checked again after that
    video.check_claim(claim_truth(settings), settings.truth)
