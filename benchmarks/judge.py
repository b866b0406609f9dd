"""A face recogniser and a landmark model look at swaps; neither has a part in the project.

    pip install dlib-bin face_recognition_models "setuptools<81" "imageio[pyav]"
    PYTHON judge.py TARGET DONOR EVERY [FAKE...]

`benchmarks.quality` starts this program with a Python that has these packages. It prints a JSON
line for each fake clip, over every EVERY-th frame:

donor, target   mean distance of the recogniser's 128 numbers to the donor's mean face and the
                target's; the same person has about .2, two people .6
nearer          share of frames nearer the donor
mouth, eyes     correlation of their opening with the target's
landmarks       mean distance of 68 points from the target's, in interocular distances
jitter          mean second difference of the points, sampled as above, over that of the target's

Without a fake, one line: how far target and donor are from their own mean faces, and how far apart.
"""

import json
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


def describe_faces(path, every):
    """{frame number: (128 numbers, 68 points)} of the frames in which a face is found."""
    found = {}
    for number, image in enumerate(iio.imiter(path, plugin="pyav")):
        if number % every == 0:
            image = np.ascontiguousarray(image)
            boxes = detector(image, 1 if image.shape[1] < SMALL_PICTURE else 0)
            if boxes:
                shape = landmarks(image, max(boxes, key=lambda box: box.area()))
                points = np.array([[p.x, p.y] for p in shape.parts()], float)
                found[number] = np.array(recogniser.compute_face_descriptor(image, shape)), points
    return found


def interocular_distance(points):
    return np.linalg.norm(points[36:42].mean(0) - points[42:48].mean(0))


def measure_openings(points):
    """How far mouth and eyes are open, in interocular distances: (2,)."""
    mouth = np.linalg.norm(points[62] - points[66])
    eyes = (np.linalg.norm(points[37] - points[41]) + np.linalg.norm(points[44] - points[46])) / 2
    return np.array([mouth, eyes]) / interocular_distance(points)


def mean_face(found):
    return np.mean([numbers for numbers, _ in found.values()], axis=0)


def distances(found, face):
    """Of each frame's 128 numbers to those of a face."""
    return np.array([np.linalg.norm(numbers - face) for numbers, _ in found.values()])


def describe_people(target, donor):
    """How alike a person's own frames are, and how far apart the two people."""
    target_face, donor_face = mean_face(target), mean_face(donor)
    return {
        "target to itself": round(distances(target, target_face).mean(), 3),
        "donor to itself": round(distances(donor, donor_face).mean(), 3),
        "people apart": round(float(np.linalg.norm(target_face - donor_face)), 3),
    }


def judge(fake, target, donor):
    """The figures of a fake clip."""
    both = [n for n in target if n in fake]
    to_donor, to_target = distances(fake, mean_face(donor)), distances(fake, mean_face(target))
    real, made = (np.array([of[n][1] for n in both]) for of in (target, fake))  # (N, 68, 2)
    scale = np.array([interocular_distance(p) for p in real])
    real_open, made_open = (np.array([measure_openings(p) for p in of]) for of in (real, made))
    made_jitter, real_jitter = (
        (np.abs(np.diff(of, 2, axis=0)).mean((1, 2)) / scale[1:-1]).mean() for of in (made, real)
    )
    figures = {
        "donor": to_donor.mean(),
        "target": to_target.mean(),
        "nearer": (to_donor < to_target).mean(),
        "mouth": np.corrcoef(real_open[:, 0], made_open[:, 0])[0, 1],
        "eyes": np.corrcoef(real_open[:, 1], made_open[:, 1])[0, 1],
        "landmarks": (np.abs(real - made).mean((1, 2)) / scale).mean(),
        "jitter": made_jitter / real_jitter,
    }
    return {k: round(float(v), 3) for k, v in figures.items()} | {"frames": len(both)}


def main(target, donor, every, *fakes):
    every = int(every)
    target, donor = describe_faces(target, every), describe_faces(donor, every)
    if not fakes:
        print(json.dumps(describe_people(target, donor)))
    for path in fakes:
        print(json.dumps(judge(describe_faces(path, every), target, donor)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
