"""The audit command: exports without settings, periods, slices, plans, and a gate whose exit code a pipeline can trust."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alignment.audit.auditing import Asked, _when
from alignment.wiring import defaults, options
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.store import Store
from tests.alignment.exported import PERSON, STRATEGY, Command, execute, export, issue

TWO = """\
strategy: First half
unlinked_allowance: 10%
priorities:
  - {id: growth, name: Growth, share: 50-70%, match: [{label: growth}]}
  - {id: trust, name: Trust, share: 30-50%, match: [{label: trust}]}
not_now: [{id: mobile, name: Mobile redesign, match: [{label: mobile}]}]
"""
PERIOD = "period: {from: 2026-03-02, to: 2026-04-24}\n"
PLANS = {
    "good": "plan: Good\n" + PERIOD + "teams: {Payments: 7}\ntake: [PAY-101, PAY-102, PAY-103]\n",
    "starves": "plan: Starves\n" + PERIOD + "take: [PAY-101, PAY-102]\n",
    "parked": "plan: Parked\n" + PERIOD + "take: [PAY-101, PAY-103, PAY-104]\n",
}


def todo(n: int, label: str) -> dict[str, Any]:
    """A ticket that nobody has begun."""
    made = issue(n, label=label)
    made["fields"] |= {"status": {"id": "To Do", "name": "To Do", "statusCategory": {"key": "new"}}, "resolution": None}
    made["fields"]["updated"] = made["fields"]["created"]
    made["changelog"] = {"startAt": 0, "maxResults": 100, "total": 0, "histories": []}
    return made


@pytest.fixture
def alignment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in a folder with a strategy, three plans, and an export of forty done tickets and a backlog of four."""
    monkeypatch.chdir(tmp_path)
    Path("strategy.yaml").write_text(TWO, encoding="utf-8")
    for name, text in PLANS.items():
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    done = [issue(n, label="growth" if n % 5 < 3 else "trust") for n in range(1, 41)]
    backlog = [todo(100 + n, label) for n, label in enumerate(["growth", "growth", "trust", "mobile"], start=1)]
    export(Path("export.jsonl"), [*done, *backlog])
    return lambda *args: execute(capsys, *args)


def test_an_export_needs_no_settings_and_leaves_nothing_but_the_report(alignment: Command) -> None:
    Path("alignment.yaml").write_text("this: is broken", encoding="utf-8")
    said = alignment(
        "audit", "export.jsonl", "--strategy", "strategy.yaml", "--as-of", "2026-03-01", "--format", "json", "--json"
    )
    assert (said.code, said.err) == (0, "")
    assert said.data["verdicts"]["priority_drift"] == "noise" and said.data["gate"] == "passed"
    (file,) = said.data["files"]
    text = Path(file).read_text(encoding="utf-8")
    assert PERSON not in text and json.loads(text)["slice"] == ""
    assert Path(file) == Path.cwd() / "reports" / "audit-2026-03-01.json"
    assert {p.name for p in Path.cwd().iterdir()} == {
        "alignment.yaml", "strategy.yaml", "export.jsonl", "reports", "good.yaml", "starves.yaml", "parked.yaml"
    }  # fmt: skip


def test_exports_may_be_named_by_a_pattern(alignment: Command) -> None:
    said = alignment("audit", "exp*.jsonl", "--strategy", "strategy.yaml", "--as-of", "2026-03-01", "--format", "json")
    assert (said.code, said.err) == (0, "") and "44 tickets" in said.out


def test_three_plans_pass_and_fail_the_gate(alignment: Command) -> None:
    """One that is good, one that starves a priority, one that takes parked work; the past weeks are not asked."""
    codes = {}
    for name in PLANS:
        gate = ("--fail-on", "plan:signal", "--format", "json", "--as-of", "2026-03-01")
        said = alignment("audit", "export.jsonl", "--strategy", "strategy.yaml", "--plan", f"{name}.yaml", *gate)
        codes[name] = (said.code, said.err)
    assert codes["good"] == (0, "")
    code, starves = codes["starves"]
    assert (
        code == 3 and starves == "Gate: Plan: priorities that get nothing (signal): The plan gives nothing to Trust.\n"
    )
    code, parked = codes["parked"]
    assert (
        code == 3
        and parked == "Gate: Plan: parked work (signal): The plan takes 1 ticket of what is parked: Mobile redesign.\n"
    )
    result = json.loads(Path("reports/audit-starves-2026-03-01.json").read_text(encoding="utf-8"))
    assert result["headline"].startswith("Starves: The plan gives nothing to Trust.") and result["plan"] == "Starves"


@pytest.mark.parametrize(
    ("gate", "code"),
    [((), 0), (("signal",), 3), (("watch",), 3), (("priority_drift:signal",), 0), (("priority_drift:watch",), 3),
     (("scope_creep:signal",), 0), (("scope_creep:signal", "unlinked_work:signal"), 3), (("plan:watch",), 0)],
)  # fmt: skip
def test_what_the_gate_names_fails_it(alignment: Command, gate: tuple[str, ...], code: int) -> None:
    alignment("pull", "export.jsonl")
    Path("strategy.yaml").write_text(STRATEGY, encoding="utf-8")  # in which growth gets too much
    Path("export.jsonl").unlink()
    wanted = [word for rule in gate for word in ("--fail-on", rule)]
    said = alignment("audit", "--as-of", "2026-03-01", "--format", "json", "--json", *wanted)
    assert said.code == code
    assert said.data["gate"] == ("failed" if code else "passed") and bool(said.data["breaches"]) == bool(code)
    assert said.err.count("Gate: ") == len(said.data["breaches"])


def test_a_gate_under_which_nothing_could_be_judged_says_so(alignment: Command) -> None:
    early = ("--from", "2020-01-01", "--to", "2020-03-30", "--fail-on", "signal", "--format", "json")
    said = alignment("audit", "export.jsonl", "--strategy", "strategy.yaml", *early)
    assert (said.code, said.err) == (0, "Gate: nothing could be judged, so nothing failed.\n")
    assert "Choose a later day" in said.out and "No history was read" not in said.out


def test_a_rule_that_is_broken_fails_with_one_sentence(alignment: Command) -> None:
    begun = [issue(200 + n) for n in range(2)]
    for one in begun:
        one["fields"] |= {
            "status": {"id": "In Progress", "name": "In Progress", "statusCategory": {"key": "indeterminate"}}
        }
        one["fields"]["resolution"] = None
        one["changelog"]["histories"] = one["changelog"]["histories"][:1]
    export(Path("more.jsonl"), begun)
    Path("policy.yaml").write_text("rules: [{no: ticket, in_progress_without: [owner, description]}]", encoding="utf-8")
    line = ("audit", "more.jsonl", "--strategy", "strategy.yaml", "--as-of", "2026-03-01", "--format", "json")
    said = alignment(*line, "--policy", "policy.yaml")
    assert said.code == 3
    assert said.err.splitlines() == [
        f"Gate: Ticket PAY-{n} was started on 2026-01-12 without description." for n in (200, 201)
    ]
    with Path("strategy.yaml").open("a", encoding="utf-8") as file:
        file.write("policy: [{no: ticket, in_progress_without: [owner]}]\n")
    assert alignment(*line).code == 0
    Path("strategy.yaml").write_text(
        TWO + "policy: [{no: ticket, in_progress_without: [estimate]}]\n", encoding="utf-8"
    )
    assert alignment(*line).code == 3


def test_a_slice_is_said_and_a_small_one_is_refused(alignment: Command) -> None:
    alignment("pull", "export.jsonl")
    said = alignment("audit", "--priority", "growth", "--as-of", "2026-03-01", "--format", "md")
    assert said.code == 0
    page = Path("reports/audit-priority-growth-2026-03-01.md").read_text(encoding="utf-8")
    assert "Only a slice is looked at: priority growth" in page
    few = [issue(300 + n, label="few") | {"key": f"PAY-{300 + n}"} for n in range(2)]
    export(Path("few.jsonl"), [*(issue(n) for n in range(1, 41)), *few])
    said = alignment("audit", "few.jsonl", "--strategy", "strategy.yaml", "--label", "few", "--as-of", "2026-03-01")
    assert said.code == 1 and not list(Path("reports").glob("*few*"))
    assert said.err == (
        "The slice label few is the work of fewer than 5 people in these weeks, or mostly of one. Choose a larger slice or a "
        "longer period: this program measures the work, not people.\n"
    )


def test_an_audit_is_kept_and_no_report_is_compared_with_it(alignment: Command) -> None:
    alignment("pull", "export.jsonl")
    for _ in range(2):
        assert alignment("audit", "--as-of", "2026-03-01", "--format", "json").code == 0
    with Store(Path("alignment.duckdb")).reading() as con:
        assert con.execute("SELECT kind, count(*) FROM runs WHERE kind <> 'pull' GROUP BY kind").fetchall() == [
            ("audit", 1)
        ]


@pytest.mark.parametrize(
    ("asked", "weeks", "seen_from"),
    [
        (
            Asked(first="2026-01-01", last="2026-01-31"),
            ["2026-W01", "2026-W05"],
            "2026-02-01",
        ),  # both Thursdays are inside
        (Asked(first="2026-01-02", last="2026-01-28"), ["2026-W02", "2026-W04"], "2026-01-28"),
        (Asked(last="2026-02-28", weeks=3), ["2026-W07", "2026-W09"], "2026-03-01"),
        (Asked(first="2026-01-01", last="2026-01-31", as_of="2026-03-01"), ["2026-W01", "2026-W05"], "2026-03-01"),
        (Asked(first="2026-01-01", last="2026-01-31", as_of="2026-01-20"), ["2026-W01", "2026-W03"], "2026-01-20"),
        (Asked(weeks=4, as_of="2026-03-01"), ["2026-W06", "2026-W09"], "2026-03-01"),
    ],
)
def test_the_weeks_of_a_period(tmp_path: Path, asked: Asked, weeks: list[str], seen_from: str) -> None:
    store = Store(tmp_path / "s.duckdb")
    with store.writing() as con:
        con.execute("INSERT INTO trackers VALUES ('jira', 'jira', '', true, TIMESTAMP '2026-06-01')")
    made, looked = _when(store, options(defaults()), asked, datetime(2026, 6, 1, tzinfo=UTC))
    with store.reading() as con:
        board = Board(con, (), made, looked.at)
        named = [week_name(board.first_week), week_name(board.last_week)]
    assert (named, f"{looked.at - timedelta(seconds=1):%Y-%m-%d}") == (weeks, seen_from)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("--from 2026-01-01", 2, "--from needs --to."),
        ("--from 2026-01-01 --to 2026-03-01 --weeks 4", 2, "--weeks and --from"),
        ("--plan good.yaml --team PAY", 2, "leave out --team"),
        ("--from 2026-02-25 --to 2026-03-01", 1, "fewer than 2 weeks"),
        ("--from 2026-13-01 --to 2026-03-01", 1, "2026-13-01 is no day."),
        ("export.jsonl --engine spark --tables lake", 2, "leave out the exports, or --engine"),
        ("--plan good.yaml --engine spark --tables lake", 2, "name them with --store"),
        ("--tables lake", 1, "Add --engine spark, or name a --store."),
        ("nofile.jsonl", 1, "nofile.jsonl is not there."),
        ("--fail-on loud", 1, "--fail-on loud names no verdict. Write e.g."),
        ("--fail-on scope_crep:signal", 1, "there is no measure scope_crep. Did you mean 'scope_creep'?"),
        ("--plan nope.yaml", 1, "nope.yaml:1: there is no such file"),
        ("--policy strategy.yaml", 1, "'rules' is missing"),
        ("--team Nope", 1, "No ticket is of the team Nope."),
        ("--from 2026-02-01 --to 2026-02-28 --as-of 2026-01-20", 1, "begins too late to look at"),
    ],
)
def test_what_cannot_be_done_is_said(alignment: Command, words: str, code: int, said: str) -> None:
    alignment("pull", "export.jsonl")
    found = alignment("audit", *words.split())
    assert found.code == code and said in found.err and "Traceback" not in found.err
    assert not Path("reports").exists()
