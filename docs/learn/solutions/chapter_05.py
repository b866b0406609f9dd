"""Solutions of the exercises of chapter 5, Adam."""

import numpy as np

import nn


def adam_step(p, g, m, v, t, rate, beta1, beta2, epsilon):
    """Kingma & Ba 2015, algorithm 1."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return p - rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v


def adamw_step(p, g, m, v, t, rate, decay):
    """The decay sees the parameter before the step, and Adam's moments do not see the decay."""
    stepped, m, v = adam_step(p, g, m, v, t, rate, 0.9, 0.999, 1e-8)
    return stepped - rate * decay * p, m, v


def steps_until(beta, part):
    """The mean holds 1 - beta^t of the full value."""
    t = 1
    while 1 - beta**t < part:
        t += 1
    return t


def warm_up(progress, warm, last):
    """A line, then half a cosine."""
    if progress < warm:
        return progress / warm
    return nn.cosine_annealing((progress - warm) / (1 - warm), last)
