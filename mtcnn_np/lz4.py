"""Decompression of LZ4 frames (github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md)."""

from __future__ import annotations

FRAME_MAGIC = b"\x04\x22\x4d\x18"
MIN_MATCH = 4  # bytes, the shortest match; a stored length of 0 means this


def decompress_frame(data: bytes) -> bytes:
    """The content of an LZ4 frame; checksums are not verified. Raises ValueError if damaged."""
    if data[:4] != FRAME_MAGIC:
        raise ValueError("not an LZ4 frame")
    flags = data[4]
    has_block_checksum, has_size = flags & 0x10, flags & 0x08
    position = 7 + (8 if has_size else 0)
    out = bytearray()
    while size := int.from_bytes(data[position : position + 4], "little"):
        is_stored, size = size >> 31, size & 0x7FFFFFFF
        block = data[position + 4 : position + 4 + size]
        if len(block) < size:
            raise ValueError("the LZ4 frame is cut short")
        if is_stored:
            out += block
        else:
            _decompress_block(block, out)
        position += 4 + size + (4 if has_block_checksum else 0)
    return bytes(out)


def _decompress_block(block: bytes, out: bytearray) -> None:
    """Append a block's content to `out`.

    A block consists of sequences: some literal bytes, then a match, a copy of bytes already in
    `out`. Both lengths share a byte, the token; the last sequence has no match.
    """
    i = 0
    while True:
        token = block[i]
        count, i = _read_length(block, i + 1, token >> 4)
        out += block[i : i + count]
        i += count
        if i >= len(block):
            return
        offset = int.from_bytes(block[i : i + 2], "little")
        count, i = _read_length(block, i + 2, token & 15)
        _copy_match(out, offset, count + MIN_MATCH)


def _read_length(block: bytes, i: int, nibble: int) -> tuple[int, int]:
    """(length, index of the next byte): after 15, further bytes are added, up to one below 255."""
    total = nibble
    more = nibble == 15
    while more:
        total += block[i]
        more = block[i] == 255
        i += 1
    return total, i


def _copy_match(out: bytearray, offset: int, count: int) -> None:
    """Append `count` bytes from `offset` before the end; a match that reaches the end repeats."""
    start = len(out) - offset
    if offset == 0 or start < 0:
        raise ValueError("a match in the LZ4 block points outside the data")
    while count > 0:
        piece = out[start : start + count]
        out += piece
        count -= len(piece)
