"""A face mesh reads what a face in a clip does; it has no part in the project.

    pip install mediapipe==0.10.14 "imageio[pyav]"        (later wheels come without the model)
    PYTHON judge_expression.py CLIP EVERY OUT.npz [BLUR]

`benchmarks.quality` starts this program with a Python that has these packages. It looks at every
EVERY-th frame, blurred by BLUR pixels if that is given, and writes, for the N of them in which a
face is found, `numbers` (N,) of the frames and these movements (N,), in interocular distances:

mouth   how far the lips are apart
width   from one corner of the mouth to the other
smile   how far the corners are above the middle of the lips
lids    how far the lids are apart
brows   from the upper lid to the brow
gaze    how far the irises are to the right of the middle of the eyes, in the picture
"""

import sys

import imageio.v3 as iio
import mediapipe
import numpy as np
from PIL import Image, ImageFilter

# Numbers of points in MediaPipe's mesh of 478, as its map of the face shows them. "First" is the
# eye at the left of the picture.
INNER_LIPS = np.array([(13, 14), (82, 87), (312, 317)])  # upper, lower
MOUTH_CORNERS = np.array([61, 291])
LIDS = np.array([(159, 145), (158, 153), (160, 144), (386, 374), (385, 380), (387, 373)])
BROWS_AND_LIDS = np.array([(105, 159), (334, 386)])
EYE_CORNERS = np.array([(33, 133), (362, 263)])  # of the first eye, of the second
IRISES = np.array([468, 473])
MOVEMENTS = "mouth", "width", "smile", "lids", "brows", "gaze"
MIN_CONFIDENCE = 0.3  # of the detector, 0..1; lower than usual, so that few frames are lost


def read_movements(points):
    """The six MOVEMENTS, in interocular distances, of points (478, 2) in pixels."""
    eyes = points[EYE_CORNERS].mean(axis=1)  # (2, 2) middles
    distance = np.linalg.norm(eyes[1] - eyes[0])
    right = (eyes[1] - eyes[0]) / distance
    down = np.array([-right[1], right[0]])

    def gap(pairs):
        return np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1).mean()

    lifted = points[INNER_LIPS[0]].mean(axis=0) - points[MOUTH_CORNERS].mean(axis=0)
    mouth, width, smile = gap(INNER_LIPS), gap(MOUTH_CORNERS[None]), lifted @ down
    lids, brows = gap(LIDS), gap(BROWS_AND_LIDS)
    gaze = (points[IRISES] - eyes).mean(axis=0) @ right
    return np.array([mouth, width, smile, lids, brows, gaze]) / distance


def find_points(mesh, image, blur):
    """The mesh's points (478, 2) in pixels, or None."""
    if blur:
        image = np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(blur)))
    found = mesh.process(np.ascontiguousarray(image)).multi_face_landmarks
    if not found:
        return None
    return np.array([(p.x, p.y) for p in found[0].landmark]) * image.shape[1::-1]


def main(clip, every, out, blur=0.0):
    mesh = mediapipe.solutions.face_mesh.FaceMesh(
        static_image_mode=True,  # each frame for itself: a mesh that follows would smooth
        refine_landmarks=True,  # irises
        min_detection_confidence=MIN_CONFIDENCE,
    )
    numbers, found = [], []
    for number, image in enumerate(iio.imiter(clip, plugin="pyav")):
        points = find_points(mesh, image, float(blur)) if number % int(every) == 0 else None
        if points is not None:
            numbers.append(number)
            found.append(read_movements(points))
    columns = np.array(found).reshape(-1, len(MOVEMENTS)).T
    np.savez(out, numbers=np.array(numbers, int), **dict(zip(MOVEMENTS, columns, strict=True)))


if __name__ == "__main__":
    main(*sys.argv[1:])
