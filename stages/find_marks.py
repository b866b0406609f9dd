"""The search for the mark in a whole clip: detect the faces, follow them, judge each of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import video
from faces import Face, align, select, smooth_matrices
from mtcnn_np import Detector, TurnedDetector, find_quarter_turns, follow
from provenance.rectify import rectify
from provenance.search import RectifiedFace, Verdict, judge_faces

# Frames over which a face's size and angle are smoothed. They are detected less exactly than its
# position, and change more slowly. By eye.
MARK_SMOOTHING = 25


def find_marks(clip: video.Clip, detector: Detector, min_size: float = 30) -> list[Verdict]:
    """A verdict on every face of a clip, the most prominent first.

    min_size  smallest face that is searched for, in pixels

    Decodes the clip twice, and more often if it may not stand upright. Memory grows by some 170 kB
    for each search.SPAN_FRAMES frames.
    """
    return judge_faces(rectify_faces(clip, detector, min_size))


def rectify_faces(
    clip: video.Clip, detector: Detector, min_size: float = 30
) -> Iterator[RectifiedFace]:
    """Each face of each frame, rectified; the most prominent face has number 0."""
    faces = _track_faces(clip, detector, min_size)
    for frame in clip:
        for i, matrices in enumerate(faces):
            if frame.number in matrices:
                image = rectify(frame.image, matrices[frame.number])
                yield RectifiedFace(i, frame.number, image)


def _track_faces(
    clip: video.Clip, detector: Detector, min_size: float
) -> list[dict[int, np.ndarray]]:
    """The matrices (2, 3), frame -> aligned face, of each face of the clip, by frame number.

    A clip that stands on its head or lies on its side is noticed, and searched so.
    """
    detections, starts = _detect(clip, detector, min_size)
    if turns := find_quarter_turns(detections, clip, detector, min_size):
        detections, starts = _detect(clip, TurnedDetector(detector, turns), min_size)
    return [
        smooth_matrices(
            {n: align.similarity(face.points) for n, face in track.faces.items()},
            starts,
            size_angle_window=MARK_SMOOTHING,
        )
        for track in select.link(detections, starts)
    ]


def _detect(
    clip: video.Clip, detector: Detector, min_size: float
) -> tuple[dict[int, list[Face]], list[int]]:
    """The faces of each frame by its number, and the frames with which a shot begins."""
    detections, starts = {}, []
    for found in follow(video.with_cuts(clip), detector, min_size):
        detections[found.frame.number] = found.faces
        if found.cut:
            starts.append(found.frame.number)
    return detections, starts
