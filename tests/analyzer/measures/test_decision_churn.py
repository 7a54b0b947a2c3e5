"""Decisions made again more often than before are found; sorting, robots and the end of a sprint are no change of mind."""

from __future__ import annotations

import pytest

from analyzer.measures.decision_churn import measure
from tests.analyzer.measures.weekly import Cells, lines, weekly
from tests.conftest import MakeBoard


def owners(often: int, usual: int = 1) -> str:
    """In each week ``usual`` of six tickets get a second owner on Wednesday, in the window ``often``."""

    def cells(inside: bool, n: int, day) -> Cells:  # type: ignore[no-untyped-def]
        return {"assignee": f"{n + 1}+9@{day(2)}" if n < (often if inside else usual) else str(n + 1)}

    return weekly(cells)


def test_more_than_usual_is_a_signal(board: MakeBoard) -> None:
    finding = measure(board(text=owners(5)))
    assert (finding.verdict, finding.unit) == ("signal", "count")
    assert finding.value == pytest.approx(100 * 5 / 6)
    assert finding.sentence.startswith(
        "Decisions were made again 83 times a week for every 100 tickets in progress, more than the usual 17"
    )
    kind = lines(finding, "kinds")["Reassigned"]
    assert (kind["changes"], kind["recent"], kind["usual"]) == (40, 83.33, 16.67)
    assert len(kind["ids"]) == 20  # type: ignore[arg-type]


@pytest.mark.parametrize("often", [1, 0])
def test_as_usual_or_less_is_none(board: MakeBoard, often: int) -> None:
    finding = measure(board(text=owners(often)))
    assert finding.verdict == "noise" and "as is usual here" in finding.sentence


def test_first_triage_is_no_change_of_mind(board: MakeBoard) -> None:
    """The pitfall: a first owner, a first urgency, and what was set right on the day a ticket was made."""

    def cells(inside: bool, n: int, day) -> Cells:  # type: ignore[no-untyped-def]
        if not inside:
            return {"assignee": f"{n + 1}+9@{day(2)}" if n < 1 else str(n + 1), "urgency": "High"}
        return {"assignee": f"7@{day(0)}", "urgency": f"Low+High@{day(-3)}"}

    finding = measure(board(text=weekly(cells)))
    assert finding.verdict == "noise" and finding.value == 0
    assert (
        lines(finding, "kinds")["Sorted on the first day, before work began"]["changes"] == 42
    )  # the first were made before the window


def test_a_robot_or_a_bulk_edit_is_no_change_of_mind(board: MakeBoard) -> None:
    """The pitfall: one account that changes thirty tickets within the hour."""

    def cells(inside: bool, n: int, day) -> Cells:  # type: ignore[no-untyped-def]
        again = f"High+Low@{day(2)}" if inside else "High"
        return {
            "assignee": f"{n + 1}+9@{day(2)}" if n == 0 and not inside else str(n + 1),
            "urgency": again,
            "by": "tool",
        }

    for each, verdict in ((30, "noise"), (6, "signal")):
        finding = measure(board(text=weekly(cells, each=each)))
        assert finding.verdict == verdict
    assert lines(finding, "kinds")["Re-prioritised"]["changes"] == 48


SPRINTS = """

sprint  start       end         completed
S1      2026-01-05  2026-01-16  2026-01-16T15:00
S2      2026-01-19  2026-01-30  -
"""


def test_what_is_left_when_a_sprint_ends_is_carried_over_and_what_leaves_before_is_moved_on(board: MakeBoard) -> None:
    """The pitfall: Jira itself puts every open ticket of a sprint that ends into the next one."""
    late = "S1@2026-01-05+S2@2026-01-16T15:00"
    text = f"""
key  created     doing       done        assignee  sprint
A-1  2026-01-02  2026-01-06  2026-01-28  1         {late}
A-2  2026-01-02  2026-01-06  2026-01-28  2         S1@2026-01-05/2026-01-12+S2@2026-01-13
A-3  2026-01-02  2026-01-06  2026-01-28  3         S1@2026-01-05+S2@2026-01-12
A-4  2026-01-02  2026-01-06  2026-01-07  4         S1@2026-01-05/2026-01-12+S2@2026-01-13
{SPRINTS}"""
    kinds = lines(measure(board(text=text)), "kinds")
    assert kinds["Carried over when a sprint or cycle ended"]["ids"] == ["jira:A-1"]
    assert kinds["Moved on"]["ids"] == ["jira:A-2"]  # A-3 is in both at once, A-4 was done before


def test_back_and_forth_is_counted_once_a_step(board: MakeBoard) -> None:
    """
    key  created     assignee  phase                                      status
    A-1  2026-01-05  1         todo+doing@2026-01-12+todo@2026-01-14      Open+Doing@2026-01-12+Open@2026-01-14
    A-2  2026-01-05  2         todo+doing@2026-01-12                      Open+Doing@2026-01-12+Review@2026-01-14+Doing@2026-01-15
    A-3  2026-01-05  3         doing+done@2026-01-12+doing@2026-01-14     Doing+Done@2026-01-12+Again@2026-01-14
    A-4  2026-01-05  4         todo+doing@2026-01-12+done@2026-01-14      Open+Doing@2026-01-12+Done@2026-01-14
    """
    back = lines(measure(board()), "kinds")["Sent back"]
    assert (back["changes"], back["ids"]) == (3, ["jira:A-1", "jira:A-2", "jira:A-3"])


def test_it_is_not_judged_where_something_is_missing(board: MakeBoard) -> None:
    assert "no tickets in the store" in measure(board(text="key  created")).reason
    silent = "key  created     done        assignee  history\nA-1  2026-01-05  2026-01-16  1         none"
    assert "No ticket came with a change log" in measure(board(text=silent)).reason
    young = measure(
        board(text="key  created     doing       done        assignee\nA-1  2026-01-05  2026-01-12  2026-01-16  1")
    )
    assert young.verdict == "not_judged" and "the weeks before say too little" in young.reason
