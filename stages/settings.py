"""The settings of a run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from .presets import Preset

PATH_SETTINGS = ("target", "donor", "output", "folder", "truth", "detections", "replay")
# not in the record beside the output
PRIVATE_SETTINGS = (*PATH_SETTINGS, "schedule", "demo", "preview")


class OptionError(ValueError):
    """An option that does not fit the clips; the message names it, and says what would."""


FrameRange = tuple[int, int | None]  # the first, and the one after the last; None: to the end
ALL_FRAMES: FrameRange = (0, None)
FaceChoice = int | tuple[float, float]  # rank by prominence from 0, or a point (x, y) in pixels


@dataclass(frozen=True)
class Settings:
    """All settings of a run. stages/options.py makes them once; nothing changes them."""

    target: Path  # the clip to change
    donor: Path  # the clip whose face is put in
    output: Path | None  # None: stages/places.py chooses it
    folder: Path | None  # the run folder; None: likewise
    preset: Preset  # how to train and convert, the command line's changes applied
    truth: Path | None = None  # folder for the truth bundle
    detections: Path | None = None  # folder of found faces that runs share
    demo: bool = False  # target and donor are rendered into the run folder first
    preview: bool = False  # stop after the preview
    # which frames and faces
    frames: FrameRange = ALL_FRAMES  # of the target: those that are written
    learn_frames: FrameRange = ALL_FRAMES  # of the target: those that the nets learn from
    donor_frames: FrameRange = ALL_FRAMES
    every: int = 1  # use every N-th frame of the target, from the first that is written
    face: FaceChoice | None = None  # of the target; None: the most prominent
    donor_face: FaceChoice | None = None
    all_faces: bool = False  # the donor's face goes onto everybody in the target
    min_size: float = 40  # pixels, of the smallest face that the detector looks for
    # degrees clockwise by which the pictures must be turned to stand upright; None: find out
    turn: int | None = None
    donor_turn: int | None = None
    same: bool = False  # target and donor may be the same clip
    # how it is made
    seed: int = 0  # of everything random
    threads: int = 1
    device: str = "cpu"  # "cpu" or "gpu"
    size: int = 256  # pixels, greatest height of the canvas on which a face is blended
    quality: int = 18  # H.264's constant rate factor, 0 (best) to 51
    mark: bool = True  # the replaced faces carry the invisible mark
    sign: tuple[Path, Path] | None = None  # a certificate and its key, in PEM; in no record
    # a replay of a recorded run
    replay: Path | None = None  # the record, run.json
    schedule: tuple[float, ...] | None = None  # progress, 0..1, at which each epoch began

    @property
    def clips(self) -> dict[str, Path]:
        """Both clips by role, "target" and "donor"."""
        return {"target": self.target, "donor": self.donor}

    def of(self, role: str, name: str):
        """The setting for a clip: `face` is that for the target, `donor_face` for the donor."""
        return getattr(self, name if role == "target" else f"donor_{name}")

    def as_record(self) -> dict:
        """All settings as JSON values. Paths are absolute: a record is used from any folder."""
        values = {name: value for name, value in asdict(self).items() if name != "sign"}
        return json.loads(json.dumps(values, default=lambda path: str(path.absolute())))

    def public_record(self) -> dict:
        """`as_record` without PRIVATE_SETTINGS, for a record that goes with the output."""
        return {k: v for k, v in self.as_record().items() if k not in PRIVATE_SETTINGS}
