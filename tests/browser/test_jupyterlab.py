"""The stepper's widget in a real JupyterLab: shown, stepped, read back, saved and opened again."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
pytest.importorskip("anywidget", reason="anywidget is not installed")

CELLS = [
    "import autograd_core as ag, viz\n"
    "a, b = ag.Value(2.0, name='a'), ag.Value(1.0, name='b')\n"
    "c = a + b; d = b + 1; e = c * d\n"
    "stepper = viz.step(e, names=dict(c=c, d=d, e=e))\n"
    "stepper",
    "print('index', stepper.index)",
    "stepper.goto(1); print('went')",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A server in a folder of its own; its address and the folder."""
    home = tmp_path_factory.mktemp("lab")
    cells = [
        {
            "cell_type": "code", "source": text, "metadata": {}, "outputs": [],
            "execution_count": None, "id": f"cell{i}",
        }
        for i, text in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    (home / "steps.ipynb").write_text(json.dumps(notebook))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {
        f"JUPYTER_{what}_DIR": str(home / what.lower()) for what in ("CONFIG", "DATA", "RUNTIME")
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}",
               "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True", "--allow-root",
               "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={home}"]  # fmt: skip
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            command, env={**os.environ, **places, "IPYTHONDIR": str(home)}, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=5).close()
                break
            except (urllib.error.URLError, TimeoutError):
                time.sleep(0.25)
        else:
            pytest.fail((home / "log").read_text()[-2000:])
        yield address, home
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:  # it waits for a kernel that it started
            server.kill()
            server.wait()


def run_cell(page, number):
    page.locator(".jp-Cell").nth(number).locator(".jp-InputPrompt").click()
    page.keyboard.press("Shift+Enter")


def test_a_widget_is_stepped_read_back_and_still_there_without_a_kernel(lab, browser):
    address, home = lab
    page = browser.new_context(viewport={"width": 1200, "height": 1000}).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/lab/tree/steps.ipynb")
    page.locator(".jp-Cell").nth(2).wait_for()
    page.get_by_text("| Idle").wait_for()
    run_cell(page, 0)
    page.locator(".ags-counter", has_text="1 / 6").wait_for()
    for _ in range(2):
        page.locator(".ags button[aria-label='Next step']").click()
    page.keyboard.press("ArrowRight")  # of the stepper, not of the notebook
    page.locator(".ags-counter", has_text="4 / 6").wait_for()
    assert page.locator("[data-ags-still]").count() == 0
    run_cell(page, 1)
    page.locator(".jp-OutputArea-output", has_text="index 3").wait_for()
    run_cell(page, 2)  # and the other way round
    page.locator(".ags-counter", has_text="2 / 6").wait_for()
    page.keyboard.press("Control+s")
    path = home / "steps.ipynb"
    for _ in range(100):
        saved = json.loads(path.read_text())["cells"][0]["outputs"]
        if saved:
            break
        time.sleep(0.1)
    assert "<svg" in "".join(saved[0]["data"]["text/html"])
    page.context.close()
    for session in json.load(urllib.request.urlopen(f"{address}/api/sessions")):
        request = urllib.request.Request(f"{address}/api/sessions/{session['id']}", method="DELETE")
        urllib.request.urlopen(request).close()

    page = browser.new_context(viewport={"width": 1200, "height": 1000}).new_page()
    page.set_default_timeout(60_000)
    page.route("**/api/sessions*", lambda route: route.continue_()
               if route.request.method == "GET" else route.abort())  # fmt: skip
    page.goto(f"{address}/lab/tree/steps.ipynb?reset")
    page.locator(".jp-OutputArea-output svg.ag-diagram").first.wait_for()
    page.context.close()
