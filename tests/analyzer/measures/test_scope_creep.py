"""What came after the start is growth, held against what was agreed and what is usual; what did not grow is not blamed."""

from __future__ import annotations

import pytest

from analyzer.measures.scope_creep import measure
from analyzer.result import BurnUp, Finding, Table
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
priorities:
  - {id: growth, name: Growth, match: [{label: growth}]}
"""
AGREED = PLAN.replace("Growth,", "Growth, scope: {items: 2-4},")
SPRINT = "\n\nsprint  start       end         completed\nNow     2026-02-02  2026-02-13  2026-02-13\n"


def usual(extra: str = "") -> str:
    """Ten sprints of last year, five tickets planned in each and one added in every other one, and a sprint to judge."""
    lines, sprints = [], ["sprint  start  end  completed"]
    for n in range(10):
        start, late = f"2025-{n // 2 + 7:02}-{14 * (n % 2) + 1:02}", f"2025-{n // 2 + 7:02}-{14 * (n % 2) + 7:02}"
        end = f"2025-{n // 2 + 7:02}-{14 * (n % 2) + 12:02}"
        lines.append(f"A-{100 * n + 1}..{100 * n + 5} {start}T00:00 {end} S{n}")
        lines += [f"A-{100 * n + 9} {late} {end} S{n}"] * (n % 2)
        sprints.append(f"S{n} {start} {end} {end}")
    return (
        "\n".join(["key created done sprint", *lines, extra]).strip()
        + "\n\n"
        + "\n".join([*sprints, "Now 2026-02-02 2026-02-13 2026-02-13"])
    )


PLANNED = "A-2001..2010 2026-02-01T00:00 2026-02-13 Now"


def cells(finding: Finding, table: str = "deliverables") -> dict[str, dict[str, object]]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == table]
    return {str(r.cells[found.columns[0].id]): {**r.cells, "ids": r.tickets, "more": r.more} for r in found.rows}


def counted(finding: Finding, name: str = "Now") -> tuple[object, ...]:
    return tuple(cells(finding)[name][c] for c in ("planned", "added", "pulled_in", "removed"))


def test_a_sprint_that_grew_more_than_is_usual_is_a_signal(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=usual(f"{PLANNED}\nA-2101..2108 2026-02-09 2026-02-13 Now")))
    assert (finding.verdict, finding.value) == ("signal", 0.8)
    assert finding.sentence == (
        "Now took on 8 after its start, on 10 planned. "
        "Over all sprints, cycles and projects 80\u00a0% was taken on after the start."
    )
    assert counted(finding) == (10, 8, 0, 0) and cells(finding)["Now"]["verdict"] == "signal"
    assert cells(finding)["Now"]["ids"] == [f"jira:A-{n}" for n in range(2108, 2100, -1)]  # first come, first shown
    assert finding.score is not None and finding.score.value == pytest.approx(100 * 10 / 18, abs=0.05)
    (curve,) = [d for d in finding.details if isinstance(d, BurnUp)]
    assert (curve.title, curve.planned, curve.scope[0], curve.scope[-1], curve.done[-1]) == ("Now", 10, 10, 18, 18)


def test_a_sprint_that_grew_as_usual_is_not(board: MakeBoard) -> None:
    finding = measure(board(PLAN, text=usual(f"{PLANNED}\nA-2101 2026-02-09 2026-02-13 Now")))
    assert (finding.verdict, finding.value, counted(finding)) == ("noise", 0.1, (10, 1, 0, 0))
    assert finding.sentence == "No deliverable grew more than is usual here (10\u00a0% over all)."


def test_added_pulled_in_removed_and_within_grace(board: MakeBoard) -> None:
    """
    key      created           done        sprint
    A-1..5   2026-01-30T00:00  2026-02-13  Now
    A-6      2026-02-03T00:00  2026-02-13  Now
    A-7      2026-01-30        2026-02-13  Now@2026-02-03
    A-8      2026-02-05        2026-02-13  Now
    A-9      2026-01-30        2026-02-13  Now@2026-02-05
    A-10     2026-01-30        -           Now@2026-01-30/2026-02-09
    A-11     2026-01-30        -           Now@2026-01-30/2026-02-03
    A-12     2026-01-30        2026-02-20  Now@2026-02-17
    A-13     2026-01-30        2026-02-20  Now@2026-01-30/2026-02-17
    A-14     2026-01-30        2026-02-20  Now@2026-02-02/2026-02-03

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    finding = measure(board(PLAN))
    # planned: A-1..7 (two days of grace), A-10, A-13 (left after the end);
    # left within the grace, A-12 came after the end
    assert counted(finding) == (9, 1, 1, 1)
    assert cells(finding)["Now"]["ids"] == ["jira:A-8", "jira:A-9"]
    assert cells(finding)["Now"]["net"] == 1


def test_what_left_and_came_back_is_counted_once(board: MakeBoard) -> None:
    """
    key     created     done        sprint
    A-1..5  2026-01-30  2026-02-13  Now
    A-6     2026-01-30  2026-02-13  Now@2026-01-30/2026-02-05+Now@2026-02-10
    A-7     2026-01-30  2026-02-13  Now@2026-02-05/2026-02-06+Now@2026-02-10

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    assert counted(measure(board(PLAN))) == (6, 0, 1, 0)


def test_breaking_work_down_is_not_growth(board: MakeBoard) -> None:
    """
    key       created     done        sprint  type      parent
    A-1..5    2026-01-30  2026-02-13  Now     Story     -
    A-6..15   2026-02-09  2026-02-13  Now     Sub-task  A-1

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    assert counted(measure(board(PLAN))) == (5, 0, 0, 0)


def test_an_epic_begins_when_its_first_ticket_does(board: MakeBoard) -> None:
    """
    key     created     doing       done        type   parent
    E-1     2026-01-05  -           -           Epic   -
    A-1..3  2026-01-05  2026-01-20  2026-01-30  Story  E-1
    A-4     2026-01-19  -           -           Story  E-1
    A-5     2026-02-09  -           -           Story  E-1
    """
    finding = measure(board(PLAN))
    (name,) = [n for n in cells(finding) if n.startswith("E-1 ")] if cells(finding) else [""]
    assert counted(finding, name) == (4, 1, 0, 0) and cells(finding)[name]["started"] == "2026-01-20"


def test_re_estimated_points_are_shown(board: MakeBoard) -> None:
    """
    key     created     doing       done        sprint  estimate
    A-1..4  2026-01-30  2026-02-03  2026-02-13  Now     2
    A-5     2026-01-30  2026-02-03  2026-02-13  Now     3+8@2026-02-10
    A-6     2026-01-30  2026-02-03  2026-02-09  Now     3+5@2026-02-10

    sprint  start       end         completed
    Now     2026-02-02  2026-02-13  2026-02-13
    """
    assert cells(measure(board(PLAN)))["Now"]["points"] == 5.0  # A-6 was re-estimated after it was finished


def test_an_agreed_range_is_broken_by_one_too_many(board: MakeBoard) -> None:
    """
    key     created     type      serves
    A-1..4  2026-01-05  Story     growth
    A-5     2026-02-09  Sub-task  growth
    A-6     2026-02-10  Story     growth
    """
    finding = measure(board(AGREED))
    assert finding.verdict == "signal"
    assert finding.sentence == "Growth holds 5 items; 2–4 were agreed. More than 4 since 2026-02-10."
    assert cells(finding, "agreed")["Growth"]["ids"] == ["jira:A-6"]


def test_an_agreed_range_is_kept_by_dropping_one(board: MakeBoard) -> None:
    """
    key     created     cancelled   serves
    A-1..3  2026-01-05  -           growth
    A-4     2026-01-05  2026-02-20  growth
    A-5     2026-02-10  -           growth
    """
    finding = measure(board(AGREED))
    assert (finding.verdict, finding.sentence) == ("noise", "What was agreed is kept.")
    assert cells(finding, "agreed")["Growth"]["now"] == 4


CSV = """
key      created     done        sprint  history
A-1..20  2026-01-05  2026-01-16  Now     none
"""
FEW = """
key     created     done        sprint
A-1..9  2026-01-30  2026-02-13  Now
"""


@pytest.mark.parametrize(
    ("text", "plan", "reason"),
    [
        ("key  created", PLAN, "There are no tickets in the store."),
        (CSV + SPRINT, PLAN, "No ticket came with a change log"),
        (FEW.replace("Now", "-"), PLAN, "No sprint, cycle, project, version or epic with planned tickets ran"),
        (FEW + SPRINT, PLAN, "Nothing was agreed (scope: {items: …}), and fewer than ten finished deliverables"),
        (FEW + SPRINT, "", "Nothing was agreed (scope: {items: …}), and fewer than ten finished deliverables"),
        (usual("A-2001..2004 2026-02-01T00:00 2026-02-13 Now\nA-2101..2108 2026-02-09 2026-02-13 Now"), PLAN, "Nothing was"),
    ],
    ids=["empty", "no history", "no deliverable", "nothing to compare with", "no strategy", "fewer than five planned"],
)  # fmt: skip
def test_it_is_not_judged_where_something_is_missing(board: MakeBoard, text: str, plan: str, reason: str) -> None:
    finding = measure(board(*[plan] if plan else [], text=text))
    assert finding.verdict == "not_judged" and reason in finding.reason
    assert finding.score is None
