"""Stands in for the programs that a job runs: it takes a moment, and writes what they must write.

stand_in.py swap TARGET DONOR ... -o OUT --truth DIR; what the target's file says decides the end.
STAND_IN_TEMPLATE is the work/ of a data set whose first swap, and the original of that, are copied.
"""

import os
import signal
import sys
import time
from pathlib import Path


def value(option):
    return Path(sys.argv[sys.argv.index(option) + 1])


def copy(kind, to):
    """Give the files of the template's first folder of a kind other names."""
    source = min((Path(os.environ["STAND_IN_TEMPLATE"]) / kind).iterdir())
    for path in source.rglob("*"):
        new = to / path.relative_to(source)
        new.parent.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True) if path.is_file() else new.mkdir(exist_ok=True)
        if path.is_file() and path.name != "status.json":
            os.link(path, new)


def prepare(what, clip, folder, *_):
    Path(folder).mkdir(parents=True, exist_ok=True)
    if what == "original":
        copy("originals", Path(folder))
    else:
        with open(Path(folder) / "searches.txt", "a", encoding="utf-8") as file:
            file.write(f"{Path(clip).name}\n")


def swap(target, donor):
    wish = Path(target).read_text(encoding="utf-8").split()[0]
    if wish == "fail":
        print("a note before\npipeline.py: too few faces in", target, file=sys.stderr)
        sys.exit(5)
    if wish == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if wish == "kill-worker":
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    if wish == "slow":
        time.sleep(float(os.environ.get("STAND_IN_SECONDS", "0.5")))
    copy("swaps", value("-o").parent)
    value("-o").write_bytes(Path(target).read_bytes() + Path(donor).read_bytes())
    value("-o").with_name("swap.mp4.json").touch()


if __name__ == "__main__":
    kind, *words = sys.argv[1:]
    if kind == "prepare":
        prepare(*words)
    elif kind == "swap":
        swap(*words[:2])
    else:
        value("-o").touch()
        Path(f"{value('-o')}.json").touch()
