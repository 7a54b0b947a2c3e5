"""Nobody's work can be read off a report by choosing groups that are small, lopsided, or left over."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.board import Board
from analyzer.privacy import may_be_shown
from analyzer.score import score
from tests.analyzer import drawn
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
unlinked_allowance: 10%
priorities: [{id: growth, name: Growth, share: 40-60%, match: [{label: growth}]}]
"""


def shown(board: Board) -> dict[str, str]:
    return {str(r.team): str(r.shown) for r in board.rows("SELECT team, shown FROM team_shown ORDER BY team")}


def test_five_are_a_group_and_four_are_merged_with_the_next(board: MakeBoard) -> None:
    """
    key      created     doing       done        assignee  team
    A-1..9   2026-01-05  2026-01-12  2026-01-16  1..9      Payments
    B-1..6   2026-01-05  2026-01-12  2026-01-16  11..16    Data
    C-1..4   2026-01-05  2026-01-12  2026-01-16  21..24    Search
    """
    assert shown(board(PLAN)) == {"Data": "Smaller teams", "Payments": "Payments", "Search": "Smaller teams"}


def test_what_is_left_over_is_no_way_to_a_small_team(board: MakeBoard) -> None:
    """All but one team shown and a total would give the one away: then nothing is shown by team.

    key      created     doing       done        assignee  team
    A-1..9   2026-01-05  2026-01-12  2026-01-16  1..9      Payments
    C-1..4   2026-01-05  2026-01-12  2026-01-16  21..24    Search
    """
    assert set(shown(board(PLAN)).values()) == {"All teams"}


def test_five_names_do_not_hide_one_persons_work(board: MakeBoard) -> None:
    """Each of five touched a ticket of Search, but four of them for a day: the trap of counting heads.

    key      created     doing       done        assignee  team
    A-1..9   2026-01-05  2026-01-12  2026-01-16  1..9      Payments
    C-1..4   2026-01-05  2026-02-02  2026-02-02  21..24    Search
    C-5      2026-01-05  2026-01-12  2026-01-23  25        Search
    """
    assert set(shown(board(PLAN)).values()) == {"All teams"}
    assert shown(board(PLAN, at_least=1)) == {"Payments": "Payments", "Search": "Search"}


def test_two_reports_of_one_week_do_not_differ_by_a_persons_day(board: MakeBoard) -> None:
    """Seen from Monday and from Thursday the weeks judged are the same, whatever was done in between.

    key      created     doing       done        assignee  team      labels
    A-1..9   2026-01-05  2026-01-12  2026-01-16  1..9      Payments  growth
    B-1..6   2026-01-05  2026-02-23  2026-02-27  11..16    Data      growth
    C-1      2026-01-05  2026-03-03  2026-03-03  21        Data      growth
    """
    monday = drawn.AS_OF
    for day in (0, 3):
        as_of = monday + timedelta(days=day)
        made = board(PLAN, as_of=as_of)
        result = score(made.con, made.strategies, made.options, as_of)
        (drift,) = [f for f in result.findings if f.meta.id == "priority_drift"]
        flows = [d for d in drift.details if d.shape == "flow"]
        if day == 0:
            first = flows
        assert flows == first and result.window.last_day == "2026-03-01"


def test_a_slice_of_time_does_not_help(board: MakeBoard) -> None:
    """The trap: only one of the nine worked in these weeks, so the group of that window is one person.

    key      created     doing       done        assignee  team
    A-1..9   2025-10-06  2025-10-13  2025-10-17  1..9      Payments
    A-10     2026-01-05  2026-01-12  2026-01-16  1         Payments
    B-1..6   2026-01-05  2026-01-12  2026-01-16  11..16    Data
    """
    assert set(shown(board(PLAN)).values()) == {"All teams"}


@given(crew=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 100)), at_least=st.integers(2, 6))
def test_the_rules_hold_for_every_group(crew: dict[str, int], at_least: int) -> None:
    if may_be_shown(Counter(crew), at_least):
        assert len(crew) >= at_least
        assert all(2 * units <= sum(crew.values()) for units in crew.values()) or not sum(crew.values())


@pytest.mark.parametrize("day", ["2026-01-12", "2026-03-02"])
def test_a_team_named_after_a_person_is_a_team_of_one(board: MakeBoard, day: str) -> None:
    """
    key      created     doing       done        assignee  team
    A-1..9   2026-01-05  2026-01-07  2026-01-16  1..9      Payments
    B-1..5   2026-01-05  2026-01-07  2026-01-16  11..15    Data
    C-1..8   2026-01-05  2026-01-07  2026-01-16  1         Jane_Doe
    """
    as_of = datetime.fromisoformat(day).replace(tzinfo=UTC)
    made = board(PLAN, as_of=as_of)
    assert "Jane_Doe" not in score(made.con, made.strategies, made.options, as_of).model_dump_json()
