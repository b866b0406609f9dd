"""The camera, the z-buffer and normals, each against a slow and plain reference."""

import numpy as np
import pytest

from actors import raster
from actors.camera import CAMERA_DISTANCE, project
from actors.shape import grid_normals


def _rasterise_by_search(at, depth, triangles, two_sided, size):
    """The triangle that each pixel sees (-1: none), its weights there, and whether that is clear.

    It is clear if no edge runs through the pixel's very centre and no other triangle is as near.
    """
    w, h = size
    seen, weights, clear = np.full((h, w), -1), np.zeros((h, w, 3)), np.ones((h, w), bool)
    for y in range(h):
        for x in range(w):
            nearest, second = np.inf, np.inf
            for number, triangle in enumerate(triangles):
                corners = np.vstack([at[triangle].T, np.ones(3)])
                turn = np.linalg.det(corners)
                if (
                    turn > 0 and not two_sided[number]
                ):  # y points down: what faces the camera turns the other way
                    continue
                shares = np.linalg.solve(corners, [x, y, 1])
                if -1e-3 < shares.min() < 1e-3:
                    clear[y, x] = False
                if shares.min() < 0:
                    continue
                z = shares @ depth[triangle]
                if z < nearest:
                    nearest, second, seen[y, x], weights[y, x] = z, nearest, number, shares
                else:
                    second = min(second, z)
            clear[y, x] &= second - nearest > 1e-4
    return seen, weights, clear


@pytest.mark.parametrize("seed", range(3))
def test_the_z_buffer_agrees_with_a_search_through_all_triangles(seed):
    rng = np.random.default_rng(seed)
    size = 26, 19
    at = rng.uniform(-12, 38, (24, 2))  # many reach beyond the picture
    depth = rng.uniform(5, 9, 24)
    triangles = np.array([rng.choice(24, 3, replace=False) for _ in range(30)], np.int32)
    two_sided = rng.random(30) < 0.3
    seen, weights, clear = _rasterise_by_search(at, depth, triangles, two_sided, size)
    found = raster.rasterise(at, depth, triangles, two_sided, size)
    assert len(np.unique(found.samples)) == len(found.samples)
    corners, ours = np.full((size[0] * size[1], 3), -1), np.zeros((size[0] * size[1], 3))
    corners[found.samples], ours[found.samples] = found.corners, found.weights
    expected = np.where(seen.reshape(-1, 1) >= 0, triangles[seen.ravel()], -1)
    clear = clear.ravel()
    assert clear.mean() > 0.9 and len(np.unique(seen)) > 8
    np.testing.assert_array_equal(corners[clear], expected[clear])
    np.testing.assert_allclose(ours[clear], weights.reshape(-1, 3)[clear], atol=2e-3)


def test_nothing_in_view_is_an_empty_picture():
    at, depth = np.array([[-9.0, -9], [-5, -9], [-9, -5]]), np.full(3, 5.0)
    seen = raster.rasterise(at, depth, np.array([[0, 1, 2]], np.int32), np.array([True]), (8, 8))
    assert seen.samples.size == 0 and seen.interpolate(np.ones((3, 2), np.float32)).shape == (0, 2)


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("rows, columns", [(2, 2), (6, 9), (7, 4)])
def test_the_triangles_of_a_grid_cover_it_once(rows, columns, step):
    triangles = raster.grid_triangles(rows, columns, 100, step)
    y, x = np.divmod(triangles - 100, columns)
    areas = (
        (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
    ) / 2
    assert (areas > 0).all() and areas.sum() == (rows - 1) * (columns - 1)
    assert set(triangles.ravel()) >= {
        100,
        99 + columns,
        100 + (rows - 1) * columns,
        99 + rows * columns,
    }
    at = np.stack(
        np.meshgrid(np.linspace(2.3, 17.6, columns), np.linspace(1.4, 11.2, rows)), -1
    ).reshape(-1, 2)
    seen = raster.rasterise(
        at, np.full(len(at), 5.0), triangles - 100, np.full(len(triangles), True), (20, 14)
    )
    picture = np.zeros((14, 20), bool)
    picture.ravel()[seen.samples] = True
    expected = np.zeros_like(picture)
    expected[2:12, 3:18] = True
    np.testing.assert_array_equal(picture, expected)  # no hole along the edges that triangles share
    np.testing.assert_allclose(seen.interpolate(at), np.argwhere(expected)[:, ::-1], atol=1e-3)


def test_the_normals_of_a_sphere_are_its_radii():
    angle, latitude = np.meshgrid(np.linspace(-np.pi, np.pi, 181), np.linspace(-1.4, 1.4, 91))
    sphere = np.stack(
        [np.sin(angle) * np.cos(latitude), np.sin(latitude), np.cos(angle) * np.cos(latitude)], -1
    )
    for dtype in (np.float64, np.float32):
        n = grid_normals((3 * sphere + [1, 2, 3]).astype(dtype))
        assert n.dtype == dtype
        np.testing.assert_allclose(np.linalg.norm(n, axis=-1), 1, atol=1e-5)
        np.testing.assert_allclose(n[1:-1, 1:-1], sphere[1:-1, 1:-1], atol=2e-3)


def test_the_camera_is_a_pinhole():
    at = np.random.default_rng(0).uniform(-1, 1, (20, 3))
    zoom, (w, h) = 0.31, (200, 120)
    f = zoom * h * CAMERA_DISTANCE
    camera = np.array([[f, 0, w / 2 - 0.5], [0, f, 0.47 * h - 0.5], [0, 0, 1]])
    seen = camera @ (at * [1, -1, -1] + [0, 0, CAMERA_DISTANCE]).T
    places, depth = project(at, zoom, (w, h))
    np.testing.assert_allclose(places, (seen[:2] / seen[2]).T)
    np.testing.assert_allclose(depth, seen[2])
