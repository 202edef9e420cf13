"""Our layers on ONNX's own node test cases.

Those that ask for something that ours does not have are skipped with the reason: ``pytest -rs``
prints them, and so does ``pytest -s -k every_case_that_is_skipped``.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from .adapters import ADAPTERS, outputs_of
from .cases import NodeCase, NotOurs, cases

CASES = {case.name: case for case in cases() if case.op in ADAPTERS}


@pytest.mark.parametrize("name", CASES)
def test_ours_gives_what_onnx_expects(name):
    case = CASES[name]
    try:
        outputs = outputs_of(case)
    except NotOurs as reason:
        pytest.skip(f"{case.op}: {reason}")
    wanted = [i for i, output in enumerate(case.outputs) if output]
    compared = 0
    for i, expected in zip(wanted, case.expected, strict=True):
        if outputs[i] is None:
            continue
        expected = np.asarray(expected)
        assert outputs[i].shape == expected.shape, case.outputs[i]
        if expected.dtype.kind == "f":
            assert outputs[i].dtype == expected.dtype, case.outputs[i]
        np.testing.assert_allclose(
            outputs[i], expected, rtol=case.rtol, atol=case.atol, err_msg=case.outputs[i]
        )
        compared += 1
    assert compared


def test_every_operator_has_cases_and_nearly_every_one_runs_some():
    ran = {case.op for case in CASES.values() if reason_to_skip(case) is None}
    assert {case.op for case in CASES.values()} == set(ADAPTERS)
    # All of ONNX's cases have another slope than PyTorch's 1/6.
    assert set(ADAPTERS) - ran == {"HardSigmoid"}


def test_every_case_that_is_skipped_names_what_it_asks_for():
    skipped = {name: reason_to_skip(case) for name, case in CASES.items()}
    skipped = {name: reason for name, reason in skipped.items() if reason is not None}
    print(f"\n{len(CASES) - len(skipped)} of {len(CASES)} cases run; not these:")
    for name, reason in skipped.items():
        case = CASES[name]
        print(f"  {name}: {case.op}: {reason}")
        asked = {*case.attributes, *DEFAULTS.get(case.op, ()), "training_mode", "slope", "input is"}
        assert any(word in reason for word in asked), f"{name}: {reason}"
        assert any(character.isdigit() for character in reason) or "input is" in reason
    assert len(skipped) < len(CASES) / 8


DEFAULTS = {"HardSigmoid": ("alpha",)}
"""Attributes that a case can ask for by leaving them out."""


def reason_to_skip(case: NodeCase) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            outputs_of(case)
    except NotOurs as reason:
        return str(reason)
    return None
