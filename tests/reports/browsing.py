"""What Chromium sees of a page opened from disk: faults axe-core calls serious, what it asked for, sideways scroll, print."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 375, "height": 740}
LEFT = ("file:", "data:")
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true })"
OPEN_SOME = """() => {
    document.querySelectorAll('details:not(.tickets)').forEach((one) => { one.open = true });
    [...document.querySelectorAll('details.tickets')].forEach((one, place) => { one.open = place < 3 });
    document.querySelectorAll('tbody tr.opens:nth-child(n + 8)').forEach((one) => {
        one.nextElementSibling.remove();
        one.remove();
    });
}"""
"""Everything is open but the tickets below the third row of a table, which are alike and many."""


@contextmanager
def chromium() -> Iterator[Any]:
    """Skips the test where there is no Chromium. Ends with the block: its event loop would be in the way of other tests."""
    playwright = pytest.importorskip("playwright.sync_api")
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield started
        started.close()


def serious(page: Any) -> list[str]:
    """What axe-core finds serious or worse; the page has to be opened with ``bypass_csp``."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in ("serious", "critical")]


def faults(browser: Any, file: Path) -> list[str]:
    """One visit to a page, everything on it opened: what is wrong with it, nothing if nothing is."""
    context = browser.new_context(viewport=PHONE, bypass_csp=True)
    try:
        page, found = context.new_page(), list[str]()
        page.on("request", lambda one: found.append(f"asked for {one.url}") if not one.url.startswith(LEFT) else None)
        page.on("pageerror", lambda error: found.append(f"broke: {error}"))
        page.on("console", lambda said: found.append(f"said: {said.text}") if said.type == "error" else None)
        page.goto(file.as_uri())
        page.evaluate(OPEN_ALL)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE["width"]:
            found.append(f"is {wide} wide on a phone of {PHONE['width']}")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.evaluate(OPEN_SOME)
        page.emulate_media(media="print")
        if page.pdf(prefer_css_page_size=True)[:5] != b"%PDF-":
            found.append("does not print")
        page.emulate_media(media="screen")
        return found + serious(page)
    finally:
        context.close()
