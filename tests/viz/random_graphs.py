"""Random graphs of scalars and of arrays, recorded under random scopes."""

from __future__ import annotations

import random
from contextlib import ExitStack

import numpy as np

import autograd_core as ag


def random_scalars(seed, ops=25):
    """A root that depends on three leaves; its nodes are recorded in calls of nested scopes."""
    rng = random.Random(seed)
    values = [ag.Value(rng.uniform(0.5, 2.0), name=name) for name in "xyz"]
    while len(values) < ops:
        with ExitStack() as stack:
            for _ in range(rng.randrange(4)):
                name = rng.choice(["a", "b", "0", "1"])
                stack.enter_context(ag.scope(name, kind=rng.choice(["", "Cell", "Layer"])))
            for _ in range(rng.randrange(1, 5)):
                left, right = rng.choice(values[-6:]), rng.choice(values)
                which = rng.randrange(4)
                if which == 0:
                    values.append(left * right)
                elif which == 1:
                    values.append(left + right)
                elif which == 2:
                    values.append(ag.tanh(left) - 0.5 * right)
                else:
                    values.append(ag.softplus(left))
    return values[-1] + values[0] * values[1] + values[2]


def random_arrays(seed, ops=12):
    """The same for arrays of shape (3,), with a scalar leaf and a scalar root."""
    rng = random.Random(seed)
    numbers = np.random.default_rng(seed)
    values = [ag.Value(numbers.uniform(-1, 1, 3), name=name) for name in "xyz"]
    scale = ag.Value(0.7, name="s")
    weight = ag.Value(numbers.uniform(-1, 1, (3, 3)), name="W")
    values.append(values[0] * scale)
    while len(values) < ops:
        with ag.scope(rng.choice(["a", "b"])), ag.scope(rng.choice(["0", "1"]), kind="Layer"):
            left, right = rng.choice(values[-4:]), rng.choice(values)
            values.append(
                rng.choice(
                    [
                        lambda left, right: ag.tanh(weight @ left) + right,
                        lambda left, right: left * right,
                        lambda left, right: ag.softmax(left) - right,
                    ]
                )(left, right)
            )
    return (values[-1] * values[1]).sum() + values[2].sum()
