"""A ticket that is gone is neither open nor in progress from then on, and nothing of its past is taken away."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from analyzer.board import Board
from analyzer.measures import data_quality, unlinked_work
from analyzer.result import Finding, Table
from analyzer.store import Connection
from tests.analyzer import drawn
from tests.conftest import MakeBoard

LOST = drawn.at("2026-02-11", 10)
STRATEGY = "strategy: s\nunlinked_allowance: 10%\npriorities: [{id: growth, match: [{label: growth}]}]"

Mark = tuple[str, str, datetime, datetime | None]


def marked(board: MakeBoard, *marks: Mark, as_of: datetime = drawn.AS_OF, runs: tuple[Any, ...] = ()) -> Board:
    """The board of the docstring's company with some of its tickets marked."""

    def write(con: Connection) -> None:
        for key, how, since, until in marks:
            naive = [m and m.replace(tzinfo=None) for m in (since, until)]
            con.execute("INSERT INTO gone VALUES (?, 'jira', ?, ?, ?)", [f"jira:{key}", how, *naive])
        for at, body in runs:
            row = [at.replace(tzinfo=None), json.dumps({"tracker": "jira", **body})]
            con.execute("INSERT INTO runs (moment, kind, body) VALUES (?, 'pull', ?)", row)

    return board(STRATEGY, as_of=as_of, prepare=write)


def phases(board: Board) -> dict[str, str | None]:
    return {r.key: r.phase for r in board.rows("SELECT key, phase FROM ticket_then ORDER BY key")}


def days(board: Board, key: str) -> list[int]:
    sql = "SELECT DISTINCT d.day FROM effort_day d JOIN ticket_then t ON t.no = d.ticket WHERE t.key = ? ORDER BY 1"
    return [r.day for r in board.rows(sql, key)]


def test_work_that_is_gone_stops_and_what_was_before_stays(board: MakeBoard) -> None:
    """
    key   created     doing       done        assignee
    A-1   2026-02-02  2026-02-09  -           1
    A-2   2026-02-02  -           -           2
    A-3   2026-02-02  2026-02-03  2026-02-06  3
    A-4   2026-02-02  2026-02-09  2026-02-20  4
    A-5   2026-02-02  2026-02-09  -           5
    """
    whole = board(STRATEGY)
    drew = {key: days(whole, key) for key in phases(whole)}
    lost = marked(board, *((f"A-{n}", "gone", LOST, None) for n in range(1, 5)))
    assert phases(lost) == {
        "A-1": None,
        "A-2": None,
        "A-3": "done",
        "A-4": "done",
        "A-5": "doing",
    }  # what is finished stays
    assert days(lost, "A-1") == drew["A-1"][:3]
    assert days(lost, "A-3") == drew["A-3"] and days(lost, "A-5") == drew["A-5"]
    assert lost.rows("SELECT DISTINCT value FROM span_then WHERE field = 'gone'")[0].value == "gone"


def test_before_and_after_it_is_gone_nothing_is_missing(board: MakeBoard) -> None:
    """
    key   created     doing       done        assignee
    A-1   2026-02-02  2026-02-09  -           1
    """
    back = drawn.at("2026-02-18", 10)
    mark = ("A-1", "gone", LOST, back)
    whole = board(STRATEGY)
    assert phases(marked(board, mark, as_of=drawn.at("2026-02-11"))) == {"A-1": "doing"}
    assert phases(marked(board, mark, as_of=drawn.at("2026-02-12"))) == {"A-1": None}
    again = marked(board, mark)
    assert phases(again) == {"A-1": "doing"} and days(again, "A-1") == days(whole, "A-1")


def test_unlinked_work_that_is_gone_is_set_apart_from_what_can_be_linked(board: MakeBoard) -> None:
    """
    key      created     doing       done        assignee  serves
    A-1..12  2026-01-05  2026-01-12  2026-01-30  1..6      growth
    A-13     2026-01-05  2026-02-02  -           7         -
    A-14     2026-01-05  2026-02-02  -           8         -
    A-15     2026-01-05  2026-02-02  2026-02-06  9         -
    """
    made = marked(board, ("A-13", "gone", LOST, None), ("A-15", "archived", LOST, None))
    assert rows(unlinked_work.measure(made), "by_reason") == {
        "Gone from the tracker": ["jira:A-13"],
        "No parent": ["jira:A-14", "jira:A-15"],  # finished work that was archived is not gone
    }


def rows(finding: Finding, table: str) -> dict[str, list[str]]:
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == table]
    return {str(next(iter(r.cells.values()))): sorted(r.tickets) for r in found.rows}


def test_data_quality_names_them_as_of_its_moment(board: MakeBoard) -> None:
    """
    key   created     doing       done        assignee  parent  estimate
    A-1   2026-02-02  2026-02-09  -           1         A-5     1
    A-2   2026-02-02  -           -           2         A-5     1
    A-3   2026-02-02  2026-02-03  2026-02-06  3         A-5     1
    """
    marks: list[Mark] = [("A-1", "gone", LOST, None), ("A-2", "archived", LOST, None), ("A-3", "archived", LOST, None)]
    gone, archived = (c.what for c in data_quality.CHECKS if c.id in ("gone", "archived_open"))
    found = rows(data_quality.measure(marked(board, *marks)), "checks")
    assert found[gone] == ["jira:A-1"] and found[archived] == ["jira:A-2"]
    before = rows(data_quality.measure(marked(board, *marks, as_of=drawn.at("2026-02-11"))), "checks")
    assert gone not in before and archived not in before


def test_data_quality_tells_what_the_last_pulls_missed(board: MakeBoard) -> None:
    """
    key   created     doing       done        assignee  parent  estimate
    A-1   2026-02-02  2026-02-09  2026-02-13  1         A-5     1
    """
    whole = {"complete": True, "fetched": 40, "entries": {"told": 9, "given": 9}, "problems": {}, "sweep": None}
    sweep = {
        "known": 40,
        "shown": 5,
        "missing": {"gone": 35},
        "back": 0,
        "said": "35 of 40 vanished at once.",
        "cut": "",
    }
    runs = (
        (drawn.at("2026-02-10"), {**whole, "problems": {"history_missing": 3}}),
        (drawn.at("2026-02-12"), {**whole, "entries": {"told": 9, "given": 7}, "sweep": sweep}),
        (drawn.at("2026-02-14"), {"complete": False, "fetched": 12}),
        (drawn.at("2026-02-16"), whole),
    )
    told = {
        day: missed(data_quality.measure(marked(board, as_of=drawn.at(day, 1), runs=runs)))
        for day in ("2026-02-09", "2026-02-10", "2026-02-12", "2026-02-14", "2026-02-16")
    }
    assert told == {
        "2026-02-09": None,
        "2026-02-10": "3 tickets without the change log that was asked for",
        "2026-02-12": "2 of 9 entries of change logs; 35 of 40 vanished at once.",
        "2026-02-14": "2 of 9 entries of change logs; cut, or still running, after 12 tickets; the next pull goes on; "
        "35 of 40 vanished at once.",
        "2026-02-16": "35 of 40 vanished at once.",
    }


def missed(finding: Finding) -> str | None:
    found = [d for d in finding.details if isinstance(d, Table) and d.id == "pulls"]
    return str(found[0].rows[0].cells["missed"]) if found else None
