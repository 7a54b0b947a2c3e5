"""Nobody's work can be read off a report, or off two held side by side, by way of groups that are small, lopsided or left over."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product
from types import SimpleNamespace

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import mixes, own_past
from analyzer.board import Board
from analyzer.privacy import SMALLER, lay_out, may_be_shown
from analyzer.score import score
from analyzer.store import Connection
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


# ---------------------------------------------------------------- two reports (Hundepool et al. 2012, ch. 4: differencing)


def groups(con: Connection, crews: dict[str, Counter[str]], at_least: int) -> dict[str, frozenset[str]]:
    """Which teams each shown group holds; a ticket a person, finished in the one week there is."""
    rows = [(t, n, p, u) for n, (t, crew) in enumerate(sorted(crews.items())) for p, u in crew.items()]
    con.execute("CREATE OR REPLACE TEMP TABLE effort_day (ticket INT, person VARCHAR, week INT, units INT)")
    con.execute("CREATE OR REPLACE TEMP TABLE finished (ticket INT, person VARCHAR, day INT)")
    con.execute("CREATE OR REPLACE TEMP TABLE days (day INT, week INT)")
    con.execute("CREATE OR REPLACE TEMP TABLE ticket_team (ticket INT, team VARCHAR)")
    con.executemany("INSERT INTO ticket_team VALUES (?, ?)", [(n, t) for n, t in enumerate(sorted(crews))])
    con.executemany("INSERT INTO effort_day VALUES (?, ?, 1, ?)", [(n, f"{t}{p}", u) for t, n, p, u in rows])
    lay_out(con, at_least, (1, 1, 1))
    found: dict[str, set[str]] = {}
    for team, label in con.execute("SELECT team, shown FROM team_shown").fetchall():
        found.setdefault(label, set()).add(team)
    return {label: frozenset(teams) for label, teams in found.items()}


CREWS = st.dictionaries(
    st.sampled_from("ABCDEF"),
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 40), min_size=1).map(Counter),
    min_size=2,
)


@settings(deadline=None, max_examples=60)
@given(crews=CREWS, strict=st.integers(3, 8), lax=st.integers(2, 7))
def test_no_two_thresholds_leave_a_small_group_between_them(
    crews: dict[str, Counter[str]], strict: int, lax: int
) -> None:
    """What two reports of one store, made with two settings of ``groups``, give by taking one group from another, and by taking the
    shown groups from the total."""
    lax, strict = min(lax, strict), max(lax, strict)
    with duckdb.connect(":memory:") as con:
        shown_groups = [*groups(con, crews, lax).values(), *groups(con, crews, strict).values(), frozenset(crews)]
    for a, b in product(shown_groups, repeat=2):
        left = a - b
        if b < a and left != frozenset(crews):
            together = sum((Counter({f"{t}{p}": u for p, u in crews[t].items()}) for t in left), Counter[str]())
            assert may_be_shown(together, lax), (left, a, b)


def test_a_team_that_grew_does_not_tell_what_its_first_member_did(board: MakeBoard) -> None:
    """The trap: nine people are a group; the column *usual* beside their number is one person's, who was alone for a year.

    key        created     doing       done        assignee  team      labels  status
    A-1..12    2025-03-03  2025-03-10  2026-02-27  1..9      Payments  growth  Doing@2025-04-07+Review@2025-09-01
    C-1..9     2025-03-03  2026-01-12  2026-02-27  21..29    Search    growth  Doing@2026-01-14
    C-10..40   2025-03-03  2025-03-10  2025-12-01  21        Search    growth  Doing@2025-04-07+Review@2025-09-01
    """
    hidden = board(PLAN)
    assert hidden.hidden_pasts == {"Search"}, "as a team of nine it is shown, with its past it is not"
    assert set(shown(hidden).values()) == {"Payments", "Search"}
    open_ = board(PLAN, at_least=1)
    for made, known in ((hidden, {"Payments"}), (open_, {"Payments", "Search"})):
        rows = [SimpleNamespace(name=t, week=w, events=1, exposure=4) for t in ("Payments", "Search")
                for w in range(made.history_week, made.last_week + 1)]  # fmt: skip
        found = {r.name: r for r in own_past.rates(made, rows)}
        assert {n for n, r in found.items() if r.shift is not None} == known | {own_past.ALL}
        assert all(r.recent == 0.25 for r in found.values()), "the number of these weeks stays"


def test_a_stretch_of_weeks_in_which_one_was_there_is_no_point_of_a_curve(board: MakeBoard) -> None:
    """The trap of holidays: the team is large, and for four weeks it was one person.

    key      created     doing       done        assignee  team      labels
    A-1..9   2025-12-01  2026-01-05  2026-02-27  1..9      Payments  growth
    B-1..9   2025-12-01  2026-01-05  2026-01-30  11..19    Data      growth
    B-10     2025-12-01  2026-02-02  2026-02-27  11        Data      growth
    """
    made = board(PLAN)
    assert set(shown(made).values()) == {"Payments", "Data"}
    company = mixes.company(made)
    assert company is not None
    data = company.teams.index("Data")
    assert {b: bool(m.tickets[data]) for b, m in company.blocks.items() if b <= 0} == {0: True, -1: False, -2: True}


def test_one_who_leaves_a_team_of_five_is_not_left_over(board: MakeBoard) -> None:
    """From one week to the next a team of five is four. It is named in the first report and merged in the second: whoever takes one
    from the other gets the difference of two windows, never four people's number of one window.

    key      created     doing       done        assignee  team
    A-1..9   2025-12-01  2026-01-05  2026-02-27  1..9      Payments
    B-1..6   2025-12-01  2026-01-05  2026-02-27  11..16    Data
    C-1..4   2025-12-01  2026-01-05  2026-02-27  21..24    Search
    C-5      2025-12-01  2025-12-29  2026-01-02  25        Search
    C-6..9   2025-12-01  2025-12-29  2026-01-02  21..24    Search
    """
    before = shown(board(PLAN, as_of=drawn.AS_OF - timedelta(weeks=1)))
    after = shown(board(PLAN))
    assert before["Search"] == "Search" and after == {"Payments": "Payments", "Data": SMALLER, "Search": SMALLER}


@pytest.mark.parametrize("basis", ["days", "count", "points"])
def test_another_way_to_count_shows_the_same_groups(board: MakeBoard, basis: str) -> None:
    """Two reports of one week, one in days and one in tickets, could else be taken from each other.

    key      created     doing       done        assignee  team      estimate
    A-1..9   2026-01-05  2026-01-12  2026-01-16  1..9      Payments  3
    B-1..6   2026-01-05  2026-01-12  2026-01-16  11..16    Data      5
    C-1..4   2026-01-05  2026-01-12  2026-01-16  21..24    Search    8
    """
    assert shown(board(PLAN, basis=basis)) == {"Data": SMALLER, "Payments": "Payments", "Search": SMALLER}


def test_no_table_names_a_team_that_is_merged(board: MakeBoard) -> None:
    """By type and team, by who waits for whom, by what was started: in no shape of any measure.

    key      created     doing       done        assignee  team      labels  type   flagged              urgency
    A-1..20  2026-01-05  2026-01-12  -           1..9      Payments  growth  Story  yes@2026-01-20        High
    B-1..20  2026-01-05  2026-01-12  2026-01-30  11..16    Data      -       Bug    -                     High@2026-01-20
    C-1..20  2026-01-05  2026-01-12  2026-01-30  21        Zebra     -       Chore  yes@2026-01-20        Highest
    """
    made = board(PLAN)
    result = score(made.con, made.strategies, made.options, made.as_of.replace(tzinfo=UTC))
    assert "Zebra" not in result.model_dump_json() and SMALLER in result.model_dump_json()
