from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import autograd_core as ag
import nn
import viz
from viz.errors import ArgumentError, ProgramMissingError

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def marked(ax):
    """What the legend calls a mark, and the rows of the plot that have it."""
    return {line.get_label(): line.get_ydata().tolist() for line in ax.lines if line.get_marker()
            not in ("", "None", None)}  # fmt: skip


def with_gradients(**norms):
    parameters = {}
    for name, gradient in norms.items():
        parameters[name] = ag.Value(np.zeros(2))
        parameters[name].grad = None if gradient is None else np.array([gradient, 0.0])
    return parameters


def test_importing_viz_does_not_load_matplotlib():
    code = "import sys, viz; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ProgramMissingError, match=r"autograd-viz\[plot\]"):
        viz.plot.gradient_flow(with_gradients(w=1.0))


def test_gradient_flow_marks_each_kind_of_gradient():
    norms = {"a": 1.0, "b": 1e-9, "c": 1e5, "d": 0.0, "e": np.nan, "f": None, "g": np.inf}
    ax = viz.plot.gradient_flow(with_gradients(**norms))
    assert marked(ax) == {
        "between the thresholds": [0],
        "vanishing: below 1e-06": [1],
        "exploding: above 100": [2],
        "exactly 0": [3],
        "NaN or infinite": [4, 6],
        "no gradient": [5],
    }
    shapes = [(line.get_marker(), line.get_markerfacecolor()) for line in ax.lines[-6:]]
    assert len(set(shapes)) == 6
    assert [text.get_text() for text in ax.get_yticklabels()] == list(norms)


def test_gradient_flow_draws_the_euclidean_norm_on_a_logarithmic_scale():
    model = nn.Sequential(nn.Linear(3, 4, rng=0), nn.Tanh(), nn.Linear(4, 1, rng=1))
    model(np.ones((2, 3))).sum().backward()
    ax = viz.plot.gradient_flow(model)
    expected = [np.linalg.norm(p.grad) for _, p in model.named_parameters()]
    assert ax.get_xscale() == "log"
    np.testing.assert_allclose(ax.lines[-1].get_xdata(), expected)


def test_gradient_flow_of_layers_takes_their_parameters_together():
    parameters = with_gradients(**{"0.weight": 3.0, "0.bias": 4.0, "1.weight": 2.0})
    ax = viz.plot.gradient_flow(parameters, per="layer")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["0", "1"]
    assert list(ax.lines[-1].get_xdata()) == [5.0, 2.0]


def test_gradient_flow_draws_into_the_axes_it_is_given_and_refuses_what_does_not_fit():
    _, ax = plt.subplots()
    assert viz.plot.gradient_flow(with_gradients(w=1.0), ax=ax) is ax
    with pytest.raises(ArgumentError, match="no parameters"):
        viz.plot.gradient_flow({})
    with pytest.raises(ArgumentError, match="vanishing is 2"):
        viz.plot.gradient_flow(with_gradients(w=1.0), vanishing=2, exploding=1)


def state_gradient(step, state, steps, at):
    """∂(sum of the last h)/∂state after step `at`, by cutting the run there."""
    for _ in range(at):
        state = step(state)
    cut = tuple(ag.Value(np.array(s.data)) for s in state)
    state = cut
    for _ in range(steps - at):
        state = step(state)
    (state[0] * 1.0).sum().backward()
    return np.sqrt(sum(np.sum(c.grad**2) for c in cut if c.grad is not None))


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU", "LeakyRNN"])
def test_gradient_through_time_is_that_by_the_whole_state_that_is_handed_on(kind):
    net = getattr(nn, kind)(3, 4, rng=0, dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(6, 2, 3))
    drawn = viz.plot.gradient_through_time(net, x).lines[0].get_ydata()
    t = 0

    def step(state):
        nonlocal t
        given = state if kind == "LSTM" else state[0]
        after = net(x[t : t + 1], given)[1]
        t += 1
        return after if kind == "LSTM" else (after,)

    zero = ag.Value(np.zeros((1, 2, 4)))
    expected = []
    for at in range(1, 7):
        t = 0
        expected.append(state_gradient(step, (zero, zero)[: 1 + (kind == "LSTM")], 6, at))
    np.testing.assert_allclose(drawn, expected, rtol=1e-10)


def test_a_cell_gives_the_same_as_its_layer():
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    layer, cell = nn.LSTM(3, 4, rng=0), nn.LSTMCell(3, 4, rng=1)
    for name, parameter in cell.named_parameters():
        parameter.data = np.array(dict(layer.named_parameters())[f"{name}_l0"].data)
    ax = viz.plot.gradient_through_time({"layer": layer, "cell": cell}, x)
    one, two = (line.get_ydata() for line in ax.lines)
    np.testing.assert_allclose(one, two, rtol=1e-5)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["layer", "cell"]


class CoupledCell:
    """A cell in which h is computed from the new c, outside any fused op."""

    def __init__(self):
        self.w = ag.Value(0.5)

    def named_parameters(self):
        return [("w", self.w)]

    def __call__(self, x, state=None):
        c = self.w * (0.0 if state is None else state[1]) + x
        return ag.tanh(c), c


def test_the_derivative_by_c_leaves_out_what_goes_through_the_h_that_is_handed_on():
    norms = viz.plot.gradient_through_time(CoupledCell(), np.array([0.3, 0.4])).lines[0].get_ydata()
    c = 0.5 * 0.3 + 0.4
    slope = 1 - np.tanh(c) ** 2
    # The loss is h_2, itself handed on; c_2 as handed on has no part in it, and h_1 none either.
    np.testing.assert_allclose(norms, [0.5 * slope, 1.0])


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU", "LeakyRNN", "PeepholeLSTM", "SkipRNN"])
def test_the_loss_is_given_the_output_of_the_last_step(kind):
    x = np.random.default_rng(0).normal(size=(4, 2, 3))
    options = {"delay": 2} if kind == "SkipRNN" else {}
    options |= {} if kind == "PeepholeLSTM" else {"num_layers": 2}
    net = getattr(nn, kind)(3, 5, rng=0, **options)
    given = []

    def loss(output):
        given.append(output.data)
        return output.sum()

    viz.plot.gradient_through_time(net, x, loss=loss)
    np.testing.assert_allclose(given[0], net(x)[0].data[-1], rtol=1e-6)


def test_batch_first_and_skipping_layers_are_run_along_time():
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    options = {"rng": 0, "dtype": np.float64}
    plain = viz.plot.gradient_through_time(nn.GRU(3, 4, **options), x)
    swapped = nn.GRU(3, 4, batch_first=True, **options)
    first = viz.plot.gradient_through_time(swapped, x.swapaxes(0, 1))
    np.testing.assert_allclose(plain.lines[0].get_ydata(), first.lines[0].get_ydata())
    skip = nn.SkipRNN(3, 4, 2, **options)
    norms = viz.plot.gradient_through_time(skip, x).lines[0].get_ydata()
    # The sum of the newest h after the last step is what the loss is: 2 · 4 ones.
    assert norms[-1] == pytest.approx(np.sqrt(8))


def test_a_state_that_the_loss_does_not_depend_on_is_marked_at_the_edge():
    h = [ag.Value(1.0), ag.Value(2.0)]
    ax = viz.plot.gradient_through_time((h[1] * 3.0, h))
    assert np.isnan(ax.lines[0].get_ydata()[0])
    assert ax.lines[0].get_ydata()[1] == 3.0
    assert ax.lines[1].get_label() == "0"
    assert list(ax.lines[1].get_xdata()) == [1]


def test_a_callable_may_give_the_loss_and_the_states():
    def run(x):
        h = ag.Value(x)
        return h * h, [h]

    ax = viz.plot.gradient_through_time({"square": run}, 3.0)
    assert list(ax.lines[0].get_ydata()) == [6.0]


def test_gradient_through_time_refuses_what_has_no_single_state():
    x = np.ones((3, 1, 2))
    with pytest.raises(ArgumentError, match="both directions"):
        viz.plot.gradient_through_time(nn.RNN(2, 2, bidirectional=True, rng=0), x)
    with pytest.raises(ArgumentError, match="x is missing"):
        viz.plot.gradient_through_time(nn.RNN(2, 2, rng=0))
    with pytest.raises(ArgumentError, match="scalar Value"):
        viz.plot.gradient_through_time((ag.Value([1.0, 2.0]), []))
