"""The program publishes how often people took its suggestions as offered, and for how many tickets one is waiting."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from analyzer import accepted
from analyzer.board import Board
from analyzer.decisions import Word, decide, undo
from analyzer.mapping import WHOLE
from analyzer.store import Connection
from tests.analyzer import drawn
from tests.conftest import MakeBoard

PLAN = "strategy: s\npriorities: [{id: growth, name: Growth}, {id: trust}]"
COMPANY = "key      created     type\nA-1..20  2026-01-05  Task\nE-1      2026-01-05  Epic"
KNOWN = {"growth", "trust"}


def offered(*targets: str) -> str:
    return json.dumps(
        {"places": [{"target": t, "confidence": 0.5, "band": "one-click"} for t in targets], "model": "m"}
    )


def say(
    con: Connection, key: int, shown: str | None, *served: str | None, rejects: str = "", day: str = "2026-02-02"
) -> int:
    parts = tuple((s, WHOLE // len(served)) for s in served)
    return decide(con, [Word(f"jira:A-{key}", parts, rejects, offered=shown)], "x", drawn.at(day, 12), None, KNOWN)


def ten(con: Connection) -> None:
    """Of ten suggestions: growth 5, of which 3 were taken; trust 3, of which 2; nothing 2, of which 1."""
    for key, served in enumerate(["growth", "growth", "growth", "trust", None], start=1):
        say(con, key, offered("growth", "trust"), served)
    say(con, 6, offered("trust"), "trust")
    say(con, 7, offered("trust"), "trust")
    say(con, 8, offered("trust"), "growth", "trust")  # a split is not as offered
    say(con, 9, offered("", "growth"), None)
    say(con, 10, offered("", "growth"), "growth")


def told(board: Board) -> dict[str, tuple[object, ...]]:
    return {
        str(r.cells["priority"]): tuple(r.cells[c] for c in ("decided", "taken", "waiting", "coverage"))
        for made in accepted.tables(board)
        for r in made.rows
    }


def test_precision_is_what_was_taken_of_what_was_decided_on(board: MakeBoard) -> None:
    made = board(PLAN, text=COMPANY, prepare=ten)
    assert told(made) == {
        "All": (10, 6, None, None), "Growth": (5, 3, None, None), "trust": (3, 2, None, None),
        "Nothing (no priority)": (2, 1, None, None),
    }  # fmt: skip
    whole, growth, *_ = accepted.tables(made)[0].rows
    assert whole.cells["precision"] == 0.6
    assert (round(float(str(whole.cells["low"])), 3), round(float(str(whole.cells["high"])), 3)) == (
        0.313,
        0.832,
    )  # Wilson, 6 of 10
    assert growth.tickets[:2] == ["jira:A-5", "jira:A-4"]  # those that were not taken come first


@pytest.mark.parametrize("as_of", [drawn.AS_OF, drawn.at("2026-02-20")])
def test_coverage_is_of_the_tickets_that_nothing_links(board: MakeBoard, as_of: datetime) -> None:
    def prepare(con: Connection) -> None:
        ten(con)
        con.executemany(
            "INSERT INTO suggestions (ticket, place, target, confidence, scored) VALUES (?, ?, ?, ?, TIMESTAMP '2026-02-21')",
            [("jira:A-1", 1, "trust", 0.75), ("jira:A-11", 1, "growth", 0.5), ("jira:A-12", 1, "growth", 0.49),
             ("jira:A-13", 1, "", 0.9), ("jira:A-13", 2, "growth", 0.6),
             ("jira:A-14", 1, "trust", 0.9), ("jira:E-1", 1, "trust", 0.9)],
        )  # fmt: skip

    found = told(board(PLAN, text=COMPANY, prepare=prepare, as_of=as_of))
    if as_of == drawn.AS_OF:  # of ten unlinked tickets one waits for each
        assert (found["All"][2:], found["Growth"][2:], found["trust"][2:]) == ((2, 0.2), (1, None), (1, None))
    else:
        assert found["All"][2:] == (None, None)  # it was not scored yet


def test_what_was_taken_back_or_said_unasked_does_not_count(board: MakeBoard) -> None:
    def prepare(con: Connection) -> None:
        say(con, 1, None, "growth")
        act = say(con, 2, offered("growth"), "growth")
        undo(con, act, "x", drawn.at("2026-02-10"))

    assert told(board(PLAN, text=COMPANY, prepare=prepare)) == {}
    assert told(board(PLAN, text=COMPANY, prepare=prepare, as_of=drawn.at("2026-02-09")))["All"] == (1, 1, None, None)
    assert told(board(PLAN, text=COMPANY)) == {}


def test_a_suggestion_is_judged_once_by_the_last_word_and_a_rejection_is_a_word(board: MakeBoard) -> None:
    def prepare(con: Connection) -> None:
        say(con, 1, offered("growth", "trust"), "growth")
        say(con, 1, offered("growth", "trust"), "trust", day="2026-02-03")
        say(con, 2, offered("growth", "trust"), rejects="growth")
        say(con, 2, offered("trust"), "trust", day="2026-02-03")
        say(con, 3, offered("growth", "trust"), rejects="trust")  # says nothing of growth
        con.execute("UPDATE decisions SET offered = 'not json' WHERE target = 'jira:A-9'")

    assert told(board(PLAN, text=COMPANY, prepare=prepare)) == {
        "All": (3, 1, None, None), "Growth": (2, 0, None, None), "trust": (1, 1, None, None),
    }  # fmt: skip
