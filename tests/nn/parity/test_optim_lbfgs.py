"""L-BFGS beside PyTorch's: the same steps, the same evaluations."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from nn import optim
from nn.optim.line_search import Point, strong_wolfe

torch = pytest.importorskip("torch")
from torch.optim.lbfgs import _strong_wolfe  # noqa: E402


@pytest.fixture(autouse=True)
def exact_and_alone():
    """PyTorch in float64, and without threads that wait."""
    default, threads = torch.get_default_dtype(), torch.get_num_threads()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    yield
    torch.set_default_dtype(default)
    torch.set_num_threads(threads)


def network(params, x, tanh):
    w1, b1, w2 = params
    return tanh(x @ w1 + b1) @ w2


@pytest.mark.parametrize("line_search_fn", [None, "strong_wolfe"])
@pytest.mark.parametrize("history_size", [2, 100])
@pytest.mark.parametrize("max_iter", [1, 3, 20])
def test_lbfgs_agrees_on_a_small_network(line_search_fn, history_size, max_iter, rng):
    options = {
        "lr": 1.0 if line_search_fn else 0.02,
        "max_iter": max_iter,
        "max_eval": 30,
        "history_size": history_size,
        "line_search_fn": line_search_fn,
    }
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    arrays = [rng.normal(size=shape) for shape in ((3, 4), (4,), (4, 2))]
    ours = [ag.Value(a.copy()) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    a, b = optim.LBFGS(ours, **options), torch.optim.LBFGS(theirs, **options)

    def closure():
        a.zero_grad()
        loss = ((network(ours, x, ag.tanh) - y) ** 2).mean()
        loss.backward()
        return loss

    def closure_torch():
        b.zero_grad()
        out = network(theirs, torch.tensor(x), torch.tanh)
        loss = ((out - torch.tensor(y)) ** 2).mean()
        loss.backward()
        return loss

    # After many iterations more, what rounding left apart has been amplified by the curvature.
    for _ in range(10 if max_iter < 20 else 1):
        loss, loss_torch = a.step(closure), b.step(closure_torch)
        np.testing.assert_allclose(loss.item(), loss_torch.item(), rtol=1e-10)
        for p, q in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-10, atol=1e-10)
    ours_state, theirs_state = a.state[ours[0]], b.state[theirs[0]]
    for count in ("n_iter", "func_evals"):
        assert ours_state[count] == theirs_state[count]


@pytest.mark.parametrize("first", [1e-3, 0.1, 1.0, 7.0, 1e3])
@pytest.mark.parametrize("limit", [1, 2, 5, 60])
def test_the_line_search_tries_the_same_steps(first, limit):
    curves = [
        (lambda t: (t - 3) ** 2, lambda t: 2 * (t - 3)),
        (lambda t: -t / (t * t + 2), lambda t: (t * t - 2) / (t * t + 2) ** 2),
        (lambda t: np.sin(5 * t) - t, lambda t: 5 * np.cos(5 * t) - 6),
    ]
    for phi, slope in curves:
        tried, tried_torch = [], []

        def at(t, phi=phi, slope=slope, tried=tried):
            tried.append(t)
            return Point(t, phi(t), np.array([slope(t)]), slope(t))

        def at_torch(x, t, d, phi=phi, slope=slope, tried=tried_torch):
            tried.append(float(t))
            return phi(float(t)), torch.tensor([slope(float(t))])

        start = Point(0.0, phi(0.0), np.array([slope(0.0)]), slope(0.0))
        point, evaluations = strong_wolfe(at, start, first, 1.0, max_evaluations=limit)
        g, d = torch.tensor([slope(0.0)]), torch.ones(1)
        loss, _, t, evaluations_torch = _strong_wolfe(
            at_torch, None, first, d, phi(0.0), g, g.dot(d), max_ls=limit
        )
        np.testing.assert_allclose(tried, tried_torch, rtol=1e-9)
        assert (evaluations, point.loss) == (evaluations_torch, pytest.approx(loss, rel=1e-9))
        assert point.t == pytest.approx(float(t), rel=1e-9)


def test_the_line_search_goes_on_outwards_after_a_second_step_that_is_no_lower():
    told = [(-1.0, -1.0), (-0.5, -1.0), (-2.0, 0.0)]  # loss and slope, whatever the step
    tried, tried_torch = [], []

    def at(t):
        loss, slope = told[len(tried)]
        tried.append(t)
        return Point(t, loss, np.array([slope]), slope)

    def at_torch(x, t, d):
        loss, slope = told[len(tried_torch)]
        tried_torch.append(float(t))
        return loss, torch.tensor([slope])

    strong_wolfe(at, Point(0.0, 0.0, np.array([-1.0]), -1.0), 1.0, 1.0)
    g, d = torch.tensor([-1.0]), torch.ones(1)
    _strong_wolfe(at_torch, None, 1.0, d, 0.0, g, g.dot(d))
    np.testing.assert_allclose(tried, tried_torch, rtol=1e-12)
    assert tried[2] > tried[1]
