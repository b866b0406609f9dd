import numpy as np
import pytest

from faces import align, warp
from tests.reference import REFERENCE, needs_reference

from .example_faces import apply, similarity_matrix


def test_a_known_similarity_is_found():
    to_frame = similarity_matrix(0.4, 2.3, 100, -20)
    found = align.similarity(apply(to_frame, align.REFERENCE_POINTS))
    np.testing.assert_allclose(found, align.invert(to_frame), atol=1e-12)


def test_the_fit_is_least_squares_in_the_frame():
    rng = np.random.default_rng(0)
    points = apply(similarity_matrix(-0.2, 1.7, 30, 40), align.REFERENCE_POINTS)
    points += rng.normal(0, 4, (5, 2))
    a = np.zeros((10, 4))  # x = a u - b v + tx, y = b u + a v + ty
    for i, (u, v) in enumerate(align.REFERENCE_POINTS):
        a[2 * i], a[2 * i + 1] = (u, -v, 1, 0), (v, u, 0, 1)
    (c, s, tx, ty), *_ = np.linalg.lstsq(a, points.ravel(), rcond=None)
    to_frame = align.invert(align.similarity(points))
    np.testing.assert_allclose(to_frame, [[c, -s, tx], [s, c, ty]], atol=1e-9)


def test_points_that_coincide_or_are_not_finite_are_refused():
    for points in (np.ones((5, 2)), np.full((5, 2), np.nan), np.ones((4, 2))):
        with pytest.raises(ValueError):
            align.similarity(points)


@needs_reference
@pytest.mark.parametrize(
    "clip, faces, detections",
    [
        ("id1_0004.mp4", "faces1.npz", "detections_id1.npz"),
        ("id19_0001.mp4", "faces2.npz", "detections_id19.npz"),
    ],
)
def test_aligned_faces_are_those_of_the_2020_program(clip, faces, detections):
    import video

    seed = REFERENCE / "seed"
    recorded, found = np.load(seed / faces), np.load(seed / detections)
    wanted = dict(zip(recorded["frame"].tolist()[::4], recorded["faces_bgr"][::4], strict=True))
    differences = []
    for frame in video.open_clip(seed / clip).between(0, max(wanted) + 1):
        if frame.number in wanted:
            y, x = found["landmarks"][frame.number].reshape(2, 5)
            aligned = align.similarity(np.stack([x, y], axis=1))
            face = warp.warp(frame.image, aligned, (100, 120))[30:120, 15:85]
            differences.append(np.abs(face[..., ::-1].astype(int) - wanted[frame.number]).mean())
    assert len(differences) == len(wanted) > 20
    assert np.mean(differences) < 1.4
