"""The page of a run: what is on it, and where it comes from.

    result, frames     settings, manifest.jsonl; stills from report.json      timeline.py, stills.py
    where it stands    run.json, losses.csv                                   state.py
    what looks wrong   all of these                                           advice.py
    quality            report.json; in the demo figures.json                  quality.py, words.py
    training           losses.csv, previews/                                  curves.py
    people             people.txt, tracks.png                                 pictures.py
    codes              report.json                                            latents.py
    how it was made    run.json; report.json                                  signs.py

The page is one file: pictures, plots, style and script are in it. Only the clips are beside it, and
it asks for nothing else.
"""

from __future__ import annotations

import json
import os
import re
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from files import IMAGE_SUFFIXES, atomic_file, pick_evenly
from provenance.record import STATEMENT_REPLACED
from stages.preview import PREVIEW_NAME
from stages.run import Doing

from . import curves, words
from .advice import list_advice, yaws
from .folder import RunFolder
from .measure import read_measured
from .pictures import cut_uri, sheet_uri
from .state import describe_state
from .timeline import KINDS, for_script, make_timelines

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

PAGE_NAME = "index.html"
TEMPLATES = Path(__file__).parent / "templates"
MAX_PREVIEWS = 12  # on the page, evenly spaced, the newest among them
FIRST_LOOK_WIDTH = 1200  # pixels, of preview.png on the page
MAX_LISTED_SPANS = 40  # of frames with a reason, in words below the timeline
# The rows of a preview by Preset.net: the names in `Trainer.preview`, which are too small to read.
PREVIEW_ROWS = {
    "today": "target, target rebuilt, swapped, coloured, donor, donor rebuilt",
    "seed2020": "target, target rebuilt, swapped, swapped, coloured, donor, donor rebuilt",
}
COMPARED_CLIP = "compare.mp4"  # of the demo: target, swap and true swap beside each other


def write_page(run: RunFolder, doing: Doing | None = None, error: str = "") -> Path:
    """Write RUN/index.html, whole or not at all; returns its path. See `describe_state`."""
    html = render_page(run, doing, error)
    with atomic_file(run.path / PAGE_NAME, durable=False) as file:
        file.write(html.encode("utf-8", errors="replace"))
    return run.path / PAGE_NAME


def render_page(run: RunFolder, doing: Doing | None = None, error: str = "") -> str:
    """The page as HTML."""
    measured = read_measured(run)
    state = describe_state(run, doing, error)
    stills = measured["stills"] if measured else {}
    context = {
        "run": run,
        "title": Path(run.settings.get("output") or run.path.name).name,
        "statement": STATEMENT_REPLACED,
        "state": state,
        "written": time.strftime("%Y-%m-%d %H:%M:%S"),
        "advice": list_advice(run, measured),
        "measured": measured,
        "quality": words.tell_quality(measured["quality"]) if measured else [],
        "truth": words.tell_truth(run.figures) if run.is_demo_compared else [],
        "clips": link_clips(run),
        "pictures": _list_pictures(run, stills),
        "timelines": {role: make_timelines(run, role) for role in ("target", "donor")},
        "kinds": KINDS.values(),
        "max_spans": MAX_LISTED_SPANS,
        "plots": _draw_plots(run),
        "previews": _list_previews(run),
        "preview_rows": PREVIEW_ROWS[run.settings["preset"]["net"]],
        "first_look": sheet_uri(run.path / PREVIEW_NAME, FIRST_LOOK_WIDTH),
        "sheets": {role: sheet_uri(run.path / role / "tracks.png") for role in ("target", "donor")},
        "cuts": {role: cut_uri(run.face_files(role)) for role in ("target", "donor")},
        "details": [(k, spell_value(v)) for k, v in flatten_settings(run).items()],
        "versions": run.record["versions"],
        "identity": run.record["identity"],
    }
    script = {
        "timeline": for_script(run) if run.manifests["target"] else None,
        "stills": stills,
        "written": time.time(),
        "isFinished": state.is_finished,
    }
    return template("page.html").render(context, data=to_script(script))


def link_clips(run: RunFolder) -> dict[str, str]:
    """The addresses of the clips relative to the page, where they are files a browser may play."""
    found = {"target": run.find("target")}
    if run.output_digest:
        found["swap"] = run.find("output")
    if run.is_demo_compared:
        found["truth"] = run.path / COMPARED_CLIP
    return {
        name: link(run.path, path)
        for name, path in found.items()
        if path and path.is_file() and path.suffix.lower() not in {*IMAGE_SUFFIXES, ".gif"}
    }


def link(folder: Path, path: Path) -> str:
    """The address of a file for a page in `folder`."""
    try:
        relative = os.path.relpath(os.path.realpath(path), os.path.realpath(folder))
    except ValueError:  # on another drive of Windows
        return path.absolute().as_uri()
    return quote(Path(relative).as_posix())


def _list_pictures(run: RunFolder, stills: dict) -> list[tuple[str, str]]:
    """(key, label) of what is shown beside each other: "target", "swap", "truth"."""
    labels = {"target": "Target", "swap": "Swap", "truth": "True swap"}
    there = {key for shown in stills.values() for key in shown} | link_clips(run).keys()
    return [(key, label) for key, label in labels.items() if key in there]


def _draw_plots(run: RunFolder) -> dict[str, str]:
    plots = {"losses": curves.draw_losses({"": run.losses}), "yaws": ""}
    if all(run.manifests[role] for role in ("target", "donor")):
        turned = [list(yaws(run.manifests[role][0]).values()) for role in ("target", "donor")]
        plots["yaws"] = curves.draw_yaws(*turned)
    return plots


def _list_previews(run: RunFolder) -> list[tuple[int, str, tuple[int, int]]]:
    """(number from 1, data URI, (w, h)) of the previews, the newest last."""
    files = sorted((run.path / "previews").glob("[0-9]*.png"))
    picked = [(i, sheet_uri(files[i])) for i in pick_evenly(len(files), MAX_PREVIEWS)]
    return [(i + 1, *sheet) for i, sheet in picked if sheet]


def flatten_settings(run: RunFolder) -> dict:
    """The settings by name; those of the preset are among them."""
    settings = run.settings
    preset = {f"preset.{k}": v for k, v in settings["preset"].items() if k != "region"}
    return {k: v for k, v in settings.items() if k not in ("preset", "schedule")} | preset


def spell_value(value) -> str:
    """A JSON value for a reader: no quotes, and words for what is not there."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(spell_value, value)) if isinstance(value, list) else str(value)


def set_type(text: str) -> Markup:
    """A text as HTML: with the apostrophes and minus signs of print, and its options as code."""
    from markupsafe import Markup, escape

    html = str(escape(text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")))
    html = re.sub(r"(?<![\w-])-(?=\d)", "\N{MINUS SIGN}", html)
    return Markup(
        re.sub(r"(?<![\w-])--[a-z]+(-[a-z]+)*", r'<code class="option">\g<0></code>', html)
    )


def to_script(value: object) -> str:
    """JSON that may stand in a <script> element: no text in it can end the element."""
    return json.dumps(value).replace("<", "\\u003c")


@lru_cache
def template(name: str) -> Template:
    """A template of this room; style.css and page.js go into it unchanged."""
    return _environment().get_template(name)


@lru_cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = set_type
    environment.globals["own"] = lambda name: (TEMPLATES / name).read_text(encoding="utf-8")
    return environment
