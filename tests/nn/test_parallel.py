import os
import pickle
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

import nn
from nn import parallel


@pytest.fixture(autouse=True)
def one_thread_afterwards():
    yield
    nn.set_threads(1)


def test_jobs_give_their_results_in_order_and_their_errors():
    nn.set_threads(3)
    assert parallel.run([lambda i=i: time.sleep(0.01 * (i % 3)) or i * i for i in range(10)]) == [
        i * i for i in range(10)
    ]

    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        parallel.run([fail, lambda: 1, lambda: 2])


def test_jobs_know_whether_gradients_are_wanted_and_do_not_change_it_for_others():
    nn.set_threads(3)

    def with_and_without(i):
        with nn.no_grad():
            time.sleep(0.001 * (i % 2))
            inside = nn.tensor.grad_enabled()
        return inside, nn.tensor.grad_enabled()

    assert (
        parallel.run([lambda i=i: with_and_without(i) for i in range(30)]) == [(False, True)] * 30
    )
    with nn.no_grad():
        assert not any(parallel.run([nn.tensor.grad_enabled] * 30))


@pytest.mark.parametrize(
    "count, parts, expected", [(7, 3, [2, 2, 3]), (2, 4, [1, 1]), (8, 2, [4, 4]), (5, 1, [5])]
)
def test_slices_are_even_and_cover_all(count, parts, expected):
    found = parallel.slices(count, parts)
    assert [s.stop - s.start for s in found] == expected
    assert np.concatenate([np.arange(count)[s] for s in found]).tolist() == list(range(count))


@pytest.mark.parametrize(
    "threads, shape, batch, expected",
    [
        (1, (5, 2), 2, [1, 2, 2]),
        (2, (5, 2), 8, [2, 3]),  # a part for each thread
        (2, (3, 2), 8, [3]),  # few and small
        (2, (3, 1 << 14), 8, [1, 2]),  # few, but large
        (3, (0, 2), 8, [0]),
    ],
)
def test_inputs_are_cut_for_the_threads_unless_they_are_few_and_small(
    threads, shape, batch, expected
):
    nn.set_threads(threads)
    inputs = np.arange(np.prod(shape)).reshape(shape)
    parts = parallel.map_batches(lambda part: part, inputs, batch)
    assert [len(part) for part in parts] == expected
    np.testing.assert_array_equal(np.concatenate(parts), inputs)


def test_blas_has_all_threads_only_for_a_part_that_is_alone():
    nn.set_threads(2)

    def blas_threads(part):
        return {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"}

    assert parallel.map_batches(blas_threads, np.zeros((2, 2)), 8) == [{2}]
    assert parallel.map_batches(blas_threads, np.zeros((4, 2)), 8) == [{1}, {1}]
    assert blas_threads(None) == {1}


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_team_adds_up_small_and_large_arrays_in_every_process(size):
    nn.set_threads(size)
    with parallel.team(1 << 20) as rank:
        small, large = np.full(3, 1.0 + rank), np.arange(50_000, dtype=np.float32) * (rank + 1)
        for _ in range(200):
            parallel.all_reduce([small])
            small /= parallel.team_size()
        parallel.all_reduce([large, small])
        seen = np.array([large[-1], small[0], rank])
        parallel.all_reduce([seen])  # so that process 0 sees what the others got
    ranks = sum(range(size))
    mean = (size + ranks) / size
    assert (
        seen[0] == pytest.approx(size * 49_999 * (size + ranks))
        and seen[1] == pytest.approx(size * size * mean)
        and seen[2] == ranks
    )
    assert parallel.team_size() == 1 and parallel.rank() == 0


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_a_sum_is_scattered_in_parts_that_together_are_all_of_it(size):
    nn.set_threads(size)
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in ((1,), (50, 70), (3,), (0,), (2, 3, 4), (999,))]
    arrays[2] = arrays[2].astype(np.float32)
    received = parallel.share([np.zeros_like(a) for a in arrays])
    with parallel.team(1 << 20) as rank:
        own = [a * (rank + 1) for a in arrays]
        for index, part, total in parallel.reduce_scatter(own):
            received[index].reshape(-1)[part] += total
    ranks = sum(range(1, size + 1))
    for array, got in zip(arrays, received, strict=True):
        assert got.dtype == array.dtype and got.shape == array.shape
        np.testing.assert_allclose(got, array * ranks, rtol=1e-6)


def test_parts_are_equal_in_size():
    nn.set_threads(3)
    parts = parallel.share([np.zeros(3)])[0]
    with parallel.team(1 << 20) as rank:
        for _, part, _ in parallel.reduce_scatter([np.zeros(5), np.zeros(1000), np.zeros(7)]):
            parts[rank] += part.stop - part.start
        parallel.barrier()
    assert parts.sum() == 1012 and np.ptp(parts) <= 1


def test_shared_arrays_are_seen_by_forks():
    nn.set_threads(2)
    (shared,) = parallel.share([np.arange(6).reshape(2, 3)])
    np.testing.assert_array_equal(shared, [[0, 1, 2], [3, 4, 5]])
    with parallel.team(1 << 10) as rank:
        if rank:
            shared[1, 2] = 50
        parallel.barrier()
    assert shared[1, 2] == 50


@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_each_process_makes_is_gathered(size):
    nn.set_threads(size)

    def produce(own, of):
        assert of == size and parallel.thread_count() == 1
        for i in range(own, 300, of):
            yield i, os.getpid(), np.full(5000, i)  # more than a pipe holds

    items = list(parallel.gather(produce, 8))
    assert sorted(i for i, _, _ in items) == list(range(300))
    assert len({pid for _, pid, _ in items}) == size
    assert all((array == i).all() for i, _, array in items)
    assert parallel.thread_count() == size and parallel.team_size() == 1


def test_no_more_processes_than_wanted_are_started():
    nn.set_threads(3)
    assert sorted(parallel.gather(lambda own, of: [(own, of)], 2)) == [(0, 2), (1, 2)]


def test_an_error_in_a_process_is_raised_where_the_items_are_gathered():
    nn.set_threads(2)

    def produce(own, of):
        yield own
        if own:
            raise LookupError("nothing here")

    with pytest.raises(LookupError, match="nothing here"):
        list(parallel.gather(produce, 8))


def test_a_process_that_is_killed_while_it_works_is_noticed():
    nn.set_threads(2)

    def produce(own, of):
        yield own
        if own:
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(parallel.TeamError, match="a process has ended"):
        list(parallel.gather(produce, 8))
    assert parallel.team_size() == 1


def test_an_item_that_cannot_be_sent_is_an_error():
    nn.set_threads(2)
    with pytest.raises((AttributeError, pickle.PicklingError), match="lambda"):
        list(parallel.gather(lambda own, of: [lambda: own] if own else [], 8))


def test_who_stops_gathering_ends_the_processes():
    nn.set_threads(2)
    with_pids = parallel.gather(lambda own, of: ((own, os.getpid()) for _ in iter(int, 1)), 8)
    other = next(pid for own, pid in with_pids if own)
    with_pids.close()
    assert not Path(f"/proc/{other}").exists()


def test_each_producer_has_its_own_items_in_order():
    nn.set_threads(2)

    def produce(own):
        assert parallel.thread_count() == 1 and parallel.team_size() == 1
        for i in range(100):
            yield own, i, os.getpid(), np.full(5000, i)  # more than a pipe holds

    with parallel.start_producers(produce, 3, ahead=4) as streams:
        assert parallel.thread_count() == 2 and parallel.team_size() == 1
        rows = list(zip(*streams, strict=True))
    assert [[(own, i) for own, i, *_ in row] for row in rows] == [
        [(own, i) for own in range(3)] for i in range(100)
    ]
    assert len({pid for row in rows for _, _, pid, _ in row}) == 3
    assert all((array == i).all() for row in rows for _, i, _, array in row)


def test_a_producer_waits_for_its_reader_and_ends_with_it():
    made = parallel.processes.multiprocessing.Value("i", 0)

    def produce(own):
        while True:
            made.value += 1
            yield os.getpid(), np.zeros(100_000)  # more than a pipe holds

    with parallel.start_producers(produce, 1, ahead=4) as streams:
        pid, _ = next(streams[0])
        time.sleep(0.5)
        assert made.value <= 8  # one was read, one is being sent, four wait, one is in hand
    assert not Path(f"/proc/{pid}").exists()


def _net(rng):
    return nn.Sequential(
        nn.Conv2d(2, 3, rng=rng),
        nn.BatchNorm(3),
        nn.LeakyReLU(),
        nn.ConvTranspose2d(3, 2, stride=2, rng=rng),
        nn.BatchNorm(2),
    )


def _train(threads: int, batch: int, epochs: int = 2) -> tuple[list[float], bytes, dict]:
    nn.set_threads(threads)
    rng = np.random.default_rng(3)
    net, adam = _net(rng), nn.Adam()
    x = rng.standard_normal((7, 6, 6, 2)).astype(np.float32)
    y = rng.standard_normal((7, 12, 12, 2)).astype(np.float32)
    losses = []
    for _ in range(epochs):
        batches = nn.train.minibatches(len(x), batch, rng)
        losses += [
            loss
            for loss, _ in nn.train.epoch(batches, lambda i: nn.mse(net(x[i]), y[i]), net, adam)
        ]
    return (
        losses,
        b"".join(t.data.tobytes() for _, t in net.named_tensors()),
        {k: t.data for k, t in net.named_tensors()},
    )


# 7 images: with 2 or 3 a batch the last has one image, which two processes cannot share.
@pytest.mark.parametrize("batch", [2, 3, 7])
def test_a_team_trains_to_what_one_process_does(batch):
    (alone, _, one), (shared, _, two) = _train(1, batch), _train(2, batch)
    np.testing.assert_allclose(shared, alone, rtol=1e-4)
    for name, values in one.items():
        np.testing.assert_allclose(two[name], values, atol=2e-3, err_msg=name)


def test_a_team_of_any_size_gives_the_same_bytes_each_time():
    for threads in (2, 3):
        assert _train(threads, 3)[1] == _train(threads, 3)[1]


def test_between_two_steps_the_caller_is_alone():
    nn.set_threads(2)
    rng = np.random.default_rng(0)
    net, x = _net(rng), rng.standard_normal((4, 6, 6, 2)).astype(np.float32)
    for _ in nn.train.epoch([np.arange(4)] * 3, lambda i: nn.mse(net(x[i]), 1.0), net, nn.Adam()):
        assert parallel.team_size() == 1
        with nn.no_grad():
            # BatchNorm must not wait for the sums of the other process.
            normed = net.steps[1](net.steps[0](x)).data
        np.testing.assert_allclose(normed.mean(axis=(0, 1, 2)), net.steps[1].beta.data, atol=1e-5)


def _children() -> list[str]:
    return [
        pid
        for file in Path("/proc/self/task").glob("*/children")
        for pid in file.read_text().split()
    ]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for the process in /proc")
def test_an_epoch_left_early_leaves_no_process_behind():
    nn.set_threads(2)
    net = _net(np.random.default_rng(0))
    x = np.zeros((6, 6, 6, 2), np.float32)
    steps = nn.train.epoch(
        nn.train.minibatches(6, 2, np.random.default_rng(0)),
        lambda i: nn.mse(net(x[i]), 1.0),
        net,
        nn.Adam(),
    )
    next(steps)
    children = _children()
    assert len(children) == 1
    steps.close()
    assert parallel.team_size() == 1
    assert not _children()


def test_a_process_that_dies_is_noticed():
    nn.set_threads(2)
    with pytest.raises(parallel.TeamError, match="continue"), parallel.team(1 << 10) as rank:
        if rank:
            os.kill(os.getpid(), signal.SIGKILL)
        parallel.all_reduce([np.zeros(3)])
    assert parallel.team_size() == 1


def test_a_loss_that_is_not_finite_stops_every_process():
    nn.set_threads(2)
    net = nn.Sequential(nn.Dense(1, 1, rng=np.random.default_rng(0)))
    before = net.steps[0].kernel.data.copy()
    x = np.array([[1.0], [np.inf]], np.float32)  # only one process sees it
    with pytest.raises(nn.train.Diverged), np.errstate(invalid="ignore"):
        list(
            nn.train.epoch(
                [np.arange(2)],
                lambda i: nn.mse(net(x[i]), np.zeros((len(i), 1), np.float32)),
                net,
                nn.Adam(),
            )
        )
    np.testing.assert_array_equal(net.steps[0].kernel.data, before)
    assert parallel.team_size() == 1
