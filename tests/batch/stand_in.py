"""Stands in for the programs that a job runs: it takes a moment, and writes what they must write.

stand_in.py swap TARGET DONOR ... -o OUT --truth DIR; what the target's file says decides the end.
STAND_IN_TEMPLATE is the work/ of a data set whose first swap, and the original of that, are copied.
It is started hundreds of times, so it imports little.
"""

import os
import signal
import sys
import time


def value(option):
    return sys.argv[sys.argv.index(option) + 1]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text="", mode="w"):
    with open(path, mode, encoding="utf-8") as file:
        file.write(text)


def copy(kind, to):
    """Give the files of the template's first folder of a kind other names."""
    folder = os.path.join(os.environ["STAND_IN_TEMPLATE"], kind)
    source = os.path.join(folder, min(os.listdir(folder)))
    for place, _, names in os.walk(source):
        new = os.path.join(to, os.path.relpath(place, source))
        os.makedirs(new, exist_ok=True)
        for name in set(names) - {"status.json"}:
            if os.path.exists(os.path.join(new, name)):
                os.unlink(os.path.join(new, name))
            os.link(os.path.join(place, name), os.path.join(new, name))


def prepare(what, clip, folder, *_):
    os.makedirs(folder, exist_ok=True)
    if what == "original":
        copy("originals", folder)
    else:
        write(os.path.join(folder, "searches.txt"), f"{os.path.basename(clip)}\n", "a")


def swap(target, donor):
    wish = read(target).split()[0]
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
    copy("swaps", os.path.dirname(value("-o")))
    write(value("-o"), read(target) + read(donor))
    write(f"{value('-o')}.json")


if __name__ == "__main__":
    kind, *words = sys.argv[1:]
    if kind == "prepare":
        prepare(*words)
    elif kind == "swap":
        swap(*words[:2])
    else:
        write(value("-o"))
        write(f"{value('-o')}.json")
