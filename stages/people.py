"""Who is in a clip: a list and pictures of all people found, and which of them was taken.

people.txt   a line for each person, with the number that --face takes: in which frames, and where
tracks.png   pictures of each
taken.txt    who was taken and who was not; only where there is a choice
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from faces import select
from faces.manifest import Row
from files import atomic_file, contact_sheet, pick_evenly

from .decide import Detections, link
from .run import Run

PICTURES_PER_TRACK = 8  # in tracks.png; by eye
MAX_TRACKS_SHOWN = 12  # in tracks.png
MAX_PEOPLE_NAMED = 4  # in a message; by choice


def write(run: Run, role: str, detections: list[Detections]) -> None:
    """Write people.txt and, if any faces were kept as pictures, tracks.png."""
    tracks = link(detections)
    texts = [describe(number, track) for number, track in enumerate(tracks)]
    _write_lines(run.path / role / "people.txt", texts)
    pictures = [pick_pictures(track, detections) for track in tracks]
    shown = [(text, row) for text, row in zip(texts, pictures, strict=True) if row]
    if shown:
        labels, rows = zip(*shown[:MAX_TRACKS_SHOWN], strict=True)
        run.write_image(f"{role}/tracks.png", contact_sheet(rows, labels, cell=(70, 90)))


def describe(number: int, track: select.Track) -> str:
    """A person in words: when seen, where at first, and how surely."""
    first, face = next(iter(track.faces.items()))
    x, y = (face.box[:2] + face.box[2:]) / 2
    frames = f"{len(track.faces)} frames, {first} to {track.last}"
    place = f"first at {x:.0f},{y:.0f}, {face.area**0.5:.0f} px"
    return f"{number}: {frames}; {place}; mean score {track.mean_score:.3f}"


def pick_pictures(track: select.Track, detections: list[Detections]) -> list[np.ndarray]:
    """Some of the pictures (90, 70, 3) that were kept of a person."""
    pictures = [
        picture
        for frame in detections
        if frame.pictures
        for face, picture in zip(frame.faces, frame.pictures, strict=True)
        if track.faces.get(frame.number) is face
    ]
    return [pictures[i] for i in pick_evenly(len(pictures), PICTURES_PER_TRACK)]


def describe_choice(run: Run, role: str) -> str:
    """What the user can choose from: the first few people of people.txt, and where the rest is."""
    lines = (run.path / role / "people.txt").read_text(encoding="utf-8").splitlines()
    named = [line.partition("; mean")[0].replace(";", ",") for line in lines[:MAX_PEOPLE_NAMED]]
    more = f" and {len(lines) - len(named)} more" if len(lines) > len(named) else ""
    return f"{name_option(role)} takes {'; '.join(named)}{more}; {_name_files(run, role)}"


def write_taken(
    run: Run, role: str, detections: list[Detections], chosen: Sequence[list[Row]]
) -> None:
    """Write taken.txt if there are people who could have been taken instead, or several were."""
    boxes = {(row.frame, *row.box) for rows in chosen for row in rows if row.box}
    taken, others = [], []
    for number, track in enumerate(link(detections)):
        if any((n, *face.box.tolist()) in boxes for n, face in track.faces.items()):
            taken.append(number)
        elif track.is_certain:
            others.append(number)
    if others or len(chosen) > 1:
        text = f"{role}: taken {_name(taken, 'nobody')}, not taken {_name(others, 'nobody')}"
        _write_lines(run.path / role / "taken.txt", [text])


def tell_taken(run: Run, role: str) -> None:
    """Tell the user who was taken and how to take another, if there is a choice."""
    file = run.path / role / "taken.txt"
    if file.exists():
        option = name_option(role)
        how = f"{option} N or {option} X,Y takes another; {_name_files(run, role)}"
        run.tell(f"{file.read_text(encoding='utf-8').strip()}; {how}")


def name_option(role: str, name: str = "face") -> str:
    """The command line's option of that name for a clip: "--face", "--donor-face"."""
    return f"--{name}" if role == "target" else f"--donor-{name}"


def _name(numbers: list[int], nobody: str) -> str:
    """Numbers of people as "person 0", "people 0, 2", "people 0, 1, 2, 3 and 5 more"."""
    if not numbers:
        return nobody
    text = "person " if len(numbers) == 1 else "people "
    text += ", ".join(map(str, numbers[:MAX_PEOPLE_NAMED]))
    more = len(numbers) - MAX_PEOPLE_NAMED
    return f"{text} and {more} more" if more > 0 else text


def _name_files(run: Run, role: str) -> str:
    """Where all people are listed, and their pictures if there are any."""
    names = [name for name in ("tracks.png", "people.txt") if (run.path / role / name).exists()]
    return f"see {run.path / role / names[0]}" + (f" and {names[1]}" if names[1:] else "")


def _write_lines(path: Path, lines: list[str]) -> None:
    with atomic_file(path, durable=False) as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
