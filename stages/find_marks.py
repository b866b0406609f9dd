"""The search for the mark in a whole clip: detect the faces, follow them, judge each of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import video
from faces import align, select, smooth_matrices
from mtcnn_np import Detector, follow
from provenance.rectify import rectify
from provenance.search import RectifiedFace, Verdict, judge_faces

# Frames over which a face's size and angle are smoothed. They are detected less exactly than its
# position, and change more slowly. By eye.
MARK_SMOOTHING = 25


def find_marks(clip: video.Clip, detector: Detector, min_size: float = 30) -> list[Verdict]:
    """A verdict on every face of a clip, the most prominent first.

    min_size  smallest face that is searched for, in pixels

    Decodes the clip twice. Memory grows by some 170 kB for each search.SPAN_FRAMES frames.
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
    """The matrices (2, 3), frame -> aligned face, of each face of the clip, by frame number."""
    detections, starts = {}, []
    for found in follow(video.with_cuts(clip), detector, min_size):
        detections[found.frame.number] = found.faces
        if found.cut:
            starts.append(found.frame.number)
    return [
        smooth_matrices(
            {n: align.similarity(face.points) for n, face in track.faces.items()},
            starts,
            size_angle_window=MARK_SMOOTHING,
        )
        for track in select.link(detections, starts)
    ]
