"""The steps of the search: the statistical bound, the path, the verdict on several parts."""

from itertools import pairwise, product

import numpy as np
from scipy import ndimage

from provenance import pattern, search
from provenance.correlate import correlate, signed_coefficients
from provenance.placement import PLACEMENT_COUNT, PLACEMENT_SHAPE, Placement, best_placement
from provenance.rectify import SEARCH_MARGIN, SEARCH_SHAPE
from provenance.significance import false_alarm_bound, z_score
from provenance.viterbi import find_path

PARTS = 8
MARK_TO_NOISE = 0.04  # ratio of standard deviations, of a weak mark that drifts


def test_the_bound_holds_for_sums_of_random_signs():
    rng = np.random.default_rng(0)
    for weights in (np.ones(8), np.ones(300), 0.8 ** np.arange(40)):
        sums = rng.choice([-1.0, 1.0], (50_000, len(weights))) @ weights / np.linalg.norm(weights)
        for z in (1.0, 1.5, 2.0, 2.5):
            assert (sums > z).mean() <= false_alarm_bound(z) < 1


def test_viterbi_finds_the_best_of_all_paths():
    """Compared with all paths through three parts, on a few of the placements."""
    rng = np.random.default_rng(0)
    correlations = [np.full(PLACEMENT_SHAPE, -100.0, np.float32) for _ in range(3)]
    few = list(product((5, 6), (0, 1), (0, 1, 2), (7, 8)))  # scales, rotations, y, x
    for correlation in correlations:
        correlation[tuple(zip(*few, strict=True))] = rng.normal(size=len(few))
    best, best_path = -np.inf, None
    for indices in product(few, repeat=3):
        if all(np.abs(np.subtract(a, b)).sum() <= 1 for a, b in pairwise(indices)):
            total = sum(c[i] for c, i in zip(correlations, indices, strict=True))
            if total > best:
                best, best_path = total, indices
    assert find_path(correlations) == [Placement.at(indices) for indices in best_path]


def _noise(rng: np.random.Generator) -> np.ndarray:
    """Noise in place of a rectified face."""
    return ndimage.gaussian_filter(rng.normal(size=SEARCH_SHAPE), 1).astype(np.float32)


def _part(k: int, face: np.ndarray) -> search.Part:
    """The k-th part of a clip whose frames all show this face."""
    numbers = range(k * search.SPAN_FRAMES, (k + 1) * search.SPAN_FRAMES)
    return search.Part(face * search.SPAN_FRAMES, list(numbers))


def test_a_weak_mark_that_drifts_is_found():
    """It is too weak to be found in one part, and moves by a unit from each part to the next."""
    rng = np.random.default_rng(1)
    faces = []
    for k in range(PARTS):
        face = _noise(rng)
        h, w = pattern.mark_pattern().shape
        y, x = SEARCH_MARGIN, SEARCH_MARGIN + k - 4
        strength = MARK_TO_NOISE * face.std() / pattern.mark_pattern().std()
        face[y : y + h, x : x + w] += strength * pattern.mark_pattern()
        faces.append(face)
    found = search.judge_face([_part(k, face) for k, face in enumerate(faces)])
    alone = [search.judge_face([search.Part(face, [0])]) for face in faces]
    assert found.marked and not any(one.marked for one in alone)
    same_place = best_placement(sum(correlate(face) for face in faces))
    score = z_score(sum(signed_coefficients(face, same_place) for face in faces))
    assert false_alarm_bound(score, PLACEMENT_COUNT) > search.MAX_FALSE_ALARM
    plain = search.judge_face([_part(k, _noise(rng)) for k in range(PARTS)])
    assert not plain.marked and plain.chance > 0.01
