"""Several runs side by side: what they were told differently, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from files import atomic_file
from provenance.record import STATEMENT_REPLACED

from . import curves, words
from .folder import RunFolder
from .measure import read_measured
from .page import PAGE_NAME, flatten_settings, link, spell_value, template, to_script
from .state import describe_state, tell_seconds

COMPARISON_NAME = "comparison.html"
RUN_PLACES = ("output", "folder", "truth", "replay")  # settings that differ in any two runs


def write_comparison(runs: Sequence[RunFolder], file: Path) -> Path:
    """Write the page that compares runs, whole or not at all; returns its path."""
    html = render_comparison(runs, file.parent)
    with atomic_file(file, durable=False) as out:
        out.write(html.encode("utf-8", errors="replace"))
    return file


def render_comparison(runs: Sequence[RunFolder], folder: Path) -> str:
    """The page as HTML; its links are right for a file in `folder`."""
    names, measured = name_runs(runs), [read_measured(run) for run in runs]
    stills = [found["stills"] if found else {} for found in measured]
    frames = find_common_frames(stills)
    context = {
        "statement": STATEMENT_REPLACED,
        "names": names,
        "links": [link(folder, run.path / PAGE_NAME) for run in runs],
        "states": [describe_state(run).headline for run in runs],
        "settings": list_differences(runs),
        "rows": [*_list_results(runs), *_list_quality(measured), *_list_truth(runs)],
        "curves": curves.draw_losses(dict(zip(names, (r.losses for r in runs), strict=True))),
        "frames": frames,
    }
    script = {
        "frames": frames,
        "stills": [{n: shown[str(n)]["swap"] for n in frames} for shown in stills],
    }
    if frames:
        script["stills"].append({n: stills[0][str(n)]["target"] for n in frames})
    return template("comparison.html").render(context, data=to_script(script))


def name_runs(runs: Sequence[RunFolder]) -> list[str]:
    """The runs' names: those of their folders, or the paths where these are alike."""
    names = [run.path.resolve().name for run in runs]
    return [
        name if names.count(name) == 1 else str(run.path)
        for name, run in zip(names, runs, strict=True)
    ]


def list_differences(runs: Sequence[RunFolder]) -> list[tuple[str, list[str]]]:
    """The settings, inputs and versions in which the runs differ: (name, value in each run)."""
    told = []
    for run in runs:
        settings = {k: v for k, v in flatten_settings(run).items() if k not in RUN_PLACES}
        versions = {f"version of {k}": v for k, v in run.record["versions"].items()}
        told.append(settings | versions)
    names = dict.fromkeys(name for each in told for name in each)
    rows = [(name, [spell_value(each.get(name)) for each in told]) for name in names]
    return [(name, values) for name, values in rows if len(set(values)) > 1]


def find_common_frames(stills: Sequence[dict]) -> list[int]:
    """The frames of which each run has a still."""
    common = set.intersection(*(set(shown) for shown in stills)) if stills else set()
    return sorted(map(int, common))


def _list_results(runs: Sequence[RunFolder]) -> list[tuple[str, list[str]]]:
    results = [run.record["results"] for run in runs]
    trained = [result.get("training_seconds") for result in results]
    outputs = [result.get("output") or {} for result in results]
    return [
        ("training", [tell_seconds(s) if s is not None else "not finished" for s in trained]),
        ("rounds", [str(run.losses[-1].round) if run.losses else "none" for run in runs]),
        ("last loss", [f"{run.losses[-1].loss:.4f}" if run.losses else "none" for run in runs]),
        (
            "frames with the new face",
            [f"{o['swapped']} of {o['frames']}" if o else "not written" for o in outputs],
        ),
    ]


def _list_quality(measured: Sequence[dict | None]) -> list[tuple[str, list[str]]]:
    """The figures without a judge, each with its verdict."""
    rows = []
    for key, meaning in words.MEANINGS.items():
        told = [
            words.tell(meaning, found["quality"].get(key) if found else None) for found in measured
        ]
        rows.append((meaning.name, [f"{f.value} {f.verdict}".strip() for f in told]))
    return rows


def _list_truth(runs: Sequence[RunFolder]) -> list[tuple[str, list[str]]]:
    """The demo's figures of the swap, if all runs are demos."""
    if not all(run.is_demo_compared for run in runs):
        return []
    columns = [words.tell_truth(run.figures) for run in runs]
    return [
        (f"{row[0].name}, against the true swap", [figure.values["swap"] for figure in row])
        for row in zip(*columns, strict=True)
    ]
