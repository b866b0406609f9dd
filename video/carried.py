"""What an output takes over unchanged from the source's file: tags, chapters, streams.

One rule for all streams but the pictures: the packets are copied. A stream that the format cannot
hold is left out, and a note says so.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream

from .clip import Clip
from .comment import STATEMENT_BEGIN, lower_names
from .decoder import picture_stream
from .local_file import open_local

# Tags about the file itself; all others are about what it shows, and are kept.
TECHNICAL_TAGS = {
    "major_brand",
    "minor_version",
    "compatible_brands",
    "encoder",
    "software",
    "timecode",  # of the first frame, at the source's rate
}
MAX_INTERLEAVE = 10  # seconds by which a file's streams may be apart; the muxer's own limit


@dataclass(frozen=True)
class Part:
    """The part of a file that is copied, in its own seconds; in the copy `begin` is time 0."""

    begin: Fraction
    end: Fraction | None = None  # None: everything, also what comes before `begin`

    def cut(self, start: Fraction, end: Fraction) -> tuple[Fraction, Fraction] | None:
        """The span from start to end as it is in the copy; None if nothing of it is."""
        if self.end is not None:
            start, end = max(start, self.begin), min(end, self.end)
            if start >= end:
                return None
        return start - self.begin, end - self.begin


def carry(
    like: Clip, part: Part, output: OutputContainer, comment: str, notes: list[str]
) -> Generator[av.Packet, None, None]:
    """Give `output` all but the pictures of the file `like.extras`; yield the streams' packets.

    `comment` is a statement for the tags. `notes` gets what cannot be copied.
    """
    if like.extras is None:
        _set_tags(output, {}, comment)
        return
    with open_local(like.extras) as source:
        _set_tags(output, source.metadata, comment)
        output.set_chapters(_cut_chapters(source, part))
        copies = _add_streams(source, output, like.extras, notes)
        try:
            yield from _copy_packets(source, copies, part)
        except (av.FFmpegError, OSError) as error:
            notes.append(f"{like.extras} breaks off ({error.strerror or error}); used what it has")


def describe_losses(like: Clip) -> list[str]:
    """What pictures cannot hold of the clip's file: one sentence, or none."""
    losses = [] if like.pixel_aspect in (None, 1) else ["the shape of its pixels"]
    if like.extras:
        with open_local(like.extras) as source:
            streams = {"audio": "sound", "subtitle": "subtitles"}
            found = {stream.type for stream in source.streams}
            losses += [word for kind, word in streams.items() if kind in found]
            losses += ["chapters"] if source.chapters() else []
    return [f"pictures cannot hold {', '.join(losses)} of {like.path}"] if losses else []


def _set_tags(output: OutputContainer, tags: dict[str, str], comment: str) -> None:
    """The source's tags; the statement is the comment, and stands in the title too."""
    kept = {k: v for k, v in lower_names(tags).items() if k not in TECHNICAL_TAGS}
    if earlier := kept.pop("comment", ""):
        kept.setdefault("description", earlier)
    # An earlier statement in the title goes, so that copies of copies do not pile them up.
    title = kept.pop("title", "").split(STATEMENT_BEGIN)[0].rstrip(" (")
    short = comment.split(";")[0]
    kept["title"] = f"{title} ({short})" if title and short else title or short
    output.metadata.update(kept | {"comment": comment})


def _cut_chapters(source: InputContainer, part: Part) -> list[dict]:
    chapters = []
    for chapter in source.chapters():
        unit = chapter["time_base"]
        if span := part.cut(chapter["start"] * unit, chapter["end"] * unit):
            start, end = (round(time / unit) for time in span)
            chapters.append(chapter | {"start": start, "end": end})
    return chapters


def _add_streams(
    source: InputContainer, output: OutputContainer, path: Path, notes: list[str]
) -> dict[int, Stream]:
    """The streams that are added to `output`, by their index in the source."""
    copies, pictures = {}, picture_stream(source)
    suffix = Path(output.name).suffix
    for stream in source.streams:
        what = f"{stream.type} stream {stream.index} of {path}"
        if stream.index == pictures.index or _is_chapter_track(stream, source):
            continue
        if stream.type in ("video", "data"):
            notes.append(f"the {what} is left out; only the first pictures are changed and kept")
        elif not _can_hold(output, stream):
            notes.append(f"{suffix} cannot hold the {what}" + "; .mkv can" * (suffix != ".mkv"))
        else:
            copy = copies[stream.index] = output.add_stream_from_template(stream)
            if stream.type != "attachment":
                copy.disposition = stream.disposition
                copy.metadata.update(_stream_tags(stream))
    return copies


def _is_chapter_track(stream: Stream, source: InputContainer) -> bool:
    """Whether the stream is the one in which an MP4 keeps its chapters, which are copied."""
    return stream.type == "data" and 0 < len(source.chapters()) == stream.frames


def _can_hold(output: OutputContainer, stream: Stream) -> bool:
    """Whether the format takes the stream, found out by writing a header to nowhere."""
    try:
        with av.open(io.BytesIO(), "w", format=output.format.name) as scratch:
            scratch.add_stream_from_template(stream)
            scratch.start_encoding()
    except (av.FFmpegError, ValueError):
        return False
    return True


def _stream_tags(stream: Stream) -> dict[str, str]:
    """Language and title. FFmpeg reads the title of an MP4's stream as its name."""
    tags = lower_names(stream.metadata)
    tags.setdefault("title", tags.get("name", ""))
    return {k: tags[k] for k in ("language", "title") if tags.get(k)}


def _copy_packets(
    source: InputContainer, copies: dict[int, Stream], part: Part
) -> Iterator[av.Packet]:
    """The packets of these streams that are in the part, with their times in the copy.

    One whose time is before the last one's is left out, because no format can hold it.
    """
    streams = [source.streams[index] for index in copies if source.streams[index].codec_context]
    earliest: dict[int, int] = {}  # the decoding time that each stream's next packet may have
    for packet in source.demux(streams) if streams else ():
        if not packet.size or (packet.pts is None and packet.dts is None):
            continue  # FFmpeg's end of a stream, or a packet without any time
        kind, index = packet.stream.type, packet.stream.index
        begin = (packet.dts if packet.pts is None else packet.pts) * packet.time_base
        if part.end is not None and begin > part.end + MAX_INTERLEAVE:
            return
        if not _move(packet, part, kind == "subtitle"):
            continue
        if packet.dts >= earliest.get(index, packet.dts):
            earliest[index] = packet.dts + (kind != "subtitle")
            packet.stream = copies[index]
            yield packet


def _move(packet: av.Packet, part: Part, shorten: bool) -> bool:
    """Give a packet its times in the copy; False if it is not in the part.

    A subtitle that is shown across an end of the part is shortened; sound counts by its begin.
    """
    unit = packet.time_base
    packet.pts = packet.dts if packet.pts is None else packet.pts
    packet.dts = packet.pts if packet.dts is None else packet.dts
    begin, duration = packet.pts * unit, (packet.duration or 0) * unit
    if part.end is not None:
        if not shorten and begin < part.begin:
            return False
        span = part.cut(begin, begin + max(duration, unit))
        if span is None:
            return False
        if shorten:
            delay = round((span[0] + part.begin - begin) / unit)
            packet.pts, packet.dts = packet.pts + delay, packet.dts + delay
            packet.duration = round((span[1] - span[0]) / unit)
    shift = round(part.begin / unit)
    packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
    return True
