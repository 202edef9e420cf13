"""What all optimisers share: the step, in place, for arrays and numbers."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core import Value
from autograd_core.errors import MutationError
from nn import Parameter, optim
from nn.optim import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    RAdam,
    RMSprop,
    Rprop,
)

RULES = [SGD, Adam, AdamW, NAdam, RAdam, Adamax, Adagrad, Adadelta, RMSprop, Rprop]


@pytest.mark.parametrize("rule", RULES)
def test_a_convex_quadratic_is_minimised(rule, rng):
    target = rng.normal(size=(3, 4))
    w = Parameter(np.zeros((3, 4)))
    lr = {SGD: 0.3, Adadelta: 30.0, Adagrad: 0.5, RMSprop: 0.01, RAdam: 0.03}.get(rule, 0.03)
    optimizer = rule([w], lr=lr)
    for _ in range(600):
        optimizer.zero_grad()
        ((w - target) ** 2).sum().backward()
        optimizer.step()
    np.testing.assert_allclose(w.data, target, atol=0.02)


@pytest.mark.parametrize("rule", RULES)
def test_data_changes_in_place_and_keeps_its_dtype(rule):
    for dtype in (np.float32, np.float64):
        p = Value(np.ones((2, 3), dtype))
        data = p.data
        optimizer = rule([p])
        for _ in range(2):
            p.grad = np.full((2, 3), 0.5, dtype)
            optimizer.step()
        assert p.data is data
        assert data.dtype == dtype
        assert not (data == 1).any()
        for entry in optimizer.state[p].values():
            assert np.ndim(entry) == 0 or entry.dtype == dtype


@pytest.mark.parametrize("rule", RULES)
def test_the_gradient_is_not_changed(rule):
    p = Value(np.ones(3))
    options = {} if rule is Rprop else {"weight_decay": 0.1}
    optimizer = rule([p], maximize=True, **options)
    p.grad = np.array([1.0, -2.0, 0.0])
    optimizer.step()
    np.testing.assert_array_equal(p.grad, [1.0, -2.0, 0.0])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("start", [2.0, np.float32(2.0)])
def test_scalars_stay_scalars(rule, start):
    p = Value(start)
    array = Value(np.full((1,), start))
    optimizer = rule([p, array])
    for _ in range(3):
        p.grad, array.grad = p.data * 3, array.data * 3
        optimizer.step()
    assert type(p.data) is type(start)
    assert p.data == array.data[0] != 2


@pytest.mark.parametrize("rule", RULES)
def test_arrays_of_many_blocks_are_updated_everywhere(rule, rng):
    large, grad = rng.normal(size=(333, 444)), rng.normal(size=(333, 444))
    whole, row = Value(large.copy()), Value(large[200].copy())
    transposed = Value(np.asfortranarray(large))
    optimizer = rule([whole, row, transposed])
    for _ in range(2):
        whole.grad, row.grad, transposed.grad = grad, grad[200], grad
        optimizer.step()
    assert not (whole.data == large).any()
    np.testing.assert_allclose(whole.data[200], row.data, rtol=1e-14)
    np.testing.assert_array_equal(whole.data, transposed.data)


def test_an_array_that_belongs_to_somebody_else_is_replaced():
    result = (Value(np.ones(2)) * 2).data  # the engine's: read-only
    p = Value(result)
    optimizer = SGD([p], lr=1.0)
    p.grad = np.ones(2)
    optimizer.step()
    np.testing.assert_array_equal(p.data, [1.0, 1.0])
    np.testing.assert_array_equal(result, [2.0, 2.0])


def test_a_parameter_without_a_gradient_stays_and_is_not_remembered():
    p, q = Value(1.0), Value(1.0)
    optimizer = SGD([p, q], lr=0.1, momentum=0.9, weight_decay=1.0)
    p.grad = 1.0
    optimizer.step()
    assert q.data == 1.0
    assert list(optimizer.state_dict()["state"]) == [0]


def test_a_recorded_gradient_is_used_as_numbers():
    p = Value(3.0)
    (p * p).backward(create_graph=True)
    SGD([p], lr=0.5).step()
    assert p.data == 0.0


def test_a_step_between_forward_and_backward_is_noticed():
    w = Value(np.ones(3))
    loss = (w * w).sum()
    loss.backward(retain_graph=True)
    SGD([w], lr=0.1).step()
    with pytest.raises(MutationError):
        loss.backward()


def test_step_runs_the_closure_and_returns_its_loss():
    import autograd_core as ag

    w = Value(2.0)
    optimizer = SGD([w], lr=0.25)

    def closure():
        optimizer.zero_grad()
        loss = w * w
        loss.backward()
        return loss

    with ag.no_grad():  # the closure records nevertheless
        assert optimizer.step(closure).item() == 4.0
    assert w.data == 1.0
    assert optimizer.step() is None


def test_zero_grad_forgets_or_zeroes():
    p, q, r = Value(1.0), Value(np.ones(2)), Value(1.0)
    optimizer = SGD([p, q, r])
    p.grad, q.grad = 3.0, np.ones(2)
    optimizer.zero_grad(set_to_none=False)
    assert (p.grad, r.grad) == (0.0, None)
    np.testing.assert_array_equal(q.grad, [0.0, 0.0])
    optimizer.zero_grad()
    assert p.grad is q.grad is None


def test_exported_names_are_documented():
    for name in optim.__all__:
        assert getattr(optim, name).__doc__
