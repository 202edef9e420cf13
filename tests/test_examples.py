"""The examples run, and learn; with little data and few epochs."""

from __future__ import annotations

import os

import pytest

from examples import characters, handwritten_digits, spoken_digits

needs_data = pytest.mark.skipif(
    "AUTOGRAD_DATA" not in os.environ, reason="AUTOGRAD_DATA does not say where the data is"
)


def test_digits_example_prints_a_table_with_the_published_errors(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("sklearn")
    results = handwritten_digits.main(["--only", "linear", "--epochs", "3"])
    assert results["linear"]["test"] < 12.0
    printed = capsys.readouterr().out
    assert "12.0 / 8.4" in printed and "in all" in printed


@needs_data
@pytest.mark.slow
def test_spoken_digits_example_reaches_ninety_five_per_cent() -> None:
    assert spoken_digits.main([])["accuracy"] >= 0.95


@needs_data
@pytest.mark.slow
def test_characters_example_learns_in_every_epoch_and_writes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bits = characters.main(["names", "--epochs", "3"])
    assert bits == sorted(bits, reverse=True) and bits[-1] < 3.3
    assert len(capsys.readouterr().out.splitlines()) > 10
