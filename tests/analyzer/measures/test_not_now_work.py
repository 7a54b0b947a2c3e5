"""Work that was started while it was parked is a signal; work that had begun before, or after, is not."""

from __future__ import annotations

import pytest

from analyzer.measures.not_now_work import measure
from analyzer.result import Finding, Table
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
priorities:
  - {id: growth, name: Growth, match: [{label: growth}]}
  - {id: later, name: Some day, horizon: not-now, match: [{label: someday}]}
not_now:
  - {id: mobile, name: Mobile redesign, match: [{label: mobile}]}
"""


def rows(finding: Finding, table: str = "by_item") -> dict[str, dict[str, object]]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == table]
    return {str(r.cells[found.columns[0].id]): {**r.cells, "ids": r.tickets} for r in found.rows}


def test_one_ticket_started_while_parked_is_a_signal(board: MakeBoard) -> None:
    """
    key     created     doing       done        assignee  serves
    A-1..9  2026-01-05  2026-01-12  2026-01-16  1..9      growth
    A-10    2026-01-05  2026-02-02  2026-02-06  1         mobile
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.value, finding.unit) == ("signal", 1, "tickets")
    assert finding.sentence == "1 ticket was started on what is parked: Mobile redesign."
    assert rows(finding)["Mobile redesign"] == {
        "item": "Mobile redesign", "started": 1, "effort": 5.0, "ids": ["jira:A-10"],
    }  # fmt: skip
    assert rows(finding)["Some day"]["started"] == 0


def test_nothing_was_started(board: MakeBoard) -> None:
    """
    key     created     doing       done        assignee  serves
    A-1..9  2026-01-05  2026-01-12  2026-01-16  1..9      growth
    A-10    2026-01-05  -           -           1         mobile
    A-11    2026-01-05  -           2026-02-02  -         mobile
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.value) == ("noise", 0)
    assert finding.sentence == "Nothing was started on what is parked."


def test_what_had_begun_before_the_window_is_worth_watching(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  serves
    A-1  2025-12-01  2025-12-29  2026-01-07  1         mobile
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.value) == ("watch", 0)
    assert finding.sentence == "Nothing was started on what is parked, but earlier work on it went on: Mobile redesign."
    assert rows(finding)["Mobile redesign"]["effort"] == 3.0  # Monday 5 to Wednesday 7 January


def test_what_is_parked_until_a_day_may_start_after_it(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  serves
    A-1  2026-01-05  2026-01-30  2026-01-30  1         mobile
    A-2  2026-01-05  2026-02-02  2026-02-06  1         mobile
    A-3  2026-01-05  2026-02-09  2026-02-13  1         mobile
    """
    finding = measure(board(PLAN.replace("{id: mobile, ", "{id: mobile, until: 2026-02-02, ")))
    assert rows(finding)["Mobile redesign"]["ids"] == ["jira:A-1"]


def test_what_is_parked_from_a_day_may_have_started_before(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  serves
    A-1  2026-01-05  2026-01-20  2026-01-28  1         mobile
    A-2  2026-01-05  2026-02-03  2026-02-06  1         mobile
    """
    before = PLAN.split("not_now:")[0].replace("\npri", "\nvalid: {from: 2025-01-01, to: 2026-02-01}\npri")
    after = PLAN.replace("First", "Second").replace("\npri", "\nvalid: {from: 2026-02-02}\npri")
    finding = measure(board(before, after))
    assert (finding.value, rows(finding)["Mobile redesign"]["ids"]) == (1, ["jira:A-2"])


def test_an_explicit_no_beats_a_general_yes_and_a_horizon_parks_too(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  labels
    A-1  2026-01-05  2026-02-02  2026-02-06  1         growth+mobile
    A-2  2026-01-05  2026-02-02  2026-02-06  2         someday
    """
    finding = measure(board(PLAN))
    assert finding.value == 2 and rows(finding)["Some day"]["ids"] == ["jira:A-2"]


def test_a_person_who_says_that_it_serves_a_priority_is_believed(board: MakeBoard) -> None:
    """
    key  created     doing       done        assignee  labels
    A-1  2026-01-05  2026-02-02  2026-02-06  1         mobile
    """
    assert measure(board(PLAN, decisions=[("jira:A-1", "growth", 1_000_000)])).verdict == "noise"


MOBILE = """
key     created     doing       done        assignee  serves
A-1..3  2026-01-05  2026-02-02  2026-02-06  1..3      mobile
"""


@pytest.mark.parametrize(
    ("text", "plan", "reason"),
    [
        ("key  created", PLAN, "There are no tickets in the store."),
        (MOBILE.replace("serves", "serves history").replace("mobile", "mobile none"), PLAN, "No ticket came with a change log"),
        (MOBILE, "", "No strategy was in force in these weeks."),
        (MOBILE, PLAN.split("  - {id: later")[0], "The strategy parks nothing: it has no not_now list."),
    ],
    ids=["empty", "no history", "no strategy", "nothing parked"],
)  # fmt: skip
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, plan: str, reason: str) -> None:
    finding = measure(board(*[plan] if plan else [], text=text))
    assert finding.verdict == "not_judged" and reason in finding.reason
