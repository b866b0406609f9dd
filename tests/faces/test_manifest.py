import json
from fractions import Fraction

import numpy as np
import pytest

from faces import ManifestError, align, manifest

from .example_faces import make_face


def _rows():
    return [
        manifest.Row.with_face(0, Fraction(0), make_face()),
        manifest.Row.without_face(2, Fraction(1001, 15000)),
        manifest.Row.rejected(7, Fraction(1, 3), make_face(), "jump", "the face is 90 px away"),
    ]


def test_a_manifest_comes_back_by_frame_number(tmp_path):
    path = tmp_path / "manifest.jsonl"
    manifest.write(path, _rows())
    rows = manifest.read(path)
    assert list(rows) == [0, 2, 7] and list(rows.values()) == _rows()
    assert rows[0].ok and not rows[2].ok and not rows[7].ok
    assert manifest.time_of(rows[2]) == Fraction(1001, 15000)
    np.testing.assert_allclose(rows[0].matrix, align.similarity(make_face().points.astype(float)))


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
def test_a_damaged_row_is_refused_by_file_and_line(tmp_path, spoil):
    path = tmp_path / "manifest.jsonl"
    manifest.write(path, _rows())
    lines = path.read_text().splitlines()
    lines[0] = json.dumps(json.loads(lines[0]) | spoil)
    path.write_text("\n".join(lines))
    with pytest.raises(ManifestError, match=r"manifest\.jsonl, line [13]: .*delete"):
        manifest.read(path)


def test_a_file_that_is_no_manifest_is_refused(tmp_path):
    path = tmp_path / "manifest.jsonl"
    for data in (b"\xff\xfe\x00", b"[1, 2]\n", b"{", b"null\n", b"[" * 100_000):
        path.write_bytes(data)
        with pytest.raises(ManifestError):
            manifest.read(path)
