"""A report says what is not as the last one said it, and what to decide first; nothing it did not know at its moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from analyzer.board import Board, Options
from analyzer.changed import change, changes
from analyzer.deciding import decisions
from analyzer.measures import priority_drift, unlinked_work
from analyzer.result import Change, Finding, Meta, Move, Result
from analyzer.score import score
from tests.analyzer import drawn
from tests.analyzer.test_restated import frozen
from tests.conftest import MakeBoard

PLAN = """
strategy: First half
unlinked_allowance: 10%
priorities:
  - {id: growth, name: Growth, share: 60-80%, match: [{label: growth}]}
  - {id: bugs, name: Bugs, kind: upkeep, share: 10-40%, match: [{label: bugs}]}
"""
FEW = (priority_drift, unlinked_work)
"""What is asked here is the same of every measure."""

TODAY = drawn.AS_OF + timedelta(weeks=1)


def said(
    ident: str, verdict: str, value: float | None = None, unit: str = "share", interval: Any = None
) -> dict[str, Any]:
    meta = {"id": ident, "title": ident.replace("_", " ").capitalize()}
    return {"meta": meta, "verdict": verdict, "value": value, "unit": unit, "interval": interval, "reason": ""}


def found(ident: str, verdict: str, value: float | None = None, move: str = "") -> Finding:
    meta = Meta(id=ident, title=ident, question="?", how=".", limits=".")
    return Finding(
        meta=meta, verdict=verdict, sentence=f"{ident}.", value=value, move=Move(sentence=move) if move else None,  # type: ignore[arg-type]
    )  # fmt: skip


def sentence(was: dict[str, Any] | None, now: dict[str, Any] | None) -> str:
    told = change(was, now)
    return told.sentence if told else ""


def test_a_verdict_that_changed_is_said_with_both_numbers() -> None:
    was, now = said("scope_creep", "noise", 0.124), said("scope_creep", "signal", 0.312)
    assert sentence(was, now) == "Scope creep: was no signal, is a signal now (12\u00a0% → 31\u00a0%)."
    assert sentence(now, was) == "Scope creep: was a signal, is no signal now (31\u00a0% → 12\u00a0%)."
    silent = said("scope_creep", "not_judged") | {"reason": "There is no sprint."}
    assert sentence(now, silent) == "Scope creep: was a signal, is not judged now. There is no sprint."


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (said("m", "signal", 0.2, interval=(0.15, 0.27)), said("m", "signal", 0.26), ""),  # no more than chance gives
        (said("m", "signal", 0.2, interval=(0.15, 0.27)), said("m", "signal", 0.28),
         "M: 20\u00a0% → 28\u00a0%, outside the 95\u00a0% interval of then (15\u00a0% to 27\u00a0%); still a signal."),
        (said("m", "watch", 0.2), said("m", "watch", 0.249), ""),
        (said("m", "watch", 0.2), said("m", "watch", 0.25),
         "M: 20\u00a0% → 25\u00a0%, more than five points; still worth watching."),
        (said("m", "signal", 1, "tickets"), said("m", "signal", 2, "tickets"), ""),  # one more ticket is no news
        (said("m", "signal", 12, "tickets"), said("m", "signal", 15, "tickets"),
         "M: 12 tickets → 15 tickets, more than a quarter; still a signal."),
        (said("m", "signal", 0.2), said("m", "signal", 3, "count"), ""),  # other units cannot be compared
        (said("m", "not_judged", 0.2), said("m", "not_judged", 0.9), ""),
        (None, said("m", "noise"), ""),
        (None, said("m", "signal", 0.3), "M: a signal, and not in the report before."),
        (said("m", "watch"), None, "M: worth watching, and no longer in the report."),
    ],
)  # fmt: skip
def test_what_moved_is_told_by_a_rule_that_is_said(was: Any, now: Any, expected: str) -> None:
    assert sentence(was, now) == expected


def test_what_became_a_signal_comes_first() -> None:
    was = {
        "findings": [
            said("a", "signal"),
            said("b", "watch", 0.1),
            said("c", "noise"),
            said("d", "signal", 0.1),
            said("e", "noise"),
        ]
    }
    now = {
        "findings": [
            said("a", "noise"),
            said("b", "watch", 0.3),
            said("c", "watch"),
            said("d", "signal", 0.1),
            said("e", "signal"),
        ]
    }
    assert [c.measure for c in changes(was, now)] == ["e", "c", "a", "b"]


def test_at_most_five_signals_first_and_where_most_effort_is_at_stake() -> None:
    given = [
        found("scope_creep", "signal", 0.9), found("not_now_work", "watch"), found("priority_drift", "signal", 0.1, "Move 9."),
        found("unlinked_work", "signal", 0.3), found("data_quality", "watch", 1), found("friction", "noise"),
        found("vague_done", "signal"), found("team_divergence", "watch", 0.2), found("missed_rhythm", "watch"),
    ]  # fmt: skip
    told = decisions(given)
    assert [d.measure for d in told] == [
        "unlinked_work",
        "priority_drift",
        "scope_creep",
        "vague_done",
        "team_divergence",
    ]
    assert [d.move for d in told] == ["", "Move 9.", "", "", ""]
    assert decisions([found("data_quality", "signal", 1)]) == []


def test_a_report_is_held_against_the_last_one_of_an_earlier_window(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  serves
    A-1..14   2026-01-05  2026-01-12  2026-01-16  1..14     growth
    A-15..20  2026-01-05  2026-01-12  2026-01-16  15..20    bugs
    A-21..60  2026-01-05  2026-03-02  2026-03-06  1..40     bugs
    """
    made = board(PLAN)
    first = report(made, drawn.AS_OF)
    assert (first.previous, first.changed, first.findings[0].verdict) == (None, [], "noise")
    con = frozen(made, first, drawn.AS_OF + timedelta(hours=1))
    later = score(con, made.strategies, Options(), TODAY, measures=FEW)
    assert later.previous == first.as_of
    assert later.changed[0] == Change(
        measure="priority_drift", title="Priority drift", was="noise", now="signal", was_value=0.0,
        now_value=later.findings[0].value, unit="share", sentence=later.changed[0].sentence,
    )  # fmt: skip
    assert later.changed[0].sentence.startswith("Priority drift: was no signal, is a signal now (0\u00a0% → ")
    assert later.decide[0].measure == "priority_drift" and later.decide[0].move
    assert set(later.decide[0].tickets) <= set(later.tickets)
    # the same store and moment, once more; and the earlier moment as it was frozen
    assert score(con, made.strategies, Options(), TODAY, measures=FEW).model_dump_json() == later.model_dump_json()
    assert (
        score(con, made.strategies, Options(), drawn.AS_OF, measures=FEW).model_dump_json() == first.model_dump_json()
    )
    # an hour later, of the same window, nothing is new; another organisation's or another way of counting is no earlier report
    assert score(con, made.strategies, Options(), TODAY + timedelta(hours=1), measures=FEW).previous == first.as_of
    assert score(con, made.strategies, Options(), TODAY, "Another", measures=FEW).previous is None
    assert score(con, made.strategies, Options(basis="count"), TODAY, measures=FEW).previous is None
    con.close()


def test_the_trap_a_report_made_later_was_not_known_then(board: MakeBoard) -> None:
    """
    key       created     doing       done        assignee  serves
    A-1..40   2026-01-05  2026-01-12  2026-01-16  1..40     growth
    """
    made = board(PLAN)
    con = frozen(made, report(made, drawn.AS_OF), TODAY + timedelta(days=30))
    assert score(con, made.strategies, Options(), TODAY, measures=FEW).previous is None
    con.close()


def report(board: Board, as_of: datetime) -> Result:
    return score(board.con, board.strategies, board.options, as_of, measures=FEW)
