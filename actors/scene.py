"""A scene: an actor in a room, and what can make a clip hard.

A scene turns a performance into pictures whose truth is known: where the face is, what hides it,
and what the true swap looks like. Each option that makes a clip hard is separate.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

import numpy as np

from .background import render_background
from .curves import smoothstep
from .hand import render_hand
from .performance import Moment, Performance
from .person import sample_actor
from .render import Layer, Model, encode

HARD_CASES = {
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
SCENE_SIDES = (32, 4096)  # pixels: least and most
SCENE_RATES = (1, 240)  # frames a second: least and most
MAX_SCENE_SECONDS = 600  # the voice is in memory as a whole, 2 MB a second; by choice
SUB_EXPOSURES = 4  # renderings that a blurred frame is the mean of
SHUTTER_OPEN = 0.5  # of a frame's duration ("blur"): a shutter of 180 degrees
SECOND_SHOT_SEED = 10_007  # added to the performance's seed for the shot after the cut ("cut")
COMPANION_SEED = 5_003  # added to both seeds for the second actor ("two")
COMPANION_SHIFT = 0.78  # half heads from the middle to each of two actors, times the aspect ratio
DARK_LIGHT = 0.1  # share of the light ("dark")
PRESENT_LIGHT = 0.3  # share of the first frame's light below which a face counts as not present
PHOTON_NOISE, READ_NOISE = 0.0006, 0.0000015  # variance: times the light, and of the sensor itself


@dataclass(frozen=True, eq=False)
class RenderedFrame:
    """A frame of a picture of size (w, h), and its truth."""

    number: int
    moment: Moment
    image: np.ndarray  # (h, w, 3) uint8
    points: np.ndarray  # (5, 2) pixels, as MTCNN defines them
    mask: np.ndarray  # (h, w) float32 0..1: the face; where it is 0 the true swap is the same
    visible: np.ndarray  # (h, w) float32 0..1: the part of the mask that nothing hides
    swap: np.ndarray | None  # (h, w, 3) uint8: the same frame with the other actor's face
    swap_points: np.ndarray | None  # (5, 2) its points
    present: bool  # whether the face is in the picture and light enough to be seen


@dataclass(eq=False)
class Scene:
    """Frames of an actor in a performance.

    `render_frame(n)` gives the n-th frame, in any order, the same each time, from several threads.
    Raises ValueError for settings out of range.
    """

    actor: int  # seed
    performance: int  # seed
    frames: int  # how many
    size: tuple[int, int] = (256, 256)  # (w, h) pixels
    rate: float = 25  # frames a second
    face: int | None = None  # seed of the actor whose face the true swap puts on
    hard: Set[str] = frozenset()  # keys of HARD_CASES

    def __post_init__(self):
        self.hard = frozenset(self.hard)
        check_scene(self)
        seconds = self.frames / self.rate
        seeds = [self.performance + SECOND_SHOT_SEED * k for k in range(1 + ("cut" in self.hard))]
        self.plays = [Performance(seed, seconds) for seed in seeds]  # one for each shot
        self.backgrounds = [render_background(self.size, seed) for seed in seeds]
        actor = sample_actor(self.actor)
        self.model = Model(actor)
        self.swapped_model = None
        if self.face is not None:
            self.swapped_model = Model(actor.with_face_of(sample_actor(self.face)))
        self.companion = None
        if "two" in self.hard:
            self.companion = (
                Model(sample_actor(self.actor + COMPANION_SEED)),
                Performance(self.performance + COMPANION_SEED, seconds),
            )

    @property
    def settings(self) -> dict:
        """What the scene was made with, for the clip's record."""
        return {
            "actor": self.actor,
            "performance": self.performance,
            "face": self.face,
            "frames": self.frames,
            "rate": self.rate,
            "size": list(self.size),
            "hard": sorted(self.hard),
        }

    @property
    def _aspect(self) -> float:
        return self.size[0] / self.size[1]

    def part(self, number: int) -> int:
        """The part of the clip, between cuts, to which a frame belongs."""
        return int("cut" in self.hard and number >= self.frames // 2)

    def mouth(self, seconds: float) -> float:
        """How far the first actor's mouth is open at a time, 0..1; after the end as at the end."""
        number = min(int(seconds * self.rate), self.frames - 1)
        return self.moment(number, seconds * self.rate - number).mouth

    def moment(self, number: int, after: float = 0.0) -> Moment:
        """The first actor's moment, `after` so many frames after a frame began."""
        moment = self.plays[self.part(number)].at((number + after) / self.rate)
        if self.companion:
            moment = self._step_aside(moment, -1)
        if "leave" in self.hard:
            progress = (number + after) / self.frames
            away = smoothstep(0.35, 0.5, progress) - smoothstep(0.6, 0.75, progress)
            distance = 1.3 + 0.5 * self._aspect / moment.zoom
            moment = replace(moment, shift_x=moment.shift_x + float(away) * distance)
        return moment

    def _step_aside(self, moment: Moment, side: int) -> Moment:
        """The moment of one of two actors, smaller and on the left (-1) or right (1)."""
        shift = moment.shift_x * 0.5 + side * COMPANION_SHIFT * self._aspect
        return replace(moment, zoom=moment.zoom * 0.62, shift_x=shift)

    def render_frame(self, number: int) -> RenderedFrame:
        """A frame and its truth. Raises ValueError where the clip has no such frame."""
        if not 0 <= number < self.frames:
            raise ValueError(f"frame {number} of {self.frames}")
        exposures = [self._expose(number, after) for after in self._list_exposures()]
        light = self._light(number)
        moment = self.moment(number)
        points = self.model.points(moment, self.size)
        inside = ((points >= 0) & (points < self.size)).all()
        mask = np.mean([e.mask for e in exposures], 0)
        swap = swap_points = None
        if self.swapped_model:
            swap = self._develop(np.mean([e.swap for e in exposures], 0) * light, number)
            swap_points = self.swapped_model.points(moment, self.size)
        return RenderedFrame(
            number=number,
            moment=moment,
            image=self._develop(np.mean([e.picture for e in exposures], 0) * light, number),
            points=points,
            mask=mask,
            visible=mask * (1 - np.mean([e.hidden for e in exposures], 0)),
            swap=swap,
            swap_points=swap_points,
            present=bool(inside and light > PRESENT_LIGHT * self._light(0)),
        )

    def _list_exposures(self) -> list[float]:
        """The instants of a frame that are rendered, in frames after it began."""
        if "blur" not in self.hard:
            return [0.0]
        return [
            (k + 0.5) / SUB_EXPOSURES * SHUTTER_OPEN - SHUTTER_OPEN / 2
            for k in range(SUB_EXPOSURES)
        ]

    def _expose(self, number: int, after: float) -> _Exposure:
        moment = self.moment(number, after)
        behind = self.backgrounds[self.part(number)]
        if self.companion:
            behind = self._render_companion(moment, (number + after) / self.rate).over(behind)
        actor = self.model.render(moment, self.size)
        picture, mask = actor.over(behind), actor.mask
        swap = picture
        if self.swapped_model:
            swapped = self.swapped_model.render(moment, self.size)
            mask = np.maximum(mask, swapped.mask)
            swap = picture + (swapped.over(behind) - picture) * mask[..., None]
        hidden = np.zeros(mask.shape, np.float32)
        if "hand" in self.hard:
            hand = self._render_hand(moment, (number + after) / self.rate)
            picture, swap, hidden = hand.over(picture), hand.over(swap), hand.cover
        return _Exposure(picture, swap, mask, hidden)

    def _render_companion(self, moment: Moment, seconds: float) -> Layer:
        """The second actor, on the right, in the light of the first."""
        model, play = self.companion
        theirs = replace(play.at(seconds), light=moment.light, ambient=moment.ambient)
        return model.render(self._step_aside(theirs, 1), self.size)

    def _render_hand(self, moment: Moment, seconds: float) -> Layer:
        nose = self.model.points(moment, self.size)[2]
        skin = self.model.actor.head.skin_colour
        return render_hand(self.size, nose, moment.zoom * self.size[1], seconds, skin)

    def _light(self, number: int) -> float:
        """The share of the light that a frame gets, 0..1."""
        light = DARK_LIGHT if "dark" in self.hard else 1.0
        if "fade" in self.hard:
            left = (self.frames - 1 - number) / max(self.frames / 5, 1)
            light *= float(np.clip(left, 0, 1)) ** 2
        return light

    def _develop(self, light: np.ndarray, number: int) -> np.ndarray:
        """Light on the sensor (h, w, 3) -> picture uint8, with the sensor's noise if asked for.

        The noise is the same for the picture and its true swap.
        """
        if "noise" in self.hard or "dark" in self.hard:
            rng = np.random.default_rng([self.performance, number])
            deviation = np.sqrt(PHOTON_NOISE * np.maximum(light, 0) + READ_NOISE)
            light = light + deviation * rng.standard_normal(light.shape, np.float32)
        return encode(light)


def check_scene(scene) -> None:
    """Raise ValueError for settings out of range; `scene` has the attributes of a Scene."""
    if unknown := scene.hard - HARD_CASES.keys():
        names, known = ", ".join(sorted(unknown)), ", ".join(HARD_CASES)
        raise ValueError(f"unknown option {names}; there are {known}")
    if scene.frames < 1:
        raise ValueError(f"a scene has at least one frame, not {scene.frames}")
    (least, most), (w, h) = SCENE_SIDES, scene.size
    if not all(least <= side <= most for side in scene.size):
        raise ValueError(f"a picture's sides are {least} to {most} pixels, not {w}x{h}")
    least, most = SCENE_RATES
    if not least <= scene.rate <= most:
        raise ValueError(f"a clip has {least} to {most} frames a second, not {scene.rate:g}")
    if scene.frames > scene.rate * MAX_SCENE_SECONDS:
        most = int(scene.rate * MAX_SCENE_SECONDS)
        raise ValueError(
            f"a clip lasts at most {MAX_SCENE_SECONDS} seconds: {most} frames at this rate"
        )
    if min(scene.actor, scene.performance, scene.face or 0) < 0:
        raise ValueError("a seed is 0 or above")


@dataclass(frozen=True, eq=False)
class _Exposure:
    """An instant in linear light, (h, w, 3) or (h, w) each."""

    picture: np.ndarray
    swap: np.ndarray  # the true swap, or the picture again
    mask: np.ndarray
    hidden: np.ndarray  # 0..1: what something in front hides
