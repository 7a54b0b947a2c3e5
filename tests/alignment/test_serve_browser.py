"""The review page in Chromium: fifty decisions by keyboard alone, two browsers at once, and what axe-core says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.alignment.reviewed import Served, copied, served, settled
from tests.reports import browsing

KEYS = "1n2j1k1"
"""What the fifty decisions are typed with, over and over: accept the first, none of them, the second, and steps between."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review-browser")
    settled(folder)
    return folder


@pytest.fixture
def one(there: Path, tmp_path: Path) -> Iterator[Served]:
    with served(copied(there, tmp_path)) as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browsing.chromium() as started:
        yield started


def opened(browser: Any, one: Served, **options: Any) -> Any:
    """A page of a context of its own, past the start address, its script at work: a key pressed before that is lost."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(20_000)
    page.goto(one.start)
    page.locator(".with-script:not([hidden])").wait_for(state="attached")
    return page


def pressed(page: Any, key: str) -> None:
    """One key, as a finger does it, and then until the page has answered."""
    page.keyboard.press(key)
    page.locator("body:not(.asking)").wait_for(state="attached")


def current(page: Any) -> str:
    return str(page.locator("li.current b").inner_text())


def test_fifty_decisions_by_keyboard_alone(chromium: Any, one: Served) -> None:
    """The epic comes first and is stepped over: what is said of it is not said of what is below it."""
    page = opened(chromium, one)
    pressed(page, "j")
    said: list[tuple[str, str | None]] = []
    meant = {"1": "growth", "2": "trust", "n": None}
    while len(said) < 50:
        for key in KEYS:
            if key in meant and len(said) < 50:
                said.append((f"jira:{current(page)}", meant[key]))
            pressed(page, key)
            if len(said) == 50:
                break
    assert [(target, priority) for target, priority, kind in one.decisions() if kind == "link"] == said
    assert len({target for target, _ in said}) == 50 and set(Counter(p for _, p in said)) == {"growth", "trust", None}
    assert "50 of 61" in page.locator(".progress").inner_text().replace("\n", " ")
    pressed(page, "u")
    assert [kind for _, _, kind in one.decisions()][-1] == "undo" and "49 of 61" in page.locator(
        ".progress"
    ).inner_text()
    page.keyboard.press("?")
    assert page.locator("#help").get_attribute("open") is not None
    page.context.close()


def test_any_priority_a_reason_why_not_and_many_at_once_by_keyboard(chromium: Any, one: Served) -> None:
    page = opened(chromium, one)
    pressed(page, "j")
    first = current(page)
    pressed(page, "s")
    page.keyboard.type("Keep")
    pressed(page, "Enter")
    assert one.decisions() == [(f"jira:{first}", "upkeep", "link")]
    refused = current(page)
    pressed(page, "r")
    assert one.decisions()[-1] == (f"jira:{refused}", "growth", "reject")
    marked = []
    for _ in range(2):
        marked.append(current(page))
        pressed(page, "x")
        pressed(page, "j")
    pressed(page, "b")
    page.get_by_role("heading", name="Decide 2 tickets in one act?").wait_for()
    pressed(page, "y")
    assert one.decisions()[-2:] == [(f"jira:{key}", "growth" if key != refused else "trust", "link") for key in marked]
    page.context.close()


def test_two_browsers_at_once_lose_nothing(chromium: Any, one: Served) -> None:
    """Each decides what it sees. Who is late is told, sees how it stands, and may go on."""
    mine, yours = opened(chromium, one), opened(chromium, one)
    for page in (mine, yours):
        pressed(page, "j")
    same = current(mine)
    assert current(yours) == same
    pressed(yours, "2")
    pressed(mine, "1")
    assert "Someone decided this meanwhile" in mine.locator("[role=alert]").inner_text()
    assert one.decisions() == [(f"jira:{same}", "trust", "link")]
    pressed(mine, "j")
    for page in (mine, yours, mine, yours):
        before, ticket = len(one.decisions()), f"jira:{current(page)}"
        pressed(page, "1")
        if page.locator("[role=alert]").count():
            assert len(one.decisions()) == before
            pressed(page, "j")
        else:
            assert one.decisions()[before:] == [(ticket, "growth", "link")]
    decided = [target for target, _, _ in one.decisions()]
    assert len(decided) == len(set(decided)) >= 3
    mine.context.close()
    yours.context.close()


@pytest.mark.parametrize(
    ("width", "scheme", "script"), [(1280, "light", True), (375, "dark", True), (375, "light", False)]
)
def test_nothing_serious_is_found_and_nothing_is_asked_elsewhere(
    chromium: Any, one: Served, width: int, scheme: str, script: bool
) -> None:
    asked: list[str] = []
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=script, bypass_csp=script
    )
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(one.start)
    if script:
        for address in ("/", "/acts", "/reports"):
            page.goto(one.address.rstrip("/") + address)
            assert browsing.serious(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    else:
        page.get_by_role("button", name="Accept Growth").click()
        page.get_by_text("1 of 61").wait_for()
        assert one.decisions() == [("jira:A-1", "growth", "link")]
    assert {url for url in asked if not url.startswith((one.address, "data:"))} == set()
    context.close()


def test_what_would_change_is_shown_beside_the_ticket(chromium: Any, one: Served) -> None:
    page = opened(chromium, one)
    pressed(page, "j")
    page.keyboard.press("w")
    page.get_by_text("What the next report would say").wait_for(timeout=30_000)
    assert "Unlinked work" in page.locator("#foretold").inner_text() and one.decisions() == []
    page.context.close()
