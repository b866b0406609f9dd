"""python -m provenance CLIP...: look for signs that clips or images are synthetic."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import nn
import video
from files import Parser, list_by_number, run_command
from mtcnn_np import Detector, WeightsError
from stages.find_marks import find_marks

from . import record, search, verify
from .credentials import SigningError, read_roots
from .local_chain import make_test_certificate
from .verify import Signature

PROVENANCE_EPILOG = """exit codes: 0 every input has the mark, or says in its metadata, in the
record beside it or in a valid signature that it is synthetic; 1 at least one has none of these; 2
wrong options; 3 input missing; 4 input not a clip; 8 detector weights missing; 13 no certificate
can be made or read. No mark does not mean that a clip is genuine: other programs leave none, and
marks can be removed. An invalid signature is told, and counts as none: the file is not the one that
was signed."""
MIN_PRINTED_CHANCE = 1e-12  # a smaller chance of a false alarm is printed as this one; by choice
MIN_FACE_PX = 12  # pixels, the window of the detector's first net (Zhang et al. 2016)


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    nn.set_threads(options.threads)
    try:
        if options.test_certificate:
            certificate, key = make_test_certificate(options.test_certificate)
            print(f"--sign {shlex.quote(str(certificate))} {shlex.quote(str(key))}")
        roots = read_roots(options.trust) if options.trust else ""
        detector = Detector() if options.inputs else None
    except SigningError as error:
        print(f"provenance: {error}", file=sys.stderr)
        return 13
    except WeightsError as error:
        print(f"provenance: {error}", file=sys.stderr)
        return 8
    codes = []
    for path in options.inputs:
        try:
            found = examine(path, detector, options.min_size, roots)
        except video.VideoError as error:
            print(f"provenance: {error}", file=sys.stderr)
            codes.append(3 if isinstance(error, video.MissingInput) else 4)
            continue
        print(json.dumps(found) if options.json else "\n".join(describe(found)), flush=True)
        codes.append(0 if _is_synthetic(found) else 1)
    return max(codes, default=0)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    p = Parser(
        prog="python -m provenance",
        description="Tell what shows that a clip was made by this program: the invisible mark in "
        "its pixels, with the chance of a false alarm and the frames; the statement in its "
        "metadata; the record beside it; its signature (C2PA), also one of another program.",
        epilog=PROVENANCE_EPILOG,
    )
    add = p.add_argument
    add(
        "inputs",
        nargs="*",
        type=Path,
        metavar="CLIP",
        help="a video, an image, or a folder of numbered images",
    )
    add("--json", action="store_true", help="print a JSON line for each input, instead of text")
    add(
        "--min-size",
        type=float,
        default=30,
        metavar="PX",
        help="smallest face looked for, in pixels (default: 30)",
    )
    add(
        "--trust",
        type=Path,
        metavar="ROOT.pem",
        help="certificates whose holders are trusted to know whom they certify (default: nobody)",
    )
    add(
        "--test-certificate",
        type=Path,
        metavar="DIR",
        help="make a certificate to try signing with in DIR, unless there is one already, and "
        "print the option that uses it. It proves nothing: anybody can make one",
    )
    nn.parallel.add_threads_option(p)
    options = p.parse_args(arguments)
    if not (options.inputs or options.test_certificate):
        p.error("name a CLIP to look at")
    if not options.min_size >= MIN_FACE_PX:
        p.error(f"--min-size is at least {MIN_FACE_PX} pixels, the detector's window")
    return options


def examine(path: Path, detector: Detector, min_size: float, roots: str = "") -> dict:
    """All signs that an input shows: the dict of its JSON line. Raises video.VideoError.

    roots  certificates in PEM that are trusted; see `verify.read`
    """
    clip = video.open_clip(path)
    faces = find_marks(clip, detector, min_size)
    notes = list(clip.notes)
    statement, share = _read_statement(path)
    signature, signed = _read_signature(path, roots)
    notes += [note for note in (share, signed) if note]
    try:
        beside = record.read(path)
    except record.RecordError as error:
        beside = None
        notes.append(str(error))
    return {
        "file": str(path),
        "marked": any(face.marked for face in faces),
        "faces": [asdict(face) for face in faces],
        "statement": statement,
        "record": beside,
        "signature": signature and asdict(signature),
        "notes": notes,
    }


def _read_statement(path: Path) -> tuple[str, str | None]:
    """The statement in the metadata, "" if there is none; a note if not all pictures have it."""
    pictures = list_by_number(path) if path.is_dir() else [path]
    counts = Counter(video.read_comment(picture) for picture in pictures)
    statement = max(counts, key=lambda text: (text.startswith(video.STATEMENT_BEGIN), counts[text]))
    if not statement or counts[statement] == len(pictures):
        return statement, None
    share = f"{counts[statement]} of the {len(pictures)} pictures"
    return statement, f"only {share} in {path} have this statement"


def _read_signature(path: Path, roots: str) -> tuple[Signature | None, str | None]:
    """The signature, of pictures the worst; a note if not all pictures have one like it."""
    pictures = list_by_number(path) if path.is_dir() else [path]
    signatures = [verify.read(picture, roots) for picture in pictures]
    counts = Counter(signature.state if signature else "none" for signature in signatures)
    worst = max(signatures, key=_rank, default=None)
    if worst is None or len(counts) == 1:
        return worst, None
    shares = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    return worst, f"the signatures of the {len(pictures)} pictures in {path}: {shares}"


def _signature_of(found: dict) -> Signature | None:
    return found["signature"] and Signature(**found["signature"])


def _rank(signature: Signature | None) -> int:
    """How much there is to say of a signature, the most of an invalid one."""
    states = "trusted", "valid", "unknown", "invalid"
    return 1 + states.index(signature.state) if signature else 0


def _is_synthetic(found: dict) -> bool:
    """Whether at least one sign says that the input is synthetic."""
    return bool(
        found["marked"]
        or found["statement"].startswith(video.STATEMENT_BEGIN)
        or (found["record"] or {}).get("fits")
        or ((signature := _signature_of(found)) and signature.says_synthetic)
    )


def describe(found: dict) -> list[str]:
    """The result of `examine` as lines of text."""
    return [
        found["file"],
        *(f"  mark:      {line}" for line in _describe_mark(found["faces"])),
        f"  statement: {found['statement'] or 'none in the metadata'}",
        f"  record:    {_describe_record(found)}",
        *(f"  signature: {line}" for line in verify.describe(_signature_of(found))),
        *(f"  note:      {note}" for note in found["notes"]),
    ]


def _describe_mark(faces: list[dict]) -> list[str]:
    if not faces:
        return ["no face found to look at"]
    lines = [
        f"found in frames {_format_ranges(face['ranges'])} (chance of a false alarm below "
        f"{max(face['chance'], MIN_PRINTED_CHANCE):.0e}, score {face['score']:.1f})"
        for face in faces
        if face["ranges"]
    ]
    chance = min(face["chance"] for face in faces)
    return lines or [
        f"none in {len(faces)} faces (chance of a false alarm {chance:.1g}, "
        f"{search.MAX_FALSE_ALARM:.0e} at most is needed)"
    ]


def _describe_record(found: dict) -> str:
    beside = found["record"]
    if beside is None:
        return "none beside it"
    path, frames, number = (beside[key] for key in ("path", "replaced_frames", "frame"))
    is_folder = number is not None or Path(found["file"]).is_dir()
    if number is not None:
        path += ", that of the folder,"
    if not beside["fits"]:
        changed = "a picture was changed, renamed, added or removed"
        why = changed if is_folder else "the file was changed"
        return f"{path} does not fit: {why} since, or the record is another's"
    if number is None:
        return f"{path} fits; replaced in frames {_format_ranges(frames)}"
    replaced = any(first <= number <= last for first, last in frames)
    return f"{path} fits; this is frame {number}, {'replaced' if replaced else 'left as it was'}"


def _format_ranges(ranges: list[tuple[int, int]]) -> str:
    return ", ".join(f"{a} to {b}" if a != b else f"{a}" for a, b in ranges) or "none"


if __name__ == "__main__":
    run_command(main)
