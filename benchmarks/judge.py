"""A face recogniser and a landmark model look at swaps: a program for a Python that has them, started by `benchmarks.quality`.

    pip install dlib-bin face_recognition_models "setuptools<81" "imageio[pyav]"
    PYTHON judge.py TARGET DONOR EVERY [FAKE...]

Prints a JSON line for each fake clip, over every EVERY-th frame:

donor, target   mean distance of the recogniser's 128 numbers to the donor's mean face and the target's; one person with himself about .2, two
                people .6
nearer          share of frames nearer the donor
mouth, eyes     correlation of their opening with the target's
landmarks       mean distance of 68 points from the target's, in distances of the eyes
jitter          mean second difference of the points, sampled as above, over that of the target's

Without a fake, a line each for the target and the donor's own spread and how far apart they are.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")
import dlib  # noqa: E402
import face_recognition_models  # noqa: E402
import imageio.v3 as iio  # noqa: E402
import numpy as np  # noqa: E402

detector = dlib.get_frontal_face_detector()
landmarks = dlib.shape_predictor(face_recognition_models.pose_predictor_model_location())
recogniser = dlib.face_recognition_model_v1(
    face_recognition_models.face_recognition_model_location()
)


def looks(path, every):
    """{frame number: (128 numbers, 68 points)} of the frames in which a face is found."""
    found = {}
    for number, image in enumerate(iio.imiter(path, plugin="pyav")):
        if number % every == 0:
            image = np.ascontiguousarray(image)
            boxes = detector(image, 1 if image.shape[1] < 500 else 0)
            if boxes:
                shape = landmarks(image, max(boxes, key=lambda box: box.area()))
                points = np.array([[p.x, p.y] for p in shape.parts()], float)
                found[number] = np.array(recogniser.compute_face_descriptor(image, shape)), points
    return found


def eyes_apart(points):
    return np.linalg.norm(points[36:42].mean(0) - points[42:48].mean(0))


def openings(points):
    """Mouth and eyes, in distances of the eyes."""
    mouth = np.linalg.norm(points[62] - points[66])
    eyes = (np.linalg.norm(points[37] - points[41]) + np.linalg.norm(points[44] - points[46])) / 2
    return np.array([mouth, eyes]) / eyes_apart(points)


def far(found, centre):
    return np.array([np.linalg.norm(numbers - centre) for numbers, _ in found.values()])


def main(target, donor, every, *fakes):
    target, donor = looks(target, int(every)), looks(donor, int(every))
    centres = {
        name: np.mean([numbers for numbers, _ in of.values()], axis=0)
        for name, of in (("target", target), ("donor", donor))
    }
    if not fakes:
        apart = np.linalg.norm(centres["target"] - centres["donor"])
        print(
            json.dumps(
                {
                    "target to itself": round(far(target, centres["target"]).mean(), 3),
                    "donor to itself": round(far(donor, centres["donor"]).mean(), 3),
                    "people apart": round(float(apart), 3),
                }
            )
        )
    for path in fakes:
        fake = looks(path, int(every))
        both = [n for n in target if n in fake]
        to_donor, to_target = far(fake, centres["donor"]), far(fake, centres["target"])
        real, made = (np.array([of[n][1] for n in both]) for of in (target, fake))  # (N, 68, 2)
        scale = np.array([eyes_apart(p) for p in real])
        open_real, open_made = (np.array([openings(p) for p in of]) for of in (real, made))
        shakes = [
            (np.abs(np.diff(of, 2, axis=0)).mean((1, 2)) / scale[1:-1]).mean()
            for of in (made, real)
        ]
        figures = {
            "donor": to_donor.mean(),
            "target": to_target.mean(),
            "nearer": (to_donor < to_target).mean(),
            "mouth": np.corrcoef(open_real[:, 0], open_made[:, 0])[0, 1],
            "eyes": np.corrcoef(open_real[:, 1], open_made[:, 1])[0, 1],
            "landmarks": (np.abs(real - made).mean((1, 2)) / scale).mean(),
            "jitter": shakes[0] / shakes[1],
        }
        print(
            json.dumps({k: round(float(v), 3) for k, v in figures.items()} | {"frames": len(both)}),
            flush=True,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
