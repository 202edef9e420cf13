"""Every promise about how the engine behaves, and the tests that hold it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# Promise: the file, and what the names of its tests begin with.
ROWS = {
    "scalars": ("test_semantics_scalars.py", "test_scalar_"),
    "constants": ("test_semantics_scalars.py", "test_constant_"),
    "requires_grad": ("test_semantics_scalars.py", "test_requires_grad_"),
    "accumulation": ("test_semantics_sweep.py", "test_accumulation_"),
    "root": ("test_semantics_sweep.py", "test_root_"),
    "freeing": ("test_semantics_freeing.py", "test_freeing_"),
    "freeing: a second backward": ("test_semantics_freeing.py", "test_second_backward_raises_"),
    "freeing: retain_graph": ("test_semantics_freeing.py", "test_retain_graph_"),
    "dtype": ("test_semantics_dtype.py", "test_dtype_"),
    "depth": ("test_semantics_depth.py", "test_depth_"),
    "mutation": ("test_semantics_mutation.py", "test_mutation_"),
    "numpy": ("test_numpy_protocol.py", "test_numpy_"),
    "numpy: what is not supported": ("test_numpy_protocol.py", "test_unsupported_"),
    "kinks": ("test_semantics_kinks.py", "test_kink_"),
    "zero-safe": ("test_semantics_zero_safe.py", "test_zero_safe_"),
    "context": ("test_semantics_context.py", "test_context_"),
    "context: detect_anomaly": ("test_semantics_anomaly.py", "test_anomaly_"),
    "errors": ("test_errors.py", "test_error_"),
    "an edge is (node, operand_index)": ("test_graph.py", "test_edges_are_keyed_by_"),
    "a rule that does not exist raises": ("test_custom_ops.py", "test_missing_rule_"),
    "the ledger": ("test_ledger.py", "test_ledger_"),
    "the naive order": ("test_ledger.py", "test_naive_order_is_wrong_"),
    "transformations nest": ("test_semantics_nesting.py", "test_nested_"),
    "checkpoint": ("test_semantics_checkpoint.py", "test_checkpoint_"),
    "hooks": ("test_semantics_hooks.py", "test_hook_"),
}


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_its_tests(row):
    file, prefix = ROWS[row]
    source = (Path(__file__).parent / file).read_text(encoding="utf-8")
    assert re.search(rf"^def {prefix}\w+\(", source, re.MULTILINE)
