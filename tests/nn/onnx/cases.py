"""ONNX's own test cases for single operators, with their expected outputs."""

from __future__ import annotations

import importlib
import warnings
from dataclasses import dataclass
from typing import Any

import pytest

onnx = pytest.importorskip("onnx")
node = pytest.importorskip("onnx.backend.test.case.node")

__all__ = ["NodeCase", "NotOurs", "cases"]

MODULES = (
    "averagepool batch_normalization celu conv convtranspose dropout elu flatten gather gelu gemm "
    "globalaveragepool globalmaxpool groupnormalization gru hardsigmoid hardswish identity "
    "instance_normalization layernormalization leakyrelu logsoftmax lstm maxpool mish "
    "negativeloglikelihoodloss prelu relu rnn selu sigmoid softmax softmax_cross_entropy_loss "
    "softplus softsign swish tanh thresholdedrelu"
).split()
"""Where the cases are. To import them makes them; those of all operators take six seconds."""


class NotOurs(Exception):
    """What a case asks for that our layers do not have; says what."""


@dataclass(frozen=True)
class NodeCase:
    """One node with its inputs and what it should give.

    Attributes
    ----------
    name, op : str
    attributes : dict
    inputs : list
        An array each; ``None`` for one that is left out.
    expected : list of ndarray
    outputs : list of str
        Names of all outputs of the operator up to the last that is asked for; "" for one that
        is not.
    rtol, atol : float
        ONNX's.
    """

    name: str
    op: str
    attributes: dict[str, Any]
    inputs: list[Any]
    expected: list[Any]
    outputs: list[str]
    rtol: float
    atol: float

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute, text as str."""
        value = self.attributes.get(name, default)
        return value.decode() if isinstance(value, bytes) else value

    def input(self, index: int) -> Any:
        """An input; ``None`` where it is left out."""
        return self.inputs[index] if index < len(self.inputs) else None


def cases() -> list[NodeCase]:
    """All cases of one node of the operators in the modules."""
    # ONNX computes what it expects as it is imported; what numpy says of that is not ours.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in MODULES:
            importlib.import_module(f"{node.__name__}.{module}")
    found = {}
    for case in node._NodeTestCases:
        graph = case.model.graph
        if len(graph.node) == 1 and case.name not in found:
            found[case.name] = _read(case, graph.node[0])
    return list(found.values())


def _read(case: Any, made: Any) -> NodeCase:
    inputs, expected = case.data_sets[0]
    given = iter(inputs)
    return NodeCase(
        case.name,
        made.op_type,
        {a.name: onnx.helper.get_attribute_value(a) for a in made.attribute},
        [next(given) if name else None for name in made.input],
        list(expected),
        list(made.output),
        case.rtol,
        case.atol,
    )
