"""python -m report RUN: write the page of a run again. With several runs: compare them."""

from __future__ import annotations

import sys
from pathlib import Path

import files  # noqa: F401  # first: Ctrl-C may come while the rest is imported
import nn
import video
from faces import ManifestError
from files import LockHeld, Parser, lock, run_command
from mtcnn_np import WeightsError
from stages.run_record import RunError

from .comparison import COMPARISON_NAME, write_comparison
from .folder import MissingRun, ReportError, RunFolder, read_folder
from .measure import measure, read_measured
from .page import write_page

REPORT_EPILOG = """exit codes: 2 wrong options; 3 no such run; 6 the page cannot be written; 7 a
file of the run is damaged, or from another version; 8 detector weights missing; 13 the run is in
use: it writes its page itself."""
IN_USE_CODE = 13


class InUse(ReportError):
    """A program is using the run folder."""


REPORT_EXIT_CODES = {
    MissingRun: 3,
    InUse: IN_USE_CODE,
    ReportError: 7,
    RunError: 7,
    ManifestError: 7,
    WeightsError: 8,
}


def main(arguments: list[str] | None = None) -> int:
    options = _make_parser().parse_args(arguments)
    nn.set_threads(options.threads)
    try:
        path = _make(options.runs, options.output)
    except tuple(REPORT_EXIT_CODES) as error:
        print(f"report: {error}", file=sys.stderr)
        return next(code for kind, code in REPORT_EXIT_CODES.items() if isinstance(error, kind))
    print(path)
    return 0


def _make_parser() -> Parser:
    parser = Parser(
        prog="python -m report",
        description="Write the page of a run, RUN/index.html, again; measure what is not measured "
        "yet. With several runs: also write a page that compares them, with the settings that "
        "differ, their curves over one another, and the same frames. Prints where the page is.",
        epilog=REPORT_EPILOG,
    )
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="the folder of a run")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path(COMPARISON_NAME),
        metavar="PAGE.html",
        help=f"the page that compares several runs (default: {COMPARISON_NAME})",
    )
    nn.parallel.add_threads_option(parser)
    return parser


def _make(runs: list[Path], output: Path) -> Path:
    """The page of one run, or that of several; each of these has its own page then, too."""
    pages = [make_page(run) for run in runs]
    if len(runs) == 1:
        return pages[0]
    return write_comparison([read_folder(run) for run in runs], output)


def make_page(folder: Path) -> Path:
    """Write the page of a run that nobody is using. Raises what REPORT_EXIT_CODES lists."""
    read_folder(folder)  # before a lock is left in a folder that is no run's
    try:
        held = lock(folder / "lock")
    except LockHeld as owner:
        raise InUse(
            f"{folder} is in use (process {owner}), and that run writes its page as it goes; "
            "wait for its end, or open the page that is there"
        ) from None
    try:
        return write_page(_measure_if_needed(read_folder(folder)))
    finally:
        held.release()


def _measure_if_needed(run: RunFolder) -> RunFolder:
    """Measure a finished output; say why if that is not possible, since the page shows the rest."""
    if run.output_digest and read_measured(run) is None:
        try:
            measure(run)
        except (video.VideoError, nn.CheckpointError) as error:
            print(f"report: note: quality is not measured: {error}", file=sys.stderr)
    return run


if __name__ == "__main__":
    run_command(main)
