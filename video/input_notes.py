"""What is unusual about a video file, in words, for the log of a run."""

from __future__ import annotations

import re
from fractions import Fraction

import av

from .colour import HDR_TRANSFERS, SWSCALE_MATRICES, Colour
from .comment import lower_names

# Part of what a file announces; one that gives less is reported as cut short. By choice.
MIN_DECODED_SHARE = Fraction(98, 100)
MAX_MISSING_FRAMES = 3  # at the end, which no file counts exactly. By choice.


def describe_changes(stream: av.VideoStream, first: av.VideoFrame, colour: Colour) -> list[str]:
    """What reading changes in a clip with this stream and first frame."""
    changes = []
    bits = max(component.bits for component in first.format.components)
    if colour.is_hdr:
        changes.append(f"is HDR ({HDR_TRANSFERS[colour.transfer]}); read as SDR (sRGB, 8 bits)")
    elif bits > 8:
        changes.append(f"has {bits} bits a colour; 8 of them are kept")
    if colour.matrix and colour.matrix not in SWSCALE_MATRICES:
        changes.append(f"has an uncommon colour matrix ({colour.matrix}); read as BT.601")
    if first.interlaced_frame:
        changes.append("is interlaced; its frames are used as they are (deinterlace it first)")
    if _is_transparent(first):
        changes.append("is partly transparent; shown over black")
    # The decoders of VP8 and VP9 drop their transparency; only this tag tells of it.
    if lower_names(stream.metadata).get("alpha_mode") == "1":
        changes.append("is partly transparent; the colours below are shown")
    return changes


def _is_transparent(frame: av.VideoFrame) -> bool:
    if not any(component.is_alpha for component in frame.format.components):
        return False
    return bool((frame.reformat(format="rgba").to_ndarray()[..., 3] < 255).any())


def count_lost(
    container: av.container.InputContainer, stream: av.VideoStream, file_bytes: int
) -> int:
    """How many frames an MP4's index names that lie behind the end of the file."""
    if "mp4" not in container.format.name or len(stream.index_entries) != stream.frames:
        return 0
    return sum(entry.pos + entry.size > file_bytes for entry in stream.index_entries)


def is_cut_short(
    container: av.container.InputContainer, stream: av.VideoStream, frames: int, end: Fraction
) -> bool:
    """Whether fewer frames decoded than the file announces, the last until `end` seconds.

    Both its own count and its duration must say so: an edit list shows fewer frames than there are,
    and in a clip of a variable rate nobody knows the count.
    """
    if stream.frames and frames >= stream.frames * MIN_DECODED_SHARE - 1:
        return False
    announced = _announced_end(container, stream)
    rate = stream.average_rate or stream.guessed_rate
    if not (announced and rate):
        return False
    return end + MAX_MISSING_FRAMES / Fraction(rate) < announced * MIN_DECODED_SHARE


def _announced_end(
    container: av.container.InputContainer, stream: av.VideoStream
) -> Fraction | None:
    """When the stream's last frame ends, in seconds, as the file says; None if it does not."""
    if stream.duration:
        begin = (stream.start_time or 0) * stream.time_base
        return begin + stream.duration * stream.time_base
    # Matroska may have a tag for each stream that says when its last frame ends.
    tag = lower_names(stream.metadata).get("duration", "")
    if found := re.fullmatch(r"(\d+):(\d+):(\d+\.\d+)", tag):
        hours, minutes, seconds = map(Fraction, found.groups())
        return hours * 3600 + minutes * 60 + seconds
    if len(container.streams) == 1 and container.duration:
        begin, duration = read_span(container)
        return begin + duration
    return None


def read_span(container: av.container.InputContainer) -> tuple[Fraction, Fraction]:
    """When a file begins and how long it lasts, in seconds, as it says; 0 if it does not."""
    begin, duration = (
        Fraction(microseconds or 0, av.time_base)
        for microseconds in (container.start_time, container.duration)
    )
    # What FFmpeg gives as the duration of a Matroska file is when its last frame ends.
    if duration and "matroska" in container.format.name:
        duration -= begin
    return begin, duration
