"""Every planted bug of the gallery is called by its name, and the page shows what is said."""

from __future__ import annotations

import importlib
import json

import pytest

from autograd_core.checking.verdicts import ADVICE

from .gallery import GALLERY


@pytest.mark.parametrize("name", GALLERY)
def test_the_report_names_the_bug_the_op_and_the_operand(name):
    exhibit = GALLERY[name]
    if exhibit.needs:
        pytest.importorskip(exhibit.needs)
    report = exhibit.check()
    assert not report.ok
    (verdict,) = report.verdicts
    assert (verdict.kind, verdict.op, verdict.operand) == (
        exhibit.kind,
        exhibit.op,
        exhibit.operand,
    )
    assert exhibit.kind.upper() in str(report)
    assert verdict.culprit in str(report)
    assert max(map(len, str(report).splitlines())) <= 100
    json.loads(report.to_json())


def test_every_kind_of_verdict_is_shown_at_least_twice():
    kinds = [exhibit.kind for exhibit in GALLERY.values()]
    assert len(kinds) >= 30
    # "unlocated" is what is left when nothing else can be said; nothing here leaves it open.
    assert {kind for kind in ADVICE if kinds.count(kind) >= 2} == set(ADVICE) - {"unlocated"}


def test_the_page_shows_what_the_checker_says():
    pytest.importorskip("torch")
    page = importlib.import_module("docs.gradcheck_gallery")
    assert page.main(["--check"]) == 0
