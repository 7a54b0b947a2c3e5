"""Effort without a path to a priority is counted by reason; what cannot be blamed on anyone is shown and not counted."""

from __future__ import annotations

import pytest

from analyzer.measures.unlinked_work import measure
from analyzer.result import Finding, Table
from analyzer.unlinked import REASONS
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
unlinked_allowance: 10%
priorities:
  - {id: growth, name: Growth, match: [{label: growth}]}
  - {id: bugs, kind: upkeep, match: [{type: Bug}]}
not_now:
  - {id: mobile, match: [{label: mobile}]}
"""


def rows(finding: Finding, table: str = "by_reason") -> dict[str, dict[str, object]]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == table]
    return {str(r.cells["name"]): {**r.cells, "ids": r.tickets} for r in found.rows}


def test_more_than_is_allowed_for_is_a_signal(board: MakeBoard) -> None:
    """
    key       doing       done        assignee  serves
    A-1..20   2026-01-12  2026-01-16  1..10     growth
    A-21..40  2026-02-02  2026-02-06  1..10     -
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.value) == ("signal", 0.5)
    assert finding.sentence == "50\u00a0% of effort serves no stated priority; 10\u00a0% is allowed for."
    assert finding.score is not None and finding.score.value == 50.0
    assert list(rows(finding)) == ["No parent"]
    assert rows(finding)["No parent"]["effort"] == 50.0 and rows(finding)["No parent"]["tickets"] == 20


def test_linked_by_label_type_parent_or_decision_is_linked(board: MakeBoard) -> None:
    """
    key       doing       done        assignee  serves  type      parent
    E-1       -           -           -         growth  Epic      -
    A-1..10   2026-01-12  2026-01-16  1..10     growth  Story     -
    A-11..20  2026-01-19  2026-01-23  1..10     -       Bug       -
    A-21..29  2026-01-26  2026-01-30  1..9      -       Story     E-1
    A-30      2026-01-26  2026-01-30  10        -       Sub-task  A-29
    A-31      2026-02-02  2026-02-06  1         -       Story     -
    """
    finding = measure(board(PLAN, decisions=[("jira:A-31", "growth", 1_000_000)]))
    assert (finding.verdict, finding.value, rows(finding)) == ("noise", 0.0, {})
    assert finding.score is not None and finding.score.value == 100.0


def test_each_reason_is_told_apart(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  serves  type   parent  tracker  project
    E-1       2026-01-05  -           -           -         -       Epic   -       -        -
    E-2       2026-01-05  -           2026-01-20  -         -       Epic   -       -        -
    E-3       2026-01-05  -           -           -         -       Epic   -       -        -
    A-1..20   2026-01-05  2026-01-12  2026-01-16  1..20     growth  Story  -       -        -
    A-21      2026-01-05  2026-02-02  2026-02-06  21        -       Story  -       -        -
    A-22      2026-01-05  2026-02-02  2026-02-06  22        -       Story  E-1     -        -
    A-23      2026-01-05  2026-02-02  2026-02-06  23        -       Story  E-2     -        -
    A-24      2026-01-05  2026-02-02  2026-02-06  24        mobile  Story  -       -        -
    A-25      2026-01-05  2026-02-02  2026-02-06  25        -       Story  -       -        -
    A-26      2026-02-24  2026-02-24  2026-02-28  26        -       Story  -       -        -
    A-27      2026-01-05  2026-02-02  2026-02-06  27        -       Story  X-9     -        -
    L-1       2026-01-05  2026-02-02  2026-02-06  28        -       Story  -       linear   Open
    L-2       2026-01-05  2026-02-02  2026-02-06  29        -       Story  -       linear   Over
    L-3       2026-01-05  2026-02-02  2026-02-06  30        -       Story  -       linear   Soon

    project  state      completed
    Open     started    -
    Over     completed  2026-01-20
    Soon     completed  2026-03-20
    """
    finding = measure(board(PLAN, decisions=[("jira:A-25", None, 1_000_000)]))
    found = rows(finding)
    assert {name: row["ids"] for name, row in found.items()} == {
        "No parent": ["jira:A-21"],
        "Parent is unlinked": ["jira:A-22", "linear:L-1", "linear:L-3"],
        "Parent is closed or archived": ["jira:A-23", "linear:L-2"],
        "Parked (not now)": ["jira:A-24"],
        "A person decided: serves nothing": ["jira:A-25"],
        "Too new": ["jira:A-26"],
        "Parent not visible to this account": ["jira:A-27"],
    }
    assert set(found) == set(REASONS.values()) - {"Gone from the tracker"}  # that one: tests/analyzer/test_gone.py
    assert [name for name, row in found.items() if row["counted"] == "no"] == [
        "Parent not visible to this account",
        "Too new",
    ]
    everything = 20 * 5 + 9 * 5 + 4  # person-days; the too new one worked four
    assert finding.value == pytest.approx(8 * 5 / everything)


def test_an_archived_parent_is_closed(board: MakeBoard) -> None:
    """
    key      created     doing       done        assignee  type   parent  archived
    E-1      2026-01-05  -           -           -         Epic   -       yes@2026-01-20
    A-1..10  2026-01-05  2026-02-02  2026-02-06  1..10     Story  E-1     -
    """
    assert list(rows(measure(board(PLAN)))) == ["Parent is closed or archived"]


def test_what_was_parked_later_was_not_parked_then(board: MakeBoard) -> None:
    """
    key      created     doing       done        assignee  serves
    A-1..20  2026-01-05  2026-01-12  2026-01-16  1..20     growth
    A-21     2026-01-05  2026-01-12  2026-01-16  21        mobile
    A-22     2026-01-05  2026-02-09  2026-02-13  22        mobile
    """
    plan = PLAN.replace("{id: mobile, ", "{id: mobile, until: 2026-02-01, ")
    found = rows(measure(board(plan)))
    assert found["Parked (not now)"]["ids"] == ["jira:A-21"] and found["No parent"]["ids"] == ["jira:A-22"]


def test_small_teams_are_not_shown_on_their_own(board: MakeBoard) -> None:
    """
    key        doing       done        assignee  team
    A-1..10    2026-01-12  2026-01-16  1..10     Payments
    A-11..14   2026-01-12  2026-01-16  11..14    Data
    A-15..20   2026-01-12  2026-01-16  21..26    Mobile
    """
    made = board(PLAN)
    assert list(rows(measure(made), "by_team")) == ["Payments", "Smaller teams"]
    everyone = board(PLAN, at_least=11)
    assert all(detail.id != "by_team" for detail in measure(everyone).details), "one group is no comparison"


FEW = """
key     doing       done        assignee  serves
A-1..9  2026-01-12  2026-01-16  1..9      -
"""
MANY = FEW.replace("..9 ", "..29 ")
CSV = """
key      created     done        assignee  serves  history
A-1..20  2026-01-05  2026-01-16  1..5      growth  none
"""


@pytest.mark.parametrize(
    ("text", "plan", "reason"),
    [
        ("key  created", PLAN, "There are no tickets in the store."),
        (MANY, "", "No strategy was in force in these weeks."),
        (CSV, PLAN, "came without a change log"),
        (FEW, PLAN, "9 tickets say as much as 9 independent ones; shares are judged from 10."),
        (MANY, PLAN.replace("unlinked_allowance: 10%\n", ""), "100\u00a0% of effort is unlinked. The strategy states no"),
    ],
    ids=["empty", "no strategy", "no history", "few", "no allowance"],
)  # fmt: skip
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, plan: str, reason: str) -> None:
    finding = measure(board(*[plan] if plan else [], text=text))
    assert finding.verdict == "not_judged" and reason in finding.reason
    assert finding.score is None
