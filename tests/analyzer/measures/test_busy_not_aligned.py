"""Faster and less clear is found where both are true; smaller tickets and labels set later are neither."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analyzer.measures.busy_not_aligned import measure
from analyzer.result import Finding, Table
from tests.conftest import MakeBoard

PLAN = "strategy: First half\npriorities: [{id: growth, name: Growth, match: [{label: growth}]}]\n"
HEAD = "key created doing done assignee type parent estimate labels\nE-1 2024-12-02 - - - Epic - - growth\n"
CLEAR, UNCLEAR = "E-1 {points} -", "- {points} -"


def weeks(first: int, last: int, rest: str, days: int, points: str = "2", people: int = 6) -> str:
    """Weeks back from the one before 2 March: each person finishes tickets of ``days`` days one after the other, Monday to
    Thursday. ``rest`` is parent, estimate and labels; ``{later}`` is a day three weeks after the week."""
    lines = []
    for back in range(first, last - 1, -1):
        monday = date(2026, 2, 23) - timedelta(weeks=back)
        for person in range(people):
            for n in range(0, 4, days):
                begun, ended = monday + timedelta(days=n), monday + timedelta(days=n + days - 1)
                held = rest.format(points=points, later=monday + timedelta(days=21))
                lines.append(f"A{back}x{person}-{n} {monday - timedelta(days=7)} {begun} {ended} p{person} Task {held}")
    return "\n".join(lines) + "\n"


def checks(finding: Finding) -> dict[str, tuple[object, object]]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == "checks"]
    return {str(r.cells["check"]).split(" when")[0]: (r.cells["now"], r.cells["before"]) for r in found.rows}


def test_faster_and_less_clear_is_found(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=HEAD + weeks(45, 8, CLEAR, 2) + weeks(7, 0, UNCLEAR, 1)))
    assert finding.verdict == "signal" and finding.value == pytest.approx(0.6)
    assert finding.sentence.startswith(
        "100\u00a0% more tickets are finished per person-day than before, while started work passes 60"
    )
    assert checks(finding)["Linked to a priority or upkeep"] == (0.0, 1.0)
    assert checks(finding)["Had an owner"] == (1.0, 1.0) == checks(finding)["Had an estimate or a description"]


@pytest.mark.parametrize(
    ("rest", "days"), [(CLEAR, 1), (UNCLEAR, 2), (CLEAR, 2)], ids=["faster", "less clear", "neither"]
)
def test_one_without_the_other_is_no_finding(board: MakeBoard, rest: str, days: int) -> None:
    assert measure(board(PLAN, text=HEAD + weeks(45, 8, CLEAR, 2) + weeks(7, 0, rest, days))).verdict == "noise"


def test_the_trap_smaller_tickets_are_not_speed(board: MakeBoard) -> None:
    """Twice as many tickets of half the points."""
    finding = measure(board(PLAN, text=HEAD + weeks(45, 8, CLEAR, 2) + weeks(7, 0, UNCLEAR, 1, points="1")))
    assert finding.verdict == "noise" and finding.sentence.endswith("did not rise: the tickets got smaller.")


def test_without_points_smaller_tickets_cannot_be_told_from_speed(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=HEAD + weeks(45, 8, CLEAR, 2, points="-") + weeks(7, 0, UNCLEAR, 1, points="-")))
    assert finding.verdict == "watch" and "Too few tickets carry points" in finding.sentence


def test_the_trap_old_work_had_more_time_to_be_labelled(board: MakeBoard) -> None:
    """Everyone labels three weeks after the start; of the newest work nothing is labelled yet."""
    text = HEAD + weeks(45, 8, "- {points} growth@{later}", 2) + weeks(7, 0, "- {points} growth@{later}", 1)
    finding = measure(board(PLAN, text=text))
    assert finding.verdict == "noise" and checks(finding)["Linked to a priority or upkeep"] == (0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("key created", "There are no tickets in the store."),
        ("key created done history\nA-1..40 2026-01-05 2026-01-16 none", "No ticket came with a change log"),
        (HEAD + weeks(12, 0, CLEAR, 2), "Too little was started and finished before the window"),
    ],
    ids=["empty", "no history", "no past"],
)
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, reason: str) -> None:
    finding = measure(board(PLAN, text=text))
    assert finding.verdict == "not_judged" and reason in finding.reason
