"""A diagram as JSON.

The schema, `"autograd-viz/1"`; additions keep the number, a changed meaning raises it::

    {
      "schema": "autograd-viz/1",
      "root": "e",                     null for a graph with several
      "mode": null,                    or "reverse", "forward"
      "wrt": null,                     the name in forward mode
      "note": "",                      what was done to make the picture fit
      "nodes": [                       in topological order, the root first
        {"key": "c",                   unique
         "name": "c", "kind": "leaf" | "intermediate" | "root" | "constant" | "group",
         "expression": "a+b",          "" for a leaf
         "value": 3.0,
         "sweep": 2.0,                 ∂root/∂c, or ∂c/∂wrt in forward mode
         "scope": "",
         "detail": ""}],               what is inside a group: "12 nodes"
      "edges": [
        {"source": "c", "target": "e", "operand_index": 0,
         "operand": "",                what comes along, of a group with several results
         "symbol": "d",                the local derivative as an expression
         "derivative": 2.0,
         "label": null}]               a text drawn in place of the derivative
    }

A quantity (`value`, `sweep`, `derivative`) is null when unknown; a number, exact; one of the
strings "nan", "inf", "-inf", which JSON has no numbers for; `{"formula": "α + β"}`; or
`{"shape": [2, 3], "dtype": "float64", "values": … or null, "rule": "…"}` for an array.
"""

from __future__ import annotations

import json
import math
from typing import Any

from viz.diagram import Diagram, Quantity, Tensor

__all__ = ["SCHEMA", "to_json"]

SCHEMA = "autograd-viz/1"


def to_json(diagram: Diagram, indent: int | None = 2) -> str:
    """Return `diagram` as JSON.

    Examples
    --------
    >>> from viz.diagram import DiagramNode
    >>> node = DiagramNode("x", "x", "root", value=float("inf"))
    >>> json.loads(to_json(Diagram((node,), (), root=0)))["nodes"][0]["value"]
    'inf'
    """
    keys = [node.key for node in diagram.nodes]
    record = {
        "schema": SCHEMA,
        "root": None if diagram.root is None else keys[diagram.root],
        "mode": diagram.mode,
        "wrt": diagram.wrt,
        "note": diagram.note,
        "nodes": [
            {
                "key": node.key,
                "name": node.name,
                "kind": node.kind,
                "expression": node.expression,
                "value": _quantity(node.value),
                "sweep": _quantity(node.sweep),
                "scope": node.scope,
                "detail": node.detail,
            }
            for node in diagram.nodes
        ],
        "edges": [
            {
                "source": keys[edge.source],
                "target": keys[edge.target],
                "operand_index": edge.operand_index,
                "operand": edge.operand,
                "symbol": edge.symbol,
                "derivative": _quantity(edge.value),
                "label": edge.label,
            }
            for edge in diagram.edges
        ],
    }
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, indent=indent)
    # A lone surrogate in a name cannot be written as UTF-8; as an escape it can.
    return text.encode("utf-8", "backslashreplace").decode()


def _quantity(quantity: Quantity | None) -> Any:
    if quantity is None:
        return None
    if isinstance(quantity, str):
        return {"formula": quantity}
    if isinstance(quantity, Tensor):
        return {
            "shape": list(quantity.shape),
            "dtype": quantity.dtype,
            "values": _finite(quantity.values),
            "rule": quantity.rule,
        }
    return _finite(float(quantity))


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, complex):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
