"""Pages in a real browser: chromium, driven by Playwright. Skipped where one is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed (or name it: CHROMIUM=/usr/bin/chromium)")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core, which is installed beside the tests and never kept."""
    path = os.environ.get("AXE_CORE")
    if path is None or not Path(path).is_file():
        pytest.skip("axe-core is not installed (make test-browser does, and sets AXE_CORE)")
    return Path(path).read_text("utf-8")


@pytest.fixture
def open_page(browser, tmp_path):
    """A function that shows HTML, and fails the test if a script of the page fails."""
    contexts, faults = [], []

    def show(html, width=1000, height=900, scheme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: faults.append(message.text) if message.type == "error" else None,
        )
        page.on("dialog", lambda dialog: (faults.append("a dialog"), dialog.dismiss()))
        page.on("request", lambda r: None if r.url.startswith("file:") else faults.append(r.url))
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(html, "utf-8", "backslashreplace")
        page.goto(path.as_uri())
        return page

    yield show
    for context in contexts:
        context.close()
    assert faults == []
