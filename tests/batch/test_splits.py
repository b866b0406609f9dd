"""Splits: no person in two, near the shares, and the same whatever the order."""

import random
from collections import Counter

import pytest

from batch.splits import SPLIT_SHARES, SPLITS, deal_people, split_people


def _draw_swaps(rng: random.Random) -> Counter:
    """A random graph: many small groups, or few large ones, with people paired within them."""
    swaps = Counter()
    for group in range(rng.randint(1, 30)):
        people = [f"{group}-{n}" for n in range(rng.randint(2, 9))]
        for _ in range(rng.randint(1, 25)):
            swaps[tuple(rng.sample(people, 2))] += rng.randint(1, 3)
    return swaps


def _components(swaps) -> list[set]:
    """By merging sets, as slow and as plain as can be."""
    found = []
    for pair in swaps:
        touched = [group for group in found if group & set(pair)]
        found = [group for group in found if not group & set(pair)]
        found.append(set(pair).union(*touched))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_no_person_is_in_two_splits_and_the_shares_are_near(seed):
    rng = random.Random(seed)
    swaps = _draw_swaps(rng)
    dealt = split_people(swaps, seed)
    assert set(dealt) == {person for pair in swaps for person in pair}
    counts = Counter()
    for (target, donor), count in swaps.items():
        assert dealt[target] == dealt[donor]
        counts[dealt[target]] += count
    assert set(counts) <= set(SPLITS) and counts.total() == swaps.total()
    components = _components(swaps)
    assert len(counts) == min(3, len(components))
    largest = max(sum(n for (a, _), n in swaps.items() if a in group) for group in components)
    slack = largest * (1.16 if len(components) == 3 else 1) + 1e-6
    for split, share in zip(SPLITS, SPLIT_SHARES, strict=True):
        assert abs(counts[split] - share * swaps.total()) <= slack

    shuffled = list(swaps.items())
    rng.shuffle(shuffled)
    assert split_people(dict(shuffled), seed) == dealt


def test_the_seed_decides():
    swaps = {(f"{n}", f"{n}'"): 1 for n in range(100)}
    dealt = [split_people(swaps, seed) for seed in range(3)]
    assert dealt[0] != dealt[1] != dealt[2]
    assert [Counter(one.values())["val"] for one in dealt] == [28, 28, 28]


def test_everybody_together_is_train():
    ring = {(str(n), str((n + 1) % 7)): 5 for n in range(7)}
    assert set(split_people(ring, 1).values()) == {"train"}


def test_a_tie_of_no_swap_still_holds_people_together():
    swaps = {(f"{n}", f"{n}'"): 1 for n in range(40)}
    tied = swaps | {(f"{n}", f"{n + 1}"): 0 for n in range(39)}
    assert set(split_people(swaps, 0).values()) == set(SPLITS)
    assert set(split_people(tied, 0).values()) == {"train"}


def test_no_people_and_wrong_shares():
    assert split_people({}, 0) == {}
    with pytest.raises(ValueError, match="shares"):
        split_people({("a", "b"): 1}, 0, (0.5, 0.5, 0.5))


@pytest.mark.parametrize("count", [6, 7, 12, 40, 200])
def test_dealt_people_are_paired_near_the_shares(count):
    people = [f"person {n}" for n in range(count)]
    groups = deal_people(people, 4)
    assert sorted(sum(groups, [])) == sorted(people) and len(groups) == 3
    assert groups == deal_people(reversed(people), 4) != deal_people(people, 5)
    swaps = [len(group) * (len(group) - 1) for group in groups]
    assert min(swaps) >= 2
    if count >= 40:
        shares = [n / sum(swaps) for n in swaps]
        assert shares == pytest.approx(SPLIT_SHARES, abs=0.05)
    pairs = {(a, b): 1 for group in groups for a in group for b in group if a != b}
    assert len(set(split_people(pairs, 0).values())) == 3


def test_few_people_stay_together():
    assert deal_people(["c", "a", "b", "a"], 0) == [["a", "b", "c"]]
