"""An assumption is broken only where chance does not explain it, and a slip in a rule breaks none."""

from __future__ import annotations

import pytest

from analyzer.measures.broken_assumptions import measure
from analyzer.result import Finding, Table
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
priorities:
  - {id: growth, name: Growth, match: [{label: growth}]}
  - {id: bugs, name: Bugs, kind: upkeep, match: [{label: bugs}]}
  - {id: slip, name: Slip, match: [{label: no-such-label}]}
assumptions:
"""
TEXT = """
key       created     doing       done        assignee  team  serves
A-1..6    2026-01-05  2026-01-05  2026-01-06  1..6      Pay   growth
A-7..12   2026-01-05  2026-01-12  2026-01-13  1..6      Pay   growth
A-13..18  2026-01-05  2026-01-19  2026-01-20  1..6      Pay   growth
A-19..24  2026-01-05  2026-01-26  2026-01-27  1..6      Pay   growth
A-25..30  2026-01-05  2026-02-02  2026-02-03  1..6      Pay   growth
A-31..36  2026-01-05  2026-02-09  2026-02-10  1..6      Pay   growth
A-37..42  2026-01-05  2026-02-16  2026-02-17  1..6      Pay   bugs
A-43..48  2026-01-05  2026-02-23  2026-02-24  1..6      Pay   -
"""
"""Six tickets a week; three quarters of the effort went to growth, an eighth to bugs, an eighth is unlinked."""


def plan(*conditions: str) -> str:
    return PLAN + "".join(f"  - {{says: Number {n}, holds_if: {c}}}\n" for n, c in enumerate(conditions, 1))


def states(finding: Finding) -> list[object]:
    (found,) = [d for d in finding.details if isinstance(d, Table)]
    return [r.cells["state"] for r in found.rows]


def test_a_broken_one_is_found_with_its_tickets_and_the_week(board: MakeBoard) -> None:
    finding = measure(board(plan("share(growth) <= 40%", "share(bugs) <= 60%"), text=TEXT))
    assert (finding.verdict, finding.value, states(finding)) == ("signal", 1, ["does not hold", "holds"])
    assert finding.sentence.startswith(
        "\u201cNumber 1\u201d does not hold: Growth: share of effort 75\u00a0%, assumed at most 40\u00a0%"
    )
    (table,) = [d for d in finding.details if isinstance(d, Table)]
    assert len(table.rows[0].tickets) == 20 and table.rows[0].more == 16 and not table.rows[1].tickets
    assert finding.since == "2026-W02"


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ("unlinked() <= 2%", "does not hold"), ("unlinked() <= 40%", "holds"), ("wip(pay) <= 3", "holds"),
        ("wip() <= 0.5", "does not hold"),
        ("finished() >= 3", "holds"), ("finished(growth) >= 9", "does not hold"), ("finished(growth) >= 5", "cannot be told yet"),
        ("finished(growth) >= 4", "holds, not yet sure"),
    ],
)  # fmt: skip
def test_every_fact_is_computed(board: MakeBoard, condition: str, state: str) -> None:
    assert states(measure(board(plan(condition), text=TEXT))) == [state]


def test_nothing_is_broken(board: MakeBoard) -> None:
    finding = measure(board(plan("share(growth) >= 20%"), text=TEXT))
    assert (finding.verdict, finding.value) == ("noise", 0)
    assert finding.sentence == "No assumption that can be checked is seen to be broken (1 checked)."


def test_the_trap_a_limit_missed_by_chance_is_not_broken(board: MakeBoard) -> None:
    """12.5 % against 12 %: a naive comparison says broken."""
    finding = measure(board(plan("share(bugs) <= 12%"), text=TEXT))
    assert (finding.verdict, states(finding)) == ("noise", ["cannot be told yet"])


def test_the_trap_a_slip_in_a_rule_breaks_nothing(board: MakeBoard) -> None:
    finding = measure(board(plan("share(slip) >= 20%", "share(bugs) <= 60%"), text=TEXT))
    assert finding.verdict == "noise" and str(states(finding)[0]).startswith(
        "cannot be told: no ticket matches the rules of slip"
    )


def test_what_has_no_check_is_listed(board: MakeBoard) -> None:
    finding = measure(board(plan("share(bugs) <= 60%") + "  - {says: Prices stay}\n", text=TEXT))
    assert states(finding) == ["holds", "not checked: it has no holds_if"]


@pytest.mark.parametrize(
    ("text", "given", "reason"),
    [
        ("key created", plan("share(bugs) <= 60%"), "There are no tickets in the store."),
        (TEXT, "strategy: s\npriorities: [{id: growth, match: [{label: growth}]}]", "states no assumptions"),
        (TEXT, PLAN + "  - {says: Prices stay}\n", "states 1 assumption, none with a check"),
        (TEXT, plan("wip(Nobody) <= 3"), "no team is shown as Nobody"),
    ],
    ids=["empty", "none", "none checked", "no such team"],
)
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, given: str, reason: str) -> None:
    finding = measure(board(given, text=text))
    assert finding.verdict == "not_judged" and reason in finding.reason
