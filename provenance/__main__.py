"""python -m provenance CLIP... : what says of a clip, an image or a folder of images that it was made."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import nn
import video
from mtcnn_np import Detector, WeightsError

from . import record, search

EPILOG = """exit codes: 0 every input has the mark, or says in its metadata or in the record beside it that it is synthetic; 1 at least one
has none of these; 2 wrong options; 3 input missing; 4 input not a clip; 8 detector weights missing.
No mark does not mean that a clip is genuine: other programs leave none, and marks can be removed."""
SMALLEST_CHANCE = 1e-12  # that is worth telling apart from nothing


def main(arguments: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(
        prog="python -m provenance",
        description="Tell what shows that a clip was made by this program: the invisible mark in "
        "its pixels, with the chance of a false alarm and the frames; the statement in its metadata; the record beside it.",
        epilog=EPILOG,
    )
    p.add_argument(
        "inputs",
        nargs="+",
        type=Path,
        metavar="CLIP",
        help="a video, an image, or a folder of numbered images",
    )
    p.add_argument(
        "--json", action="store_true", help="print a JSON line for each input, instead of text"
    )
    p.add_argument(
        "--min-size",
        type=float,
        default=30,
        metavar="PX",
        help="smallest face looked for, in pixels (default: 30)",
    )
    p.add_argument(
        "--threads",
        type=int,
        default=os.cpu_count(),
        metavar="N",
        help="processor cores to use (default: all, here %(default)s)",
    )
    options = p.parse_args(arguments)
    if not options.min_size >= 12:
        p.error("--min-size is at least 12 pixels, the detector's window")
    if options.threads < 1:
        p.error("--threads is at least 1")
    nn.set_threads(options.threads)
    try:
        detector = Detector()
    except WeightsError as error:
        print(f"provenance: {error}", file=sys.stderr)
        return 8
    codes = []
    for path in options.inputs:
        try:
            found = examined(path, detector, options.min_size)
        except video.VideoError as error:
            print(f"provenance: {error}", file=sys.stderr)
            codes.append(3 if isinstance(error, video.MissingInput) else 4)
            continue
        print(json.dumps(found) if options.json else "\n".join(told(found)), flush=True)
        codes.append(
            0
            if found["marked"]
            or found["statement"].startswith("Synthetic media")
            or (found["record"] or {}).get("fits")
            else 1
        )
    return max(codes)


def examined(path: Path, detector: Detector, min_size: float) -> dict:
    """What was found of an input, as its JSON line has it. Raises video.VideoError."""
    clip = video.open_clip(path)
    faces = search.look(clip, detector, min_size)
    try:
        beside, damage = record.read(path), None
    except record.RecordError as error:
        beside, damage = None, str(error)
    return {
        "file": str(path),
        "marked": any(face.marked for face in faces),
        "faces": [asdict(face) for face in faces],
        "statement": video.read_comment(path),
        "record": beside,
        "notes": clip.notes + [damage] * (damage is not None),
    }


def told(found: dict) -> list[str]:
    """The same in words."""
    lines = [found["file"]]
    for face in found["faces"]:
        if face["ranges"]:
            sure = f"chance of a false alarm below {max(face['chance'], SMALLEST_CHANCE):.0e}, score {face['score']:.1f}"
            lines.append(f"  mark:      found in frames {spoken(face['ranges'])} ({sure})")
    if not found["marked"]:
        faces, chance = (
            found["faces"],
            min((face["chance"] for face in found["faces"]), default=1.0),
        )
        unsure = f"none in {len(faces)} faces (chance of a false alarm {chance:.1g}, {search.CHANCE:.0e} at most is needed)"
        lines.append(f"  mark:      {unsure if faces else 'no face found to look at'}")
    lines.append(f"  statement: {found['statement'] or 'none in the metadata'}")
    beside = found["record"]
    if beside is None:
        lines.append("  record:    none beside it")
    else:
        fits = (
            "fits"
            if beside["fits"]
            else "does not fit: the file was changed since, or the record is another's"
        )
        lines.append(
            f"  record:    {record.record_path(Path(found['file']))}, {fits}; replaced in frames {spoken(beside['replaced_frames'])}"
        )
    return lines + [f"  note:      {note}" for note in found["notes"]]


def spoken(ranges: list) -> str:
    return ", ".join(f"{a} to {b}" if a != b else f"{a}" for a, b in ranges) or "none"


if __name__ == "__main__":
    sys.exit(main())
