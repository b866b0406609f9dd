"""The signs that an output is synthetic: the mark in its pixels, its statement, its record."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import video
from faces.manifest import Row
from files import list_by_number
from provenance import record, verify
from provenance.rectify import rectify
from provenance.search import RectifiedFace, judge_faces

MIN_TOLD_CHANCE = 1e-12  # a smaller chance of a false alarm is told as this one; by choice


@dataclass(eq=False)
class MarkSearch:
    """Looks for the mark in some frames of an output. The manifest says where the face is.

    So it is quicker than `python -m provenance`, which knows nothing of the run.
    """

    faces: list[RectifiedFace] = field(default_factory=list)

    def add(self, image: np.ndarray, row: Row) -> None:
        """Add a frame (H, W, 3) uint8 of the output whose face is replaced; in order."""
        face = rectify(image, np.array(row.matrix))
        self.faces.append(RectifiedFace(0, row.frame, face))

    def result(self) -> dict:
        """In how many frames it was looked for, whether it was found, chance of a false alarm."""
        if not self.faces:
            return {"frames": 0, "found": False, "chance": 1.0}
        (verdict,) = judge_faces(self.faces)
        chance = max(float(verdict.chance), MIN_TOLD_CHANCE)
        return {"frames": len(self.faces), "found": verdict.marked, "chance": chance}


def describe_signs(output: Path, mark: dict, is_marked: bool) -> list[str]:
    """All signs of an output, a sentence each; `mark` is what `MarkSearch.result` gives."""
    told = [_tell_mark(mark, is_marked), _tell_statement(output), _tell_record(output)]
    return told + _tell_signature(output)


def _tell_mark(mark: dict, is_marked: bool) -> str:
    if not is_marked:
        return "The invisible mark was left out (--no-mark)."
    where = f"The invisible mark was looked for in {mark['frames']} frames of the output"
    if not mark["found"]:
        return f"{where} and not found, although it was embedded."
    return f"{where} and found; the chance of a false alarm is below {mark['chance']:.0e}."


def _tell_statement(output: Path) -> str:
    picture = list_by_number(output)[0] if output.is_dir() else output
    says = video.read_comment(picture).startswith(video.STATEMENT_BEGIN)
    return f"Its metadata {'say' if says else 'do not say'} that it is synthetic."


def _tell_signature(output: Path) -> list[str]:
    """A sentence on the signature of an output, of pictures on that of the first; none without."""
    signature = verify.read(list_by_number(output)[0] if output.is_dir() else output)
    if signature is None:
        return []
    if signature.holds:
        return [f"It is signed (C2PA) by {signature.subject}, and was not changed since."]
    return [f"Its signature (C2PA) is {signature.state}: {'; '.join(signature.problems)}."]


def _tell_record(output: Path) -> str:
    try:
        found = record.read(output)
    except record.RecordError as error:
        return f"The record beside it cannot be read: {error}."
    if found is None:
        return "There is no record beside it."
    return f"The record beside it {'fits, byte for byte' if found['fits'] else 'is of another'}."
