"""A suggestion links alone only where people's decisions have earned it, after everything else, and can be taken back."""

from __future__ import annotations

import json
from datetime import datetime

import pandas as pd
import pytest

from analyzer import earned
from analyzer.board import Board
from analyzer.decisions import Word, decide, undo
from analyzer.linking import gathering
from analyzer.mapping import WHOLE
from analyzer.store import Connection
from tests.analyzer import drawn
from tests.conftest import MakeBoard

STRATEGY = """
strategy: Year
priorities:
  - {id: growth, name: Growth, share: 50%, match: [{label: growth}]}
  - {id: trust, name: Trust, share: 50%, match: [{label: trust}]}
"""
COMPANY = """
key     created     type  label   parent  doing       done
A-1..8  2026-01-05  Task  -       -       2026-01-12  2026-01-14
A-9     2026-01-05  Task  growth  -       2026-01-12  2026-01-14
A-10    2026-01-05  Task  -       A-9     2026-01-12  2026-01-14
"""
EARLIER, LATER = drawn.at("2026-02-02", 9), drawn.at("2026-02-03", 9)


def tried(con: Connection, right: int, wrong: int, confidence: float = 0.97) -> None:
    """So many decisions of people on suggestions; each on a ticket of its own, as the ledger keeps them."""
    offered = json.dumps({"places": [{"target": "trust", "confidence": confidence, "band": "one-click"}], "model": "m"})
    for n in range(right + wrong):
        con.execute(
            "INSERT INTO decisions (moment, author, target, priority, weight, kind, act, offered) VALUES (?, 'a', ?, ?, ?, 'link', "
            "nextval('act_no'), ?)",
            [EARLIER.replace(tzinfo=None), f"x:{n}", "trust" if n < right else "growth", WHOLE, offered],
        )


@pytest.mark.parametrize(
    ("right", "wrong", "confidence", "said"),
    [(99, 0, 0.97, False), (96, 4, 0.97, True), (95, 5, 0.97, False), (200, 0, 0.94, False)],
)
def test_it_takes_a_hundred_decisions_and_ninety_percent_at_the_lower_end(
    board: MakeBoard, right: int, wrong: int, confidence: float, said: bool
) -> None:
    """Wilson 1927: 96 of 100 gives 90.2 % at least, 95 of 100 gives 88.8 %; less sure suggestions count for nothing."""
    made = board(STRATEGY, text=COMPANY, prepare=lambda con: tried(con, right, wrong, confidence))
    assert earned.earned(made.con)[0] is said


def rows(*keys: str, confidence: float = 0.96, target: str = "trust") -> pd.DataFrame:
    return pd.DataFrame({"ticket": [f"jira:{k}" for k in keys], "place": 1, "target": target, "confidence": confidence})


def via(made: Board) -> dict[str, tuple[str, str]]:
    return {
        r.key: (r.target, r.via)
        for r in made.rows("SELECT t.key, l.target, l.via FROM link l JOIN ticket_then t ON t.no = l.ticket")
    }


def test_it_links_last_of_all_and_confirms_nothing(board: MakeBoard) -> None:
    """The trap: what the program linked alone would teach it that it was right."""

    def prepare(con: Connection) -> None:
        found = pd.concat(
            [rows("A-1", "A-2", "A-3", "A-9", "A-10"), rows("A-4", confidence=0.94), rows("A-5", target="")]
        )
        assert earned.link(con, found, EARLIER) == 5
        decide(con, [Word("jira:A-2", (("growth", WHOLE),))], "a", LATER, None, {"growth", "trust"})
        decide(con, [Word("jira:A-3", rejects="trust")], "a", LATER, None, {"growth", "trust"})

    made = board(STRATEGY, text=COMPANY, prepare=prepare)
    assert via(made) == {
        "A-1": ("trust", "suggestion"), "A-2": ("growth", "decision"), "A-9": ("growth", "rule"), "A-10": ("growth", "ancestor"),
    }  # fmt: skip
    assert made.current is not None
    made.con.execute(gathering.CONFIRMED, [made.current.no])
    assert made.one("SELECT count(*) FROM confirmed WHERE target = 'trust'") == 0
    (shown,) = earned.tables(made)
    assert [(r.cells["priority"], r.cells["tickets"]) for r in shown.rows] == [("Trust", 1)]


@pytest.mark.parametrize("as_of", [drawn.AS_OF, EARLIER])
def test_it_is_taken_back_whole_and_an_earlier_moment_still_has_it(board: MakeBoard, as_of: datetime) -> None:
    def prepare(con: Connection) -> None:
        earned.link(con, rows("A-1", "A-2"), EARLIER)
        assert (earned.take_back(con, LATER), earned.take_back(con, LATER)) == (1, 0)

    linked = via(board(STRATEGY, text=COMPANY, as_of=as_of, prepare=prepare))
    assert ("A-1" in linked) is (as_of == EARLIER)


def test_a_person_undoes_it_like_any_act(board: MakeBoard) -> None:
    def prepare(con: Connection) -> None:
        earned.link(con, rows("A-1"), EARLIER)
        undo(con, 1, "a", LATER)

    made = board(STRATEGY, text=COMPANY, prepare=prepare)
    assert "A-1" not in via(made) and earned.tables(made) == []
