"""Decisions that something contradicts are listed, without saying whose they are, and change no verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analyzer import contradictions
from analyzer.board import Board
from analyzer.decisions import Reach, Word, decide, undo
from analyzer.mapping import WHOLE
from analyzer.measures.interpretation_points import measure
from analyzer.result import Table
from analyzer.store import Connection
from tests.analyzer import drawn
from tests.conftest import MakeBoard

PLAN = """
strategy: s
priorities:
  - {id: growth, name: Growth, match: [{label: growth}]}
  - {id: trust, name: Trust, match: [{label: trust}]}
"""
KNOWN = {"growth", "trust"}
Said = tuple[str, str, str]
"""Day, key (``A-1+`` with all below it, ``A-1!`` for a rejection) and priorities joined by ``|``; ``x`` takes the last act back."""


def say(*words: Said, by: Sequence[str] = ()) -> Callable[[Connection], None]:
    def prepare(con: Connection) -> None:
        act = 0
        for n, (day, key, served) in enumerate(words):
            who = by[n] if by else "Ada"
            if key == "x":
                act = undo(con, act, who, drawn.at(day, 12))
                continue
            reach: Reach = "below" if key.endswith("+") else "ticket"
            parts = [s or None for s in served.split("|")]
            word = Word(f"jira:{key.rstrip('+!')}", tuple((s, WHOLE // len(parts)) for s in parts), reach=reach)
            if key.endswith("!"):
                word = Word(word.target, rejects=served)
            act = decide(con, [word], who, drawn.at(day, 12), None, KNOWN)

    return prepare


def found(board: Board) -> list[tuple[str, str, str, str]]:
    return [(r.key, r.kind, r.said, r.other) for r in contradictions.found(board, 50)]


TREE = """
key     created     type  parent  labels
E-1     2026-01-05  Epic  -       -
E-2     2026-01-05  Epic  E-1     -
A-1     2026-01-05  Task  E-2     growth
A-2     2026-01-05  Task  E-2     -
A-3     2026-01-05  Task  E-2     trust
"""


def test_a_decision_against_a_rule_is_found_also_when_it_comes_from_above(board: MakeBoard) -> None:
    day = "2026-02-02"
    assert found(
        board(PLAN, text=TREE, prepare=say((day, "A-1", "trust"), (day, "A-3", "trust"), (day, "A-2", "trust")))
    ) == [("A-1", "rule", "trust", "growth")]
    assert found(board(PLAN, text=TREE, prepare=say((day, "E-1+", "trust")))) == [("A-1", "rule", "trust", "growth")]
    assert found(board(PLAN, text=TREE, prepare=say((day, "A-1", "")))) == [("A-1", "rule", "", "growth")]
    assert found(board(PLAN, text=TREE, prepare=say((day, "A-1", "growth|trust")))) == []  # the rule's is among them
    assert (
        found(board(PLAN, text=TREE, prepare=say((day, "E-1", "trust")))) == []
    )  # rules go first: nothing is overruled
    assert found(board(PLAN, text=TREE, prepare=say((day, "A-1", "trust"), (day, "x", "")))) == []
    assert found(board(PLAN, text=TREE, prepare=say((day, "A-1", "trust")), as_of=drawn.at("2026-02-01"))) == []


def test_a_decision_against_that_of_an_epic_above_is_found(board: MakeBoard) -> None:
    words = ("2026-02-02", "E-1+", "growth"), ("2026-02-03", "A-2", "trust")
    assert found(board(PLAN, text=TREE, prepare=say(*words)))[-1] == ("A-2", "above", "trust", "growth")
    nearer = (*words, ("2026-02-04", "E-2+", "trust"))
    assert ("A-2", "above", "trust", "growth") not in found(board(PLAN, text=TREE, prepare=say(*nearer)))
    assert ("E-2", "above", "trust", "growth") in found(board(PLAN, text=TREE, prepare=say(*nearer)))


def test_two_people_who_differ_within_a_week_are_shown_and_one_who_thinks_again_is_not(board: MakeBoard) -> None:
    words = ("2026-02-02", "A-2", "growth"), ("2026-02-05", "A-2", "trust")
    two = found(board(PLAN, text=TREE, prepare=say(*words, by=("Ada", "Bob"))))
    assert two == [("A-2", "people", "trust", "growth")]
    assert found(board(PLAN, text=TREE, prepare=say(*words))) == []
    later = words[0], ("2026-02-12", "A-2", "trust")
    assert found(board(PLAN, text=TREE, prepare=say(*later, by=("Ada", "Bob")))) == []
    same = words[0], ("2026-02-05", "A-2", "growth")
    assert found(board(PLAN, text=TREE, prepare=say(*same, by=("Ada", "Bob")))) == []


def test_what_was_rejected_and_is_linked_nevertheless_is_found(board: MakeBoard) -> None:
    words = ("2026-02-02", "A-1!", "growth"), ("2026-02-02", "A-2!", "growth")
    assert found(board(PLAN, text=TREE, prepare=say(*words))) == [("A-1", "rejected", "growth", "growth")]


def test_circles_end(board: MakeBoard) -> None:
    """
    key  created     parent
    A-1  2026-01-05  A-2
    A-2  2026-01-05  A-1
    """
    made = board(PLAN, prepare=say(("2026-02-02", "A-1+", "growth"), ("2026-02-02", "A-2", "trust")))
    assert found(made) == [("A-2", "above", "trust", "growth")]


def test_the_measure_shows_them_and_its_verdict_stays(board: MakeBoard) -> None:
    """
    key     created     doing       done        assignee  labels
    A-1..3  2026-01-05  2026-01-12  2026-01-16  1..3      growth
    A-4     2026-01-05  2026-01-12  2026-01-16  4         trust
    """
    words = [("2026-02-02", f"A-{n}", "trust") for n in (1, 2)]
    finding = measure(board(PLAN, prepare=say(*words, ("2026-02-03", "A-2", "trust"), by=("Ada", "Ada", "Bob"))))
    assert (finding.verdict, finding.value) == ("noise", 0.0)
    (made,) = [d for d in finding.details if isinstance(d, Table) and d.id == "contradictions"]
    assert [(r.cells, r.tickets) for r in made.rows] == [
        ({"what": "Decided Trust, a rule says Growth", "tickets": 2}, ["jira:A-2", "jira:A-1"])
    ]
    assert "Ada" not in finding.model_dump_json() and "Bob" not in finding.model_dump_json()
    assert not [d for d in measure(board(PLAN)).details if d.id == "contradictions"]
