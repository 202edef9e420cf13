"""What `gradcheck` takes, and what it lets pass: no false alarms."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.checking import GradcheckError, assert_gradients, from_jax, from_torch, gradcheck
from autograd_core.errors import ArgumentError, GradientError

from ..core.op_checks import Trial, op_cases

CASES = op_cases()
OPTIONS = {
    "second order": {"order": 2},
    "random directions": {"direction": "random", "order": 2},
    "richardson": {"method": "richardson"},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("name", CASES)
def test_every_op_passes_without_reservation(name, options):
    op, case = CASES[name]
    trial = Trial.of(op, case)
    report = gradcheck(trial.call, trial.point, **options)
    assert report.ok, str(report)
    assert not report.notes


def test_inputs_and_outputs_may_be_nested():
    def f(p, pair):
        return {"y": p["w"] * pair[0], "z": (ag.sum(pair[1]), p["b"])}

    report = gradcheck(f, ({"w": 2.0, "b": [1.0]}, (np.ones(3), np.ones((2, 2)))))
    assert report.ok
    assert [row.name for row in report.rows] == ["p['w']", "p['b'][0]", "pair[0]", "pair[1]"]


def test_what_is_not_a_tuple_is_the_only_argument():
    assert gradcheck(lambda x: x * x, 3.0)
    assert gradcheck(lambda p: p["x"] * 2.0, {"x": np.ones(2)})


def test_integers_and_options_are_passed_on_unchecked():
    def f(x, index, mode):
        assert mode == "twice"
        return x[index] * 2.0

    report = gradcheck(f, (np.ones(4), np.array([1, 3]), "twice"))
    assert report.ok
    assert report.notes == ["not checked: index (int64)", "not checked: mode (no array)"]


def test_parameters_that_f_closes_over_are_checked_by_name_and_left_as_they_were():
    w = ag.Value(np.ones((3, 2), np.float32))
    data = w.data
    frozen = ag.Value(np.ones(2), requires_grad=False)
    report = gradcheck(
        lambda x: ag.tanh(x @ w + frozen), np.ones((2, 3)), params={"w": w, "frozen": frozen}
    )
    assert report.ok
    assert [row.name for row in report.rows] == ["x", "w"]
    assert report.notes == ["not checked: frozen (requires no gradient)"]
    assert w.data is data


def test_a_callable_with_named_parameters_brings_them_along():
    class Layer:
        def __init__(self):
            self.weight = ag.Value(np.ones((3, 2)))

        def named_parameters(self):
            yield "weight", self.weight

        def __call__(self, x):
            return ag.tanh(x @ self.weight)

    report = gradcheck(Layer(), np.ones((1, 3)))
    assert [row.name for row in report.rows] == ["x", "weight"]
    assert gradcheck(lambda x: x @ np.ones(3), np.ones(3), params=Layer())


def test_a_wrong_gradient_of_a_parameter_is_found():
    w = ag.Value(np.array([1.0, 2.0]))
    cube = ag.elementwise("cube", lambda x: x**3, partials=(lambda out, x: 3 * x,))
    report = gradcheck(lambda x: x * cube(w), np.ones(2), params={"w": w})
    assert [row.ok for row in report.rows] == [True, False]
    assert report.verdicts[0].culprit == "cube, operand 0"


def test_float32_is_checked_in_float64_unless_told_otherwise():
    seen = []

    def f(x):
        seen.append(np.dtype(x.dtype))
        return ag.tanh(x)

    x = np.array([0.5, -1.0], np.float32)
    assert gradcheck(f, x).options["dtype"] == "float64"
    assert set(seen) == {np.dtype(np.float64)}
    assert gradcheck(ag.tanh, x, dtype="keep").options["dtype"] == "float32"


def test_float32_inside_is_not_held_to_float64():
    report = gradcheck(lambda x: (x.astype(np.float32) * x).sum(), np.array([1.0, 2.0]))
    assert report.ok
    assert report.notes == ["f computes in a narrower dtype than it is given"]


def test_arrays_in_fortran_order_are_moved_too():
    x = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert gradcheck(lambda x: ag.sin(x) * x, x)


def test_values_that_need_values_are_evaluated_on_values():
    assert gradcheck(lambda x: x.tanh().at[0].set(2.0), np.ones(3))


def test_an_in_place_sum_in_f_is_no_mutation():
    def f(x):
        x += 1.0  # makes a new Value; on an array it would write into the input
        return x * x

    assert gradcheck(f, np.ones(3))


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_scale_of_the_function_does_not_matter(scale):
    assert gradcheck(lambda x: ag.exp(x) * scale, np.array([0.5, -2.0]))


@pytest.mark.parametrize("x", [1e-6, 1e-3, 1.0, 1e5])
def test_the_scale_of_the_input_does_not_matter(x):
    assert gradcheck(ag.log, np.array([x]))
    assert gradcheck(lambda x: x * x, np.array([x]))


def test_a_tenth_of_a_percent_is_noticed_at_any_scale():
    off = ag.elementwise("off", lambda x: x * 1e-9, partials=(lambda out, x: 1.001e-9,))
    assert not gradcheck(off, np.array([1.0, 2.0]))


def test_a_kink_nearby_is_no_kink():
    for distance in (1e-3, 1e-5, 1e-6):
        assert not gradcheck(ag.relu, np.array([distance, -distance])).notes


def test_kinks_are_skipped_failed_or_given_a_subgradient():
    x = np.array([0.0, 1.0])
    assert gradcheck(ag.relu, x).notes
    assert gradcheck(ag.relu, x, kinks="fail").verdicts[0].kind == "kink"
    assert gradcheck(ag.relu, x, kinks="subgradient").ok
    assert gradcheck(lambda x: ag.max(x), np.ones(3), kinks="subgradient").ok


def test_a_smooth_point_that_looks_like_a_kink_is_checked():
    assert not gradcheck(lambda x: ag.abs(x) ** 3, np.zeros(1)).notes


def test_the_complex_step_is_exact_and_refuses_what_is_not_analytic():
    report = gradcheck(lambda x: ag.exp(x) * ag.sin(x), np.array([0.5, 2.0]), method="complex")
    assert report.ok
    assert report.worst.error < 1e-14
    with pytest.raises(ArgumentError, match="method='central'"):
        gradcheck(lambda x: ag.abs(x) + x, np.array([0.5, 2.0]), method="complex")


def test_modes_are_checked_one_by_one_or_against_each_other():
    slow = ag.primitive(
        "slow", lambda x: x * x, vjps=(lambda g, out, x: 2 * g * x,),
        jvp=lambda tangents, out, x: tangents[0] * x,
    )  # fmt: skip
    assert gradcheck(slow, np.ones(2), modes="rev")
    assert not gradcheck(slow, np.ones(2), modes="fwd")
    for direction in ("full", "random"):
        (verdict,) = gradcheck(slow, np.ones(2), direction=direction).verdicts
        assert (verdict.mode, verdict.op) == ("fwd", "slow")


def test_a_missing_rule_is_reported_with_its_op():
    half = ag.primitive("half", lambda x, y: x * y, vjps=(lambda g, out, x, y: g * y, None))
    (verdict,) = gradcheck(lambda x, y: half(x, y) * 2.0, (1.0, 2.0)).verdicts
    assert verdict.culprit == "half, operand 1"
    assert "no derivative is declared" in verdict.detail


def test_a_foreign_jacobian_may_have_many_rows():
    def f(x):
        return np.array([x[0] * x[1], x[1] ** 2, x.sum()])

    def jacobian(x):
        return np.array([[x[1], x[0]], [0.0, 2 * x[1]], [1.0, 1.0]])

    assert gradcheck(f, np.array([2.0, 3.0]), grad=jacobian)
    assert not gradcheck(f, np.array([2.0, 3.0]), grad=lambda x: jacobian(x) * [[1], [1], [2]])


def test_a_foreign_gradient_of_integers_is_refused():
    report = gradcheck(lambda x: x.sum(), np.arange(3), grad=lambda x: np.ones(3))
    assert report.verdicts[0].kind == "integer or detached input"


def test_functions_of_torch_are_checked():
    torch = pytest.importorskip("torch")
    f = from_torch(lambda x, w: (torch.tanh(x @ w), w.sum()))
    assert gradcheck(f, (np.ones((2, 3)) / 7, np.ones((3, 2)) / 3))
    assert gradcheck(f, (np.ones((2, 3)) / 7, np.ones((3, 2)) / 3), direction="random")
    detached = from_torch(lambda x: torch.tanh(x.detach()) * x)
    assert not gradcheck(detached, np.array([0.3, 0.7]))


def test_functions_of_jax_are_checked():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)

    @jax.custom_vjp
    def square(x):
        return x * x

    square.defvjp(lambda x: (x * x, x), lambda x, g: (3 * g * x,))
    assert gradcheck(from_jax(lambda x: jax.numpy.sin(x) * 2), np.array([0.3, 0.7]))
    report = gradcheck(from_jax(square), np.array([0.3, 0.7]))
    assert report.verdicts[0].detail == "it is 1.5 times what it should be"


def test_assert_gradients_raises_with_the_report():
    assert_gradients(ag.tanh, np.ones(2))
    with pytest.raises(GradcheckError, match="FAILED") as caught:
        assert_gradients(lambda x: x * x.detach(), np.ones(2))
    assert caught.value.report.verdicts[0].kind == "dropped term"


@pytest.mark.parametrize(
    "options",
    [{"method": "guess"}, {"order": 3}, {"direction": "up"}, {"modes": ("back",)}, {"kinks": "x"}],
)
def test_an_unknown_option_is_named(options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        gradcheck(ag.tanh, 1.0, **options)


def test_a_parameter_that_is_no_value_is_refused():
    with pytest.raises(ArgumentError, match="need a Value"):
        gradcheck(ag.tanh, 1.0, params={"w": 2.0})


def test_nothing_is_left_behind_in_the_graph_or_in_grads():
    w = ag.Value(np.ones(3))
    gradcheck(lambda x: x * w, np.ones(3), params={"w": w})
    assert w.grad is None
    y = (w * 2.0).sum()
    y.backward()
    assert w.grad.tolist() == [2.0, 2.0, 2.0]


def test_an_error_in_f_is_the_users():
    with pytest.raises(ZeroDivisionError):
        gradcheck(lambda x: 1 / 0, 1.0)


def test_a_picture_needs_a_graph():
    report = gradcheck(lambda x: (x * x).sum(), np.ones(2), grad=lambda x: 2 * x)
    with pytest.raises(GradientError, match="no graph"):
        report.picture()
