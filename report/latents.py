"""What the code of a face holds: strips of faces that the trained net draws from changed codes.

Two strips go along the directions in which the codes of these faces differ most (their principal
components), one goes from a frame of the target to a frame of the donor. Each code is drawn twice,
by the decoder of the target's person and by the donor's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

import intracoder
import nn
from intracoder.model import downsample
from nn import checkpoint
from stages.checkpoints import Checkpoints

from .folder import RunFolder
from .pictures import data_uri

STRIP_STEPS = 11  # faces in a strip; the one in the middle is the mean face
STRIP_REACH = 2.5  # how far a strip goes from the mean, in standard deviations along it; by eye
STRIP_BATCH = 16  # faces that are drawn at a time
STRIP_QUALITY = 72  # of WebP, 0..100


@dataclass(eq=False)
class TrainedNet:
    """The intracoder of a run, with the weights of its newest checkpoint."""

    model: intracoder.Intracoder

    @classmethod
    def read(cls, run: RunFolder) -> TrainedNet | None:
        """The net, or None if there is none: no checkpoint, or the nets of 2020.

        Raises nn.CheckpointError if the checkpoint is damaged.
        """
        files = Checkpoints(run.path / "checkpoints").newest_first()
        if run.settings["preset"]["net"] != "today" or not files:
            return None
        model = intracoder.Intracoder(np.random.default_rng(0))  # its weights are replaced at once
        arrays, _ = checkpoint.read_arrays(files[0])
        own = {name: array for name, array in arrays.items() if name.startswith("intracoder.")}
        checkpoint.load_module(model, own, str(files[0]), "intracoder.")
        return cls(model)

    def encode(self, faces: np.ndarray) -> np.ndarray:
        """Codes (N, K) of faces (N, 128, 128, 3) uint8."""
        return nn.train.infer(self.model.encoder, downsample(faces), STRIP_BATCH)

    def draw(self, codes: np.ndarray, identity: str) -> np.ndarray:
        """Faces (N, 128, 128, 3), roughly 0..1, of codes (N, K), as identity "a" or "b"."""
        return nn.train.infer(self.model.decoder(identity), codes, STRIP_BATCH)

    def redraw(self, faces: np.ndarray, identity: str) -> np.ndarray:
        """Faces (N, 128, 128, 3) uint8, encoded and drawn again as "a" or "b": 0..1."""
        return self.draw(self.encode(faces), identity)


def draw_strips(net: TrainedNet, people: dict[str, np.ndarray]) -> list[dict]:
    """The strips: of each its name, what it shows, its steps in words, and its picture.

    The picture has STRIP_STEPS faces beside each other: above as the target's person, below as the
    donor. `people` are faces (N, 128, 128, 3) uint8 of "a" and "b".
    """
    codes = {identity: net.encode(faces) for identity, faces in people.items()}
    everything = np.concatenate([own - own.mean(0) for own in codes.values()])
    _, lengths, directions = np.linalg.svd(everything, full_matrices=False)
    deviations = lengths / np.sqrt(max(len(everything) - 1, 1))
    shares = lengths**2 / max(float((lengths**2).sum()), 1e-12)
    mean = np.concatenate(list(codes.values())).mean(0)
    places = np.linspace(-STRIP_REACH, STRIP_REACH, STRIP_STEPS)
    strips = []
    for rank, title in enumerate(("Strongest direction", "Second direction")[: len(directions)]):
        along = places[:, None] * deviations[rank] * directions[rank]
        what = f"It explains {shares[rank]:.0%} of how the codes of these faces differ."
        steps = [f"{place:+.1f} standard deviations" for place in places]
        strips.append(_strip(net, title, what, steps, mean + along.astype(np.float32)))
    start, end = (own[len(own) // 2] for own in (codes["a"], codes["b"]))
    mix = np.linspace(0, 1, STRIP_STEPS, dtype=np.float32)[:, None]
    what = "From the code of a frame of the target to that of a frame of the donor."
    steps = [f"{share:.0%} of the way to the donor's frame" for share in mix[:, 0]]
    strips.append(_strip(net, "From target to donor", what, steps, start + mix * (end - start)))
    return strips


def _strip(
    net: TrainedNet, title: str, what: str, steps: list[str], codes: np.ndarray
) -> dict[str, object]:
    rows = [np.concatenate(list(_to_levels(net.draw(codes, who))), axis=1) for who in "ab"]
    picture = data_uri(Image.fromarray(np.concatenate(rows)), STRIP_QUALITY)
    return {"title": title, "what": what, "steps": steps, "picture": picture}


def _to_levels(faces: np.ndarray) -> np.ndarray:
    return (np.clip(faces, 0, 1) * 255 + 0.5).astype(np.uint8)
