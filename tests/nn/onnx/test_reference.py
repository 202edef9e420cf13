"""Recurrent layers beside ONNX's reference implementation, where its node cases are few.

None of the cases has `linear_before_reset`, initial states in both directions, or sequences of
different lengths. The reference takes no lengths either: each sequence goes through it alone.
"""

from __future__ import annotations

import numpy as np
import pytest

from .adapters import outputs_of
from .cases import NodeCase

onnx = pytest.importorskip("onnx")
reference = pytest.importorskip("onnx.reference")

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
STEPS, COUNT, SIZE, HIDDEN = 5, 3, 2, 4
NAMES = ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"]


def inputs_for(op, ways, rng):
    rows = GATES[op] * HIDDEN
    shapes = {
        "X": (STEPS, COUNT, SIZE),
        "W": (ways, rows, SIZE),
        "R": (ways, rows, HIDDEN),
        "B": (ways, 2 * rows),
        "initial_h": (ways, COUNT, HIDDEN),
    }
    if op == "LSTM":
        shapes |= {"initial_c": (ways, COUNT, HIDDEN), "P": (ways, 3 * HIDDEN)}
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def expected_from(op, inputs, attributes):
    given = [name if name in inputs else "" for name in NAMES[: 8 if op == "LSTM" else 6]]
    outputs = ["Y", "Y_h", "Y_c"][: 3 if op == "LSTM" else 2]
    node = onnx.helper.make_node(op, given, outputs, hidden_size=HIDDEN, **attributes)
    return reference.ReferenceEvaluator(node).run(None, inputs)


def ours_from(op, inputs, attributes):
    given = [inputs.get(name) for name in NAMES]
    outputs = ["Y", "Y_h", "Y_c"][: 3 if op == "LSTM" else 2]
    attributes = {name: v.encode() if isinstance(v, str) else v for name, v in attributes.items()}
    return outputs_of(NodeCase(op, op, attributes, given, [], outputs, 0.0, 0.0))


KINDS = [
    ("RNN", {}),
    ("LSTM", {}),
    ("GRU", {"linear_before_reset": 0}),
    ("GRU", {"linear_before_reset": 1}),
]
each = pytest.mark.parametrize(("op", "attributes"), KINDS, ids=str)
directions = pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])


@each
@directions
@pytest.mark.parametrize("peepholes", [True, False])
def test_all_outputs_are_the_references(op, attributes, direction, peepholes, rng):
    attributes = attributes | {"direction": direction}
    inputs = inputs_for(op, 1 + (direction == "bidirectional"), rng)
    if not peepholes:
        inputs.pop("P", None)
    for a, b in zip(
        ours_from(op, inputs, attributes), expected_from(op, inputs, attributes), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@each
@directions
def test_in_a_batch_each_sequence_gives_what_it_gives_alone(op, attributes, direction, rng):
    attributes = attributes | {"direction": direction}
    inputs = inputs_for(op, 1 + (direction == "bidirectional"), rng)
    lengths = np.array([2, 5, 4], np.int32)
    y, *finals = ours_from(op, inputs | {"sequence_lens": lengths}, attributes)
    for n, length in enumerate(lengths):
        alone = {
            name: x[:, n : n + 1] if name in ("X", "initial_h", "initial_c") else x
            for name, x in inputs.items()
        }
        alone["X"] = alone["X"][:length]
        expected, *ends = expected_from(op, alone, attributes)
        np.testing.assert_allclose(y[:length, :, n], expected[:, :, 0], rtol=1e-4, atol=1e-5)
        assert not y[length:, :, n].any()
        for a, b in zip(finals, ends, strict=True):
            np.testing.assert_allclose(a[:, n], b[:, 0], rtol=1e-4, atol=1e-5)


def test_the_two_forms_of_the_gru_differ(rng):
    """So that the tests above tell them apart."""
    inputs = inputs_for("GRU", 1, rng)
    before, after = (expected_from("GRU", inputs, {"linear_before_reset": k})[0] for k in (0, 1))
    assert np.abs(before - after).max() > 0.01
