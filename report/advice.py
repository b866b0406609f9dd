"""What looks wrong in a run, and what to do about it, drawn from what the run measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from faces.manifest import Row
from files import pick_evenly

from .folder import RunFolder
from .readings import estimate_yaw
from .timeline import make_timelines

YAW_REACH = 6  # degrees: a donor's frame helps a target's whose yaw differs by at most this
MIN_DONOR_FRAMES = 5  # within YAW_REACH; with fewer the pose is hardly learnt; by eye
MIN_POORLY_COVERED = 0.04  # share of the target's frames that must lack donor frames; by choice
MANY_LEFT_OUT = 0.10  # share of the frames without a swap; by choice
DARK_LEVEL = 45  # 0..255, the median of a face in the dark; by eye
SMALL_FACE_PX = 64  # side of the box; the encoder sees so many (intracoder/model.py)
LARGE_FACE_PX = 300  # side of the box; nets that draw 128 px look soft in it; by eye
FEW_FACES = 100  # of a person to learn from; by eye
UNSURE_SCORE = 0.95  # the detector's mean score below which the points wander; by eye
SHOWN_FRAMES = 6  # of those that an advice is about
STILL_FALLING = 0.06  # share of the loss that the last quarter of the training still gained; by eye


@dataclass(frozen=True)
class Advice:
    """Something that looks wrong."""

    title: str
    text: str  # why it matters, and what to do
    frames: tuple[int, ...] = ()  # frames of the target to look at


def list_advice(run: RunFolder, measured: dict | None) -> list[Advice]:
    """All that looks wrong, the gravest first. `measured` is report.json's content."""
    return [
        *_check_left_out(run),
        *_check_yaw(run),
        *(_check_eyes(measured) if measured else ()),
        *_check_faces(run),
        *(_check_brightness(measured) if measured else ()),
        *_check_training(run),
        *_check_notes(run),
    ]


def yaws(rows: dict[int, Row]) -> dict[int, float]:
    """The yaw in degrees by frame number, of the frames in which the face was detected."""
    found = {n: row.points for n, row in rows.items() if row.status == "ok"}
    angles = estimate_yaw(np.array(list(found.values())).reshape(-1, 5, 2))
    return dict(zip(found, angles.tolist(), strict=True))


def find_poorly_covered(target: dict[int, float], donor: dict[int, float]) -> list[int]:
    """The target's frames at whose yaw the donor has fewer than MIN_DONOR_FRAMES."""
    there, asked = np.sort(list(donor.values())), np.array(list(target.values()))
    first, last = (np.searchsorted(there, asked + reach) for reach in (-YAW_REACH, YAW_REACH))
    few = last - first < MIN_DONOR_FRAMES
    return [number for number, is_poor in zip(target, few, strict=True) if is_poor]


def _check_left_out(run: RunFolder) -> Iterator[Advice]:
    for timeline in make_timelines(run, "target"):
        counted = {kind.key: count for kind, count in timeline.counts}
        written = timeline.count - counted.get("unwritten", 0)
        out = sum(counted.get(key, 0) for key in ("none", "jump", "low"))
        if written and out > MANY_LEFT_OUT * written:
            spans = [span for span in timeline.remarkable if span.kind.key != "filled"]
            yield Advice(
                f"{out} of {written} frames are left as they are ({timeline.summary})",
                "The donor's face appears and vanishes there. If the face is small in them, "
                f"--min-size below {run.settings['min_size']:g} finds smaller ones; if it is "
                "hidden or turned away, choose another part of the clip with --frames.",
                tuple(_spread([span.first for span in spans])),
            )


def _check_yaw(run: RunFolder) -> Iterator[Advice]:
    tracks = [run.manifests[role] for role in ("target", "donor")]
    if not all(tracks):
        return
    target, donor = (yaws(rows[0]) for rows in tracks)
    poor = [n for n in find_poorly_covered(target, donor) if run.is_written(n)]
    if donor and len(poor) > MIN_POORLY_COVERED * len(target):
        angles = [target[n] for n in poor]
        seen = f"{min(donor.values()):.0f} to {max(donor.values()):.0f}"
        yield Advice(
            f"The donor hardly shows the pose of {len(poor)} frames of the target",
            f"Their yaw is {min(angles):.0f} to {max(angles):.0f} degrees; the donor's frames go "
            f"from {seen}. The net has to guess there, and the face looks stiff or melts. A donor "
            "clip in which the head turns further helps more than longer training.",
            tuple(_spread(poor)),
        )


def _check_eyes(measured: dict) -> Iterator[Advice]:
    target, donor = (measured["closed_eyes"][role] for role in ("target", "donor"))
    if target["closed"] and not donor["closed"]:
        yield Advice(
            f"The donor never closes the eyes; the target does in {len(target['closed'])} frames",
            "The net has seen no closed lid of the donor, so a blink may stay half open. A donor "
            "clip with a blink in it helps.",
            tuple(_spread(target["closed"])),
        )


def _check_faces(run: RunFolder) -> Iterator[Advice]:
    for role, tracks in run.manifests.items():
        rows = [row for row in (tracks[0].values() if tracks else ()) if row.status == "ok"]
        if not rows:
            continue
        sizes = [np.sqrt((r.box[2] - r.box[0]) * (r.box[3] - r.box[1])) for r in rows]
        size, score = float(np.median(sizes)), float(np.mean([row.score for row in rows]))
        if len(rows) < FEW_FACES:
            yield Advice(
                f"The nets know the {role}'s face from only {len(rows)} frames",
                f"With fewer than {FEW_FACES} they learn these pictures rather than the face. "
                "Give a longer clip, or take more of it.",
            )
        if size < SMALL_FACE_PX:
            yield Advice(
                f"The {role}'s face is small: {size:.0f} pixels",
                "There is less detail in it than the nets can draw. A clip in which it is larger "
                "gives a sharper swap.",
            )
        if role == "target" and size > LARGE_FACE_PX:
            yield Advice(
                f"The target's face is large: {size:.0f} pixels",
                "The nets draw 128 pixels, so the face looks softer than the frame around it. "
                "A smaller version of the clip hides that.",
            )
        if score < UNSURE_SCORE:
            yield Advice(
                f"The detector is unsure of the {role}'s face (mean score {score:.2f})",
                "Then its points wander, and the swap trembles. Blur, a hand or a profile is "
                "often the reason; choose a clearer part of the clip.",
            )


def _check_brightness(measured: dict) -> Iterator[Advice]:
    level = measured["darkness"]["target"]
    if level < DARK_LEVEL:
        yield Advice(
            f"The target's face is dark: its median level is {level:.0f} of 255",
            "Noise and compression hide what the nets should see. Brighten the clip before the "
            "swap, or choose a lighter part of it.",
        )


def _check_training(run: RunFolder) -> Iterator[Advice]:
    losses = [epoch.loss for epoch in run.losses]
    if len(losses) < 16 or not run.has_finished("train"):
        return
    quarter = len(losses) // 4
    before, last = np.mean(losses[-2 * quarter : -quarter]), np.mean(losses[-quarter:])
    if before - last > STILL_FALLING * before:
        gained = (before - last) / before
        yield Advice(
            f"The loss was still falling: by {gained:.0%} in the last quarter of the training",
            "More --minutes would still help. The same command with more of them goes on from "
            "what is learnt; nothing is done twice.",
        )


def _check_notes(run: RunFolder) -> Iterator[Advice]:
    """What the newest session has noted itself."""
    starts = [i for i, line in enumerate(run.log) if " started: " in line]
    for line in dict.fromkeys(run.log[starts[-1] if starts else 0 :]):
        _, found, note = line.partition(" note: ")
        if found:
            yield Advice("The run has noted", f"{note}.")


def _spread(numbers: list[int]) -> list[int]:
    """At most SHOWN_FRAMES of the numbers, evenly spaced."""
    return [numbers[i] for i in pick_evenly(len(numbers), SHOWN_FRAMES)]
