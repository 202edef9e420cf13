"""Initialisers: they fill a parameter (or an array) in place and return it.

The variance of a weight decides whether signals and gradients keep their size from layer
to layer; the formulas follow from asking that they do. All randomness comes from
`nn.random.generator`, and is drawn in float64 whatever the dtype, so that one seed gives
the same network in every precision.
"""

from __future__ import annotations

from .filling import constant_, eye_, normal_, ones_, trunc_normal_, uniform_, zeros_
from .scaling import (
    calculate_gain,
    fans,
    kaiming_normal_,
    kaiming_uniform_,
    xavier_normal_,
    xavier_uniform_,
)
from .structured import martens_sparse_, orthogonal_, sparse_

__all__ = [
    "calculate_gain",
    "constant_",
    "eye_",
    "fans",
    "kaiming_normal_",
    "kaiming_uniform_",
    "martens_sparse_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]
