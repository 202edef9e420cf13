"""The error function and the logarithm of the gamma function.

scipy computes them where it is installed, and Python's own `math`, slowly, where not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..cases import Case, Domain
from ..declare import elementwise
from ..errors import UnsupportedError
from ..op import Op
from .exponential import exp

__all__ = ["erf", "lgamma", "polygamma"]


@cache
def _scipy_special() -> Any:
    try:
        import scipy.special
    except ModuleNotFoundError:
        return None
    return scipy.special


def _floating(x: Any) -> Any:
    """The dtype of a floating result for this argument."""
    dtype = np.asarray(x).dtype
    return dtype if dtype.kind == "f" else np.float64


def _elementwise_fallback(function: Callable[[float], float]) -> Callable[[Any], Any]:
    vectorised = np.frompyfunc(function, 1, 1)
    return lambda x: np.asarray(vectorised(x)).astype(_floating(x))[()]


_erf_fallback = _elementwise_fallback(math.erf)
_lgamma_fallback = _elementwise_fallback(math.lgamma)


def erf_forward(x: Any) -> Any:
    """The error function on raw data."""
    special = _scipy_special()
    return _erf_fallback(x) if special is None else special.erf(x)


def _lgamma(x: Any) -> Any:
    special = _scipy_special()
    return _lgamma_fallback(x) if special is None else special.gammaln(x)


def _polygamma(x: Any, n: int = 0) -> Any:
    """The (n+1)-th derivative of `lgamma`. Needs scipy.

    Parameters
    ----------
    x : float, array_like or Value
    n : int
        0 is the digamma function.

    Returns
    -------
    float, ndarray or Value

    Raises
    ------
    UnsupportedError
        If scipy is not installed.
    """
    special = _scipy_special()
    if special is None:
        raise UnsupportedError(
            "polygamma: it, and so the derivative of lgamma, needs scipy (pip install scipy)"
        )
    return np.asarray(special.polygamma(n, x)).astype(_floating(x))[()]


erf = elementwise(
    "erf", erf_forward, scalar=math.erf,
    partials=(lambda out, x: (2 / math.sqrt(math.pi)) * exp(-(x * x)),),
    formula="erf x", domain=Domain(also=(0.0, 30.0)), onnx="Erf")

lgamma = elementwise(
    "lgamma", _lgamma, scalar=math.lgamma, partials=(lambda out, x: polygamma(x, 0),),
    formula="ln |Γ(x)|", domain=Domain(0.5, 4.0))

polygamma: Op = elementwise(
    "polygamma", _polygamma, partials=(lambda out, x, n: polygamma(x, n + 1),),
    formula="ψ⁽ⁿ⁾(x)", domain=Domain(0.5, 4.0),
    cases=(Case((3,), n=0), Case((2, 3), n=1)))
