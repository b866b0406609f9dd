"""A face recogniser looks at a clip; it has no part in the project.

    pip install dlib-bin face_recognition_models "setuptools<81" "imageio[pyav]"
    PYTHON judge.py CLIP EVERY OUT.npz

`benchmarks.quality` starts this program with a Python that has these packages. It looks at every
EVERY-th frame and writes, for the N of them in which a face is found:

numbers       (N,) of the frames
descriptors   (N, 128) the recogniser's numbers: near each other for one person, far for two
points        (N, 68, 2) eyes, nose, mouth, brows and outline, in pixels. They say where a face is
              and how still it is. The lips among them are too coarse to say what a mouth does
"""

import sys
import warnings

warnings.filterwarnings("ignore")
import dlib  # noqa: E402
import face_recognition_models  # noqa: E402
import imageio.v3 as iio  # noqa: E402
import numpy as np  # noqa: E402

SMALL_PICTURE = 500  # pixels: narrower ones are enlarged twofold to find small faces

detector = dlib.get_frontal_face_detector()
landmarks = dlib.shape_predictor(face_recognition_models.pose_predictor_model_location())
recogniser = dlib.face_recognition_model_v1(
    face_recognition_models.face_recognition_model_location()
)


def describe_face(image):
    """(128 numbers, 68 points) of the largest face, or None."""
    image = np.ascontiguousarray(image)
    boxes = detector(image, 1 if image.shape[1] < SMALL_PICTURE else 0)
    if not boxes:
        return None
    shape = landmarks(image, max(boxes, key=lambda box: box.area()))
    points = np.array([[p.x, p.y] for p in shape.parts()], float)
    return np.array(recogniser.compute_face_descriptor(image, shape)), points


def main(clip, every, out):
    numbers, found = [], []
    for number, image in enumerate(iio.imiter(clip, plugin="pyav")):
        face = describe_face(image) if number % int(every) == 0 else None
        if face:
            numbers.append(number)
            found.append(face)
    np.savez(
        out,
        numbers=np.array(numbers, int),
        descriptors=np.array([face[0] for face in found]).reshape(-1, 128),
        points=np.array([face[1] for face in found]).reshape(-1, 68, 2),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
