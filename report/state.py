"""Where a run stands: which steps are done, what it is at, and how much time is left."""

from __future__ import annotations

from dataclasses import dataclass

from stages.run import Doing

from .folder import RunFolder

# What a reader sees of a run, and the stages (see run.json) that make it up.
STEPS = {
    "Find faces": ("detect target", "choose target", "detect donor", "choose donor"),
    "Cut them out": ("align target", "align donor"),
    "Learn both": ("train",),
    "Swap and write": ("write",),
}
DEMO_STEP = {"Compare with the truth": ("compare",)}
MIN_COUNTED = 3  # frames; before, the time left cannot be told; by choice


@dataclass(frozen=True)
class Step:
    """A step of the run; status is "done", "now" or "to come"."""

    name: str
    status: str


@dataclass(frozen=True)
class State:
    """Where the run stands."""

    steps: list[Step]
    headline: str  # a sentence
    left: str  # the time that is left, in words; "" if nothing is left or nobody knows
    fraction: float | None  # 0..1 of the step that it is at
    is_finished: bool
    resume: str  # the command that goes on with it


def describe_state(run: RunFolder, doing: Doing | None = None, error: str = "") -> State:
    """Where a run stands.

    doing  what it is at; None where only the folder is known
    error  why its session ended; "" while it goes on, or if it ended well
    """
    names = STEPS | (DEMO_STEP if run.is_demo else {})
    finished = [all(run.has_finished(stage) for stage in stages) for stages in names.values()]
    now = finished.index(False) if False in finished else len(finished)
    status = ["done" if i < now else "now" if i == now else "to come" for i in range(len(names))]
    steps = [Step(name, s) for name, s in zip(names, status, strict=True)]
    resume = _find_resume_command(run)
    if now == len(names):
        return State(steps, _tell_finished(run), "", None, True, resume)
    name = list(names)[now]
    fraction, what, left = _describe_training(run) if name == "Learn both" else (None, "", "")
    if doing is not None and name != "Learn both":
        fraction, what, left = _describe_doing(doing)
    headline = f"{name}{': ' + what if what else ''}."
    if error:
        headline, left = f"Stopped at the step “{name}”: {error}.", ""
    return State(steps, headline, left, fraction, False, resume)


def _tell_finished(run: RunFolder) -> str:
    output = run.record["results"].get("output") or {}
    swapped, count = output.get("swapped"), output.get("frames")
    trained = run.record["results"].get("training_seconds")
    learnt = f" The nets learnt for {tell_seconds(trained)}." if trained else ""
    if swapped == count:
        return f"Finished: the face is replaced in all {count} frames.{learnt}"
    return f"Finished: the face is replaced in {swapped} of {count} frames.{learnt}"


def _describe_training(run: RunFolder) -> tuple[float | None, str, str]:
    """The fraction done, where training stands, and the time left, both in words."""
    goal = run.record["stages"].get("train", {}).get("goal") or {}
    if not run.losses:
        return 0.0, "the first round has begun", ""
    last = run.losses[-1]
    if goal.get("minutes"):
        whole = goal["minutes"] * 60
    elif goal.get("rounds"):
        epochs = goal["rounds"] * len(run.settings["preset"]["phases"])
        whole = last.seconds / len(run.losses) * epochs
    else:
        return None, f"round {last.round}", ""
    fraction = min(last.seconds / whole, 1.0) if whole else 0.0
    left = max(whole - last.seconds, 0)
    what = f"{fraction:.0%} of the training, round {last.round}"
    return (
        fraction,
        what,
        f"about {tell_seconds(left)} of training left, then the frames are written",
    )


def _describe_doing(doing: Doing) -> tuple[float | None, str, str]:
    """The same for a step that counts frames."""
    if not doing.total:
        return None, f"{doing.what}, {doing.done} frames so far", ""
    fraction = min(doing.done / doing.total, 1.0)
    left = doing.seconds / max(doing.done - 1, 1) * max(doing.total - doing.done, 0)
    words = f"about {tell_seconds(left)} of this step left" if doing.done >= MIN_COUNTED else ""
    return fraction, f"{doing.what}, frame {doing.done} of {doing.total}", words


def tell_seconds(seconds: float) -> str:
    """A time in words: "40 s", "3 min 20 s", "1 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _find_resume_command(run: RunFolder) -> str:
    """The command that the newest session was started with; "" if the log does not say."""
    starts = [line.partition(" started: ")[2] for line in run.log if " started: " in line]
    return starts[-1] if starts else ""
