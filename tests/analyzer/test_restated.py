"""An earlier report is shown as it was written beside what its weeks look like today, with what moved it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from analyzer import seen
from analyzer.board import Board, Options
from analyzer.result import Result, Table
from analyzer.score import score
from analyzer.store import Connection, Store, save_parsed
from tests.analyzer import drawn
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
priorities:
  - {id: growth, name: Growth, share: 40-60%, match: [{label: growth}]}
  - {id: data, name: Data, share: 40-60%, match: [{label: data}]}
"""
EARLIER = drawn.AS_OF
TODAY = EARLIER + timedelta(weeks=1)


def report(board: Board, as_of: datetime) -> Result:
    return score(board.con, board.strategies, board.options, as_of)


def frozen(
    board: Board, result: Result, moment: datetime, since: Callable[[Connection], object] = lambda _con: None
) -> Connection:
    """The store with a report in it and what came ``since``, opened again as a later report opens it."""
    path = board.con.execute("SELECT path FROM duckdb_databases() WHERE path IS NOT NULL").fetchall()[0][0]
    board.con.close()
    store = Store(Path(path))
    with store.writing() as con:
        since(con)
        con.execute(
            "INSERT INTO runs (moment, kind, as_of, body) VALUES (?, 'report', ?, ?)",
            [
                moment.replace(tzinfo=None),
                datetime.fromisoformat(result.as_of).replace(tzinfo=None),
                result.model_dump_json(),
            ],
        )
    return store._open(read_only=True)


def tables(result: Result) -> dict[str, Table]:
    (drift,) = [f for f in result.findings if f.meta.id == "priority_drift"]
    return {d.id: d for d in drift.details if isinstance(d, Table)}


def test_a_link_made_since_is_told_with_its_tickets(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  labels
    A-1..20   2026-01-05  2026-01-12  2026-01-16  1..20     growth
    A-21..36  2026-01-05  2026-01-12  2026-01-16  21..36    data
    A-37..40  2026-01-05  2026-01-12  2026-01-16  37..40    data@2026-03-04
    """
    made = board(PLAN)
    con = frozen(made, report(made, EARLIER), EARLIER + timedelta(hours=1))
    later = tables(score(con, made.strategies, Options(), TODAY))
    (line,) = later["restated"].rows
    assert line.cells == {"report": "2026-03-02", "reported": 0.0, "restated": 0.0, "largest": "Data: 40 % → 50 %"}
    moved = {str(r.cells["priority"]): r for r in later["relinked"].rows}
    why = "Links made or undone since"
    assert moved["Data"].cells == {"why": why, "priority": "Data", "effort": 20.0, "tickets": 4}
    assert moved["No priority (unlinked)"].cells["effort"] == -20.0
    assert set(moved["Data"].tickets) == {f"jira:A-{n}" for n in range(37, 41)}
    con.close()


COMPANY = """
key       created     doing       done        assignee  labels
A-1..20   2026-01-05  2026-01-12  2026-01-16  1..20     growth
A-21..36  2026-01-05  2026-01-12  2026-01-16  21..36    data
A-37..40  2026-01-05  2026-01-12  2026-01-16  37..40    date
"""


def moved(result: Result) -> list[tuple[object, ...]]:
    return [(*r.cells.values(), sorted(r.tickets)) for r in tables(result)["relinked"].rows]


def test_a_rule_mended_since_is_told_as_the_strategy_and_not_as_links(board: MakeBoard, tmp_path: Path) -> None:
    """The trap: links worked out anew under today's file, for then and for now, are the same, and nothing seems to have moved."""
    made = board(PLAN, text=COMPANY)
    mended = drawn.strategies(tmp_path / "mended", PLAN.replace("label: data", "label: [data, date]"))

    def versions(con: Connection) -> None:
        for text, moment in ((PLAN, EARLIER), (PLAN.replace("data}", "date}"), TODAY)):
            row = ["0.yaml", moment.replace(tzinfo=None), text[-9:], text]
            con.execute("INSERT INTO strategy_seen VALUES (?, ?, ?, ?)", row)

    con = frozen(made, report(made, EARLIER), EARLIER + timedelta(hours=1), versions)
    late = [f"jira:A-{n}" for n in range(37, 41)]
    result = score(con, mended, Options(), TODAY)
    why = "The strategy file, edited since"
    assert moved(result) == [(why, "No priority (unlinked)", -20.0, 4, late), (why, "Data", 20.0, 4, late)]
    assert tables(result)["restated"].rows[0].cells["largest"] == "Data: 40 % → 50 %"
    con.close()


def test_a_ticket_that_came_late_is_told(board: MakeBoard) -> None:
    """Ten tickets of a project that the account could not see when the report was made."""
    made = board(PLAN, text=COMPANY, prepare=lambda con: seen.note(con, "jira", EARLIER))

    def late(con: Connection) -> None:
        save_parsed(
            con, "jira", drawn.draw(COMPANY.splitlines()[1] + "\nB-1..9 2026-01-05 2026-01-12 2026-01-16 51..59 data")
        )
        seen.note(con, "jira", TODAY)

    con = frozen(made, report(made, EARLIER), EARLIER + timedelta(hours=1), late)
    result = score(con, made.strategies, Options(), TODAY)
    came = [f"jira:B-{n}" for n in range(1, 10)]
    assert moved(result) == [("Tickets that came into the store since", "Data", 45.0, 9, came)]
    (line,) = tables(result)["restated"].rows
    assert line.cells["reported"] == 0.0 and line.cells["largest"] == "Data: 40 % → 51 %"
    con.close()


def test_where_nothing_has_changed_both_are_the_same(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  labels
    A-1..25   2026-01-05  2026-01-12  2026-01-16  1..25     growth
    A-26..40  2026-01-05  2026-01-12  2026-01-16  26..40    data
    """
    made = board(PLAN)
    first = report(made, EARLIER)
    con = frozen(made, first, EARLIER + timedelta(hours=1))
    later = tables(score(con, made.strategies, Options(), TODAY))
    assert later["restated"].rows[0].cells["reported"] == later["restated"].rows[0].cells["restated"]
    assert later["restated"].rows[0].cells["largest"] == "" and "relinked" not in later
    # and what was frozen is what the same moment gives again
    assert score(con, made.strategies, Options(), EARLIER).model_dump_json() == first.model_dump_json()
    con.close()


def test_a_report_made_later_about_an_earlier_day_was_not_known_then(board: MakeBoard) -> None:
    """The trap: an audit of last month, made today, is in the store; a report as of last week must not know of it.

    key       created     doing       done        assignee  labels
    A-1..40   2026-01-05  2026-01-12  2026-01-16  1..40     growth
    """
    made = board(PLAN)
    con = frozen(made, report(made, EARLIER), TODAY + timedelta(days=30))
    assert "restated" not in tables(score(con, made.strategies, Options(), TODAY))
    con.close()
