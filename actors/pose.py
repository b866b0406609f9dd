"""The pose of a head: from yaw, pitch and roll to vertices, and from seen points back to angles."""

from __future__ import annotations

import numpy as np
import scipy

from .camera import CAMERA_DISTANCE, project
from .performance import Moment

PIVOT = np.array([0, -0.75, -0.15])  # half heads: the point on the neck about which the head turns


def rotation_about(axis: str, angle: float) -> np.ndarray:
    """The matrix (3, 3) that turns about the axis "x", "y" or "z" by an angle in radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array({
        "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
        "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }[axis])  # fmt: skip


def head_rotation(moment: Moment) -> np.ndarray:
    """The head's rotation (3, 3): yaw about its own height first, then pitch, then roll."""
    yaw, pitch, roll = np.radians([moment.yaw, moment.pitch, moment.roll])
    return rotation_about("z", -roll) @ rotation_about("x", pitch) @ rotation_about("y", yaw)


def apply_pose(points: np.ndarray, moment: Moment, skinning) -> np.ndarray:
    """Points (..., 3) turned with the head, each by its skinning weight 0..1, and shifted."""
    pivot = PIVOT.astype(points.dtype)
    turned = (points - pivot) @ head_rotation(moment).T.astype(points.dtype) + pivot
    shift = np.array([moment.shift_x, moment.shift_y, 0], points.dtype)
    return points + (turned - points) * skinning + shift


def estimate_pose(
    points: np.ndarray,
    anchors: np.ndarray,
    size: tuple[int, int],
    distance: float = CAMERA_DISTANCE,
) -> np.ndarray:
    """Yaw, pitch and roll in degrees from five points (5, 2) on a picture of size (w, h).

    `anchors` (5, 3) are the same points on the unturned head, `distance` is the camera's. Six
    unknowns (three angles, shift x and y, zoom) are fitted so that the projected anchors come
    closest to the ten coordinates.
    """

    def residuals(q: np.ndarray) -> np.ndarray:
        moment = Moment(*(30 * q[:3]), shift_x=q[3], shift_y=q[4])
        seen, _ = project(apply_pose(anchors, moment, 1.0), q[5], size, distance)
        return (seen - points).ravel()

    # The angles are in units of 30 degrees, so that all six unknowns are of one order.
    return 30 * scipy.optimize.least_squares(residuals, [0, 0, 0, 0, 0, 0.3], method="lm").x[:3]
