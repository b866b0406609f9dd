import json
from fractions import Fraction

import numpy as np
import pytest

from faces import Canvas, Face, ManifestError, align, manifest, reject, select, warp
from tests.reference import REFERENCE, needs_reference


def face(x=100.0, y=100.0, scale=1.0, score=0.99):
    points = align.REFERENCE_POINTS * scale + [x, y]
    return Face(
        np.array([x, y, x + 100 * scale, y + 120 * scale], np.float32),
        score,
        points.astype(np.float32),
    )


def test_the_large_sure_steady_face_is_chosen():
    detections = {n: [face(300, 10, 0.3, 0.8), face(100 + n)] for n in range(20)}
    detections[7] = [face(300, 10, 0.3, 0.8)]
    chosen = select.choose(detections)
    assert sorted(chosen) == [
        n for n in range(20) if n != 7
    ]  # addressed by number: nothing moves up
    assert all(chosen[n].box[0] == 100 + n for n in chosen)


def test_a_face_can_be_asked_for():
    detections = {n: [face(100), face(400, 50, 0.5)] for n in range(5)}
    assert select.choose(detections, 1)[3].box[0] == 400
    assert select.choose(detections, (410, 60))[0].box[0] == 400
    for which in (2, -1, (5, 5)):
        with pytest.raises(ValueError, match="no (number|face)"):
            select.choose(detections, which)


def test_after_a_cut_the_track_goes_on_but_a_doubtful_one_is_not_taken():
    detections = {n: [face(100)] for n in range(10)} | {n: [face(500, 300)] for n in range(10, 20)}
    detections |= {n: [face(900, 300, score=0.8)] for n in range(30, 40)}
    assert sorted(select.choose(detections)) == list(range(20))


def test_two_who_cross_keep_their_tracks():
    detections = {n: [face(100 + 20 * n), face(500 - 20 * n, 30)] for n in range(20)}
    detections[10] = detections[10][:1]  # one is hidden for a moment
    tracks = select.link(detections)
    assert len(tracks) == 2
    for track in tracks:
        x = np.array([f.box[0] for f in track.faces.values()])
        steps = np.diff(x) / np.diff(list(track.faces))
        np.testing.assert_allclose(steps, steps[0])


def test_a_cut_ends_every_track():
    detections = {n: [face(100)] for n in range(20)}
    assert [len(t.faces) for t in select.link(detections, starts=[8])] == [12, 8]


def test_no_faces_at_all():
    assert select.choose({0: [], 1: []}) == {}


def test_a_detection_that_leaps_away_and_back_is_refused_and_steady_motion_is_not():
    faces = {n: face(100 + 12 * n) for n in range(30)}
    faces[11] = face(500, 300)
    shift = align.REFERENCE_POINTS.mean(axis=0) * (1 - 1.8)  # larger about its own middle
    faces[20] = face(100 + 12 * 20 + shift[0], 100 + shift[1], scale=1.8)
    refused = reject.find_jumps(faces)
    assert sorted(refused) == [11, 20]
    assert "px" in refused[11] and "size" in refused[20]


def test_a_cut_is_no_jump():
    assert reject.find_jumps({n: face(100 if n < 10 else 600) for n in range(20)}) == {}


@pytest.mark.parametrize("cut, missing", [(10, 12), (10, 8), (17, None), (3, None)])
def test_a_cut_is_no_jump_beside_a_gap_or_an_end(cut, missing):
    assert (
        reject.find_jumps({n: face(100 if n < cut else 600) for n in range(20) if n != missing})
        == {}
    )
    shift = align.REFERENCE_POINTS.mean(axis=0)[0] * (1 - 2)
    assert (
        reject.find_jumps(
            {
                n: face() if n < cut else face(100 + shift, 100, 2.0)
                for n in range(20)
                if n != missing
            }
        )
        == {}
    )


def test_three_frames_away_and_back_are_refused():
    assert sorted(reject.find_jumps({n: face(600 if 9 <= n < 12 else 100) for n in range(20)})) == [
        9,
        10,
        11,
    ]


def test_every_twelfth_frame_is_judged_as_every_frame_is():
    detections = {n: [face(100 + n / 12), face(400, 50, 0.5)] for n in range(0, 600, 12)}
    detections[240] = []
    assert len(select.link(detections)) == 2
    assert sorted(select.choose(detections, 0)) == [n for n in range(0, 600, 12) if n != 240]
    chosen = select.choose(detections)
    chosen[480] = face(700, 300)
    assert sorted(reject.find_jumps(chosen)) == [480]
    assert sorted(
        reject.find_low_contrast({n: 30.0 if n < 588 else 10.0 for n in range(0, 600, 12)})
    ) == [588]


def test_a_fade_is_refused_and_a_lasting_change_of_light_is_not():
    fade = {n: 30.0 for n in range(100)} | {
        100 + i: 30 * k for i, k in enumerate((0.9, 0.8, 0.7, 0.5, 0.3))
    }
    assert sorted(reject.find_low_contrast(fade)) == [102, 103, 104]
    darker = {n: 30.0 if n < 200 else 20.0 for n in range(400)}
    assert len(reject.find_low_contrast(darker)) < 80
    assert 300 not in reject.find_low_contrast(darker)


@needs_reference
def test_the_plant_on_the_donor_clip_is_never_taken():
    found = np.load(REFERENCE / "seed" / "detections_id19.npz")
    detections: dict[int, list[Face]] = {n: [] for n in range(len(found["n_faces"]))}
    for number, (y1, x1, y2, x2), score, points in zip(
        found["all_frame"].tolist(),
        found["all_box"],
        found["all_prob"],
        found["all_lm"],
        strict=True,
    ):
        detections[number].append(
            Face(np.array([x1, y1, x2, y2]), float(score), points.reshape(2, 5)[::-1].T)
        )
    chosen = select.choose(detections)
    assert any(len(faces) > 1 for faces in detections.values())
    assert len(chosen) == 335 and min(f.score for f in chosen.values()) > 0.99
    assert reject.find_jumps(chosen) == {}


@needs_reference
@pytest.mark.parametrize(
    "clip, detections, fading",
    [
        ("id1_0004.mp4", "detections_id1.npz", [404, 405, 406, 407, 408]),
        ("id19_0001.mp4", "detections_id19.npz", []),
    ],
)
def test_the_last_frames_of_the_target_fade_and_no_others(clip, detections, fading):
    import video

    landmarks = np.load(REFERENCE / "seed" / detections)["landmarks"]
    contrasts = {}
    for frame in video.open_clip(REFERENCE / "seed" / clip):
        points = landmarks[frame.number].reshape(2, 5)[::-1].T
        size = align.INNER_FACE.size
        matrix = Canvas(align.INNER_FACE, size).matrix(align.similarity(points))
        crop = warp.warp(frame.image, matrix, size)
        contrasts[frame.number] = reject.measure_contrast(crop)
    assert sorted(reject.find_low_contrast(contrasts)) == fading


def _rows():
    return [
        manifest.Row.with_face(0, Fraction(0), face()),
        manifest.Row.without_face(2, Fraction(1001, 15000)),
        manifest.Row.rejected(7, Fraction(1, 3), face(), "jump", "the face is 90 px away"),
    ]


def test_a_manifest_comes_back_by_frame_number(tmp_path):
    path = tmp_path / "manifest.jsonl"
    manifest.write(path, _rows())
    rows = manifest.read(path)
    assert list(rows) == [0, 2, 7] and list(rows.values()) == _rows()
    assert rows[0].ok and not rows[2].ok and not rows[7].ok
    assert manifest.time_of(rows[2]) == Fraction(1001, 15000)
    np.testing.assert_allclose(rows[0].matrix, align.similarity(face().points.astype(float)))


@pytest.mark.parametrize(
    "spoil",
    [
        {"frame": -1},
        {"frame": "1"},
        {"frame": 7},
        {"time": "x"},
        {"time": 0.5},
        {"time": "1/0"},
        {"status": "fine"},
        {"box": [1, 2, 3]},
        {"box": None},
        {"matrix": [[1, 2, 3], [2, 4, 5]]},
        {"points": [[1, 2]] * 4},
        {"score": None},
        {"extra": 1},
        {"reason": 7},
        {"box": [1, 2, 3, 1e999]},
    ],
)
def test_a_spoilt_row_is_refused_by_file_and_line(tmp_path, spoil):
    path = tmp_path / "manifest.jsonl"
    manifest.write(path, _rows())
    lines = path.read_text().splitlines()
    lines[0] = json.dumps(json.loads(lines[0]) | spoil)
    path.write_text("\n".join(lines))
    with pytest.raises(ManifestError, match=r"manifest\.jsonl, line [13]: .*delete"):
        manifest.read(path)


def test_other_bytes_are_refused(tmp_path):
    path = tmp_path / "manifest.jsonl"
    for data in (b"\xff\xfe\x00", b"[1, 2]\n", b"{", b"null\n", b"[" * 100_000):
        path.write_bytes(data)
        with pytest.raises(ManifestError):
            manifest.read(path)
