"""Pictures in LaTeX: whatever a name holds, it compiles and is set as it stands."""

from __future__ import annotations

import shutil
import subprocess

import pytest

import autograd_core as ag
import viz

from .gallery import PICTURES

HOSTILE = [
    "</script>", '"quoted\\N"', "a_b^c~d", "50% & $3 #4 {x}", "\\input{secret}", "🙂", "שלום",
    "日本", "αβγδεζηθικλμνξοπρςστυφχψω", "ΓΔΘΛΞΠΣΥΦΨΩ∇ℓ≤≥√∞…", "\x00\x07\n", "\\", "^^M",
    "é ü Ø ß ×", "%", "{", "}", "}{", "\u202eabc", "[x]", "a;b,c=d", "--- '' `` ?` !` \"",
    "\\end{document}", "\ud800", "x" * 10_000, "⁽¹²⁾⁻ᵀ‖Σ·∂→", " ", "*|<>", "$$", "\\\\[1cm]",
]  # fmt: skip
PACKAGES = r"\usepackage{tikz}\usepackage[T1]{fontenc}\usepackage{textcomp}"


def compiled(engine, body, folder):
    """Typeset a document; its text, if there is a program that extracts it."""
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    source = rf"\documentclass{{article}}{PACKAGES}\begin{{document}}{body}\end{{document}}"
    return run(engine, source, folder)


def run(engine, source, folder):
    (folder / "picture.tex").write_text(source, "utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "picture"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
    log = done.stdout.decode("utf-8", "replace")
    faults = [line for line in log.splitlines() if line.startswith(("!", "l."))]
    if any(".sty' not found" in line for line in faults):
        pytest.skip(f"{engine} lacks a package: {faults}")
    assert done.returncode == 0, "\n".join(faults)
    assert (folder / "picture.pdf").stat().st_size > 1000


def hostile():
    values = [ag.Value(i + 1.0, name=name) for i, name in enumerate(HOSTILE)]
    root = values[0]
    for value in values[1:]:
        root = root + value
    return viz.draw(root, mode="reverse", rankdir="LR")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pdflatex", "lualatex", "xelatex"])
def test_hostile_names_compile(engine, tmp_path):
    compiled(engine, hostile().to_latex(), tmp_path)


@pytest.mark.slow
def test_every_picture_of_the_gallery_compiles(tmp_path):
    body = "\n\n".join(make().to_latex() for make in PICTURES.values())
    compiled("pdflatex", body, tmp_path)


@pytest.mark.slow
def test_the_standalone_document_compiles(tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    run("pdflatex", PICTURES["mlp-depth-2"]().render("tex").decode(), tmp_path)


def test_no_name_reaches_latex_as_a_command():
    body = hostile().to_latex()
    assert r"\input" not in body and r"\end{document}" not in body
    assert body.count(r"\begin{") == body.count(r"\end{") == 1
    body.encode("utf-8")


def test_save_knows_the_suffix(tmp_path):
    PICTURES["colah"]().save(tmp_path / "e.tex")
    text = (tmp_path / "e.tex").read_text("utf-8")
    assert text.startswith("\\documentclass") and text.count("\\node") == 10
