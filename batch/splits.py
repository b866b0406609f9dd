"""Who trains a detector and who tests it: people are dealt so that none is in two splits.

A detector that has seen a face in training may recognise the person and not the fake. So people are
the nodes of a graph and swaps its edges, and each connected component is dealt whole. The shares
are those of FaceForensics++ (Roessler et al., *FaceForensics++: Learning to Detect Manipulated
Facial Images*, 2019): 720, 140 and 140 of its 1000 clips.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

SPLITS = "train", "val", "test"
SPLIT_SHARES = 0.72, 0.14, 0.14  # of the swaps; FaceForensics++, see above
MIN_DEALT_PEOPLE = 6  # two for each split, because a swap needs two; fewer stay in one group


def split_people(
    swaps: Mapping[tuple[str, str], int], seed: int, shares: Sequence[float] = SPLIT_SHARES
) -> dict[str, str]:
    """The split of each person: "train", "val" or "test".

    swaps   how many swaps there are of two people, (target, donor); 0 only ties the two together
    seed    decides, with the names, which of several components of one size goes where
    shares  of the swaps that the splits should have, in the order of SPLITS; they add up to 1

    The largest component is dealt first, and each goes to the split that lacks most; the last go
    to splits that would stay empty. So a share is at most as far from what it should be as the
    largest component is large, 1.16 times that if there are only three. The order of `swaps`
    changes nothing. Raises ValueError for other shares.
    """
    if len(shares) != len(SPLITS) or min(shares) < 0 or not math.isclose(sum(shares), 1):
        raise ValueError(f"{shares} are no shares of {', '.join(SPLITS)}")
    components = _find_components(swaps)
    components.sort(key=lambda found: (-found[0], _draw(seed, *found[1])))
    lacking = np.array(shares) * sum(swaps.values())
    dealt: dict[str, str] = {}
    empty = set(range(len(SPLITS)))
    for rest, (count, people) in zip(range(len(components), 0, -1), components, strict=True):
        open_splits = sorted(empty) if rest <= len(empty) else range(len(SPLITS))
        taken = max(open_splits, key=lambda split: lacking[split])
        empty.discard(taken)
        lacking[taken] -= count
        dealt |= dict.fromkeys(people, SPLITS[taken])
    return dealt


def deal_people(people: Iterable[str], seed: int) -> list[list[str]]:
    """People in three groups, for train, val and test, before they are paired within each group.

    If all pairs of all people were made, everybody would be in one component and so in one split.
    A group of n people gives n * (n - 1) swaps. The sizes are chosen so that the swaps come near
    SPLIT_SHARES. Fewer than MIN_DEALT_PEOPLE stay in one group. Groups are sorted by name.
    """
    drawn = sorted(set(people), key=lambda person: _draw(seed, person))
    if len(drawn) < MIN_DEALT_PEOPLE:
        return [sorted(drawn)]
    roots = np.sqrt(SPLIT_SHARES)
    val, test = (max(2, round(len(drawn) * root / roots.sum())) for root in roots[1:])
    train = len(drawn) - val - test
    groups = drawn[:train], drawn[train : train + val], drawn[train + val :]
    return [sorted(group) for group in groups]


def _find_components(swaps: Mapping[tuple[str, str], int]) -> list[tuple[int, list[str]]]:
    """The number of swaps and the people, sorted, of each connected component."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    people = sorted({person for pair in swaps for person in pair})
    numbers = {person: number for number, person in enumerate(people)}
    edges = np.array([[numbers[a], numbers[b]] for a, b in swaps], dtype=int).reshape(-1, 2)
    ones = np.ones(len(edges), dtype=np.int8)
    graph = coo_array((ones, edges.T), shape=(len(people), len(people)))
    found, labels = connected_components(graph, directed=False)
    counts = np.zeros(found, dtype=int)
    np.add.at(counts, labels[edges[:, 0]], list(swaps.values()))
    members: list[list[str]] = [[] for _ in range(found)]
    for person, label in zip(people, labels, strict=True):
        members[label].append(person)
    return list(zip(counts.tolist(), members, strict=True))


def _draw(seed: int, *names: str) -> str:
    """What decides an order at random: by the seed and the names, on every machine alike."""
    return hashlib.sha256("\0".join([str(seed), *names]).encode()).hexdigest()
