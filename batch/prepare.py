"""What jobs share, as a process of its own: python -m batch.prepare search|original ...

search CLIP DETECTIONS OPTIONS...    all faces of a clip
original CLIP FOLDER OPTIONS...      a clip untouched, coded as its swaps are
"""

from __future__ import annotations

import sys
from pathlib import Path

import video
from files import FILE_ERROR_CODE, run_command
from stages.options import parse
from stages.run_record import RunError

from .originals import write_original
from .searches import search


def main(arguments: list[str] | None = None) -> int:
    """Do one of both; the exit code is 6 with a line that says why it could not be done."""
    kind, clip, folder, *options = sys.argv[1:] if arguments is None else arguments
    try:
        if kind == "search":
            search(Path(clip), Path(folder), options)
        else:
            settings = parse([clip, clip, *options])
            Path(folder).mkdir(parents=True, exist_ok=True)
            write_original(Path(clip), Path(folder), settings.frames, settings.every)
    except (video.VideoError, RunError) as error:
        print(error, file=sys.stderr)
        return FILE_ERROR_CODE
    return 0


if __name__ == "__main__":
    run_command(main)
