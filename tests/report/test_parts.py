"""The parts of the page: readings of faces, time left, timeline, advice, figures in words."""

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from faces import Canvas, Face, align
from faces.manifest import Row
from report import advice, curves, folder, quality, readings, signs, state, stills, timeline, words
from report.folder import Epoch, RunFolder
from stages.run import Doing
from tests.clips import make_clip, picture

SETTINGS = {"frames": [0, None], "every": 1, "min_size": 40, "demo": False}
SETTINGS["preset"] = {"name": "standard", "net": "today", "phases": ["faces"]}


def _row(number, yaw=0.0, score=0.999, scale=2.0):
    points = align.REFERENCE_POINTS * scale
    eyes = points[1, 0] - points[0, 0]
    points[2, 0] = points[[0, 1], 0].mean() + eyes * readings.NOSE_DEPTH * np.tan(np.radians(yaw))
    box = np.array([0, 0, 100, 120]) * scale
    face = Face(box, score, points)
    return Row.with_face(number, Fraction(number, 25), face)


def _run(rows=None, donor=None, stages=None, **more):
    record = {"settings": SETTINGS, "stages": stages or {}, "results": {}, "identity": {}}
    manifests = {"target": [rows] if rows else [], "donor": [donor] if donor else []}
    people = {"target": [], "donor": []}
    return RunFolder("run", record, manifests=manifests, people=people, **more)


@pytest.mark.parametrize("yaw", [-30, -5, 0, 12, 40])
def test_the_yaw_of_a_turned_nose_is_seen_in_any_size_and_tilt(yaw):
    points = np.array(_row(0, yaw).points)
    assert readings.estimate_yaw(points) == pytest.approx(yaw, abs=1.5)
    c, s = np.cos(0.4), np.sin(0.4)
    tilted = 3 * points @ np.array([[c, s], [-s, c]]) + 50
    assert readings.estimate_yaw(tilted) == pytest.approx(readings.estimate_yaw(points), abs=1e-6)


def test_closed_eyes_have_less_detail_than_usual():
    canvas, rng = Canvas(align.WHOLE_FACE, (128, 128)), np.random.default_rng(0)
    face = rng.integers(0, 255, (128, 128, 3)).astype(np.uint8)
    closed = face.copy()
    x, y = canvas.coordinates()
    for eye_x, eye_y in align.REFERENCE_POINTS[:2]:
        closed[(np.abs(y - eye_y) <= 8) & (np.abs(x - eye_x) <= 9)] = 120
    details = {n: readings.measure_eye_detail(face, canvas) for n in range(5)}
    details[7] = readings.measure_eye_detail(closed, canvas)
    assert readings.find_closed_eyes(details) == [7] and readings.find_closed_eyes({}) == []


def test_the_time_left_is_told_while_training_and_while_frames_are_counted():
    finished = {name: {"sha256": {}} for s in list(state.STEPS.values())[:2] for name in s}
    stages = finished | {"train": {"goal": {"minutes": 8, "rounds": None}}}
    told = state.describe_state(_run(stages=stages, losses=[Epoch(1, "faces", 0.4, 120.0)]))
    assert told.fraction == 0.25 and told.left.startswith("about 6 min of training")
    stages["train"]["goal"] = {"minutes": None, "rounds": 4}
    told = state.describe_state(_run(stages=stages, losses=[Epoch(1, "faces", 0.4, 10.0)]))
    assert told.fraction == 0.25 and told.left.startswith("about 30 s")
    stages = finished | {"train": {"sha256": {}}}
    told = state.describe_state(_run(stages=stages), Doing("swap", 51, 101, 10.0))
    assert told.left == "about 10 s of this step left" and "frame 51 of 101" in told.headline
    told = state.describe_state(_run(stages=stages), Doing("swap", 51, 101, 10.0), "disk full")
    assert told.left == "" and "Stopped" in told.headline and "disk full" in told.headline
    assert not told.is_finished and [step.status for step in told.steps][-1] == "now"


@pytest.mark.parametrize(
    "seconds, text", [(40.2, "40 s"), (60, "1 min"), (200, "3 min 20 s"), (3900, "1 h 5 min")]
)
def test_times_in_words(seconds, text):
    assert state.tell_seconds(seconds) == text


def test_the_timeline_joins_frames_of_one_status_and_keeps_the_reasons():
    rows = {n: _row(n) for n in range(8)}
    rows[3] = Row.without_face(3, Fraction(3, 25))
    rows[4] = replace(rows[4], status="low contrast", reason="the face fades: 31% of its usual")
    rows[5] = replace(rows[5], status="low contrast", reason="the face fades: 28% of its usual")
    run = _run(rows)
    run.record["settings"] = SETTINGS | {"frames": [0, 7]}
    (line,) = timeline.make_timelines(run, "target")
    kinds = [(s.kind.key, s.first, s.last) for s in line.spans]
    assert kinds == [("ok", 0, 2), ("none", 3, 3), ("low", 4, 5), ("ok", 6, 6), ("unwritten", 7, 7)]
    assert "31%" in line.remarkable[1].reason and line.summary.startswith("4 replaced, 1 no face")
    script = timeline.for_script(run)
    assert script["written"] == list(range(7)) and script["offset"] == 0
    assert len({kind.shape for kind in timeline.KINDS.values()}) == len(timeline.KINDS)


def test_poses_that_the_donor_lacks_are_found_with_their_frames():
    target = {n: _row(n, yaw=n - 20.0) for n in range(40)}
    donor = {n: _row(n, yaw=n % 20 - 0.0) for n in range(200)}
    poor = advice.find_poorly_covered(advice.yaws(target), advice.yaws(donor))
    assert poor == list(range(poor[-1] + 1)) and 12 <= len(poor) <= 18
    found = advice.list_advice(_run(target, donor), None)
    (item,) = [a for a in found if "hardly shows the pose" in a.title]
    assert set(item.frames) <= set(poor) and "donor" in item.text


def test_advice_is_given_for_what_was_measured_and_only_then():
    good = {n: _row(n, yaw=n % 7) for n in range(150)}
    measured = {"closed_eyes": {r: {"closed": []} for r in ("target", "donor")}}
    measured["darkness"] = {"target": 120.0}
    assert advice.list_advice(_run(good, good), measured) == []
    measured["closed_eyes"]["target"] = {"closed": [4, 5]}
    measured["darkness"] = {"target": 20.0}
    losses = [Epoch(i, "faces", 1 - i / 40, float(i)) for i in range(20)]
    bad = {n: _row(n, score=0.8, scale=0.5) for n in range(20)}
    bad |= {n: Row.without_face(n, Fraction(n, 25)) for n in range(20, 30)}
    log = ["d t started: old", "d t note: old", "d t started: new", "d t note: the clip is short"]
    run = _run(bad, bad, {"train": {"sha256": {}}}, losses=losses, log=log)
    titles = " ".join(a.title + a.text for a in advice.list_advice(run, measured))
    for words_ in ("10 of 30 frames", "never closes", "only 20 frames", "is small", "is unsure"):
        assert words_ in titles
    assert "is dark" in titles and "still falling" in titles
    assert "the clip is short" in titles and "old" not in titles


@pytest.mark.parametrize(
    "key, value, verdict",
    [
        ("score", 0.99, "good"), ("score", 0.5, "poor"), ("points", 7.0, "fair"),
        ("seam", -0.3, "good"), ("seam", -2.0, "poor"), ("identity", 0.3, "fair"),
        ("flicker", 0.5, "good"), ("flicker", None, ""),
    ],
)  # fmt: skip
def test_figures_are_judged_and_explained(key, value, verdict):
    told = words.tell_quality(dict.fromkeys(words.MEANINGS) | {key: value})
    name = words.MEANINGS[key].name
    (figure,) = [f for f in told if f.name == name]
    assert figure.verdict == verdict and "good is" in figure.what.lower()
    assert "{" not in figure.what


def test_quality_is_measured_in_pairs_of_neighbours_only():
    rows = {n: _row(n) for n in range(100)}
    rows[50] = Row.without_face(50, Fraction(2))
    pairs = quality.pick_pairs(rows)
    assert len(pairs) <= quality.MEASURED_PAIRS and all(b == a + 1 for a, b in pairs)
    assert not any(50 in pair for pair in pairs) and quality.pick_pairs({50: rows[50]}) == []


def test_the_signs_of_an_output_are_told_in_words(tmp_path):
    clip = make_clip(tmp_path / "clip.mp4", [picture(n) for n in range(3)])
    search = signs.MarkSearch()
    assert search.result() == {"frames": 0, "found": False, "chance": 1.0}
    image = np.random.default_rng(0).integers(0, 255, (260, 240, 3)).astype(np.uint8)
    search.add(image, _row(0))
    found = search.result()
    assert found["frames"] == 1 and not found["found"]
    mark, says, record = signs.describe_signs(clip, found, True)
    assert "in 1 frames of the output and not found" in mark
    assert "do not say" in says and "no record" in record
    assert "left out (--no-mark)" in signs.describe_signs(clip, found, False)[0]
    (tmp_path / "clip.mp4.json").write_text("{")
    assert "cannot be read" in signs.describe_signs(clip, found, True)[2]


def test_stills_stay_within_their_budget(monkeypatch):
    monkeypatch.setattr(stills, "MAX_STILLS_BYTES", 300_000)
    rng, kept = np.random.default_rng(0), stills.Stills(4)
    for number in range(4):
        image = rng.integers(0, 255, (480, 640, 3)).astype(np.uint8)
        kept.add(number, {"target": stills.video.Frame(number, Fraction(0), image)})
    assert len(kept.pictures) == 4
    assert sum(len(s["target"]) for s in kept.pictures.values()) < 400_000


def test_curves_take_the_pages_colours_and_are_the_same_each_time():
    losses = [Epoch(i // 2 + 1, "ab"[i % 2], 1 / (i + 1), float(i)) for i in range(160)]
    svg = curves.draw_losses({"": losses})
    assert svg == curves.draw_losses({"": losses}) and svg.startswith("<svg")
    assert "var(--line-0)" in svg and "var(--line-1)" in svg and "#0102" not in svg
    assert not re.search(r"https?://(?!www\.w3\.org)", svg) and curves.draw_losses({"": []}) == ""
    assert curves.smooth([1.0] * 9) == [1.0] * 9 and curves.smooth([2, 4, 9]) == [2, 5, 9]


def test_a_folder_names_its_faces_by_frame(tmp_path):
    run = _run()
    run.path = tmp_path
    (tmp_path / "target" / "faces").mkdir(parents=True)
    (tmp_path / "target" / "faces" / "000012.png").touch()
    assert list(run.face_files("target")) == [12] and folder.MEASURED_NAME == "report.json"
