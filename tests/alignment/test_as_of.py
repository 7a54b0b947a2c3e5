"""A report from an earlier moment is the report that was made at that moment, whatever the trackers did since."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alignment import demo, wiring
from alignment.cli import cli, run
from analyzer.result import Result
from analyzer.store import Store
from tests import differences
from tests.alignment.lived import Lived
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.linear import LinearSimulator
from tests.simulator.server import Server

WEEKS = 3
SETTINGS = """\
organisation: Acme
time_zone: Europe/Berlin
trackers:
  - {{name: jira, kind: jira-cloud, base_url: "{jira}", email: {email}}}
  - {{name: linear, kind: linear, base_url: "{linear}/graphql"}}
strategy: strategy
report: {{folder: reports, formats: [json]}}
"""
NEXT = """\
strategy: First half 2027
valid: {from: 2027-01-01, to: 2027-06-30}
priorities: [{id: fast-checkout, name: Checkout for all, share: 50-60%, match: [{label: strat-checkout}]}]
"""


def alignment(*arguments: str) -> None:
    assert run(lambda: cli.main([*arguments], standalone_mode=False)) == 0, arguments


def reports() -> list[Result]:
    """Every report that was kept, oldest first."""
    with Store(Path("alignment.duckdb")).reading() as con:
        rows = con.execute("SELECT body FROM runs WHERE kind = 'report' ORDER BY no").fetchall()
    return [Result.model_validate_json(body) for (body,) in rows]


def say(week: int) -> None:
    """What people say in a week, and what leadership writes."""
    alignment("week", "--focus", "fast-checkout", "--review-held", "--note", "fast-checkout=Going on")
    alignment("week", "--decide", "priority_drift=act", "--reason", f"Week {week}")
    if week == 2:
        (Path("strategy") / "2027-h1.yaml").write_text(NEXT, encoding="utf-8")


def test_every_earlier_report_comes_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two trackers are pulled week by week while everything in them changes; at the end each report is made once more."""
    monkeypatch.chdir(tmp_path)
    lived = Lived()
    monkeypatch.setattr(wiring, "clock", lambda: lived.now)
    site, simulator = JiraCloud(world=lived.jira), LinearSimulator(lived.linear)
    monkeypatch.setenv("ALIGNMENT_TOKEN_JIRA", site.account.token)
    monkeypatch.setenv("ALIGNMENT_TOKEN_LINEAR", simulator.key)
    demo.set_up(tmp_path)
    looked: list[tuple[str, str]] = []
    with Server(site) as jira, simulator.serve() as linear:
        Path("alignment.yaml").write_text(SETTINGS.format(jira=jira.url, linear=linear.url, email=site.account.email))
        for week in range(1, WEEKS + 1):
            if week > 1:
                lived.week(week - 1)
            alignment("pull", "--sweep")
            lived.now += timedelta(minutes=30)
            say(week)
            looked.append(("--as-of", lived.now.isoformat()) if week % 2 else ("--as-of", _sunday(lived.now)))
            alignment("report", *looked[-1])
    frozen = reports()
    assert len(frozen) == WEEKS
    judged = {f.meta.id for r in frozen for f in r.findings if f.verdict != "not_judged"}
    assert len(judged) >= 15, judged
    for moment in looked[:-1]:
        alignment("report", *moment)
    again = reports()[WEEKS:]
    by_moment = {r.as_of: r for r in frozen}
    assert [differences.reports(by_moment[r.as_of], r) for r in again] == []  # what is the same is not kept twice


def _sunday(now: datetime) -> str:
    return f"{now - timedelta(days=1):%Y-%m-%d}"
