"""Opening a file with FFmpeg."""

from __future__ import annotations

from pathlib import Path

import av
from av.container import InputContainer

# Files only, so that no playlist makes FFmpeg load something from the network.
LOCAL_FILES = {"protocol_whitelist": "file"}


def open_local(path: Path) -> InputContainer:
    """The container in a file, a context manager. Raises av.FFmpegError, OSError or ValueError."""
    # An absolute path, because FFmpeg takes the part before a colon for a protocol.
    return av.open(str(path.absolute()), metadata_errors="replace", options=LOCAL_FILES)
