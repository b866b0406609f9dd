"""Why a file cannot be read as a clip, in words: it is empty, cut short, a text, a song."""

from __future__ import annotations

from pathlib import Path

from av.container import InputContainer
from av.stream import Disposition

HEAD_BYTES = 4096  # that are looked at; enough for the signatures
# The first bytes of a file -> what it is, and what to do. From the formats' specifications.
SIGNATURES = {
    b"%PDF": "is a PDF document; name the clip itself",
    b"PK\x03\x04": "is a ZIP archive; unpack it first",
    b"\x1f\x8b": "is a gzip archive; unpack it first",
    b"7z\xbc\xaf\x27\x1c": "is a 7z archive; unpack it first",
    b"Rar!": "is a RAR archive; unpack it first",
    b"version https://git-lfs": "is a pointer of Git LFS; get the clip by: git lfs pull",
    b"\x1a\x45\xdf\xa3": "is a Matroska file that is cut short or damaged; copy it anew",
}
# An MP4 begins with the size of a box and one of these types (ISO/IEC 14496-12).
MP4_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"styp", b"sidx"}
# Demuxers of FFmpeg that take a text for a clip, or follow it to other files.
TEXT_DEMUXERS = {"tty", "concat", "hls", "dash", "sdp", "image2"}
GIVE_A_CLIP = "give a video, an image or a folder of images"


def explain_failure(path: Path, reason: str) -> str:
    """What the file is, if that can be seen; otherwise FFmpeg's reason for not opening it."""
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        return f"is an empty file; {GIVE_A_CLIP}"
    for signature, what in SIGNATURES.items():
        if head.startswith(signature):
            return what
    if head[4:8] in MP4_BOXES and not _has_moov(path):
        return (
            "is an MP4 whose index (moov) is missing: it is cut short, or still being written; "
            "copy it anew, or wait"
        )
    if not any(head):
        return "holds only zeros: a download that never finished; get it anew"
    if b"<html" in head.lower() or b"<!doctype" in head.lower():
        return "is a web page; download the clip itself"
    if _is_text(head):
        return f"is a text file; {GIVE_A_CLIP}"
    return f"is not a video that can be read ({reason}); convert it to MP4"


def explain_no_picture(path: Path, container: InputContainer) -> str | None:
    """Why FFmpeg opens the file but it is no clip; None if it is one."""
    if TEXT_DEMUXERS & set(container.format.name.split(",")):
        return f"is a text file, or a list of other files; {GIVE_A_CLIP}"
    if any(not s.disposition & Disposition.attached_pic for s in container.streams.video):
        return None
    if container.streams.audio:
        return f"is an audio file; {GIVE_A_CLIP}"
    return explain_failure(path, "it has no picture")


def _is_text(head: bytes) -> bool:
    """Whether the bytes are UTF-8 or UTF-16 text; the last character may be incomplete."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode("utf-8")
    return all(character.isprintable() or character.isspace() for character in text)


def _has_moov(path: Path) -> bool:
    """Whether an MP4 has its index; the boxes at the top are walked by their sizes."""
    end = path.stat().st_size
    with open(path, "rb") as file:
        at = 0
        while at + 8 <= end:
            file.seek(at)
            header = file.read(16)
            size, kind = int.from_bytes(header[:4], "big"), header[4:8]
            if kind == b"moov":
                return at + size <= end
            if size == 1:  # the size stands in the next eight bytes
                size = int.from_bytes(header[8:], "big")
            if size < 8:  # 0: to the end of the file
                return False
            at += size
    return False
