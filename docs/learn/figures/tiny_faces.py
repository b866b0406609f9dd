"""The tiny people of chapter 9: faces of 12 x 12 pixels, painted with soft ellipses."""

import numpy as np

SIDE = 12  # of a tiny face, in pixels
PIXEL_Y, PIXEL_X = np.mgrid[:SIDE, :SIDE] + 0.5
PEOPLE = {
    "a": {
        "skin": (0.95, 0.78, 0.65),
        "brow": (0.60, 0.40, 0.20),
        "lips": (0.80, 0.35, 0.35),
        "brow_height": 2.6,
        "brow_thickness": 0.4,
        "mouth_width": 1.8,
    },
    "b": {
        "skin": (0.45, 0.28, 0.20),
        "brow": (0.05, 0.03, 0.02),
        "lips": (0.50, 0.20, 0.20),
        "brow_height": 3.2,
        "brow_thickness": 0.8,
        "mouth_width": 2.6,
    },
}


def paint_face(who: str, mouth: float, turn: float) -> np.ndarray:
    """A face (12, 12, 3), 0..1, of soft ellipses.

    who    "a" or "b"
    mouth  0 closed .. 1 open
    turn   -1 to the left .. 1 to the right: eyes, brows and mouth move by a pixel
    """
    person, face = PEOPLE[who], np.full((SIDE, SIDE, 3), 0.75)

    def paint(colour, x, y, width, height):
        across, down = (PIXEL_X - x) / width, (PIXEL_Y - y) / height
        distance = np.hypot(across, down) + 1e-6  # from the middle; 1 on the edge
        slope = np.hypot(across / width, down / height) / distance
        cover = np.clip((1 - distance) / (slope + 1e-6) + 0.5, 0, 1)[..., None]
        face[...] += (np.array(colour) - face) * cover

    middle, lips = 6 + turn, person["mouth_width"]
    paint(person["skin"], 6, 6, 5, 6.5)
    for side in (-2, 2):
        paint((1, 1, 1), middle + side, 4.7, 1.3, 0.8)
        paint((0.1, 0.1, 0.1), middle + side + 0.4 * turn, 4.7, 0.5, 0.5)
        paint(person["brow"], middle + side, person["brow_height"], 1.6, person["brow_thickness"])
    paint(person["lips"], middle, 8.8, lips, 0.8 + 1.2 * mouth)
    if mouth > 0:
        paint((0.15, 0.02, 0.05), middle, 8.8, lips - 0.6, 1.3 * mouth)
    return face


def play(who: str, played: np.ndarray) -> np.ndarray:
    """Frames (N, 432) float32, -2..2, of moments (N, 2): mouth and turn."""
    frames = np.reshape([paint_face(who, *moment) for moment in played], (len(played), -1))
    return (frames * 4 - 2).astype(np.float32)


def film(who: str, rng: np.random.Generator, count: int = 128) -> tuple[np.ndarray, np.ndarray]:
    """Random moments (count, 2), and their frames."""
    played = rng.uniform([0, -1], [1, 1], (count, 2))
    return played, play(who, played)


def enlarge(frames: np.ndarray) -> np.ndarray:
    """Frames (N, 432) as pictures (N, 128, 128, 3) uint8."""
    small = ((frames.reshape(-1, SIDE, SIDE, 3) + 2) * 255 / 4).astype(np.uint8)
    pixel = np.arange(128) * SIDE // 128
    return small[:, pixel][:, :, pixel]
