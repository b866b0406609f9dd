"""The start of a run: everything is checked before anything is decoded, made or written."""

from __future__ import annotations

from .check_clips import check_clips
from .checks import check_places
from .clips import open_clips
from .locks import take_output
from .places import choose_places, claim_folder
from .settings import Settings
from .sign import check_signing


def prepare(settings: Settings) -> Settings:
    """The settings with their places chosen, and the run folder made.

    Raises what the functions that it calls raise; then nothing has been made.
    """
    chosen = choose_places(settings)
    check_places(chosen)
    check_signing(chosen)
    if not settings.demo:  # its clips are rendered later
        check_clips(open_clips(chosen), chosen)
    take_output(chosen.output).release()  # refused while another run writes it
    while settings.folder is None and not claim_folder(chosen):
        chosen = choose_places(settings)
    return chosen
