"""Refuse a clip with no face, or with too few to learn from, and say what is the matter with it."""

from __future__ import annotations

from collections import Counter

from faces import Face
from faces.manifest import Row
from files import pick_evenly
from mtcnn_np import Detector, TurnedDetector
from mtcnn_np.follow import RELIABLE_SCORE
from mtcnn_np.pyramid import PNET_WINDOW

from .clips import Selection
from .people import name_option
from .run import Run
from .settings import OptionError

MIN_TRAINING_FACES = 16  # of a person; with fewer the nets learn nothing useful; by eye
FRAMES_LOOKED_AT = 4  # of a clip without a face, for smaller faces in all orientations; by choice
LOOKED_AT_SIZE = 1 / 3  # of --min-size: the smallest face looked for then; by choice
SMALL_FACE = 1.5  # times --min-size: a smaller face may have been missed in other frames; by choice
SUGGESTED_SIZE = 0.85  # of the largest face seen: the --min-size that surely finds it; by choice


class TooFewFaces(Exception):
    """No face to swap, or too few faces of a person to learn from."""


def refuse_too_few(run: Run, role: str, frames: Selection, tracks: list[dict[int, Row]]) -> None:
    """Raise TooFewFaces unless the rows of a clip have enough faces to learn and one to swap.

    OptionError for a range in which there is no frame.

    frames  those in which faces were searched
    """
    clip = frames.source.path
    for option, selection in _parts(run, role, frames).items():
        rows = [row for track in tracks for row in track.values() if row.frame in selection]
        if not rows:
            count = f"its {frames.source.frames} frames" if frames.source.frames else "its frames"
            raise OptionError(f"{clip}: none of {count} is in {_name_range(option, selection)}")
        usable = sum(row.status == "ok" for row in rows)
        if usable == 0:
            raise TooFewFaces(f"{clip}: {_explain_none(run, role, selection, option, rows)}")
        if usable < MIN_TRAINING_FACES and option != "--frames":
            raise TooFewFaces(f"{clip}: {_explain_few(run, selection, option, rows)}")


def _parts(run: Run, role: str, frames: Selection) -> dict[str, Selection]:
    """By option, the frames that it selects: first those learnt from, then those written."""
    if role == "donor":
        return {"--donor-frames": frames}
    settings = run.settings
    ranges = {"--learn-frames": settings.learn_frames, "--frames": settings.frames}
    return {option: frames.part(some) for option, some in ranges.items()}


def _name_range(option: str, selection: Selection) -> str:
    last = "" if selection.last is None else selection.last
    return f"{option} {selection.first}:{last}"


def _explain_few(run: Run, selection: Selection, option: str, rows: list[Row]) -> str:
    """Why there are fewer than MIN_TRAINING_FACES, and what to do."""
    sizes = [_size(row) for row in rows if row.status == "ok"]
    seen = f"a face in only {len(sizes)} frames"
    if len(sizes) < len(rows):
        seen += f" ({_count(rows)})"
    remedies = []
    if selection.first or selection.last is not None:
        remedies.append(f"learn from more than {_name_range(option, selection)}")
    if selection.every > 1:
        remedies.append(f"lower --every {selection.every}")
    if len(sizes) < len(rows) and min(sizes) < SMALL_FACE * run.settings.min_size:
        remedies.append(f"it is small, so try --min-size {_suggest(min(sizes))}")
    remedy = " or ".join(remedies) or "give a clip that shows it for longer"
    return f"{seen}, and training needs {MIN_TRAINING_FACES}; {remedy}"


def _explain_none(run: Run, role: str, selection: Selection, option: str, rows: list[Row]) -> str:
    """Why no frame has a face that can be used, and what to do."""
    where = f"in any of {len({row.frame for row in rows})} frames"
    if selection.first or selection.last is not None:
        where += f" of {_name_range(option, selection)}"
    if any(row.status != "no face" for row in rows):
        return f"no face that can be trusted {where} ({_count(rows)}); give another clip"
    if any(row.reason != "no face found" for row in rows):
        return f"the chosen face is not {where}; try another {name_option(role)}"
    return f"no face {where}; {_look_closer(run, role, selection)}"


def _look_closer(run: Run, role: str, selection: Selection) -> str:
    """What a search for smaller faces and in all orientations sees in a few of the frames."""
    min_size = run.settings.min_size
    smallest = max(PNET_WINDOW, min_size * LOOKED_AT_SIZE)
    count = selection.count or FRAMES_LOOKED_AT
    picked = set(pick_evenly(count, FRAMES_LOOKED_AT))
    images = [frame.image for i, frame in enumerate(selection) if i in picked]
    detector = Detector()
    first = run.settings.of(role, "turn") or 0
    for degrees in (first, *(d for d in (0, 90, 180, 270) if d != first)):
        found = TurnedDetector(detector, degrees // 90).detect_batch(images, smallest)
        sure = [face for faces in found for face in faces if face.score >= RELIABLE_SCORE]
        if sure:
            return _describe_seen(sure, degrees - first, f"{name_option(role, 'turn')} {degrees}")
    return f"not even one of {smallest:.0f} px, nor a turned one, in {len(images)} of them"


def _describe_seen(faces: list[Face], turned: int, turn_option: str) -> str:
    size = max(face.area for face in faces) ** 0.5
    remedy = f"--min-size {_suggest(size)}"
    if turned:
        return f"turned ones are seen, the largest {size:.0f} px: {turn_option} {remedy}"
    return f"the largest seen is {size:.0f} px: {remedy}"


def _suggest(size: float) -> int:
    """A --min-size with which a face of this size, in pixels, is found."""
    return max(int(size * SUGGESTED_SIZE), PNET_WINDOW)


def _size(row: Row) -> float:
    """The size of a row's face in pixels."""
    x1, y1, x2, y2 = row.box
    return (max(x2 - x1, 0) * max(y2 - y1, 0)) ** 0.5


def _count(rows: list[Row]) -> str:
    """The rows by status, as "20 no face, 3 jump"."""
    counts = Counter(row.status for row in rows)
    return ", ".join(f"{count} {status}" for status, count in counts.most_common())
