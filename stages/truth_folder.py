"""Where the truth of a swap may be written: into a folder of its own, and over no other's files."""

from __future__ import annotations

import video
from files import Claim, digest
from files.claim import CLAIM_NAME

from .settings import Settings

# What the program writes into a run folder; the truth may be a folder beside these.
RUN_NAMES = {"target", "donor", "checkpoints", "previews", "run.json", "log.txt", "lock"}
RUN_NAMES |= {"losses.csv", "result.png"}
DEMO_NAMES = {"truth", "target.mp4", "donor.mp4", "compare.mp4", "compare.png", "figures.json"}
OTHER_TRUTH = "name a new folder with --truth"  # the remedy


def claim_truth(settings: Settings, target_sha256: str, donor_sha256: str) -> Claim:
    """What the folder of a run's truth holds: that of this run folder, made from these clips."""
    source = f"{target_sha256} {donor_sha256}"
    return Claim("the truth of the swap in", settings.folder, source)


def check_truth_folder(settings: Settings) -> None:
    """Raise video.OutputError if the truth may not be written where the settings say.

    An empty folder is free, and so is one with the earlier truth of this run, whole or half
    written. Everything else is refused.
    """
    folder = settings.truth
    _check_place(settings)
    clips, hashes = (settings.target, settings.donor), ("", "")
    if (folder / CLAIM_NAME).exists():  # else hashes would not help
        if not all(clip.exists() for clip in clips):
            return  # of the demo, to be rendered first; checked again after that
        hashes = map(digest, clips)
    video.check_claim(claim_truth(settings, *hashes), folder)


def _check_place(settings: Settings) -> None:
    """Raise OutputError for a place that would mix the truth with the run, its input or output."""
    folder, run = settings.truth.resolve(), settings.folder.resolve()
    clips = {"target": settings.target, "donor": settings.donor, "output": settings.output}
    for what, path in {"run folder": settings.folder, **clips}.items():
        place = path.resolve()
        if folder == place or folder in place.parents:
            raise video.OutputError(f"{settings.truth} is or holds the {what}; {OTHER_TRUTH}")
        if path != settings.folder and place in folder.parents:
            raise video.OutputError(f"{settings.truth} lies in the {what}; {OTHER_TRUTH}")
    names = RUN_NAMES | (DEMO_NAMES if settings.demo else set())
    if run in folder.parents and folder.relative_to(run).parts[0] in names:
        raise video.OutputError(f"{settings.truth} is for the run's own files; {OTHER_TRUTH}")
