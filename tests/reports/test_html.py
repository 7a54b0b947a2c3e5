"""The page holds what the Result says, asks nothing of the network, and runs nothing but its own script."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from reports import html
from tests.reports import sample

VOID = {"meta", "link", "img", "br", "input", "hr"}
OURS = (Path(html.__file__).parent / "templates" / "report.js").read_text(encoding="utf-8").strip()
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page(HTMLParser):
    """Every element with its attributes, the text a reader sees, and whether the tags are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.seen: list[str] = []
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.seen).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, (self.open[-3:], tag, self.getpos())
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.seen.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def text() -> str:
    return html.render(sample.company())


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


@pytest.fixture(scope="module")
def calm() -> Page:
    return Page(html.render(sample.calm()))


def test_nothing_runs_but_our_script_and_nothing_is_fetched(text: str, page: Page) -> None:
    names = {name for name, _ in page.elements}
    assert page.all("script") == [{}] and text.count("<script>") == 1 and OURS in text
    assert not names & {
        "iframe",
        "object",
        "embed",
        "img",
        "form",
        "input",
        "base",
        "use",
        "image",
        "foreignobject",
    }
    for name, attributes in page.elements:
        for attribute, value in attributes.items():
            assert not attribute.startswith("on"), (name, attribute)
            assert attribute not in ("src", "srcset", "action", "xlink:href", "srcdoc", "ping")
            assert attribute in ("aria-label", "content") or "javascript:" not in (value or "").lower()
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style and "@import" not in style
    assert page.open == []


def test_links_go_to_tickets_or_within_the_page(page: Page) -> None:
    places = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    for link in page.all("a"):
        address = link["href"] or ""
        if address.startswith("#"):
            assert address[1:] in places
        else:
            assert address.startswith("https://") and link["rel"] == "noopener noreferrer"
    assert {link["href"] for link in page.all("link")} == {"data:,"}


def test_the_policy_forbids_everything_but_style_and_our_script(page: Page) -> None:
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    digest = b64encode(sha256(OURS.encode()).digest()).decode()
    rest = "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    assert policy == f"default-src 'none'; script-src 'sha256-{digest}'; {rest}"


@pytest.mark.parametrize("hostile", sample.HOSTILE)
def test_hostile_titles_arrive_as_text(page: Page, hostile: str) -> None:
    assert hostile in page.text


def test_a_ticket_whose_address_is_no_web_address_is_not_linked(text: str) -> None:
    assert "<b>PAY-1004</b>" in text and "<b>PAY-1005</b>" in text


def test_hostile_text_in_every_place_stays_text() -> None:
    def poison(value: object, path: str = "") -> object:
        if isinstance(value, dict):
            return {key: poison(item, f"{path}.{key}") for key, item in value.items()}
        if isinstance(value, list):
            return [poison(item, path) for item in value]
        kept = (".schema_version", ".verdict", ".unit", ".shape", ".effort", ".kind", ".columns.id", ".time_zone")
        if isinstance(value, str) and not path.endswith(kept):
            return sample.STYLE + value + "\"'" + sample.SCRIPT
        return value

    company = sample.company()
    company["findings"] = [company["findings"][place] for place in (0, 2, 4)]
    company["findings"][0]["details"][1]["lines"] = company["findings"][0]["details"][1]["lines"][:2]
    company["findings"][1]["details"] = company["findings"][1]["details"][:2]
    poisoned = poison(company)
    assert isinstance(poisoned, dict)
    page = Page(html.render(poisoned))
    names = {name for name, _ in page.elements}
    assert page.all("script") == [{}] and "img" not in names
    assert not any(attribute.startswith("on") for _, attributes in page.elements for attribute in attributes)


def test_the_first_screen_says_what_is_true_since_when_and_how_sure(page: Page) -> None:
    first = page.text[: page.text.index("What was seen")]
    for said in (
        "Work is drifting away from Faster checkout",
        "2026-W41, the week of 5 October 2026",
        "outside the 95 % interval",
        "8 weeks, 21 September to 15 November 2026",
        "Intended mix 66 of 100", "Agreed scope 41 of 100", "Linked work 82 of 100",
        "100 × (1 − 0.184 unlinked share of effort) = 81.6",
        "What needs a decision",
        "Not judged: Missed rhythm",
    ):  # fmt: skip
        assert said in first.replace("\N{NO-BREAK SPACE}", " ")
    assert first.index("Priority drift 8") < first.index("Scope creep Four") < first.index("Unlinked work 18")


def test_coverage_comes_before_conclusions(page: Page) -> None:
    assert page.text.index("412 tickets were closed") < page.text.index("How far is the work from the intended mix?")


def test_values_stand_with_their_interval(page: Page) -> None:
    text = page.text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "")
    assert "18 % (95 % interval 12–26 %)" in text
    assert "3.4 (95 % interval 2.9–4)" in text


def test_what_was_not_judged_or_failed_says_why(page: Page) -> None:
    assert "Not judged: 2 of 26 weeks state a focus" in page.text
    assert "This measure failed, and the others went on: ZeroDivisionError" in page.text


def test_every_row_opens_its_tickets_and_says_what_was_cut(page: Page) -> None:
    assert "50 tickets NOR-1000" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "and 30 more" in page.text


def test_every_picture_has_a_name_and_headings_keep_their_order(text: str, page: Page) -> None:
    pictures = [svg for svg in page.all("svg") if svg.get("aria-hidden") != "true"]
    assert len(pictures) == 7 + 10
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in pictures)
    assert "Faster checkout: 20" in (pictures[0]["aria-label"] or "")
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_scopes(text: str, page: Page) -> None:
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(head.get("scope") in ("row", "col") for head in page.all("th"))


def test_a_quiet_week_is_told_calmly(calm: Page) -> None:
    assert "No signal in these weeks. Nothing here asks for a decision." in calm.text


def test_an_empty_company_is_told_plainly() -> None:
    page = Page(html.render(sample.empty()))
    assert "Nothing could be judged" in page.text and "No tracker was read." in page.text
    assert "No strategy was in force" in page.text


def test_the_footer_says_whom_this_does_not_measure(page: Page) -> None:
    end = page.text[page.text.index("This measures the work, not people.") :]
    assert "fewer than five" in end and "alignment-analyzer 1.0.0" in end and "(Europe/Berlin)" in end


def test_a_table_beyond_sixty_rows_is_cut_and_says_so() -> None:
    long = sample.company()
    table = next(d for f in long["findings"] for d in f["details"] if d["shape"] == "table" and d["rows"])
    table["rows"] = [{**table["rows"][0], "tickets": [], "more": 0}] * 200
    drawn = html.render(long)
    assert "140 more rows in the CSV files of this report" in drawn
    wide = sample.company()
    flow = next(d for f in wide["findings"] for d in f["details"] if d["shape"] == "flow")
    flow["links"] = [{"source": f"S{n % 70}", "target": f"T{n % 30}", "value": 1.0} for n in range(2_100)]
    drawn = html.render(wide)
    assert "10 more rows in the CSV" in drawn and "6 more columns in the CSV" in drawn and ">T24<" not in drawn


def test_a_typical_company_fits_and_a_large_one_is_cut_and_says_so(text: str) -> None:
    assert len(text.encode()) < 600_000
    huge = sample.company()
    rows = huge["findings"][1]["details"][1]["rows"]
    huge["findings"] = [huge["findings"][1]]
    huge["findings"][0]["details"][1]["rows"] = [row | {"tickets": row["tickets"] * 10} for row in rows]
    drawn = html.render(huge)
    assert len(drawn.encode()) <= html.MOST_BYTES and "and 220 more" in drawn


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_a_browser_shows_the_headline(text: str, tmp_path: Path) -> None:
    assert BROWSER
    file = tmp_path / "report.html"
    file.write_text(text, encoding="utf-8")
    quiet = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    alone = "--disable-component-update --disable-sync"
    done = subprocess.run(
        [BROWSER, *quiet.split(), *alone.split(), f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    shown = re.search(r"<h1[^>]*>(.*?)</h1>", done.stdout, re.DOTALL)
    assert shown and "Work is drifting away from Faster checkout" in shown[1]
    assert done.stdout.count("<script") == 1
