"""Settings -> the command line that gives them: to continue a run, or to repeat a recorded one."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nn
from files import program_name

from .presets import PRESETS
from .settings import Settings

# Names of settings, and of the preset's fields, by how their options look.
RANGE_OPTIONS = ("frames", "learn_frames", "donor_frames")
FACE_OPTIONS = ("min_size", "face", "donor_face", "every", "turn", "donor_turn")
VALUE_OPTIONS = ("seed", "device", "size", "quality", *FACE_OPTIONS)
PRESET_OPTIONS = ("rounds", "minutes", "batch", "colour")
SWITCH_OPTIONS = ("all_faces", "same")


def resume_command(settings: Settings) -> str:
    """The command that continues a run; it can be pasted, and is right from any folder."""
    record = settings.as_record()
    if settings.replay:
        words = ["--replay", record["replay"]]
    else:
        words = [] if settings.demo else [record["target"], record["donor"]]
        words += sum(_list_changes(settings), [])
        words += ["--truth", record["truth"]] if settings.truth else []
        words += ["--detections", record["detections"]] if settings.detections else []
    words += ["--sign", *(str(path.absolute()) for path in settings.sign)] if settings.sign else []
    for option, name in (("-o", "output"), ("--run", "folder")):
        if record[name] is not None:
            words += [option, record[name]]
    join = subprocess.list2cmdline if os.name == "nt" else shlex.join
    return join([*_program(), *words])


def list_options(settings: dict) -> list[list[str]]:
    """The options of recorded settings and their values, but no clips, places and threads."""
    preset = settings["preset"]
    options = [["--preset", preset["name"]]]
    for name in RANGE_OPTIONS:
        first, last = settings[name]
        options.append([spell_option(name), f"{first}:{'' if last is None else last}"])
    values = {name: settings.get(name) for name in VALUE_OPTIONS}
    for name, value in (values | {name: preset.get(name) for name in PRESET_OPTIONS}).items():
        if value is not None:
            text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            options.append([spell_option(name), text])
    options += [[spell_option(name)] for name in SWITCH_OPTIONS if settings.get(name)]
    return options + ([] if settings.get("mark", True) else [["--no-mark"]])


def _list_changes(settings: Settings) -> list[list[str]]:
    """The options that are not at their defaults."""
    preset = PRESETS[settings.preset.name]
    default = Settings(settings.target, settings.donor, None, None, preset).as_record()
    defaults = list_options(default)
    changes = [option for option in list_options(settings.as_record()) if option not in defaults]
    if preset.name != "standard":
        changes.insert(0, ["--preset", preset.name])
    if settings.threads != nn.parallel.usable_cores():
        changes.append(["--threads", str(settings.threads)])
    return changes


def spell_option(name: str) -> str:
    """What the command line calls a setting: "--learn-frames"; a clip "TARGET"."""
    return name.upper() if name in ("target", "donor") else f"--{name.replace('_', '-')}"


def _program() -> list[str]:
    """How this program was called, in words that work from any folder."""
    name = program_name()
    if name != "pipeline.py":
        return [name if shutil.which(name) else str(Path(sys.argv[0]).absolute())]
    return [sys.executable, str(Path(__file__).absolute().parents[1] / name)]
