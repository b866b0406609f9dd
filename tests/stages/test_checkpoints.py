"""A finished demo keeps the weights only; a kill in between loses nothing."""

import numpy as np
import pytest

from nn import checkpoint
from stages.checkpoints import Checkpoints

GOAL = {"rounds": 2, "minutes": None}
ARRAYS = {
    "net.kernel": np.ones(2, np.float32),
    "net.m.kernel": np.ones(3, np.float32),  # a net's own names may look like those of moments
    "adam.net.count": np.array(7),
    "adam.net.m.kernel": np.zeros(2, np.float32),
    "adam.net.v.kernel": np.zeros(2, np.float32),
}


@pytest.fixture
def checkpoints(tmp_path):
    for epoch in (10, 11, 12):
        checkpoint.write_arrays(tmp_path / f"{epoch:06d}.npz", ARRAYS, {"epochs": epoch})
    return Checkpoints(tmp_path)


def test_the_weights_of_the_newest_checkpoint_stay(checkpoints):
    weights = checkpoints.keep_weights(GOAL)
    assert [p.name for p in checkpoints.folder.iterdir()] == ["weights.npz"]
    arrays, counters = checkpoint.read_arrays(weights)
    assert arrays.keys() == {"net.kernel", "net.m.kernel", "adam.net.count"}
    assert counters == {"epochs": 12, "goal": GOAL}
    assert checkpoints.newest_first() == [weights] and checkpoints.keep_weights(GOAL) == weights


@pytest.mark.parametrize("deleted", range(4))
def test_a_kill_leaves_enough_to_do_it_again(checkpoints, monkeypatch, deleted):
    unlink, calls = type(checkpoints.folder).unlink, []

    def killed(path, *arguments, **options):
        if path.suffix == ".npz" and not path.name.startswith("."):
            if len(calls) == deleted:
                raise KeyboardInterrupt
            calls.append(path.name)
        unlink(path, *arguments, **options)

    monkeypatch.setattr(type(checkpoints.folder), "unlink", killed)
    if deleted < 3:
        with pytest.raises(KeyboardInterrupt):
            checkpoints.keep_weights(GOAL)
        assert checkpoints.newest_first()[0].name == "000012.npz"
    monkeypatch.undo()
    assert checkpoints.can_reach(GOAL) and checkpoints.can_reach({"rounds": 9, "minutes": None})
    checkpoints.keep_weights(GOAL)
    assert [p.name for p in checkpoints.folder.iterdir()] == ["weights.npz"]


def test_weights_alone_reach_their_own_goal_only(checkpoints):
    weights = checkpoints.keep_weights(GOAL)
    assert checkpoints.can_reach(GOAL) and not checkpoints.can_reach({"rounds": 3, "minutes": None})
    weights.write_bytes(weights.read_bytes()[:-9])
    assert not checkpoints.can_reach(GOAL)
    weights.unlink()
    assert not checkpoints.can_reach(GOAL)
