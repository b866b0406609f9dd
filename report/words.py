"""Figures in words: of each, what it is, what is good, and whether this one is."""

from __future__ import annotations

from dataclasses import dataclass

GOOD, FAIR, POOR = "good", "fair", "poor"


@dataclass(frozen=True)
class Meaning:
    """What a figure of quality.py means. `good` and `fair` are limits for its verdict; by eye.

    better  "high" or "low": which values are better; "zero": those near 0
    """

    name: str
    form: str  # how to write the value
    better: str
    good: float
    fair: float
    what: str  # one sentence: what is good, and what a bad value looks like


@dataclass(frozen=True)
class Figure:
    """A figure as the page shows it."""

    name: str
    value: str
    verdict: str  # GOOD, FAIR, POOR, or "" without a value
    what: str


MEANINGS = {
    "score": Meaning(
        "Detector's score", "{:.3f}", "high", 0.98, 0.9,
        "How sure the detector is that it sees a face, at most 1; good is above 0.98.",
    ),
    "found": Meaning(
        "Face found again", "{:.0%}", "high", 0.99, 0.9,
        "In how many of the measured frames the detector finds the new face at all; good is all "
        "of them.",
    ),
    "points": Meaning(
        "Eyes, nose and mouth", "{:.1f} %", "low", 6.0, 10.0,
        "How far they are from the target's, in percent of the distance between its eyes; good is "
        "below 6, more means that an expression or a pose is lost.",
    ),
    "yaw": Meaning(
        "Turn of the head", "{:.1f}°", "low", 5.0, 9.0,
        "How far its yaw is from the target's; good is below 5 degrees, since the estimate itself "
        "is 3 degrees off.",
    ),
    "identity": Meaning(
        "Whose face it is", "{:.2f}", "high", 0.5, 0.25,
        "0 is the target's person and 1 the donor, as the trained nets see it: the decoder that "
        "draws a face better is that of its person. Good is above 0.5; the head, the light and "
        "the blend keep it below 1.",
    ),
    "seam": Meaning(
        "Seam", "{:+.2f}", "zero", 0.5, 1.5,
        "How much steeper the picture is along the edge of the new face than it was, in levels a "
        "pixel; good is about 0, more shows as a line around the face.",
    ),
    "flicker": Meaning(
        "Flicker", "{:.2f}", "low", 1.05, 1.3,
        "How much the face changes from frame to frame, over how much the target's own does; good "
        "is 1 or less. Far below 1 it is calm because it is soft.",
    ),
}  # fmt: skip


def tell_quality(quality: dict[str, float | None]) -> list[Figure]:
    """The figures of `Quality.figures`, those without a value last."""
    figures = [tell(meaning, quality.get(key)) for key, meaning in MEANINGS.items()]
    return sorted(figures, key=lambda figure: not figure.verdict)


def tell(meaning: Meaning, value: float | None) -> Figure:
    """One of these figures."""
    if value is None:
        return Figure(meaning.name, "not measured", "", meaning.what)
    return Figure(meaning.name, meaning.form.format(value), _judge(meaning, value), meaning.what)


def _judge(meaning: Meaning, value: float) -> str:
    sign = -1 if meaning.better == "high" else 1
    badness = abs(value) if meaning.better == "zero" else sign * value
    if badness <= sign * meaning.good:
        return GOOD
    return FAIR if badness <= sign * meaning.fair else POOR


@dataclass(frozen=True)
class TruthMeaning:
    """What a figure of the demo means; it is measured against the true swap (see actors/score.py).

    ideal      the best value; None: the higher the better
    if_losing  why a target that is left as it is may have a better value than the swap
    """

    name: str
    form: str
    ideal: float | None
    what: str
    if_losing: str


UNCHANGED_MOVES = (
    "The target already does what the true swap does, so who changes nothing cannot lose any of "
    "it. The figure says what the swap has spoilt."
)
TRUTH_MEANINGS = {
    "psnr": TruthMeaning(
        "Likeness of the pixels (PSNR)", "{:.1f} dB", None,
        "How near the face's pixels are to those of the true swap.",
        "Both faces differ from the true one, and a soft face with the wrong light can be as far "
        "from it as another person's.",
    ),
    "ssim": TruthMeaning(
        "Likeness of the structure (SSIM)", "{:.2f}", 1.0,
        "The same with more weight on edges; 1 is equal.",
        "Sharp edges in nearly the right place count for more than soft ones in the right place.",
    ),
    "points": TruthMeaning(
        "Eyes, nose and mouth", "{:.1f} %", 0.0,
        "How far the detector sees them from their true places, in percent of the distance "
        "between the eyes. The detector itself is off by what the true swap has.",
        UNCHANGED_MOVES,
    ),
    "yaw": TruthMeaning(
        "Turn of the head", "{:.1f}°", 0.0, "How far the seen yaw is from the true one.",
        UNCHANGED_MOVES,
    ),
    "mouth": TruthMeaning(
        "Opening of the mouth", "{:.2f}", 0.0,
        "How far the mouth is from as open as it should be, of 0 to 1.", UNCHANGED_MOVES,
    ),
    "mouth_r": TruthMeaning(
        "The mouth moves when it should", "{:.2f}", 1.0,
        "Correlation of the mouth's opening with what is played; 1 is always.", UNCHANGED_MOVES,
    ),
    "blink_r": TruthMeaning(
        "The lids move when they should", "{:.2f}", 1.0,
        "The same for the lids.", UNCHANGED_MOVES,
    ),
    "gaze_x_r": TruthMeaning(
        "The gaze moves when it should", "{:.2f}", 1.0,
        "The same for where the eyes look.", UNCHANGED_MOVES,
    ),
    "fine": TruthMeaning(
        "Fine details", "{:.2f}", 1.0,
        "Energy of the finest details, over that of the true swap; 1 is as sharp.",
        "The untouched face has all the details that its camera saw, though they are of another "
        "person. The swap is drawn with 128 pixels, and is softer.",
    ),
    "seam": TruthMeaning(
        "Seam", "{:+.2f}", 0.0,
        "How much steeper the picture is along the edge of what is replaced, in levels a pixel; "
        "below 0 it is smoother than before.",
        "Where nothing is replaced there is no edge, so its figure is 0 by definition.",
    ),
    "flicker": TruthMeaning(
        "Flicker", "{:.1f}", 0.0,
        "How much the error changes from frame to frame, in levels of 0 to 255.",
        "An unchanged film does not flicker; its error against the true swap only moves with the "
        "face.",
    ),
    "jitter": TruthMeaning(
        "Trembling", "{:.2f}", 1.0,
        "How much the detected points tremble, over those of the true swap; 1 is alike.",
        "An unchanged film trembles as much as its own camera and no more.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class TruthFigure:
    """A figure of the demo in three columns."""

    name: str
    values: dict[str, str]  # "nothing", "swap", "truth"
    what: str
    winner: str  # "swap", "nothing" or "" if both are alike or unknown
    why: str  # unless the swap wins


def tell_truth(figures: dict[str, dict[str, float | None]]) -> list[TruthFigure]:
    """The demo's figures.json in words."""
    return [
        _tell_truth(meaning, {name: figures[name].get(key) for name in figures})
        for key, meaning in TRUTH_MEANINGS.items()
    ]


def _tell_truth(meaning: TruthMeaning, values: dict[str, float | None]) -> TruthFigure:
    shown = {n: "unknown" if v is None else meaning.form.format(v) for n, v in values.items()}
    winner = ""  # alike, as far as the digits show
    nothing, swap = values.get("nothing"), values.get("swap")
    if nothing is not None and swap is not None and shown["nothing"] != shown["swap"]:
        is_better = _distance(meaning, swap) < _distance(meaning, nothing)
        winner = "swap" if is_better else "nothing"
    why = meaning.if_losing if winner != "swap" else ""
    return TruthFigure(meaning.name, shown, meaning.what, winner, why)


def _distance(meaning: TruthMeaning, value: float) -> float:
    """How far a value is from the best one; the smaller the better."""
    return -value if meaning.ideal is None else abs(value - meaning.ideal)
