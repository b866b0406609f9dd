"""Swap a face in a clip: python pipeline.py TARGET DONOR -o OUT.mp4; without clips, a demo on rendered people.

The command line and the order of the stages; each stage's work is in the room that its name says.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from itertools import tee
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

import nn
import provenance
import video
from actors import demo
from faces import Canvas, ManifestError, manifest
from files import contact_sheet, digest
from mtcnn_np import WHOLE_SEARCH_INTERVAL, Detector, WeightsError
from stages import replay
from stages.checkpoints import Checkpoints
from stages.convert import Converter
from stages.detect import decide, decide_all, detect, extract, tracks
from stages.presets import PRESETS
from stages.run_folder import RunError, RunFolder
from stages.trainers import TRAINERS, Trainer
from stages.truth import TruthWriter

FEWEST, MOST = (
    16,
    3000,
)  # faces of a person to train on: below it does not learn; above, an even choice is taken
TRACKS = 12  # faces shown in tracks.png
SLOWEST = 0.1  # of the usual steps: where the loss is no number even then, training stops
PREVIEW_EVERY = 20  # seconds between previews; the first comes after 2
DEMO, DEMO_MINUTES = Path("runs/demo"), 1.2
ROLES = {"target": "a", "donor": "b"}
PLACES = (
    "target",
    "donor",
    "output",
    "run",
    "truth",
)  # settings that the record leaves out: where files lie is nobody's business

EXIT_CODES = {
    video.MissingInput: 3,
    video.NotAVideo: 4,
    video.NoFrames: 4,
    video.OutputError: 6,
    RunError: 7,
    ManifestError: 7,
    nn.CheckpointError: 7,
    WeightsError: 8,
    nn.DeviceError: 9,
    nn.train.Diverged: 10,
    nn.parallel.TeamError: 11,
    replay.ReplayError: 12,
}
EPILOG = """exit codes: 0 done, 2 wrong options, 3 input missing, 4 input not a clip, 5 too few faces, 6 output cannot be written,
7 run folder damaged or of another run, 8 detector weights missing, 9 no GPU, 10 training diverged, 11 a training process died,
12 a replay came out otherwise, 130 interrupted.
Clips say in their metadata that they are synthetic, a record beside them says how they were made, and the replaced faces carry an invisible mark
(python -m provenance CLIP). Swap faces only of people who agreed to it."""


class TooFewFaces(Exception):
    """There is nobody to swap, or too little of somebody to learn from."""


EXIT_CODES[TooFewFaces] = 5


def parse(arguments: list[str] | None) -> argparse.Namespace:
    p = argparse.ArgumentParser(
        prog="pipeline.py",
        description="Put DONOR's face into TARGET. Without clips: a demo on two rendered people "
        "who do not exist, in runs/demo.",
        epilog=EPILOG,
    )
    p.add_argument(
        "target",
        nargs="?",
        type=Path,
        help="the clip to change: a video, or a folder of numbered images",
    )
    p.add_argument("donor", nargs="?", type=Path, help="the clip whose face is put in: likewise")
    p.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help=".mp4 (H.264), .mkv (lossless), .gif, or a folder for numbered PNG (default: swap.mp4)",
    )
    p.add_argument(
        "--preset",
        choices=PRESETS,
        default="standard",
        help="how to train (default: standard; seed is the 2020 program's way)",
    )
    length = p.add_mutually_exclusive_group()
    length.add_argument(
        "--rounds",
        type=_positive(int),
        metavar="N",
        help="train N rounds, epochs of both faces and colours (default: the preset's)",
    )
    length.add_argument(
        "--minutes",
        type=_positive(float),
        metavar="M",
        help="train M minutes (default: the preset's; standard: 8)",
    )
    p.add_argument(
        "--batch",
        type=_positive(int),
        metavar="N",
        help="faces a training step (default: the preset's; standard: 8, seed: 2)",
    )
    p.add_argument(
        "--size",
        type=_positive(int),
        metavar="PX",
        default=256,
        help="height in pixels of the canvas a face is blended on, at most (default: 256; a smaller face keeps its own)",
    )
    p.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of everything random (default: 0)"
    )
    p.add_argument(
        "--threads",
        type=_positive(int),
        metavar="N",
        default=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        help="processor cores to use (default: all, here %(default)s)",
    )
    p.add_argument(
        "--device",
        choices=("cpu", "gpu"),
        default="cpu",
        help="where to train and swap (default: cpu)",
    )
    p.add_argument(
        "--run",
        type=Path,
        metavar="DIR",
        help="the run folder; an existing run continues (default: runs/ and OUT's name)",
    )
    p.add_argument(
        "--quality",
        type=int,
        default=18,
        metavar="CRF",
        choices=range(52),
        help="of H.264, 0 best to 51 (default: 18)",
    )
    p.add_argument(
        "--face",
        type=_face,
        metavar="N|X,Y",
        help="which face of the target: the N-th most prominent, from 0, or the one at pixel X,Y (default: the most prominent)",
    )
    p.add_argument(
        "--all-faces",
        action="store_true",
        help="put the donor's face on everybody in the target, not on one person",
    )
    p.add_argument(
        "--donor-face", type=_face, metavar="N|X,Y", help="which face of the donor, likewise"
    )
    p.add_argument(
        "--min-size",
        type=_positive(float),
        default=40,
        metavar="PX",
        help="smallest face looked for, in pixels (default: 40)",
    )
    p.add_argument(
        "--frames",
        type=_range,
        default=(0, None),
        metavar="A:B",
        help="only frames A to B-1 of the target, from 0 (default: all)",
    )
    p.add_argument(
        "--every",
        type=_positive(int),
        default=1,
        metavar="N",
        help="only every N-th frame of the target (default: 1)",
    )
    p.add_argument(
        "--no-mark",
        action="store_true",
        help="leave the invisible mark out of the replaced faces, for research on them: once its metadata are "
        "lost, nothing shows that the clip is made. The record says so (default: marked)",
    )
    p.add_argument(
        "--truth",
        type=Path,
        metavar="DIR",
        help="write the truth there, for research: which pixels changed, matrices, hashes of the untouched "
        "frames, labels, and the clip at several compressions (default: none)",
    )
    p.add_argument(
        "--replay",
        type=Path,
        metavar="RUN.json",
        help="do a recorded run again, in a folder of its own, and compare the bytes",
    )
    options = p.parse_args(arguments)
    if options.replay:
        if options.target:
            p.error("--replay takes its clips from the record")
        folder = options.replay.resolve().parent
        options.run = options.run or folder.with_name(f"{folder.name}-replay")
        return options
    if options.target and not options.donor:
        p.error("TARGET needs a DONOR, the clip whose face is put in")
    if options.output is None:
        options.output = Path("swap.mp4") if options.target else (options.run or DEMO) / "swap.mp4"
    if options.target is None:
        options.run = options.run or DEMO
        if options.frames != (0, None) or options.every != 1:
            p.error("--frames and --every are for clips of yours; the demo is short")
        if not (options.minutes or options.rounds):
            options.minutes = DEMO_MINUTES
    if options.all_faces and options.face is not None:
        p.error("--face picks one face, --all-faces takes all")
    if options.min_size < 12:
        p.error("--min-size is at least 12 pixels, the detector's window")
    return options


def _positive(kind):
    def parse_number(text: str):
        value = kind(text)
        if not 0 < value < 1e9:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value

    parse_number.__name__ = kind.__name__
    return parse_number


def _face(text: str):
    parts = text.split(",")
    try:
        return int(text) if len(parts) == 1 else (float(parts[0]), float(parts[1]))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor a point X,Y") from None


def _range(text: str):
    first, colon, last = text.partition(":")
    try:
        a, b = int(first or 0), int(last) if last else None
    except ValueError:
        colon = ""
    if not colon or a < 0 or (b is not None and b <= a):
        raise argparse.ArgumentTypeError(f"{text!r} is not A:B with 0 <= A < B")
    return a, b


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    try:
        if options.replay:
            options = again_as(options)
        elif options.target is None:
            show(options)
        else:
            swap(options)
    except KeyboardInterrupt:
        print(
            f"\nstopped; what is finished is kept in {run_path(options)}. To continue: {again(arguments)}",
            file=sys.stderr,
        )
        return 130
    except tuple(EXIT_CODES) as error:
        print(f"pipeline.py: {error}", file=sys.stderr)
        return next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))
    except OSError as error:
        print(
            f"pipeline.py: {error.filename or run_path(options)}: {error.strerror}; what is finished is kept. Free some space "
            f"or mend its permissions, then: {again(arguments)}",
            file=sys.stderr,
        )
        return 6
    return 0


def again_as(options: argparse.Namespace) -> argparse.Namespace:
    """The recorded run once more, and whether it made the same; gives its options. Raises ReplayError where it did not."""
    record = replay.read(options.replay)
    replay.check_inputs(record)
    before = Path(record["settings"]["output"])
    output = options.output or before.with_name(f"{before.stem}-replay{before.suffix}")
    options = parse([*replay.arguments(record), "-o", str(output), "--run", str(options.run)])
    for text in (differences := replay.changed(record)):
        print(f"note: {text}", file=sys.stderr)
    swap(options, record["results"]["shares"])
    if (now := digest(output)) != (was := record["results"]["output"]["sha256"]):
        why = "; ".join(differences) or "the same versions; was it another processor?"
        raise replay.ReplayError(
            f"{output} is not what the record says: its SHA-256 is {now[:16]}..., was {was[:16]}... ({why})"
        )
    print(f"{output}: the same bytes as before", file=sys.stderr)
    return options


def show(options: argparse.Namespace) -> None:
    """The demo: render two actors, swap, and set the result beside the true swap."""
    nn.set_threads(options.threads)
    started, folder = time.perf_counter(), options.run
    for _ in tqdm(
        demo.render(folder),
        desc="render",
        total=2 * demo.FRAMES,
        disable=None,
        unit="frame",
        dynamic_ncols=True,
    ):
        pass
    options.target, options.donor = folder / "target.mp4", folder / "donor.mp4"
    swap(options)
    figures, pictures = demo.compare(folder, options.output)
    sheet = contact_sheet(pictures, ["target", "swap", "true swap"], cell=(200, 200))
    Image.fromarray(sheet).save(
        folder / "compare.png", pnginfo=video.png_text(provenance.record.STATEMENT_REPLACED)
    )
    for name in ("nothing", "swap"):
        print(
            f"{name:8}"
            + "".join(
                f" {k} {figures[name][k]:.2f}"
                for k in ("psnr", "ssim", "points", "mouth", "seam", "flicker")
            ),
            file=sys.stderr,
        )
    print(
        f"{folder / 'compare.mp4'} and compare.png: target, swap, truth. In all {time.perf_counter() - started:.0f} s.",
        file=sys.stderr,
    )


def run_path(options: argparse.Namespace) -> Path:
    return options.run or Path("runs") / (options.output.stem or "swap")


def again(arguments: list[str] | None) -> str:
    return "python pipeline.py " + " ".join(sys.argv[1:] if arguments is None else arguments)


def swap(options: argparse.Namespace, shares: list[float] | None = None) -> None:
    """All stages, in order; each looks first whether its work is already in the run folder. `shares` as Trainer.run has them."""
    started = time.perf_counter()
    nn.set_threads(options.threads)
    xp = nn.backend.device(options.device)
    clips = {"target": video.open_clip(options.target), "donor": video.open_clip(options.donor)}
    for clip in clips.values():
        if options.output.resolve() == clip.path.resolve():
            raise video.OutputError(f"{options.output} is an input; name another output")
    video.check_writable(options.output)
    if options.truth:
        video.check_writable(options.truth / "index.csv")
    preset = PRESETS[options.preset]
    overrides = {"batch": options.batch} if options.batch else {}
    if options.rounds or options.minutes:
        overrides |= {"rounds": options.rounds, "minutes": options.minutes}
    preset = type(preset)(**{**vars(preset), **overrides})
    with RunFolder(run_path(options), identity(options, preset), settings(options, preset)) as run:
        run.log(f"started: {again(None)}")
        rows = {role: detected(role, clip, options, preset, run) for role, clip in clips.items()}
        faces = {
            role: [
                stored_faces(role, k, clip, of_track, options, preset, run)
                for k, of_track in enumerate(rows[role])
            ]
            for role, clip in clips.items()
        }
        people = {
            ROLES[role]: np.stack([face for of_track in found for face in of_track.values()])
            for role, found in faces.items()
        }
        trainer = trained(
            TRAINERS[preset.net](people, preset, options.seed, xp), preset, run, shares
        )
        written(clips["target"], rows["target"], faces["target"], trainer, options, preset, run)
        for clip in clips.values():
            for note in clip.notes:
                tell(run, f"note: {note}")
        tell(
            run,
            f"{options.output}: done in {time.perf_counter() - started:.0f} s; everything else is in {run.path}",
        )


def identity(options: argparse.Namespace, preset) -> dict:
    """What a run cannot change and stay the same run."""
    return json.loads(
        json.dumps(
            {
                "target": digest(options.target),
                "donor": digest(options.donor),
                "preset": options.preset,
                "batch": preset.batch,
                "seed": options.seed,
                "frames": options.frames,
                "every": options.every,
                "face": options.face,
                "donor_face": options.donor_face,
                "all_faces": options.all_faces,
                "min_size": options.min_size,
            }
        )
    )


def settings(options: argparse.Namespace, preset) -> dict:
    given = {k: str(v) if isinstance(v, Path) else v for k, v in vars(options).items()}
    return given | {"preset_values": asdict(preset)}


def tell(run: RunFolder, text: str) -> None:
    run.log(text)
    print(text, file=sys.stderr)


def progress(items: Iterable, what: str, total: int | None):
    """A bar with the time left, on a terminal; nothing elsewhere."""
    return tqdm(items, desc=what, total=total, disable=None, unit="frame", dynamic_ncols=True)


def part(clip: video.Clip, role: str, options: argparse.Namespace) -> Iterable[video.Frame]:
    return clip.between(*options.frames, options.every) if role == "target" else iter(clip)


def how_many(clip: video.Clip, role: str, options: argparse.Namespace) -> int | None:
    if role != "target" or not clip.frames:
        return clip.frames or None
    first, last = options.frames
    return len(range(first, min(last or clip.frames, clip.frames), options.every))


def detected(
    role: str, clip: video.Clip, options: argparse.Namespace, preset, run: RunFolder
) -> list[dict[int, manifest.Row]]:
    """The manifests of a clip, by frame number: one for each face that is swapped, in most runs one."""
    if not run.manifest(role).exists():
        frames = progress(
            part(clip, role, options), f"detect {role}", how_many(clip, role, options)
        )
        seen = list(detect(frames, Detector(), options.min_size, WHOLE_SEARCH_INTERVAL))
        which = options.face if role == "target" else options.donor_face
        try:
            found = (
                decide_all(seen, preset.smooth) if options.all_faces and role == "target" else []
            )
            found = found or [decide(seen, which, preset.smooth)]
        except ValueError as error:
            raise TooFewFaces(
                f"{clip.path}: {error}; try another --{'donor-' * (role == 'donor')}face"
            ) from None
        show_tracks(role, seen, run)
        for k, rows in reversed(list(enumerate(found))):  # the first last: where it is, all are
            manifest.write(run.manifest(role, k), rows)
            tell(
                run,
                f"{role}: {len(rows)} frames, "
                + ", ".join(f"{n} {s}" for s, n in Counter(r.status for r in rows).items()),
            )
    found = []
    while run.manifest(role, len(found)).exists():
        found.append(manifest.read(run.manifest(role, len(found))))
    usable = sum(r.status == "ok" for rows in found for r in rows.values())
    if usable == 0:
        raise TooFewFaces(
            f"{clip.path}: no face in any of {len(found[0])} frames; is it upright, and at least {options.min_size:g} px "
            "(--min-size)?"
        )
    if usable < FEWEST:
        raise TooFewFaces(
            f"{clip.path}: a face in only {usable} frames, and training needs {FEWEST}; give a longer clip"
        )
    return found


def show_tracks(role: str, seen: list, run: RunFolder) -> None:
    """A picture of every face that was followed, with the number that --face and --donor-face know it by."""
    shown = [(text, pictures) for text, pictures in tracks(seen) if pictures][:TRACKS]
    if shown:
        texts, pictures = zip(*shown, strict=True)
        run.write_image(f"{role}/tracks.png", contact_sheet(pictures, texts, cell=(70, 90)))


def stored_faces(
    role: str,
    track: int,
    clip: video.Clip,
    rows: dict[int, manifest.Row],
    options: argparse.Namespace,
    preset,
    run: RunFolder,
) -> dict[int, np.ndarray]:
    """The aligned faces to train on, (h, w, 3) uint8, by the number of their frame, in order."""
    numbers = [n for n, r in rows.items() if r.status == "ok"]
    numbers = [
        numbers[i]
        for i in np.unique(
            np.linspace(0, len(numbers) - 1, min(len(numbers), MOST)).round().astype(int)
        )
    ]
    files = {n: run.face(role, n, track) for n in numbers}
    wanted = {n: rows[n] for n in numbers if not files[n].exists()}
    if wanted:
        frames = progress(part(clip, role, options), f"align {role}", how_many(clip, role, options))
        for number, face in extract(frames, wanted, Canvas(preset.region, preset.aligned)):
            run.write_image(str(files[number].relative_to(run.path)), face)
    faces = {n: video.read_image(files[n]) for n in numbers}
    for n, face in faces.items():
        if face.shape[1::-1] != tuple(preset.aligned):
            raise RunError(
                f"{files[n]} is not {preset.aligned[0]}x{preset.aligned[1]}; delete it to extract it anew"
            )
    return faces


def trained(trainer: Trainer, preset, run: RunFolder, shares: list[float] | None = None) -> Trainer:
    """Train, or go on training, until the preset's rounds or minutes are over; `shares` as Trainer.run has them.

    Where the loss is no longer a number, back to the last checkpoint, and on with smaller steps.
    """
    checkpoints = Checkpoints(run.path / "checkpoints")

    def note(text: str) -> None:
        tell(run, f"note: {text}")

    if checkpoints.last():
        checkpoints.load(trainer, note)
    else:
        checkpoints.save(trainer)
    went_on = False
    while True:
        try:
            went_on |= train(trainer, preset, run, checkpoints, shares)
            break
        except nn.train.Diverged as error:
            pace, epoch = trainer.rate_factor / 2, trainer.epochs + 1
            if pace < SLOWEST:
                raise nn.train.Diverged(
                    f"{error} even with small steps, in epoch {epoch}; the last good state is in {checkpoints.last()[0]}. "
                    "Is a face in the clips a picture of noise?"
                ) from None
            checkpoints.load(trainer, note)
            trainer.rate_factor = pace
            note(
                f"{error} in epoch {epoch}; back to the checkpoint after {trainer.epochs}, and on with steps {pace:g} times as large"
            )
    if went_on:
        tell(run, f"trained {trainer.seconds:.0f} s in all")
    run.result(
        epochs=trainer.epochs, training_seconds=round(trainer.seconds, 1), shares=trainer.schedule
    )
    return trainer


def train(
    trainer: Trainer, preset, run: RunFolder, checkpoints: Checkpoints, shares: list[float] | None
) -> bool:
    """Train to the end; gives whether anything was left to do."""
    bar = tqdm(
        total=1.0,
        initial=0.0,
        desc="train",
        disable=None,
        bar_format="{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}",
    )
    last_preview, went_on = time.perf_counter(), False
    previews = len(list((run.path / "previews").glob("*.png")))
    show_after = 2.0
    with bar:
        for step in trainer.run(preset.rounds, preset.minutes, shares):
            went_on = True
            bar.update(step.progress - bar.n)
            bar.set_postfix_str(
                f"round {step.round + 1} {step.phase}: {step.epoch_loss:.5f}", refresh=False
            )
            if step.finished:
                checkpoints.save(trainer)
                run.losses(
                    {
                        "round": step.round + 1,
                        "phase": step.phase,
                        "loss": f"{step.epoch_loss:.6g}",
                        "seconds": f"{trainer.seconds:.1f}",
                    }
                )
            now = time.perf_counter()
            if now - last_preview > show_after:
                preview(trainer, run, previews)
                previews, last_preview, show_after = (
                    previews + 1,
                    time.perf_counter(),
                    PREVIEW_EVERY,
                )
    if went_on:
        preview(trainer, run, previews)
    return went_on


def preview(trainer: Trainer, run: RunFolder, number: int) -> None:
    rows = trainer.preview()
    run.write_image(
        f"previews/{number:04d}.png",
        contact_sheet(list(rows.values()), list(rows)),
        provenance.record.STATEMENT_REPLACED,
    )


def written(
    clip: video.Clip,
    found: list[dict[int, manifest.Row]],
    faces: list[dict[int, np.ndarray]],
    trainer: Trainer,
    options: argparse.Namespace,
    preset,
    run: RunFolder,
) -> None:
    """The output clip, unless it is there already, and a contact sheet of it."""
    made_with = {
        "epochs": trainer.epochs,
        "quality": options.quality,
        "size": options.size,
        "output": str(options.output.resolve()),
        "marked": not options.no_mark,
        "truth": str(options.truth),
    }
    made = run.record["results"].get("output", {})
    index = options.truth / "index.csv" if options.truth else None
    files = {"sha256": options.output, "truth_sha256": index}
    if (
        made.get("made_with") == made_with
        and provenance.record.record_path(options.output).exists()
        and made | digests(files) == made
    ):
        return
    rows = found[0]
    first, last = options.frames
    interval = None
    if (first, last) != (0, None):
        interval = video.Interval(
            manifest.time_of(rows[min(rows)]),
            manifest.time_of(rows[max(rows)]) + options.every / clip.rate,
        )
    comment = statement(options, run.record["identity"])
    picked = set(np.linspace(0, len(rows) - 1, min(len(rows), 12)).astype(int))
    before, after, swapped = [], [], []
    with ExitStack() as stack:
        writer = stack.enter_context(
            video.open_writer(options.output, clip, options.quality, comment, interval)
        )
        bundle = (
            stack.enter_context(TruthWriter(options.truth, clip, len(found), comment, interval))
            if options.truth
            else None
        )
        for i, (untouched, image, matrices) in enumerate(
            progress(converted(clip, found, faces, trainer, options, preset), "swap", len(rows))
        ):
            writer.write(image, untouched.time)
            if bundle:
                bundle.write(untouched, image, matrices)
            if matrices:
                swapped.append(i)
            if i in picked:
                before.append(untouched.image)
                after.append(image)
    inputs = {role: getattr(options, role) for role in ROLES}
    made_by = {k: v for k, v in run.record["settings"].items() if k not in PLACES}
    record = provenance.record.Record(
        comment, len(rows), made_by, swapped, not options.no_mark, inputs
    )
    for path in [options.output, *(bundle.clips.values() if bundle else [])]:
        provenance.record.write(path, record)
    half = -(-len(before) // 2)
    rows_of = [before[:half], after[:half], before[half:], after[half:]]
    run.write_image(
        "result.png",
        contact_sheet(
            [r for r in rows_of if r], cell=(240, round(240 * clip.size[1] / clip.size[0]))
        ),
        provenance.record.STATEMENT_REPLACED,
    )
    for note in writer.notes:
        tell(run, f"note: {note}")
    run.result(
        output={
            "made_with": made_with,
            **digests(files),
            "frames": len(rows),
            "swapped": len(swapped),
        }
    )


def digests(files: dict[str, Path | None]) -> dict[str, str | None]:
    """SHA-256 by name; None for what is not there."""
    return {name: digest(path) if path and path.exists() else None for name, path in files.items()}


def statement(options: argparse.Namespace, identity: dict) -> str:
    """For the metadata of what is written."""
    mark = (
        provenance.record.STATEMENT_UNMARKED
        if options.no_mark
        else provenance.record.STATEMENT_MARKED
    )
    return (
        f"{provenance.record.STATEMENT_REPLACED}; {mark}; pipeline.py preset={options.preset} seed={options.seed} "
        f"target_sha256={identity['target'][:16]} donor_sha256={identity['donor'][:16]}"
    )


def converted(
    clip: video.Clip,
    found: list[dict[int, manifest.Row]],
    faces: list[dict[int, np.ndarray]],
    trainer: Trainer,
    options: argparse.Namespace,
    preset,
) -> Iterator[tuple[video.Frame, np.ndarray, list[np.ndarray]]]:
    """Each frame untouched, its image with the faces replaced and marked, and the matrices of those faces."""
    untouched, frames = tee(part(clip, "target", options))
    for of_track, its_faces in zip(found, faces, strict=True):
        if any(r.ok for r in of_track.values()):
            frames = Converter(trainer.swap, of_track, preset, options.size, its_faces).convert(
                frames
            )
    for before, after in zip(untouched, frames, strict=True):
        image, matrices = (
            after.image,
            [np.array(t[before.number].matrix) for t in found if t[before.number].ok],
        )
        for matrix in matrices if not options.no_mark else ():
            image = provenance.mark.embed(image, before.image, matrix)
        yield before, image, matrices


if __name__ == "__main__":
    sys.exit(main())
