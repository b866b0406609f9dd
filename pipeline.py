"""Swap a face in a clip: python pipeline.py TARGET DONOR -o OUT.mp4

Without clips: a demo on rendered people. `swap` is the whole program in six steps; each is the
function of the same name in a module of stages/.
"""

from __future__ import annotations

import sys
import time

import files  # noqa: F401  # first: Ctrl-C may come while the rest is imported
import nn
import report
import video
from faces import ManifestError
from files import FILE_ERROR_CODE, program_name, run_command, stopped_code
from mtcnn_np import WeightsError
from provenance.credentials import SigningError
from stages.align import align
from stages.clips import open_clips, select_learnt
from stages.command import resume_command
from stages.convert import convert
from stages.detect import detect
from stages.finish_demo import finish_demo
from stages.locks import lock_places
from stages.options import parse
from stages.preview import Preview, PreviewOnly
from stages.progress import progress
from stages.replay import ReplayError, expect_same_bytes
from stages.run import Run, RunError
from stages.settings import OptionError, Settings
from stages.start import prepare
from stages.too_few import TooFewFaces
from stages.train import train
from stages.write import write

EXIT_CODES = {
    OptionError: 2,
    video.MissingInput: 3,
    video.NotAVideo: 4,
    video.NoFrames: 4,
    TooFewFaces: 5,
    video.OutputError: 6,
    RunError: 7,
    ManifestError: 7,
    nn.CheckpointError: 7,
    WeightsError: 8,
    nn.DeviceError: 9,
    nn.train.Diverged: 10,
    nn.parallel.TeamError: 11,
    ReplayError: 12,
    SigningError: 13,
}


def swap(settings: Settings) -> None:
    """The six steps. Each skips what an earlier session on the same run folder has finished."""
    started = time.perf_counter()
    clips = open_clips(settings)
    with Run(settings, report.PageWatcher()) as run:
        run.note_clips(clips.values())
        tracks = detect(run, clips)
        faces = align(run, select_learnt(clips, settings), tracks)
        written = clips["target"].part(settings.frames)
        preview = Preview(run, written, tracks["target"])
        trainer = train(run, faces, preview.show_if_due)
        preview.show_once(trainer)
        frames = convert(settings, written, tracks["target"], trainer.swap)
        write(run, written, tracks["target"], frames)
        run.note_clips(clips.values())
        seconds, page = time.perf_counter() - started, run.path / report.PAGE_NAME
        run.tell(f"{settings.output}: done in {seconds:.0f} s; to look at it, open {page}")


def swap_demo(settings: Settings) -> None:
    """Render two people who do not exist, swap their faces, and compare with the true swap."""
    from actors import demo  # only here: other commands start sooner without the renderer

    started = time.perf_counter()
    with lock_places(settings):  # so that no second demo renders into the folder
        missing = demo.find_missing(settings.folder)
        frames = demo.render(settings.folder, missing)
        for _ in progress(frames, "render", len(missing) * demo.DEMO_FRAMES):
            pass
    swap(settings)
    finish_demo(settings, demo.truth_digest(settings.folder), demo.compare, report.PageWatcher())
    seconds = time.perf_counter() - started
    page = settings.folder / report.PAGE_NAME
    told = f"{demo.describe(settings.folder)} In all {seconds:.0f} s; to look at it, open {page}"
    print(told, file=sys.stderr)


def replay(settings: Settings) -> None:
    """Repeat a recorded run. Raises ReplayError if its output has other bytes."""
    with expect_same_bytes(settings):
        swap(settings)


def main(arguments: list[str] | None = None) -> int:
    """Run the program with these command-line arguments, by default sys.argv's; its exit code."""
    try:
        settings = parse(arguments)
        nn.set_threads(settings.threads)
        nn.backend.device(settings.device)  # raises DeviceError before any work is done
        return _run(prepare(settings))
    except tuple(EXIT_CODES) as error:
        print(f"{program_name()}: {error}", file=sys.stderr)
        return next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))


def _run(settings: Settings) -> int:
    action = replay if settings.replay else swap_demo if settings.demo else swap
    try:
        action(settings)
    except PreviewOnly as shown:
        print(f"{shown}. To go on: {resume_command(settings)}", file=sys.stderr)
    except KeyboardInterrupt as stop:
        kept = f"stopped; what is finished is kept in {settings.folder}"
        print(f"\n{kept}. To continue: {resume_command(settings)}", file=sys.stderr)
        return stopped_code(stop)
    except BrokenPipeError:  # nobody reads the messages any more
        raise
    except OSError as error:
        problem = f"{error.filename or settings.folder}: {error.strerror}; what is finished is kept"
        remedy = f"Free some space or mend its permissions, then: {resume_command(settings)}"
        print(f"{program_name()}: {problem}. {remedy}", file=sys.stderr)
        return FILE_ERROR_CODE
    return 0


def console() -> None:
    """The command faceswap-np, and python pipeline.py."""
    run_command(main)


if __name__ == "__main__":
    console()
