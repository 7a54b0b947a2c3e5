"""The audit of docs/audit-an-archive.md, run again on the archive, says what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import audit, generate
from reports import html
from tests.reports import browsing

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "audit-an-archive.md").read_text(encoding="utf-8")
ARCHIVE = ROOT.parent / "shared" / "data" / "duraspace-jira"
SECOND = ROOT.parent / "shared" / "data" / "tidev-jira"
HERE = all((ARCHIVE / file).exists() for file in audit.FILES)


@pytest.fixture(scope="module")
def done() -> audit.Audit:
    if not HERE:
        pytest.skip("the archive (no part of the repository) is not beside it: ../shared/data/duraspace-jira")
    return audit.run_audit(ARCHIVE)


def test_the_page_quotes_what_the_commands_print(done: audit.Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "run_audit", lambda _: done)
    made = audit.audit_parts(ARCHIVE)
    assert generate.filled(PAGE, made) == PAGE, "run: python -m docs.generate --archive FOLDER"


def test_the_page_quotes_what_an_archive_without_change_logs_gives() -> None:
    if not SECOND.exists():
        pytest.skip("the archive (no part of the repository) is not beside it: ../shared/data/tidev-jira")
    printed, result = audit.run_second(SECOND)
    made = audit.second_parts(printed, result)
    assert generate.filled(PAGE, made) == PAGE, "run: python -m docs.generate --archive FOLDER"
    judges = {f["meta"]["id"] for f in result["findings"] if f["verdict"] != "not_judged"}
    needs_no_past = {
        "priority_drift",
        "unlinked_work",
        "scope_creep",
        "vague_done",
        "interpretation_points",
        "data_quality",
    }
    assert judges == needs_no_past
    assert all(f["reason"] for f in result["findings"] if f["verdict"] == "not_judged")


def test_every_measure_judges_the_archive_or_says_why_not(done: audit.Audit) -> None:
    for result in (done.result, done.counted, done.later):
        for finding in result["findings"]:
            assert finding["verdict"] in ("signal", "watch", "noise", "not_judged"), finding["reason"]
            assert finding["sentence"] and (finding["verdict"] != "not_judged") == (not finding["reason"])
    assert next(f for f in done.later["findings"] if f["meta"]["id"] == "priority_inflation")["verdict"] == "signal"
    assert next(f for f in done.result["findings"] if f["meta"]["id"] == "friction")["verdict"] == "watch"


def test_chromium_finds_no_fault_in_the_report_on_the_archive(done: audit.Audit, tmp_path: Path) -> None:
    (tmp_path / "archive.html").write_text(html.render(done.result), encoding="utf-8")
    with browsing.chromium() as browser:
        assert browsing.faults(browser, tmp_path / "archive.html") == []


def test_the_count_by_hand_agrees(done: audit.Audit) -> None:
    mine = done.by_hand["person-days"]
    for ident, cells in audit.standings(done.result).items():
        assert cells["effort"] == pytest.approx(mine[ident], abs=1e-5)
    at_once = next(v for what, v in audit.checks(done.result).items() if what.startswith("Finished in the window"))
    assert at_once == (done.by_hand["closed at once"], done.by_hand["finished"])
    assert done.result["coverage"][0]["tickets"] == done.by_hand["known"]


def test_what_the_page_says_in_words(done: audit.Audit) -> None:
    """Each of these stands in the prose; where one fails, the prose has to change."""
    days, count = audit.standings(done.result), audit.standings(done.counted)
    verdicts = {f["meta"]["id"]: f["verdict"] for f in done.result["findings"]}
    assert (verdicts["priority_drift"], verdicts["unlinked_work"]) == ("noise", "noise")
    assert (verdicts["scope_creep"], verdicts["not_now_work"], verdicts["data_quality"]) == (
        "signal",
        "signal",
        "watch",
    )
    ends = {i: [float(v) / 100 for v in re.findall(r"\d+", c["intended"])] for i, c in days.items() if c["intended"]}
    assert sum(not low <= days[i]["share"] <= high for i, (low, high) in ends.items()) == 4
    assert days["fedora-3-4"]["share"] > ends["fedora-3-4"][1] >= count["fedora-3-4"]["share"] >= ends["fedora-3-4"][0]
    assert days["duracloud"]["share"] < ends["duracloud"][0] <= count["duracloud"]["share"] <= ends["duracloud"][1]
    assert 0.65 < done.by_hand["closed at once"] / done.by_hand["finished"] < 0.75
    agreed = next(t for f in done.result["findings"] for t in f["details"] if t["id"] == "agreed")["rows"]
    held = next(row["cells"] for row in agreed if row["cells"]["priority"] == "The rest of Fedora 3.4")
    assert (held["now"], done.by_hand["items"]) == (49, 49)
    assert "1 ticket was started on what is parked" in str(done.result["findings"])


def test_an_archive_may_be_named_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "one.gz").write_bytes(b"what an archive holds")
    monkeypatch.chdir(tmp_path)
    with audit.example(audit.EXAMPLE, Path("given"), ("one.gz",)) as folder:
        assert (folder / "archive" / "one.gz").read_bytes() == b"what an archive holds"


def test_the_page_shows_every_command() -> None:
    assert [line for line in (audit.COMMANDS | audit.SECOND_COMMANDS).values() if f"$ {line}\n" not in PAGE] == []
