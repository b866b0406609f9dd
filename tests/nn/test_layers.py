import numpy as np
import pytest

import nn
from tests.nn.gradcheck import check_gradients

RNG = np.random.default_rng(0)


def test_batch_norm_gradients():
    x, gamma, beta = RNG.standard_normal((3, 4, 2, 5)), RNG.random(5) + 0.5, RNG.standard_normal(5)

    def training(x, gamma, beta):
        zeros = np.zeros(5, x.dtype)
        return nn.batch_norm(x, gamma, beta, zeros, zeros + 1, training=True)

    def inference(x, gamma, beta):
        return nn.batch_norm(
            x, gamma, beta, np.full(5, 0.3, x.dtype), np.full(5, 2.0, x.dtype), training=False
        )

    check_gradients(training, x, gamma, beta, tol=2e-6)
    check_gradients(inference, x, gamma, beta)


def test_batch_norm_by_its_definition_and_its_moving_statistics():
    x = RNG.standard_normal((4, 3, 3, 2)) * 3 + 1
    mean, var = np.zeros(2), np.ones(2)
    y = nn.batch_norm(
        x, np.array([1.0, 2.0]), np.array([0.0, 5.0]), mean, var, training=True, epsilon=0.0
    ).data
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), [0, 5], atol=1e-12)
    np.testing.assert_allclose(y.std(axis=(0, 1, 2)), [1, 2], atol=1e-12)
    np.testing.assert_allclose(mean, 0.01 * x.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(var, 0.99 + 0.01 * x.var(axis=(0, 1, 2), ddof=1))  # unbiased


def test_steps_of_adam_by_hand():
    p = nn.Tensor(np.array([1.0, -2.0]), requires_grad=True)
    adam = nn.Adam(rate=0.1)
    expected, m, v = p.data.copy(), np.zeros(2), np.zeros(2)
    for t, g in enumerate(([0.5, -1.0], [0.2, 3.0], [-1.0, 0.0]), start=1):
        g = np.array(g)
        p.grad = g.copy()
        adam.step([p])
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        expected -= 0.1 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
        np.testing.assert_allclose(p.data, expected, rtol=1e-12)
        assert p.grad is None


def test_adam_counts_steps_for_all_and_skips_parameters_without_gradient():
    p, q = (nn.Tensor(np.ones(2), requires_grad=True) for _ in range(2))
    adam = nn.Adam()
    for _ in range(3):
        p.grad = np.ones(2)
        adam.step([p, q])
    assert adam.count == 3 and q not in adam.moments
    np.testing.assert_array_equal(q.data, 1)


def test_the_learning_rate_falls_along_half_a_cosine():
    factors = [nn.cosine_annealing(progress, 0.1) for progress in (0, 1 / 3, 0.5, 1)]
    np.testing.assert_allclose(factors, [1, 0.775, 0.55, 0.1])


class _Net(nn.Module):
    def __init__(self, rng):
        shared = nn.Dense(2, 2, rng=rng)
        self.first, self.again = shared, shared
        self.rest = nn.Sequential(nn.BatchNorm(2), nn.PReLU(2), nn.LeakyReLU())


def test_names_come_in_order_and_shared_tensors_once():
    names = [name for name, _ in _Net(RNG).named_tensors()]
    assert names == [
        "first.kernel",
        "first.bias",
        "rest.steps.0.gamma",
        "rest.steps.0.beta",
        "rest.steps.0.moving_mean",
        "rest.steps.0.moving_var",
        "rest.steps.1.alpha",
    ]
    assert len(_Net(RNG).parameters()) == 5


def test_inference_ends_with_its_block():
    net = _Net(RNG).train()
    with net.inference():
        assert not any(m.training for m in net.modules())
        assert net.first(np.ones((1, 2), np.float32)).creator is None
    assert all(m.training for m in net.modules())


def test_glorot_stays_in_its_bound_and_depends_on_the_rng_alone():
    def draw(seed):
        return nn.init.glorot_uniform((3, 3, 16, 32), np.random.default_rng(seed))

    kernel, bound = draw(0), np.sqrt(6 / (9 * 48))
    assert np.abs(kernel).max() <= bound and kernel.std() == pytest.approx(
        bound / np.sqrt(3), rel=0.05
    )
    np.testing.assert_array_equal(kernel, draw(0))


def test_minibatches_visit_all_once_and_the_last_may_be_smaller():
    batches = list(nn.train.minibatches(7, 3, np.random.default_rng(0)))
    assert [len(b) for b in batches] == [3, 3, 1]
    assert sorted(np.concatenate(batches)) == list(range(7))


def test_a_loss_that_is_not_finite_stops_before_anything_changes():
    net = nn.Sequential(nn.Dense(1, 1, rng=RNG))
    before = net.steps[0].kernel.data.copy()
    with pytest.raises(nn.train.Diverged), np.errstate(invalid="ignore"):
        nn.train.step(
            lambda x: nn.mse(net(x), np.zeros((1, 1), np.float32)),
            np.array([[np.inf]], np.float32),
            net,
            nn.Adam(),
        )
    np.testing.assert_array_equal(net.steps[0].kernel.data, before)


def test_asking_for_a_gpu_without_one_says_what_to_do():
    try:
        import cupy

        cupy.cuda.runtime.getDeviceCount()
    except Exception:  # no CuPy, or no GPU: whatever it says
        with pytest.raises(nn.DeviceError, match="--device"):
            nn.backend.device("gpu")
    else:
        assert nn.backend.device("gpu") is cupy
    with pytest.raises(ValueError, match="tpu"):
        nn.backend.device("tpu")
