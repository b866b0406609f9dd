"""Where an actor stands: a background, and what can make a clip hard.

A scene turns a performance into pictures. Every option that makes it hard is separate, and its truth is known: what hides the
face, which frames are dark, where a shot ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from .curves import mix, smoothstep
from .performance import Moment, Performance
from .person import sample_actor as draw
from .render import Layer, Model, encode

HARD = {
    "hand": "a hand crosses the face",
    "blur": "the shutter stays open for half of each frame",
    "noise": "a noisy sensor",
    "dark": "a tenth of the light",
    "fade": "the last fifth fades to black",
    "cut": "another shot, in another place, begins half way",
    "leave": "the actor walks out of the picture and comes back",
    "two": "a second actor beside the first",
    "compress": "strong compression (when written)",
}
SHUTTER = 4  # pictures that a blurred one is the mean of
SIDES, RATES = (32, 4096), (1, 240)  # least and most


@dataclass(frozen=True, eq=False)
class Shot:
    """One frame and its truth, at a picture of size (w, h).

    number, moment
    image     (h, w, 3) uint8
    points    (5, 2) in pixels, as MTCNN defines them
    mask      (h, w) float32, 0..1: the face; beyond it the true swap is the same picture
    visible   (h, w) float32, 0..1: the part of the mask that nothing hides
    swap      (h, w, 3) uint8: the same frame with the other actor's face, or None
    swap_points  its points, or None
    present   whether the face is in the picture and light enough to be seen
    """

    number: int
    moment: Moment
    image: np.ndarray
    points: np.ndarray
    mask: np.ndarray
    visible: np.ndarray
    swap: np.ndarray | None
    swap_points: np.ndarray | None
    present: bool


class Scene:
    """Frames of an actor in a performance; `shot(n)` gives the n-th, in any order, the same each time.

    actor, performance   seeds
    frames, rate         how many, and how many a second
    size                 (w, h) in pixels
    face                 the seed of the actor whose face is put on, for the true swap, or None
    hard                 names out of HARD
    """

    def __init__(
        self,
        actor: int,
        performance: int,
        frames: int,
        size: tuple[int, int] = (256, 256),
        rate: float = 25,
        face: int | None = None,
        hard: frozenset[str] | set[str] = frozenset(),
    ):
        if unknown := set(hard) - HARD.keys():
            raise ValueError(
                f"unknown option {', '.join(sorted(unknown))}; there are {', '.join(HARD)}"
            )
        if frames < 1:
            raise ValueError(f"a scene has at least one frame, not {frames}")
        if not all(SIDES[0] <= side <= SIDES[1] for side in size):
            raise ValueError(
                f"a picture's sides are {SIDES[0]} to {SIDES[1]} pixels, not {size[0]}x{size[1]}"
            )
        if not RATES[0] <= rate <= RATES[1]:
            raise ValueError(f"a clip has {RATES[0]} to {RATES[1]} frames a second, not {rate:g}")
        if min(actor, performance, face or 0) < 0:
            raise ValueError("a seed is 0 or above")
        self.frames, self.rate, self.size, self.hard, self.seed = (
            frames,
            rate,
            size,
            frozenset(hard),
            performance,
        )
        self.settings = {
            "actor": actor,
            "performance": performance,
            "face": face,
            "frames": frames,
            "rate": rate,
            "size": list(size),
            "hard": sorted(hard),
        }
        seconds = frames / rate
        self.plays = [
            Performance(performance + 10_007 * k, seconds) for k in range(1 + ("cut" in hard))
        ]
        self.backgrounds = [
            background(size, performance + 10_007 * k) for k in range(len(self.plays))
        ]
        self.model = Model(draw(actor))
        self.wearing = Model(draw(actor).with_face_of(draw(face))) if face is not None else None
        self.other = (
            (Model(draw(actor + 5_003)), Performance(performance + 5_003, seconds))
            if "two" in hard
            else None
        )

    def part(self, number: int) -> int:
        """Which shot of the clip a frame belongs to."""
        return int("cut" in self.hard and number >= self.frames // 2)

    def mouth(self, seconds: float) -> float:
        """How wide the first actor's mouth is open, 0..1, at a time; beyond the end as at the end."""
        number = min(int(seconds * self.rate), self.frames - 1)
        return self.moment(number, seconds * self.rate - number).mouth

    def moment(self, number: int, after: float = 0.0) -> Moment:
        """The first actor's moment in a frame, `after` so many frames."""
        moment = self.plays[self.part(number)].at((number + after) / self.rate)
        wide = self.size[0] / self.size[1]
        if self.other:
            moment = replace(
                moment, zoom=moment.zoom * 0.62, shift_x=moment.shift_x * 0.5 - 0.78 * wide
            )
        if "leave" in self.hard:
            share = (number + after) / self.frames
            away = smoothstep(0.35, 0.5, share) - smoothstep(0.6, 0.75, share)
            moment = replace(
                moment, shift_x=moment.shift_x + float(away) * (1.3 + 0.5 * wide / moment.zoom)
            )
        return moment

    def shot(self, number: int) -> Shot:
        """A frame and its truth. Raises ValueError where the clip has no such frame."""
        if not 0 <= number < self.frames:
            raise ValueError(f"frame {number} of {self.frames}")
        opened = (
            [(k + 0.5) / SHUTTER * 0.5 - 0.25 for k in range(SHUTTER)]
            if "blur" in self.hard
            else [0.0]
        )
        pictures, swaps, masks, hidden = zip(
            *(self._exposure(number, after) for after in opened), strict=True
        )
        moment = self.moment(number)
        bright = self._brightness(number)
        points = self.model.points(moment, self.size)
        inside = ((points >= 0) & (points < self.size)).all()
        mask = np.mean(masks, 0)
        swap = self._develop(np.mean(swaps, 0) * bright, number) if self.wearing else None
        swap_points = self.wearing.points(moment, self.size) if self.wearing else None
        return Shot(
            number,
            moment,
            self._develop(np.mean(pictures, 0) * bright, number),
            points,
            mask,
            mask * (1 - np.mean(hidden, 0)),
            swap,
            swap_points,
            bool(inside and bright > 0.3 * self._brightness(0)),
        )

    def _exposure(
        self, number: int, after: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """An instant in linear light: the picture, the true swap (or the picture again), the mask, and what hides it."""
        moment = self.moment(number, after)
        behind = self.backgrounds[self.part(number)]
        if self.other:
            model, play = self.other
            theirs = play.at((number + after) / self.rate)
            theirs = replace(
                theirs,
                zoom=theirs.zoom * 0.62,
                shift_x=theirs.shift_x * 0.5 + 0.78 * self.size[0] / self.size[1],
                light=moment.light,
                ambient=moment.ambient,
            )
            behind = model.render(theirs, self.size).over(behind)
        own = self.model.render(moment, self.size)
        picture, mask = own.over(behind), own.mask
        swap = picture
        if self.wearing:
            other = self.wearing.render(moment, self.size)
            mask = np.maximum(mask, other.mask)
            swap = picture + (other.over(behind) - picture) * mask[..., None]
        hides = np.zeros(mask.shape, np.float32)
        if "hand" in self.hard:
            hand = self._hand(number, after, moment)
            picture, swap, hides = hand.over(picture), hand.over(swap), hand.cover
        return picture, swap, mask, hides

    def _brightness(self, number: int) -> float:
        """How much of the light a frame gets, 0..1."""
        bright = 0.1 if "dark" in self.hard else 1.0
        if "fade" in self.hard:
            bright *= (
                float(np.clip((self.frames - 1 - number) / max(self.frames / 5, 1), 0, 1)) ** 2
            )
        return bright

    def _develop(self, light: np.ndarray, number: int) -> np.ndarray:
        """Light on the sensor -> picture, with the sensor's noise where there is to be any."""
        if "noise" in self.hard or "dark" in self.hard:
            rng = np.random.default_rng([self.seed, number])  # the same for picture and true swap
            spread = np.sqrt(
                0.0006 * np.maximum(light, 0) + 0.0000015
            )  # of photons, and of the sensor
            light = light + spread * rng.standard_normal(light.shape, np.float32)
        return encode(light)

    def _hand(self, number: int, after: float, moment: Moment) -> Layer:
        """Palm and fingers, capsules in front of everything, that cross the face once every three seconds."""
        w, h = self.size
        unit = moment.zoom * h
        phase = ((number + after) / self.rate / 3.0) % 1.0
        cx, cy = self.model.points(moment, self.size)[
            2
        ]  # sweeps past the nose, from below right to above left
        cx, cy = cx + unit * (2.6 - 5.2 * phase), cy + unit * (1.1 - 1.5 * phase)
        y, x = np.mgrid[:h, :w].astype(np.float32)
        x, y = (x - cx) / unit, (y - cy) / unit
        elbow, bones = (
            (0.75, 4.5),
            [
                ((-0.24, -0.05), (-0.34, -0.62)),
                ((-0.08, -0.1), (-0.10, -0.78)),
                ((0.08, -0.1), (0.12, -0.72)),
                ((0.22, -0.02), (0.31, -0.56)),
                ((-0.25, 0.25), (-0.56, -0.08)),
            ],
        )
        near = np.minimum(
            _capsule(x, y, (0, 0.12), (0.02, 0.25), 0.30), _capsule(x, y, (0.03, 0.4), elbow, 0.20)
        )
        for a, b in bones:
            near = np.minimum(near, _capsule(x, y, a, b, 0.085))
        cover = np.clip(0.5 - near * unit, 0, 1).astype(np.float32)
        round_ = np.sqrt(np.clip(-near / 0.09, 0, 1))
        skin = (np.float32(self.model.actor.head.skin_colour) / 255) ** np.float32(2.2)
        light = 0.35 + 0.65 * round_ * (1 - 0.12 * x + 0.1 * y)
        return Layer((skin * light[..., None] * cover[..., None]).astype(np.float32), cover, cover)


def _capsule(x, y, a, b, radius):
    """Signed distance to a line from a to b with round ends; below 0 inside."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    along = np.clip(((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy), 0, 1)
    return np.hypot(x - a[0] - along * dx, y - a[1] - along * dy) - radius


def background(size: tuple[int, int], seed: int) -> np.ndarray:
    """A room out of focus: (h, w, 3) in linear light."""
    rng = np.random.default_rng([seed, 0xBAC6])
    w, h = size
    y, x = np.mgrid[:h, :w].astype(np.float32) / h

    def paint() -> np.ndarray:
        """A colour that is not loud."""
        return (rng.uniform(0.03, 0.40) * rng.uniform(0.55, 1.25, 3)).astype(np.float32)

    wall = paint()
    picture = mix(wall, 0.6 * wall + 0.4 * paint(), (0.6 * x + 0.4 * y)[..., None])
    for _ in range(8):
        cx, cy, a, b = (
            rng.uniform(0, w / h),
            rng.uniform(0, 1),
            rng.uniform(0.04, 0.25),
            rng.uniform(0.05, 0.4),
        )
        shape = smoothstep(0, 0.03, a - np.abs(x - cx)) * smoothstep(0, 0.03, b - np.abs(y - cy))
        picture = mix(picture, paint(), 0.75 * shape[..., None])
    for _ in range(3):  # lamps
        cx, cy, r = rng.uniform(0, w / h), rng.uniform(0, 0.7), rng.uniform(0.015, 0.04)
        lit = smoothstep(r, r * 0.85, np.hypot(x - cx, y - cy))
        picture = mix(
            picture,
            np.float32(rng.uniform(0.5, 0.9)) * np.float32([1, 0.9, 0.7]),
            0.8 * lit[..., None],
        )
    return ndimage.gaussian_filter(picture, (0.012 * h, 0.012 * h, 0))
