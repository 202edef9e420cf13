"""Functions and ops with one planted bug each, and what the checker must say about it.

The tests run them all, and the table in `docs/gradcheck_gallery.md` is made of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import autograd_core as ag
from autograd_core.checking import GradReport, from_torch, gradcheck

__all__ = ["GALLERY", "Exhibit", "lstm_cell"]


class Exhibit(NamedTuple):
    """One planted bug.

    Attributes
    ----------
    bug : str
        What is wrong, in words.
    kind, op : str
    operand : int or None
        What the verdict must be.
    check : callable
        Runs the check.
    needs : str
        A package that it needs, or nothing.
    """

    bug: str
    kind: str
    op: str
    operand: int | None
    check: Callable[[], GradReport]
    needs: str = ""


X = np.array([0.4, -1.1, 0.8])
M = np.array([[0.3, -0.7], [1.2, 0.5], [-0.4, 0.9]])
SQUARE = np.array([[0.3, -0.7], [1.2, 0.5]])


def _primitive(name: str, forward: Any, *vjps: Any, **more: Any) -> Any:
    return ag.primitive(name, forward, vjps=vjps, **more)


# --- wrong rules -------------------------------------------------------------------------

steep = ag.elementwise("steep", np.tanh, partials=(lambda out, x: 1 - out,))
ratio = ag.elementwise(
    "ratio", np.divide, partials=(lambda out, x, y: 1 / y, lambda out, x, y: out / y)
)
product = _primitive(
    "product", np.matmul,
    lambda g, out, x, y: g @ y, lambda g, out, x, y: ag.transpose(x) @ g,
)  # fmt: skip
slow = _primitive(
    "slow", lambda x: x * x, lambda g, out, x: 2 * g * x,
    jvp=lambda tangents, out, x: tangents[0] * x,
)  # fmt: skip


def logistic(x: Any) -> Any:
    return np.sum(1 / (1 + np.exp(-x)))


def logistic_gradient(x: Any) -> Any:
    s = 1 / (1 + np.exp(-x))
    return -s * (1 - s)


def _torch_function(backward: Callable[..., Any], forward: Callable[..., Any], name: str) -> Any:
    """A hand-written Function of two operands, which it saves."""
    import torch

    def run(ctx: Any, x: Any, w: Any) -> Any:
        ctx.save_for_backward(x, w)
        return forward(x, w)

    def back(ctx: Any, g: Any) -> Any:
        return backward(g, *ctx.saved_tensors)

    body = {"forward": staticmethod(run), "backward": staticmethod(back)}
    return type(name, (torch.autograd.Function,), body)


def torch_wrong() -> GradReport:
    function = _torch_function(lambda g, x, w: (g * w, g * w), lambda x, w: x * w, "Gain")
    return gradcheck(from_torch(lambda x, w: function.apply(x.exp(), w).sum()), (X, X + 2))


def torch_unsummed() -> GradReport:
    function = _torch_function(
        lambda g, x, b: (g, g[0]), lambda x, b: x + b, "Shift"
    )  # fmt: skip
    return gradcheck(from_torch(lambda x, b: function.apply(x, b).tanh()), (M, M[0]))


def torch_twice() -> GradReport:
    function = _torch_function(lambda g, x, w: (2 * g * w, g * x), lambda x, w: x * w, "Twice")
    return gradcheck(from_torch(lambda x, w: function.apply(x, w).sin()), (X, X + 2))


# --- broadcasting ------------------------------------------------------------------------

affine = _primitive(
    "affine", lambda x, w, b: x @ w + b,
    lambda g, out, x, w, b: g @ ag.transpose(w),
    lambda g, out, x, w, b: ag.transpose(x) @ g,
    lambda g, out, x, w, b: g[0],
)  # fmt: skip
scale = _primitive(
    "scale", lambda x, s: x * s,
    lambda g, out, x, s: g * s, lambda g, out, x, s: ag.mean(g * x, axis=0),
)  # fmt: skip


def dense(x: Any, w: Any, b: Any) -> Any:
    return np.sum(np.tanh(x @ w + b))


def dense_gradient(x: Any, w: Any, b: Any) -> Any:
    g = 1 - np.tanh(x @ w + b) ** 2
    return g @ w.T, x.T @ g, g.mean(axis=0)


# --- an LSTM cell ------------------------------------------------------------------------


def _cell(x: Any, h: Any, c: Any, w: Any, u: Any, b: Any) -> Any:
    """The textbook's equations; the new state as one array, h beside c."""
    gates = x @ ag.transpose(w) + h @ ag.transpose(u) + b
    n = gates.shape[-1] // 4
    i, f, g, o = (gates[:, k * n : (k + 1) * n] for k in range(4))
    new = ag.sigmoid(f) * c + ag.sigmoid(i) * ag.tanh(g)
    return ag.concatenate([ag.sigmoid(o) * ag.tanh(new), new], axis=1)


def _cell_forward(x: Any, h: Any, c: Any, w: Any, u: Any, b: Any) -> Any:
    i, f, g, o = np.split(x @ w.T + h @ u.T + b, 4, axis=1)
    i, f, g, o = ag.sigmoid(i), ag.sigmoid(f), np.tanh(g), ag.sigmoid(o)
    new = f * c + i * g
    return np.concatenate([o * np.tanh(new), new], axis=1), (i, f, g, o, np.tanh(new))


def lstm_cell(bug: str = "") -> Any:
    """An LSTM cell with a kernel, and a bug in its vjp: ``"bias"``, ``"forget"``, ``"carry"``."""

    def vjp(
        grad: Any,
        out: Any,
        saved: Any,
        x: Any,
        h: Any,
        c: Any,
        w: Any,
        u: Any,
        b: Any,
        *,
        wanted: Any,
    ) -> Any:
        i, f, g, o, t = saved
        dh, dc = np.split(grad, 2, axis=1)
        dc = dc + dh * o * (1 - t * t)
        gates = [
            dc * g * i * (1 - i),
            dc * c * f * (1 - f),
            dc * i * (1 - g * g),
            dh * t * o * (1 - o),
        ]
        d = np.concatenate(gates, axis=1)
        recurrent = d.copy()
        if bug == "forget":
            recurrent[:, f.shape[1] : 2 * f.shape[1]] = 0.0
        bias = d[0] if bug == "bias" else d.sum(axis=0)
        carry = dc if bug == "carry" else dc * f
        return d @ w, d @ u, carry, d.T @ x, recurrent.T @ h, bias

    kernel = ag.Kernel(_cell_forward, vjp)
    return ag.composite(_cell, kernel=kernel, name="lstm_cell", arity=6)


def check_cell(bug: str) -> GradReport:
    rng = np.random.default_rng(0)
    shapes = ((3, 2), (3, 2), (3, 2), (8, 2), (8, 2), (8,))
    arrays = tuple(rng.normal(size=shape) for shape in shapes)
    cell = lstm_cell(bug)
    return gradcheck(lambda x, h, c, w, u, b: cell(x, h, c, w, u, b), arrays, modes=("rev",))


# --- counting ----------------------------------------------------------------------------

doubled = ag.elementwise("doubled", lambda x: x * x, partials=(lambda out, x: 4 * x,))


def hooked(x: Any) -> Any:
    y = ag.tanh(x) if isinstance(x, ag.Value) else np.tanh(x)
    if isinstance(y, ag.Value) and y.requires_grad:
        y.register_hook(lambda g: 2 * g)
    return y * 3.0


def polynomial(x: Any) -> Any:
    return np.sum(x * x + np.sin(x))


# --- terms that are missing --------------------------------------------------------------

swish = ag.composite(
    lambda x: x * ag.sigmoid(x),
    kernel=ag.Kernel(
        lambda x: (x * ag.sigmoid(x), None),
        lambda g, out, saved, x, *, wanted: (g * ag.sigmoid(x),),
    ),
    name="swish",
)
constant_slope = _primitive(
    "constant_slope", np.sin,
    lambda g, out, x: g * np.cos(x.data if isinstance(x, ag.Value) else x),
)  # fmt: skip

# --- kinks -------------------------------------------------------------------------------

leaning = ag.elementwise(
    "leaning", np.abs, partials=(lambda out, x: ag.sign(x) + 3 * (x == 0),)
)  # fmt: skip

# --- functions that misbehave ------------------------------------------------------------


def noisy() -> GradReport:
    rng = np.random.default_rng(0)
    shake = ag.elementwise(
        "shake", lambda x: x + rng.normal(size=np.shape(x)), partials=(lambda out, x: 1.0,)
    )  # fmt: skip
    return gradcheck(lambda x: ag.exp(shake(x)), X)


def dropping() -> GradReport:
    rng = np.random.default_rng(0)
    return gradcheck(lambda x: ag.tanh(x) * (rng.random(3) < 0.5), X)


def _normalise(x: Any) -> Any:
    x -= x.mean()
    return x * 2


normalise = _primitive("normalise", _normalise, lambda g, out, x: 2 * g)


def centred(x: Any) -> Any:
    x -= x.mean()
    return np.sum(x * x)


def overwritten(x: Any) -> Any:
    y = x * 2.0
    x.data[0] = 7.0
    return y


def frozen(x: Any, w: Any) -> Any:
    hidden = ag.Value(np.tanh(_data(x)), requires_grad=False)
    return hidden * w


def _data(x: Any) -> Any:
    return x.data if isinstance(x, ag.Value) else x


def labels(t: Any) -> Any:
    return t * 2.0


narrow = _primitive("narrow", lambda x: x[:2] * 3.0, lambda g, out, x: 3.0 * g)


def where_trap(x: Any) -> Any:
    return ag.where(_data(x) > 0, ag.sqrt(x), 0.0)


def cross_entropy(p: Any) -> Any:
    return -ag.sum(np.array([0.0, 1.0, 0.0]) * ag.log(p))


GALLERY: dict[str, Exhibit] = {
    "tanh with 1 − out": Exhibit(
        "the derivative of tanh as 1 − out, not 1 − out²", "wrong rule", "steep", 0,
        lambda: gradcheck(lambda x: ag.sum(steep(x * 2.0)), X)),
    "quotient without its minus": Exhibit(
        "the derivative of x/y by y without its minus", "wrong rule", "ratio", 1,
        lambda: gradcheck(lambda x, y: ag.exp(ratio(x, y)), (X, X + 2))),
    "product not transposed": Exhibit(
        "g @ y for g @ yᵀ in a matrix product", "wrong rule", "product", 0,
        lambda: gradcheck(lambda x, y: ag.tanh(product(x, y)), (M, SQUARE))),
    "jvp without its factor": Exhibit(
        "a jvp of x² that lacks the 2, beside a right vjp", "wrong rule", "slow", 0,
        lambda: gradcheck(lambda x: slow(ag.exp(x)), X)),
    "sign of a logistic gradient": Exhibit(
        "a gradient written by hand with its sign flipped", "wrong rule", "negative", 0,
        lambda: gradcheck(logistic, X, grad=logistic_gradient)),
    "operands mixed up in torch": Exhibit(
        "a torch.autograd.Function that returns w for x", "wrong rule", "Gain", 1,
        torch_wrong, "torch"),
    "carry of an LSTM cell": Exhibit(
        "the cell state's cotangent in an LSTM kernel lacks the forget gate", "wrong rule",
        "lstm_cell", 2, lambda: check_cell("carry")),
    "bias of an affine op": Exhibit(
        "a bias gets the first row's cotangent, not the sum", "missing un-broadcast", "affine", 2,
        lambda: gradcheck(lambda x, w, b: ag.tanh(affine(x, w, b)), (M, SQUARE, M[0]))),
    "mean for sum": Exhibit(
        "a scale gets the mean over the batch, not the sum", "missing un-broadcast", "scale", 1,
        lambda: gradcheck(lambda x, s: ag.sin(scale(x, s)), (M, M[0]))),
    "dense layer by hand": Exhibit(
        "a dense layer's gradient by hand averages the bias over the batch",
        "missing un-broadcast", "add", 1,
        lambda: gradcheck(dense, (M, SQUARE, M[0]), grad=dense_gradient)),
    "bias of an LSTM cell": Exhibit(
        "the bias in an LSTM kernel is not summed over the batch", "missing un-broadcast",
        "lstm_cell", 5, lambda: check_cell("bias")),
    "shift in torch": Exhibit(
        "a torch.autograd.Function that returns one row for a bias", "missing un-broadcast",
        "Shift", 1, torch_unsummed, "torch"),
    "square counted twice": Exhibit(
        "x² gives 4x, as if both uses had been added up twice", "double counting", "doubled", 0,
        lambda: gradcheck(lambda x: doubled(x) * 0.5, X)),
    "hook that doubles": Exhibit(
        "a hook doubles the cotangent of tanh", "double counting", "tanh", None,
        lambda: gradcheck(hooked, X, modes=("rev",))),
    "term twice by hand": Exhibit(
        "a gradient by hand adds cos x twice", "double counting", "sin", 0,
        lambda: gradcheck(polynomial, X, grad=lambda x: 2 * x + 2 * np.cos(x))),
    "twice in torch": Exhibit(
        "a torch.autograd.Function doubles one cotangent", "double counting", "Twice", 0,
        torch_twice, "torch"),
    "half of swish": Exhibit(
        "the kernel of x σ(x) gives σ(x) alone", "dropped term", "swish", 0,
        lambda: gradcheck(lambda x: swish(x) * 1.5, X)),
    "term missing by hand": Exhibit(
        "a gradient by hand forgets the sine", "dropped term", "sin", 0,
        lambda: gradcheck(polynomial, X, grad=lambda x: 2 * x)),
    "factor detached": Exhibit(
        "x · detach(x)", "dropped term", "multiply", 1,
        lambda: gradcheck(lambda x: x * x.detach(), X)),
    "forget gate of an LSTM cell": Exhibit(
        "the recurrent weight in an LSTM kernel misses the forget gate", "dropped term",
        "lstm_cell", 4, lambda: check_cell("forget")),
    "rule without a second derivative": Exhibit(
        "a rule that computes on .data, so that its own derivative is lost", "dropped term",
        "constant_slope", 0, lambda: gradcheck(lambda x: constant_slope(x) * 2.0, X, order=2)),
    "relu at 0": Exhibit(
        "an input exactly on the kink of relu", "kink", "relu", 0,
        lambda: gradcheck(lambda x: ag.relu(x - 0.4) * 2.0, X, kinks="fail")),
    "no subgradient": Exhibit(
        "a slope of 3 at the kink of |x|, where only −1 … 1 will do", "kink", "leaning", 0,
        lambda: gradcheck(lambda x: leaning(x - 0.4), X, kinks="subgradient")),
    "step too long": Exhibit(
        "eps=0.01 for exp(30x)", "step or precision", "exp", 0,
        lambda: gradcheck(lambda x: ag.exp(x * 30.0), np.array([0.1]), eps=1e-2)),
    "float32 held to float64": Exhibit(
        "float32 inputs with a tolerance of 1e-7", "step or precision", "exp", 0,
        lambda: gradcheck(
            ag.exp, X.astype(np.float32), dtype="keep", rtol=1e-7, atol=0.0, modes=("rev",))),
    "dropout": Exhibit(
        "a dropout mask drawn inside the function", "nondeterministic", "multiply", 1, dropping),
    "noise in an op": Exhibit(
        "an op that adds fresh noise", "nondeterministic", "shake", None, noisy),
    "in-place op": Exhibit(
        "an op whose forward function centres its operand in place", "mutated input",
        "normalise", 0, lambda: gradcheck(lambda x: normalise(x), X)),
    "in-place numpy": Exhibit(
        "a numpy function that centres its argument in place", "mutated input", "centred", 0,
        lambda: gradcheck(centred, X, grad=lambda x: 2 * (x - x.mean()))),
    "assignment to data": Exhibit(
        "x.data[0] = 7 after x was used", "mutated input", "overwritten", 0,
        lambda: gradcheck(overwritten, X)),
    "layer frozen by .data": Exhibit(
        "tanh(x.data) in the middle of a network", "integer or detached input", "multiply", 0,
        lambda: gradcheck(frozen, (X, X + 1))),
    "integers": Exhibit(
        "an input of integers", "integer or detached input", "labels", 0,
        lambda: gradcheck(labels, np.array([1, 2, 3]))),
    "where-trap": Exhibit(
        "where(x > 0, √x, 0) at 0", "nan or inf", "sqrt", 0,
        lambda: gradcheck(where_trap, np.array([0.0, 2.0]))),
    "log of zero": Exhibit(
        "cross-entropy with a probability of 0", "nan or inf", "log", 0,
        lambda: gradcheck(cross_entropy, np.array([0.0, 0.4, 0.6]))),
    "rule of another shape": Exhibit(
        "a slice's rule that returns the slice", "shape/dtype", "narrow", 0,
        lambda: gradcheck(lambda x: narrow(x * 2.0), X)),
    "gradient of another shape": Exhibit(
        "a gradient by hand that lacks an element", "shape/dtype", "polynomial", 0,
        lambda: gradcheck(polynomial, X, grad=lambda x: (2 * x + np.cos(x))[:2])),
}  # fmt: skip
