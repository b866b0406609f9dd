"""The options of a row, checked, and in one form: the same request gives the same key."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from dataclasses import dataclass, replace
from functools import lru_cache

from stages.command import list_options, spell_option
from stages.options import parse
from stages.settings import OptionError, Settings

STAND_INS = ["TARGET", "DONOR"]  # parsed instead of the clips, which are checked elsewhere
# what the data set decides for all jobs, and defaults of the settings
SET_FOR_ALL = {
    "output": None,
    "sign": None,
    "folder": None,
    "truth": None,
    "detections": None,
    "replay": None,
    "preview": False,
}
OPTION_NAMES = {"output": "-o", "folder": "--run"}  # where it is not the setting's
# as it may be spelt: what reads it would make the certificate
TEST_CERTIFICATE = re.compile(r"--te[a-z-]*(=|$)")
MANY_TEXTS = 256  # different options of a file that are kept parsed; by choice


@dataclass(frozen=True)
class RowOptions:
    """The options of a row: those that differ from the defaults, in a fixed order."""

    words: tuple[str, ...]
    settings: Settings  # of stand-ins for the clips

    @property
    def is_repeatable(self) -> bool:
        """Whether the same job gives the same bytes: training by the clock does not."""
        return self.settings.preset.minutes is None


@lru_cache(maxsize=MANY_TEXTS)
def read_options(text: str) -> RowOptions:
    """The options in a cell of the CSV file. Raises OptionError with the reason and the remedy."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise OptionError(f"options {text!r}: {error}; close the quotation mark") from None
    if any(map(TEST_CERTIFICATE.match, words)):
        raise OptionError("--test-certificate is none of a row's; sign the whole set with it")
    settings = _parse(words)
    refused = [name for name, default in SET_FOR_ALL.items() if getattr(settings, name) != default]
    names = [OPTION_NAMES.get(name, spell_option(name)) for name in refused]
    names += ["--threads"] if any(re.match(r"--th\w*(=|$)", word) for word in words) else []
    if names:
        remedy = "sign the whole set with --sign" if names[0] == "--sign" else "leave it out"
        raise OptionError(f"{names[0]} is the same for all jobs and none of a row's; {remedy}")
    return RowOptions(_canonical(settings), settings)


def _parse(words: list[str]) -> Settings:
    """What pipeline.py makes of these options. Raises OptionError for its message."""
    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
            return parse([*STAND_INS, *words])
    except SystemExit as end:
        message = told.getvalue().strip().partition(": ")[2] or "--help is no option of a swap"
        code = end.code
    message = re.sub(r" \(all options: .*\)", " (all options: python -m pipeline --help)", message)
    raise OptionError(message if code else "--help is no option of a swap; leave it out")


def _canonical(settings: Settings) -> tuple[str, ...]:
    """The options that give these settings; raises OptionError if they cannot be given so."""
    record = settings.as_record()
    preset = ["--preset", record["preset"]["name"]]
    defaults = list_options(_parse(preset).as_record())
    changes = [option for option in list_options(record) if option not in defaults]
    words = [] if settings.preset.name == "standard" else preset
    words += sum(changes, [])
    back = replace(_parse(words), threads=settings.threads)
    if back != settings:
        now, then = back.as_record(), record
        names = [spell_option(name) for name in now if now[name] != then[name]]
        raise OptionError(f"{', '.join(names)} cannot be used for many swaps; leave it out")
    return tuple(words)
