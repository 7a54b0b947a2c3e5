"""Every report is kept and listed, and two of them can be laid side by side without scoring anything again."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest

from alignment import archiving
from alignment.cli import cli, run
from alignment.settings import Settings
from reports import archive, comparison
from tests.alignment.exported import PERSON, STRATEGY, Command, Said, execute, export, issue
from tests.reports import browsing, sample


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store holds two frozen reports: of 2026-W03, with everything on growth, and of 2026-W20, with nothing."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    export(folder / "export.jsonl", [issue(n) for n in range(1, 41)])
    with contextlib.chdir(folder):
        for line in ("pull export.jsonl", "report --week 2026-W03", "report --week 2026-W20"):
            assert run(lambda line=line: cli.main(line.split(), standalone_mode=False)) == 0  # type: ignore[misc]
    return folder


@pytest.fixture
def alignment(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)

    def typed(*args: str) -> Said:
        return execute(capsys, *args)

    return typed


class Page(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    @property
    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a"]


def test_two_reports_side_by_side(alignment: Command) -> None:
    said = alignment("report", "--compare", "2026-W20", "2026-W03")  # the earlier stands first, however they are named
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[1].startswith("2026-W03: Growth gets 100\u00a0%") and lines[2].startswith("2026-W20: 1 of 1 priority")
    assert any(re.fullmatch(r"  Priority drift +Signal, 20\u00a0% +Not judged", line) for line in lines)
    assert "Priority drift: was a signal, is not judged now." in said.out
    assert lines[-2:] == ["Comparison: reports/2026-W03_2026-W20.html", "Comparison: reports/2026-W03_2026-W20.md"]
    page = Page(Path("reports/2026-W03_2026-W20.html"))
    assert "script" not in {tag for tag, _ in page.tags} and page.links == []
    assert "default-src &#39;none&#39;" in page.text or "default-src 'none'" in page.text
    assert "| Priority drift | Signal, 20" in Path("reports/2026-W03_2026-W20.md").read_text(encoding="utf-8")
    data = alignment("report", "--compare", "2026-W03", "2026-W20", "--json", "--format", "json").data
    drift = data["rows"][0]
    assert (drift["measure"], drift["was"]["verdict"], drift["now"]["verdict"]) == (
        "priority_drift",
        "signal",
        "not_judged",
    )
    written = json.loads(Path("reports/2026-W03_2026-W20.json").read_text(encoding="utf-8"))
    assert written == {k: v for k, v in data.items() if k != "files"}


def test_chromium_finds_no_fault_in_the_list_of_reports_and_in_a_comparison(alignment: Command) -> None:
    alignment("report", "--compare", "2026-W03", "2026-W20")
    alignment("report", "--week", "2026-W20")
    with browsing.chromium() as browser:
        for page in ("index.html", "2026-W03_2026-W20.html"):
            assert browsing.faults(browser, Path("reports", page).resolve()) == []


def test_a_week_without_a_report_is_said_with_those_there_are(alignment: Command) -> None:
    said = alignment("report", "--compare", "2026-W03", "2026-W11")
    assert said.code == 1 and said.err == (
        "There is no report of 2026-W11, counted in days. There are reports of 2026-W03, 2026-W20; "
        "alignment report --week 2026-W11 writes one.\n"
    )
    assert "is no week. Write e.g. --compare 2026-W40" in alignment("report", "--compare", "2026-W03", "May").err
    assert "There is none yet" in alignment("report", "--compare", "2026-W03", "2026-W20", "--effort", "points").err
    assert alignment("report", "--compare", "2026-W03", "2026-W20", "--week", "2026-W03").code == 2
    assert "html, md or json" in alignment("report", "--compare", "2026-W03", "2026-W20", "--format", "csv").err


def test_the_archive_links_what_is_there(alignment: Command) -> None:
    alignment("report", "--as-of", "2026-03-01", "--format", "csv", "--format", "html")
    Path("reports/2026-W20.html").unlink()
    page = Page(Path("reports/index.html"))
    assert set(page.links) == {
        "2026-W20.html", "2026-W20.md", "2026-03-01.html", "2026-03-01/", "2026-W03.html", "2026-W03.md",
    }  # fmt: skip
    alignment("report", "--week", "2026-W20", "--format", "json")
    page = Page(Path("reports/index.html"))
    assert "2026-W20.html" not in page.links and "2026-W20.json" in page.links
    assert all((Path("reports") / unquote(link)).exists() for link in page.links)
    assert page.text.count('<th scope="row"') == 3  # the same report, made again, is frozen once
    assert "Growth gets 100" in page.text and PERSON not in page.text
    assert not {tag for tag, _ in page.tags} & {"script", "img", "iframe", "form"}
    assert not [p.name for p in Path("reports").iterdir() if p.name.startswith(".")]


def test_five_hundred_reports_are_listed_in_a_moment(alignment: Command, tmp_path: Path) -> None:
    body = sample.company()
    with duckdb.connect(str(tmp_path / "alignment.duckdb")) as con:
        con.execute("DELETE FROM runs WHERE kind = 'report'")
        text = json.dumps(body | {"tickets": {}})
        con.execute(
            "INSERT INTO runs (moment, kind, as_of, body) SELECT m, 'report', m, "
            "replace($1, '2026-11-15', strftime(m - to_days(1), '%Y-%m-%d')) "
            "FROM (SELECT TIMESTAMP '2017-01-02' + to_weeks(i::INTEGER) AS m FROM range(500) r(i))",
            [text],
        )
    settings = Settings.model_validate(
        {"trackers": [{"name": "none", "kind": "file", "path": "."}]}, context={"folder": tmp_path}
    )
    page = Page(archiving.archive(settings, tmp_path / "reports"))
    assert page.text.count('<th scope="row"') == 500 and len(page.text) < 700_000
    assert page.text.count("<path d=") >= 3


def entry(week: int, score: float | None, effort: str = "days") -> dict[str, object]:
    at = datetime(2026, 1, 5) + timedelta(weeks=week)
    scores = {} if score is None else {"priority_drift": score}
    return {
        "week": f"2026-W{week:02}", "as_of": f"{at:%Y-%m-%dT%H:%M:%SZ}", "headline": "<b>h</b>", "verdict": "noise",
        "effort": effort, "scores": scores, "files": [("html", "a b.html")],
    }  # fmt: skip


def test_a_score_that_was_not_judged_breaks_the_line() -> None:
    entries = [entry(5, 60), entry(4, 80, "count"), entry(3, None), entry(2, 50), entry(1, 100)]
    found = archive.trend(entries, "priority_drift")
    assert found is not None and found.said == "100 in 2026-W01, 60 in 2026-W05"
    assert found.path == "M3.0 3.0h0 L81.5 36.0 M317.0 29.4h0"
    text = archive.render({"organisation": "A & B", "time_zone": "UTC", "program": "p", "entries": entries})
    assert "<b>h</b>" not in text and 'href="a%20b.html"' in text
    empty = archive.render({"organisation": "", "time_zone": "UTC", "program": "p", "entries": []})
    assert "There is no report yet" in empty and "<svg viewBox" not in empty


def test_foreign_text_in_a_comparison_is_text() -> None:
    side = {"verdict": "signal", "value": 0.2, "unit": "share", "interval": None, "score": None}
    head = {
        "as_of": "2026-11-16T05:00:00Z",
        "headline": "<i>x</i> | y",
        "verdict": "signal",
        "week": "2026-W46",
        "window": {},
    }
    rows = [{"measure": "m", "title": "<script>", "was": None, "now": side, "sentence": "a | b"}]
    data = {
        "schema_version": "alignment-comparison/1", "program": "p", "organisation": "", "time_zone": "UTC", "effort": "days",
        "was": head, "now": head, "rows": rows,
    }  # fmt: skip
    assert "<script>" not in comparison.html(data) and "<i>" not in comparison.html(data)
    assert "a \\| b" in comparison.markdown(data) and "– | Signal, 20" in comparison.markdown(data)
    assert comparison.json(data).startswith("{")
