"""A slice shows its own part of what everybody did, and nothing of a group too small to be shown."""

from __future__ import annotations

import pytest

from analyzer.board import Board, Options
from analyzer.effort import UNIT
from analyzer.score import score
from analyzer.slices import Refused, Slice
from analyzer.store import Connection
from tests.analyzer import drawn
from tests.analyzer.asked import can_be_asked_of_spark, noted
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
unlinked_allowance: 10%
priorities:
  - {id: growth, name: Growth, share: 60-80%, scope: {items: 2-4}, match: [{label: growth}]}
  - {id: trust, name: Trust, share: 10-40%, match: [{label: trust}]}
teams: {Payments: {growth: 10-20%}}
assumptions: [{says: Growth gets most, holds_if: share(growth) >= 50%}]
"""
COMPANY = """
key       created     doing       done        assignee  team      labels  type  parent  project
E-1       2026-01-05  -           -           -         -         q3      Epic  -       -
A-1..12   2026-01-05  2026-01-12  2026-01-16  1..6      Payments  growth  Task  -       -
A-13..24  2026-01-05  2026-01-19  2026-01-23  1..6      Payments  trust   Task  E-1     -
B-1..14   2026-01-05  2026-01-26  2026-01-30  11..17    Data      growth  Task  E-1     -
C-1..8    2026-01-05  2026-02-02  2026-02-06  21..28    Search    -       Task  -       -
"""


def days(board: Board) -> float:
    found = board.one("SELECT coalesce(sum(units), 0) FROM share_of WHERE basis = 'days' AND in_force")
    return float(found) / UNIT


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Slice(), 6 * 5 + 6 * 5 + 7 * 5 + 8 * 5), (Slice(team=("payments",)), 60), (Slice(label=("Q3",)), 30 + 35),
        (Slice(project=("a", "c")), 100), (Slice(tracker=("jira",)), 135), (Slice(priority=("growth",)), 65),
        (Slice(team=("Payments", "Data"), label=("q3",)), 65), (Slice(team=("Search", "Data"), priority=("growth",)), 35),
    ],
    ids=str,
)  # fmt: skip
def test_effort_inside(board: MakeBoard, wanted: Slice, expected: float) -> None:
    """Five working days of each person who held something; under an epic with the label counts for the label."""
    assert days(board(PLAN, text=COMPANY, slice=wanted)) == pytest.approx(expected)


def test_every_query_can_be_asked_of_spark(board: MakeBoard) -> None:
    whole, told = board(PLAN, text=COMPANY), []  # type: tuple[Board, list[str]]
    asked = Options(slice=Slice(team=("payments", "data"), label=("q3",)))
    score(noted(whole.con, told), whole.strategies, asked, drawn.AS_OF)
    assert can_be_asked_of_spark(told) > 100


def test_a_day_is_split_among_everything_a_person_held(board: MakeBoard) -> None:
    """
    key      created     doing       done        assignee  team      labels
    A-1..6   2026-01-05  2026-01-12  2026-01-16  1..6      Payments  growth
    B-1..6   2026-01-05  2026-01-12  2026-01-16  1..6      Data      trust
    """
    assert days(board(PLAN, slice=Slice(team=("Data",)))) == pytest.approx(15)


def test_every_measure_looks_at_the_slice_alone(board: MakeBoard) -> None:
    made = board(PLAN, text=COMPANY, slice=Slice(team=("Data",)))
    result = score(made.con, made.strategies, made.options, drawn.AS_OF)
    assert {f.meta.id: f.reason for f in result.findings if f.verdict == "error"} == {}
    assert {t.key[0] for t in result.tickets.values()} <= {"B", "E"}, "the epic above stays in sight"
    assert result.slice == "team Data" and "Only a slice is looked at: team Data." in result.notes[0]
    found = {f.meta.id: f for f in result.findings}
    assert not set(found) & {"broken_assumptions", "missed_rhythm", "ignored_findings", "repeated_priorities"}
    assert found["priority_drift"].verdict == found["unlinked_work"].verdict == "not_judged"
    assert "meant for everybody" in found["priority_drift"].reason
    assert "2–4 were agreed" not in result.model_dump_json(), "a part is not held against what was agreed for the whole"


def out_of_its_cycle(con: Connection) -> None:
    """A ticket that is in no cycle has a span that says so. The trap: in SQL, nothing is outside of what holds a NULL."""
    con.execute("INSERT INTO spans SELECT no, 'cycle', NULL, created, NULL FROM tickets WHERE key = 'A-1'")


def test_only_its_own_projects_and_what_they_are_part_of_are_in_sight(board: MakeBoard) -> None:
    """
    key      tracker  created     doing       done        assignee  team      project
    A-1..6   linear   2026-01-05  2026-01-12  2026-01-16  1..6      Payments  Mine
    B-1..6   linear   2026-01-05  2026-01-12  2026-01-16  11..16    Data      Theirs

    project  start       part_of
    Mine     2026-01-12  Goal
    Theirs   2026-01-12  Other
    Nobodys  2026-01-12  -

    initiative  start
    Goal        2026-01-12
    Other       2026-01-12
    """
    made = board(PLAN, slice=Slice(team=("Payments",)), prepare=out_of_its_cycle)
    assert {r.name for r in made.rows("SELECT name FROM container_then")} == {"Mine", "Goal"}
    assert made.one("SELECT count(*) FROM changes") == 6 * 2  # to doing and to done, of its own six
    assert board(PLAN).one("SELECT count(*) FROM container_then") == 5


def test_one_team_is_held_to_its_own_mix(board: MakeBoard) -> None:
    made = board(PLAN, text=COMPANY, slice=Slice(team=("payments",)))
    (drift,) = [
        f for f in score(made.con, made.strategies, made.options, drawn.AS_OF).findings if f.meta.id == "priority_drift"
    ]
    assert drift.verdict == "signal" and "10–20" in drift.headline


def test_a_priority_is_held_to_its_scope(board: MakeBoard) -> None:
    made = board(PLAN, text=COMPANY, slice=Slice(priority=("growth",)))
    (scope,) = [
        f for f in score(made.con, made.strategies, made.options, drawn.AS_OF).findings if f.meta.id == "scope_creep"
    ]
    assert scope.headline.startswith("Growth holds 26 items")


def refusal(board: MakeBoard, text: str, wanted: Slice) -> str:
    with pytest.raises(Refused) as refused:
        board(PLAN, text=text, slice=wanted)
    return str(refused.value)


def test_a_small_slice_is_refused(board: MakeBoard) -> None:
    """Four people, or five of whom one did most."""
    four = COMPANY.replace("21..28", "21..24")
    assert "is the work of fewer than 5 people" in refusal(board, four, Slice(team=("Search",)))
    one = COMPANY.replace(
        "C-1..8    2026-01-05  2026-02-02  2026-02-06  21..28", "C-1..8    2026-01-05  2026-02-02  2026-02-02  21..28"
    )
    one += "C-9       2026-01-05  2026-01-12  2026-02-27  31        Search    -       Task  -       -\n"
    assert "or mostly of one" in refusal(board, one, Slice(team=("Search",)))
    assert days(board(PLAN, text=four, slice=Slice(team=("Search",)), at_least=1)) == 20


def test_what_is_left_over_is_no_way_to_a_small_group(board: MakeBoard) -> None:
    four = COMPANY.replace("21..28", "21..24")
    assert refusal(board, four, Slice(team=("Payments", "Data"))).startswith(
        "What the slice team Payments or Data leaves over"
    )
    label = COMPANY.replace(
        "C-1..8    2026-01-05  2026-02-02  2026-02-06  21..28    Search    -  ",
        "C-1..2    2026-01-05  2026-02-02  2026-02-06  21..22    Data      -  ",
    )
    assert "leaves over" in refusal(board, label, Slice(team=("Data",), label=("q3",))), (
        "the whole team may be asked for, too"
    )


def test_two_slices_do_not_tell_a_part_between_them(board: MakeBoard) -> None:
    """Data and Search is eleven people, Data alone seven: Search would be the difference."""
    four = COMPANY.replace("21..28", "21..24")
    assert refusal(board, four, Slice(team=("Data", "Search"))).startswith("A part of the slice, team Search,")


def test_a_team_is_not_shown_where_its_rest_would_be_too_small(board: MakeBoard) -> None:
    """Within the label, Data has six people; outside it one, who could be read off two reports.

    key      created     doing       done        assignee  team      labels
    A-1..6   2026-01-05  2026-01-12  2026-01-16  1..6      Payments  x
    A-7..12  2026-01-05  2026-01-12  2026-01-16  1..6      Payments  -
    B-1..6   2026-01-05  2026-01-12  2026-01-16  11..16    Data      x
    B-7      2026-01-05  2026-01-12  2026-01-16  17        Data      -
    C-1..6   2026-01-05  2026-01-12  2026-01-16  21..26    Search    x
    """
    made = board(PLAN, slice=Slice(label=("x",)))
    shown = {r.team: r.shown for r in made.rows("SELECT team, shown FROM team_shown")}
    assert shown["Data"] != "Data"
    assert {r.team: r.shown for r in board(PLAN).rows("SELECT team, shown FROM team_shown")}["Data"] == "Data"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Slice(team=("Payment",)), "No ticket is of the team Payment. Check its spelling in --team."),
        (Slice(label=("nope",)), "No ticket carries the label nope. Check its spelling in --label."),
        (Slice(priority=("nope",)), "No ticket serves the priority nope. Check its spelling in --priority."),
        (
            Slice(team=("Search",), label=("q3",)),
            "No ticket is in the slice team Search; label q3. Take another filter, or a later day.",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_a_slice_of_nothing_is_refused(board: MakeBoard, wanted: Slice, said: str) -> None:
    assert refusal(board, COMPANY, wanted) == said


def test_a_period_that_ended_before(board: MakeBoard) -> None:
    """Seen from today, the window of the last two weeks of January."""
    made = board(PLAN, text=COMPANY, weeks=2, last_week=2925)
    assert made.window.last_day == "2026-01-25" and made.window.first_day == "2026-01-12"
    assert {r.week for r in made.rows("SELECT DISTINCT week FROM share_of WHERE in_force")} == {2924, 2925}
    assert board(PLAN, text=COMPANY, weeks=2, last_week=9999).window.last_day == "2026-03-01"
