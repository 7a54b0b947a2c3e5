"""Effort outside its intended range is a signal, unless chance, one odd week or a moved strategy explains it."""

from __future__ import annotations

import pytest

from analyzer.measures.priority_drift import measure
from analyzer.result import Finding, Flow, Series, Table
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
priorities:
  - {id: growth, name: Growth, share: 60-80%, match: [{label: growth}]}
  - {id: bugs, name: Bugs, kind: upkeep, share: 10-40%, match: [{label: bugs}]}
"""
EARLY = PLAN.replace("\npri", "\nvalid: {from: 2025-01-01, to: 2026-01-31}\npri", 1)
LATE = EARLY.replace("First", "Second").replace("2025-01-01, to: 2026-01-31", "2026-02-01").replace("60-80", "10-30")


def cells(finding: Finding, table: str = "priorities") -> dict[str, dict[str, object]]:
    """Rows of a table by their first cell."""
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == table]
    return {str(r.cells[found.columns[0].id]): dict(r.cells) for r in found.rows}


def test_what_lies_outside_its_range_is_named_with_what_would_have_to_move(board: MakeBoard) -> None:
    """
    key       doing       done        assignee  serves
    A-1..10   2026-01-12  2026-01-16  1..5      growth
    A-11..50  2026-02-02  2026-02-06  1..20     bugs
    """
    finding = measure(board(PLAN))
    assert finding.verdict == "signal"
    assert finding.value == pytest.approx(0.4)  # 80 % against 40 %
    assert finding.score is not None and finding.score.value == 60.0
    assert finding.headline == "Bugs gets 80\u00a0% of effort; 10–40\u00a0% was intended."
    assert "Bugs 40.0" in finding.score.arithmetic and "Growth 40.0" in finding.score.arithmetic
    rows = cells(finding)
    assert rows["Growth"]["effort"] == 25.0 and rows["Bugs"]["effort"] == 100.0  # person-days, two tickets a person
    assert (rows["Growth"]["verdict"], rows["Bugs"]["verdict"]) == ("signal", "signal")
    assert rows["Growth"]["count"] == pytest.approx(0.2)
    assert finding.interval is not None and finding.interval[0] < 0.4 < finding.interval[1]


def test_inside_its_range_there_is_nothing_to_find(board: MakeBoard) -> None:
    """
    key       doing       done        assignee  serves
    A-1..28   2026-01-12  2026-01-16  1..7      growth
    A-29..40  2026-02-02  2026-02-06  1..3      bugs
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.value, finding.since) == ("noise", 0.0, None)
    assert finding.sentence == "Every priority is inside its intended range."


def test_a_little_outside_is_no_more_than_chance(board: MakeBoard) -> None:
    """
    key       doing       done        assignee  serves
    A-1..11   2026-01-12  2026-01-16  1..11     growth
    A-12..20  2026-02-02  2026-02-06  1..9      bugs
    """
    finding = measure(board(PLAN))
    assert finding.verdict == "noise"
    assert finding.value == pytest.approx(0.05)
    assert finding.sentence == "Growth and Bugs are outside their intended ranges by no more than chance gives."


NOTHING = "key  created"
CSV = """
key      created     done        assignee  serves  history
A-1..40  2026-01-05  2026-01-16  1..5      growth  none
"""
FEW = """
key     doing       done        assignee  serves
A-1..9  2026-01-12  2026-01-16  1..9      bugs
"""
MANY = FEW.replace("..9 ", "..29 ")


@pytest.mark.parametrize(
    ("text", "plan", "reason"),
    [
        (NOTHING, PLAN, "There are no tickets in the store."),
        (MANY, "", "No strategy was in force in these weeks."),
        (MANY, LATE.replace("2026-02-01", "2026-03-02"), "No strategy was in force in these weeks."),
        (MANY, PLAN.replace("share: 60-80%, ", "").replace("share: 10-40%, ", ""), "declares no intended share"),
        (CSV, PLAN, "Most tickets of these weeks came without a change log"),
        (FEW, PLAN, "hold 9 tickets, which say as much as 9 independent ones"),
        (MANY.replace("2026", "2025"), PLAN, "No effort was seen in these weeks. The newest change known is of 2025-01-16"),
    ],
    ids=["empty", "no strategy", "strategy to come", "no ranges", "no history", "few", "long ago"],
)  # fmt: skip
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, plan: str, reason: str) -> None:
    finding = measure(board(*[plan] if plan else [], text=text))
    assert finding.verdict == "not_judged" and reason in finding.reason
    assert finding.score is None


def test_finished_tickets_can_be_judged_without_history(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=CSV, basis="count"))
    assert finding.verdict == "signal" and finding.value == pytest.approx(0.2)


def test_a_week_of_bulk_edits_is_set_apart(board: MakeBoard) -> None:
    """
    key        created           doing       done        assignee  by      serves
    A-1..28    -                 2026-01-12  2026-01-16  1..14     -       growth
    A-29..40   -                 2026-02-02  2026-02-06  1..6      -       bugs
    A-101..160 2026-02-16T10:00  2026-02-17  2026-02-20  1..20     p-admin bugs
    """
    made = board(PLAN)
    assert [made.window.set_apart[0].week, len(made.window.set_apart)] == ["2026-W08", 1]
    assert "tickets were" in made.window.set_apart[0].reason
    finding = measure(made)
    assert finding.verdict == "noise" and cells(finding)["Bugs"]["share"] == pytest.approx(0.3)
    (chart,) = [d for d in finding.details if isinstance(d, Series)]
    assert chart.set_apart == ["2026-W08"]


def test_the_same_edits_by_many_people_are_work(board: MakeBoard) -> None:
    """
    key        doing       done        assignee  serves
    A-1..28    2026-01-12  2026-01-16  1..14     growth
    A-101..160 2026-02-17  2026-02-20  1..20     bugs
    """
    made = board(PLAN)
    assert made.set_apart == {}
    assert cells(measure(made))["Bugs"]["share"] == pytest.approx(80 / 150)


def test_each_week_is_judged_by_the_strategy_in_force_then(board: MakeBoard) -> None:
    """
    key       doing       done        assignee  serves
    A-1..28   2026-01-12  2026-01-16  1..28     growth
    A-29..36  2026-01-12  2026-01-16  31..38    bugs
    A-37..48  2026-02-09  2026-02-13  1..12     growth
    A-49..76  2026-02-09  2026-02-13  31..58    bugs
    """
    finding = measure(board(EARLY, LATE))
    intended = cells(finding)["Growth"]["intended"]
    moved = cells(finding, "strategy_moved")
    assert intended == "34–54\u00a0%"  # 36 of 76 tickets under 60-80 %, 40 under 10-30 %
    assert list(moved) == ["First half", "Second half"]
    assert moved["First half"]["drift"] == pytest.approx(0.6 - 40 / 76)  # the work is the same, the judge is not
    assert moved["Second half"]["drift"] == pytest.approx(40 / 76 - 0.3 + 36 / 76 - 0.4)
    assert finding.verdict == "noise"


def test_work_of_two_priorities_is_split_by_weight(board: MakeBoard) -> None:
    """
    key      doing       done        assignee  serves
    A-1..20  2026-01-12  2026-01-16  1..20     bugs
    """
    made = board(PLAN)
    before = cells(measure(made))
    assert before["Bugs"]["share"] == 1.0
    again = board(PLAN, decisions=[("jira:A-1", "growth", 750_000), ("jira:A-1", "bugs", 250_000)])
    after = cells(measure(again))
    assert after["Growth"]["effort"] == pytest.approx(3.75) and after["Bugs"]["effort"] == pytest.approx(96.25)
    (flow,) = [d for d in measure(again).details if isinstance(d, Flow)]
    assert sum(link.value for link in flow.links) == pytest.approx(100.0)


def test_since_is_the_week_in_which_the_rolling_share_left_the_range(board: MakeBoard) -> None:
    """
    key       doing       done        assignee  serves
    A-1..20   2025-10-06  2025-10-10  1..10     growth
    A-21..26  2025-10-06  2025-10-10  11..13    bugs
    A-27..60  2026-01-05  2026-01-09  1..17     bugs
    """
    finding = measure(board(PLAN))
    assert (finding.verdict, finding.since) == ("signal", "2026-W02")
