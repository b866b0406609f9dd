import numpy as np
import pytest
from scipy import ndimage

from faces import Canvas, align, mask, warp
from tests.reference import REFERENCE, needs_reference

FACE_CANVAS = Canvas(align.INNER_FACE, (70, 90))


def _matrix(angle, scale, x, y):
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -s, x], [s, c, y]])


def _apply(matrix, points):
    return points @ matrix[:, :2].T + matrix[:, 2]


def test_a_known_similarity_is_found():
    to_frame = _matrix(0.4, 2.3, 100, -20)
    found = align.similarity(_apply(to_frame, align.REFERENCE_POINTS))
    np.testing.assert_allclose(found, align.invert(to_frame), atol=1e-12)


def test_the_fit_is_least_squares_in_the_frame():
    rng = np.random.default_rng(0)
    points = _apply(_matrix(-0.2, 1.7, 30, 40), align.REFERENCE_POINTS) + rng.normal(0, 4, (5, 2))
    a = np.zeros((10, 4))  # x = a u - b v + tx, y = b u + a v + ty
    for i, (u, v) in enumerate(align.REFERENCE_POINTS):
        a[2 * i], a[2 * i + 1] = (u, -v, 1, 0), (v, u, 0, 1)
    (c, s, tx, ty), *_ = np.linalg.lstsq(a, points.ravel(), rcond=None)
    np.testing.assert_allclose(
        align.invert(align.similarity(points)), [[c, -s, tx], [s, c, ty]], atol=1e-9
    )


def test_points_that_say_nothing_are_refused():
    for points in (np.ones((5, 2)), np.full((5, 2), np.nan), np.ones((4, 2))):
        with pytest.raises(ValueError):
            align.similarity(points)


def test_warp_against_scipy_and_identity_to_the_bit():
    rng = np.random.default_rng(0)
    image = rng.random((30, 40, 3))
    for same in (image, image.astype(np.float32), (image * 255).astype(np.uint8)):
        result = warp.warp(same, _matrix(0, 1, 0, 0), (40, 30))
        assert result.dtype == same.dtype
        np.testing.assert_array_equal(result, same)
    matrix = _matrix(0.3, 1.3, 5, -4)
    y, x = np.mgrid[:25, :35]
    source = _apply(align.invert(matrix), np.stack([x.ravel(), y.ravel()], axis=1))
    inside = ((source > 0) & (source < [39, 29])).all(axis=1).reshape(25, 35)
    for c in range(3):
        expected = ndimage.map_coordinates(image[..., c], source.T[::-1], order=1).reshape(25, 35)
        np.testing.assert_allclose(
            warp.warp(image, matrix, (35, 25))[..., c][inside], expected[inside], atol=1e-12
        )


def test_outside_the_image_is_black_and_uint8_is_rounded():
    image = np.full((10, 10, 3), 201, np.uint8)
    moved = warp.warp(image, _matrix(0, 1, 5, 0), (10, 10))
    assert (moved[:, :5] == 0).all() and (moved[:, 5:] == 201).all() and moved.dtype == np.uint8
    assert not warp.warp(image, _matrix(0, 1, 500, 500), (10, 10)).any()


def test_edges_are_repeated_on_request_as_scipy_does():
    image = np.random.default_rng(0).random((12, 15, 3))
    matrix = _matrix(0.3, 1.1, 9, -6)
    y, x = np.mgrid[:30, :40]
    source = _apply(align.invert(matrix), np.stack([x.ravel(), y.ravel()], axis=1))
    for c in range(3):
        expected = ndimage.map_coordinates(
            image[..., c], source.T[::-1], order=1, mode="nearest"
        ).reshape(30, 40)
        np.testing.assert_allclose(
            warp.warp(image, matrix, (40, 30), edges="repeat")[..., c], expected, atol=1e-12
        )
    with pytest.raises(ValueError, match="edges"):
        warp.warp(image, matrix, (40, 30), edges="reflect")


def test_resize_by_hand_and_against_opencv():
    ramp = np.arange(8, dtype=np.float32).reshape(1, 1, 8, 1).repeat(4, axis=1)
    np.testing.assert_allclose(warp.resize(ramp, (4, 4))[0, 0, :, 0], [0.5, 2.5, 4.5, 6.5])
    np.testing.assert_allclose(warp.resize(ramp, (16, 4))[0, 0, :4, 0], [0, 0.25, 0.75, 1.25])
    cv2 = pytest.importorskip("cv2")
    image = np.random.default_rng(0).random((90, 70, 3), np.float32)
    for size in ((32, 32), (128, 128)):
        np.testing.assert_allclose(
            warp.resize(image[None], size)[0], cv2.resize(image, size), atol=1e-5
        )


def test_a_face_matrix_of_the_faces_own_size_is_the_crop():
    image = np.random.default_rng(0).integers(0, 256, (200, 220, 3)).astype(np.uint8)
    aligned = align.similarity(_apply(_matrix(0.1, 1.4, 20, 10), align.REFERENCE_POINTS))
    crop = warp.warp(image, aligned, (100, 120))[30:, 15:85]
    np.testing.assert_array_equal(warp.warp(image, FACE_CANVAS.matrix(aligned), (70, 90)), crop)


@pytest.mark.parametrize("at", [(60, 50), (-40, -30), (150, 130), (1000, 1000)])
def test_putting_back_leaves_all_else_to_the_byte(at):
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (180, 200, 3)).astype(np.uint8)
    size = (70, 90)
    to_aligned = align.similarity(_apply(_matrix(0.2, 0.8, *at), align.REFERENCE_POINTS))
    opacity, patch = FACE_CANVAS.mask(), np.full((90, 70, 3), 300.0)
    out = FACE_CANVAS.unwarp_into(frame, patch, opacity, to_aligned)
    matrix = FACE_CANVAS.matrix(to_aligned)
    changed = (out != frame).any(axis=2)
    y, x = np.mgrid[:180, :200]
    inside = _apply(matrix, np.stack([x.ravel(), y.ravel()], axis=1)).reshape(180, 200, 2)
    near = ((inside > -1) & (inside < size)).all(axis=2)
    assert not (changed & ~near).any()
    assert changed.any() == (at == (60, 50)) or near.any()
    assert not np.shares_memory(out, frame)


def test_a_smooth_face_taken_out_and_put_back_is_the_same():
    y, x = np.mgrid[:180, :200] / 200
    frame = (
        (np.stack([np.sin(5 * x + y), np.cos(3 * y), x * y], axis=2) * 100 + 128)
        .round()
        .astype(np.uint8)
    )
    aligned = align.similarity(_apply(_matrix(0.2, 1.0, 50, 40), align.REFERENCE_POINTS))
    for size in ((70, 90), (140, 180)):
        canvas = Canvas(align.INNER_FACE, size)
        patch = canvas.warp(frame.astype(np.float32), aligned)
        out = canvas.unwarp_into(frame, patch, canvas.mask(), aligned)
        assert np.abs(out.astype(int) - frame).max() <= 1


def test_a_patch_finer_than_the_frame_does_not_alias():
    frame = np.full((60, 60, 3), 128, np.uint8)
    stripes = np.tile(np.array([0.0, 255.0]), 120)[None, :, None] * np.ones(
        (240, 1, 3)
    )  # one patch pixel wide each
    out = warp.unwarp_into(frame, stripes, np.ones((240, 240)), _matrix(0, 4.2, -20, -20))
    middle = out[15:45, 15:45].astype(int)
    assert np.abs(middle - 127.5).max() < 3


def test_the_native_canvas_keeps_the_frames_resolution():
    matrices = np.array(
        [
            align.similarity(_apply(_matrix(0.1, s, 0, 0), align.REFERENCE_POINTS))
            for s in (1.4, 1.5, 1.9)
        ]
    )
    assert Canvas.native(align.INNER_FACE, matrices, 256).size == (105, 135)
    assert Canvas.native(align.INNER_FACE, matrices, 90).size[1] == 90


@pytest.mark.parametrize("size", [(70, 90), (128, 128), (33, 47)])
def test_the_mask_is_smooth_convex_and_no_rectangle(size):
    opacity = Canvas(align.INNER_FACE, size).mask()
    w, h = size
    assert opacity.shape == (h, w) and opacity.dtype == np.float32
    assert opacity.max() == 1 and not opacity[[0, -1]].any() and not opacity[:, [0, -1]].any()
    eyes_and_mouth = [(0.22, 0.24), (0.72, 0.24), (0.47, 0.46), (0.27, 0.69), (0.68, 0.69)]
    assert all(opacity[int(y * h), int(x * w)] > 0.9 for x, y in eyes_and_mouth)
    assert not opacity[: h // 12, : w // 12].any() and not opacity[-h // 12 :, : w // 12].any()
    assert np.abs(np.diff(opacity, axis=0)).max() < 0.7


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


@pytest.mark.parametrize("region", [align.INNER_FACE, align.WHOLE_FACE])
def test_yaw_narrows_the_mask_on_the_far_side_only(region):
    canvas = Canvas(region, (92, 112))
    front, right = canvas.mask(), canvas.mask(yaw=0.25)
    assert (right <= front).all()
    assert right[:, :40].tolist() == front[:, :40].tolist()  # columns left of the nose
    assert right[:, 60:].sum() < 0.75 * front[:, 60:].sum()
    assert np.abs(canvas.mask(yaw=1e-6) - front).mean() < 2e-3  # it begins without a jump


def test_yaw_is_the_noses_distance_from_the_middle_of_the_eyes_whatever_the_roll():
    for angle in (0.0, 0.5, -2.0):
        points = np.array([[0.0, 0], [10, 0], [6, 6], [2, 12], [8, 12]]) @ np.array(
            [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        )
        assert mask.estimate_yaw(points) == pytest.approx(0.1)


def test_the_whole_region_reaches_from_above_the_brows_to_the_chin():
    opacity = Canvas(align.WHOLE_FACE, align.WHOLE_FACE.size).mask()
    brow, chin, ear = ((30, 31), (48, 120), (4, 60))
    x0, y0 = align.WHOLE_FACE.corner
    seen = [opacity[int(y - y0), int(x - x0)] for x, y in (brow, chin, ear)]
    assert seen[0] > 0.3 and seen[1] > 0.3 and seen[2] == 0


def test_a_margin_adds_pixels_around_the_same_ones():
    canvas = Canvas(align.WHOLE_FACE, (184, 112))
    wider = canvas.with_margin(8)
    assert wider.size == (200, 128)
    to_aligned = align.similarity(_apply(_matrix(0.2, 0.8, 60, 50), align.REFERENCE_POINTS))
    shift = wider.matrix(to_aligned) - canvas.matrix(to_aligned)
    np.testing.assert_allclose(shift, [[0, 0, 8], [0, 0, 8]], atol=1e-9)
    for inner, outer in zip(canvas.coordinates(), wider.coordinates(), strict=True):
        np.testing.assert_allclose(outer.ravel()[8:-8], inner.ravel(), atol=1e-9)


def test_the_bounding_box_holds_the_canvas_and_lies_within_the_frame():
    to_aligned = align.similarity(_apply(_matrix(0.3, 1.1, 60, 50), align.REFERENCE_POINTS))
    inside = FACE_CANVAS.matrix(to_aligned)
    rows, columns = FACE_CANVAS.bounding_box(to_aligned, (180, 200, 3))
    y, x = np.mgrid[:180, :200]
    at = _apply(inside, np.stack([x.ravel(), y.ravel()], axis=1)).reshape(180, 200, 2)
    held = ((at > -1) & (at < FACE_CANVAS.size)).all(axis=2)
    assert held.any() and not np.delete(held, np.r_[rows], axis=0).any()
    assert not np.delete(held, np.r_[columns], axis=1).any()
    outside = FACE_CANVAS.bounding_box(to_aligned, (20, 20, 3))
    assert np.zeros((20, 20))[outside].size == 0
