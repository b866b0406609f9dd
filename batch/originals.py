"""The untouched clips of a data set, coded exactly as its swaps are.

If only the fakes had been through our encoder, a detector could learn the encoder. So each clip
that is swapped is also written untouched: with the same writer, the same frames, the same sound, at
the same rate factors. What differs besides the pixels is the statement in the metadata, because a
genuine clip must not say that it is synthetic.

    crfNN.mp4      the clip as H.264, at each of stages.truth.TRUTH_RATE_FACTORS
    clips.csv      the names, rate factors, sizes and hashes of these clips
    index.csv      a row a frame, in columns of the truth of a swap; written last
    original.json  what the clip was made from
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from contextlib import ExitStack
from pathlib import Path

import video
from files import atomic_file, digest
from provenance import record
from stages.clips import Selection
from stages.identity import digest_clip
from stages.settings import ALL_FRAMES, FrameRange
from stages.truth import TRUTH_RATE_FACTORS

ORIGINAL_STATEMENT = "an untouched clip, for comparison with swaps: no face was replaced in it"
ORIGINAL_COLUMNS = "frame", "source_frame", "time", "label", "changed", "source_sha256"
ORIGINAL_NAME = "original.json"


def write_original(
    path: Path, folder: Path, frames: FrameRange = ALL_FRAMES, every: int = 1
) -> None:
    """Write the untouched clip, or these frames of it, into a folder as the module says.

    path    a clip or a folder of pictures; a rendered actor's says so, and its copies repeat it
    frames  the first and the one after the last; None: to the end
    every   only every N-th of them

    Started again it writes the same bytes. Raises video.VideoError if the clip cannot be read,
    video.OutputError or OSError if the folder cannot be written.
    """
    clip = Selection(video.open_clip(path), *frames, every)
    comment = _state(path)
    clips = {factor: folder / f"crf{factor}.mp4" for factor in TRUTH_RATE_FACTORS}
    interval, rows = _find_interval(clip), []
    with ExitStack() as stack:
        writers = [
            stack.enter_context(video.open_writer(to, clip.source, factor, comment, interval))
            for factor, to in clips.items()
        ]
        for frame in clip:
            for writer in writers:
                writer.write(frame.image, frame.time)
            sha256 = hashlib.sha256(frame.image.tobytes()).hexdigest()
            time = f"{float(frame.time):.6f}"
            rows.append([len(rows), frame.number, time, "real", 0, sha256])
    _write_about(path, folder, comment)
    if comment.startswith(video.STATEMENT_BEGIN):
        settings = {"frames": list(frames), "every": every}
        for written in clips.values():
            made = record.Record(comment, len(rows), settings, inputs={"target": path})
            record.write(written, made)
    sizes = [[p.name, factor, p.stat().st_size, digest(p)] for factor, p in clips.items()]
    _write_table(folder / "clips.csv", [["file", "crf", "bytes", "sha256"], *sizes])
    _write_table(folder / "index.csv", [ORIGINAL_COLUMNS, *rows])


def is_written(folder: Path) -> bool:
    """Whether `write_original` has finished in this folder."""
    return (folder / "index.csv").is_file()


def _state(path: Path) -> str:
    """The comment of the copies: that of a synthetic clip goes on saying that it is one."""
    said = video.read_comment(path)
    if said.startswith(video.STATEMENT_BEGIN):
        return f"{said}; {ORIGINAL_STATEMENT}"
    return ORIGINAL_STATEMENT[0].upper() + ORIGINAL_STATEMENT[1:]


def _find_interval(clip: Selection) -> video.Interval | None:
    """The part of the clip that is written, as for its swaps; None for all of it."""
    if clip.is_whole:
        return None
    times = [frame.time for frame in clip]
    if not times:
        span = f"{clip.first}:{'' if clip.last is None else clip.last}"
        raise video.NoFrames(f"{clip.source.path} has no frame in {span}; choose others")
    return video.Interval(times[0], times[-1] + clip.every / clip.source.rate)


def _write_about(path: Path, folder: Path, comment: str) -> None:
    about = {"statement": comment, "source_sha256": digest_clip(path)}
    with atomic_file(folder / ORIGINAL_NAME) as file:
        file.write(json.dumps(about, indent=1).encode() + b"\n")


def _write_table(path: Path, rows: list) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    with atomic_file(path) as file:
        file.write(text.getvalue().encode())
