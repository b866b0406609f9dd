"""The clips of benchmarks.marks and of the mark's tests: how they are made, coded and cut."""

from __future__ import annotations

import io
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from scipy import ndimage

import pipeline
import video
from actors import RenderedFrame, Scene, film, render_frames
from faces import align
from mtcnn_np import Detector
from provenance import mark, search
from stages.find_marks import rectify_faces

from .truth import PAIRS

# rate factor, scale, share cropped from each side
TREATMENTS = [
    *((crf, 1, 0) for crf in (18, 23, 28, 35, 40)),
    *((crf, scale, 0) for scale in (0.5, 2) for crf in (18, 23, 28)),
    *((23, scale, 0) for scale in (0.25, 0.75, 1.5)),
    (23, 1, 0.05),
    *((crf, 1, 0.1) for crf in (18, 23, 28)),
]
BLUR_SIGMA_PX = 1.5  # pixels; makes a true swap as soft as a trained net's, by eye
FIRST_UNMARKED_SEED = 1000  # of the actors who are never swapped; no other benchmark has them
UNMARKED_FRAME_STEP = 6  # frames, a quarter of a second: so that faces differ

Images = list[np.ndarray]  # (H, W, 3) uint8 each


class ImagesClip(video.Clip):
    """Images (H, W, 3) as a clip."""

    def __init__(self, images: Images):
        size, rate = images[0].shape[1::-1], Fraction(25)
        super().__init__(Path("frames"), size, rate, len(images), 1 / rate)
        self.images = images

    def select(self, numbers: range) -> Iterator[video.Frame]:
        frames = enumerate(self.images)
        return (video.Frame(i, i / self.rate, image) for i, image in frames if i in numbers)


def film_pairs(options: Namespace, folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Names and clips (target, donor) of the pairs to swap."""
    for pair in PAIRS["develop"][: options.pairs]:
        paths = []
        roles = (pair.target, pair.target_performance), (pair.donor, pair.donor_performance)
        for who, play in roles:
            paths.append(folder / f"{who}-{play}.mkv")
            scene = Scene(who, play, options.frames, (options.size, options.size))
            for _ in film(scene, paths[-1], sound=False):
                pass
        yield f"actors {pair.target} {pair.donor}", *paths
    if options.clips:
        yield "clips", *options.clips


def swap(target: Path, donor: Path, seconds: float, threads: int) -> tuple[Images, Images, Images]:
    """The swap with the mark, the swap without it, and the target; exits where the swap fails."""
    with tempfile.TemporaryDirectory() as folder:
        plain, marked = Path(folder) / "plain.mkv", Path(folder) / "marked.mkv"
        for output, more in ((plain, ["--no-mark"]), (marked, [])):
            command = [str(target), str(donor), "-o", str(output), *more]
            command += ["--run", str(Path(folder) / "run"), "--threads", str(threads)]
            command += ["--minutes", str(seconds / 60)]
            if code := pipeline.main(command):
                sys.exit(code)
        return tuple(
            [frame.image for frame in video.open_clip(path)] for path in (marked, plain, target)
        )


def soften(frame: RenderedFrame) -> RenderedFrame:
    """The frame with the new face of its true swap as soft as a trained net draws it."""
    replaced = (frame.swap != frame.image).any(axis=2, keepdims=True)
    blurred = ndimage.gaussian_filter(frame.swap, (BLUR_SIGMA_PX, BLUR_SIGMA_PX, 0))
    return replace(frame, swap=np.where(replaced, blurred, frame.image))


def embed_mark(frame: RenderedFrame) -> np.ndarray:
    """The true swap of a frame, marked where the target's face is."""
    return mark.embed(frame.swap, frame.image, align.similarity(frame.points))


def film_soft_swap(number: int, frames: int, size: int) -> Images:
    """The true swap of a pair of actors, soft and marked."""
    scene = Scene(12 + 2 * number, 61 + number, frames, (size, size), face=13 + 2 * number)
    return [embed_mark(soften(frame)) for frame in render_frames(scene, range(frames))]


def treat(images: Images, crf: int, scale: float, crop: float) -> Images:
    """The frames cropped, scaled, coded and decoded."""
    height, width = images[0].shape[:2]
    y, x = round(height * crop), round(width * crop)
    h, w = (2 * round((n - 2 * m) * scale / 2) for n, m in ((height, y), (width, x)))
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        # With macroblock trees, x264 gives one of several results.
        options = {"crf": str(crf), "x264-params": "mbtree=0"}
        stream = out.add_stream(
            "libx264", rate=25, width=w, height=h, pix_fmt="yuv420p", options=options
        )
        for image in images:
            cropped = np.ascontiguousarray(image[y : height - y, x : width - x])
            frame = av.VideoFrame.from_ndarray(cropped, format="rgb24")
            out.mux(stream.encode(frame.reformat(w, h, "yuv420p", interpolation="BICUBIC")))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as coded:
        return [frame.to_ndarray(format="rgb24") for frame in coded.decode(video=0)]


def film_unmarked(frames: int, size: int, detector: Detector) -> Iterator[Images]:
    """Rectified faces of actors who were never swapped, in at least `frames` frames.

    Yields search.SPAN_FRAMES of each actor. A third of the actors is not coded, the others are
    treated by one after another of TREATMENTS.
    """
    seed = FIRST_UNMARKED_SEED
    while frames > 0:
        scene = Scene(seed, seed, UNMARKED_FRAME_STEP * search.SPAN_FRAMES, (size, size))
        numbers = range(0, scene.frames, UNMARKED_FRAME_STEP)
        images = [frame.image for frame in render_frames(scene, numbers)]
        if seed % 3:
            images = treat(images, *TREATMENTS[seed // 3 % len(TREATMENTS)])
        for faces in split_clip(ImagesClip(images), detector):
            yield faces
            frames -= len(faces)
        seed += 1


def split_clip(clip: video.Clip, detector: Detector) -> Iterator[Images]:
    """Rectified faces of a clip's most prominent person, search.SPAN_FRAMES of them at a time."""
    faces = [face.image for face in rectify_faces(clip, detector) if face.face == 0]
    return split_faces(faces)


def split_faces(faces: Images) -> Iterator[Images]:
    """search.SPAN_FRAMES of the faces at a time."""
    return (faces[i : i + search.SPAN_FRAMES] for i in range(0, len(faces), search.SPAN_FRAMES))
