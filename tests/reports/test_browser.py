"""Chromium opens the page from disk: it sorts, filters, reads charts by keyboard, prints, and asks the network for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reports import html
from tests.reports import browsing, sample

pytestmark = pytest.mark.xdist_group("browser")
STATES = {"company": sample.company, "calm": sample.calm, "empty": sample.empty}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing.chromium() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    for name, result in STATES.items():
        (made / f"{name}.html").write_text(html.render(result()), encoding="utf-8")
    return made


@pytest.fixture
def opened(browser: Any, folder: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Opens a state of the page; after the test nothing was asked of the network and nothing broke."""
    asked: list[str] = []
    broke: list[str] = []
    contexts = []

    def open_page(state: str, **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda one: asked.append(one.url))
        page.on("pageerror", lambda error: broke.append(str(error)))
        page.on("console", lambda message: broke.append(message.text) if message.type == "error" else None)
        page.goto((folder / f"{state}.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert broke == []
    assert all(url.startswith(browsing.LEFT) for url in asked) and asked


def cells(page: Any, table: Any, column: int) -> list[str]:
    found = table.locator("tbody tr:not(.opened):visible")
    return [str(found.nth(n).locator("th,td").nth(column).inner_text()) for n in range(found.count())]


def longest(page: Any) -> Any:
    """The figure of the table with the most rows."""
    return page.locator("figure.table").nth(
        page.evaluate(
            "() => { const n = [...document.querySelectorAll('figure.table')]"
            ".map((f) => f.querySelectorAll('tbody tr:not(.opened)').length); return n.indexOf(Math.max(...n)) }"
        )
    )


def test_a_table_sorts_by_click_and_by_keyboard_with_its_tickets(opened: Any) -> None:
    page = opened("company")
    figure = longest(page)
    whole = figure.locator("tbody tr:not(.opened)").count()
    head = figure.locator("th.number .sort").first
    column = head.evaluate("(b) => b.closest('th').cellIndex")
    head.click()
    values = [v for v in cells(page, figure, column) if v != "–"]
    read = [float(v.replace("\u00a0", "").replace("%", "").replace(",", "").replace("\u2060", "")) for v in values]
    assert read == sorted(read, reverse=True) and len(cells(page, figure, column)) == whole
    head.focus()
    page.keyboard.press("Enter")
    assert figure.locator("th[aria-sort=ascending]").count() == 1
    assert figure.locator("tbody tr.opens + tr.opened").count() == figure.locator("tbody tr.opened").count() > 0


def test_a_filter_says_how_many_rows_are_left(opened: Any) -> None:
    page = opened("company")
    figure = longest(page)
    whole = figure.locator("tbody tr:not(.opened)").count()
    word = cells(page, figure, 0)[0]
    figure.locator("input[type=search]").fill(word.upper())
    left = cells(page, figure, 0)
    assert 0 < len(left) < whole and f"{len(left)} of {whole} rows" in figure.locator(".filter output").inner_text()
    figure.locator("input[type=search]").fill("")
    assert figure.locator("tbody tr:not(.opened):visible").count() == whole


def test_a_chart_tells_its_values_on_hover_and_by_keyboard(opened: Any) -> None:
    page = opened("company")
    panel = page.locator("figure.series .panel").first
    weeks, column = 26, int(panel.get_attribute("data-column"))
    rows = page.locator("figure.series").first.locator("details.values tbody tr")
    told = [(r.locator("th").text_content().strip(), r.locator("td").nth(column - 1).text_content().strip())
            for r in (rows.nth(0), rows.nth(weeks - 1))]  # fmt: skip
    panel.locator(".keys").focus()
    page.keyboard.press("Home")
    assert panel.locator("output").text_content() == ": ".join(told[0])
    page.keyboard.press("End")
    assert panel.locator("output").text_content() == ": ".join(told[1])
    page.keyboard.press("ArrowLeft")
    assert panel.locator("output").text_content().startswith("2026-W45")
    panel.locator("svg").scroll_into_view_if_needed()
    box = panel.locator("svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.97, box["y"] + box["height"] / 2)
    assert panel.locator("output").text_content() == ": ".join(told[1])


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(opened: Any, state: str, scheme: str) -> None:
    page = opened(state, color_scheme=scheme, viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page.evaluate(browsing.OPEN_SOME)
    assert browsing.serious(page) == []


@pytest.mark.parametrize("state", STATES)
def test_a_phone_scrolls_only_downwards(opened: Any, state: str) -> None:
    page = opened(state, viewport=browsing.PHONE)
    page.evaluate(browsing.OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= browsing.PHONE["width"]


@pytest.mark.parametrize("state", STATES)
def test_without_javascript_all_is_said(opened: Any, state: str) -> None:
    page = opened(state, java_script_enabled=False)
    assert page.locator("h1").inner_text() and page.locator(".sort, .filter, .keys").count() == 0
    shut = page.locator("details.rows").first
    if state == "company":
        shut.locator("> summary").click()
        assert shut.locator("tbody tr").first.is_visible()


def test_print_shows_method_and_rows_and_no_controls(opened: Any) -> None:
    page = opened("company")
    page.emulate_media(media="print")
    assert page.locator(".filter:visible, .skip:visible").count() == 0
    assert page.locator(".how dd").first.is_visible()
    assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"


def test_dark_is_dark(opened: Any) -> None:
    page = opened("company", color_scheme="dark")
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert sum(int(part) for part in colour[4:-1].split(",")) < 150


def test_the_first_screen_holds_what_to_decide(opened: Any) -> None:
    page = opened("company", viewport={"width": 1280, "height": 1000})
    for there in ("h1", ".terms", ".scores", "#decisions"):
        box = page.locator(there).bounding_box()
        assert box["y"] + box["height"] <= 1000, there


def test_a_page_with_faults_is_found_out(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        "<!doctype html><html><title>Bad</title><body><p style='width: 900px; color: #bbb; background: #fff'>Grey</p>"
        "<img src='http://127.0.0.1:9/picture.png'><script>missing()</script></body></html>",
        encoding="utf-8",
    )
    found = "\n".join(browsing.faults(browser, tmp_path / "bad.html"))
    for fault in ("asked for http://127.0.0.1:9/", "broke: ", "wide on a phone", "color-contrast: ", "html-has-lang: "):
        assert fault in found
