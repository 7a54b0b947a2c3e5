"""Which items to decide about, for a deliverable to be back at what was agreed, or at what is usual here."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analyzer.agreed import Agreed
from analyzer.board import Board
from analyzer.evidence import lines
from analyzer.judging import counted, percent
from analyzer.moving import NEWEST, joined, move, until
from analyzer.moving_rates import surplus
from analyzer.result import Move

ITEMS = """
SELECT l.target AS grp, l.ticket, CASE WHEN $3 = 'items' THEN 1 ELSE coalesce(t.estimate, 0) END AS weight
FROM link l JOIN ticket_then t ON t.no = l.ticket LEFT JOIN agreed_growth a ON a.container = l.target AND a.ticket = l.ticket
WHERE l.regime = $1 AND l.target = $2 AND t.level = 0 AND t.phase IS DISTINCT FROM 'cancelled' AND a.agreed_by IS NULL
"""
TAKEN_ON = """
SELECT DISTINCT e.container AS grp, e.ticket, 1 AS weight FROM scope_event e
LEFT JOIN agreed_growth a ON a.container = e.container AND a.ticket = e.ticket
WHERE e.event IN ('added', 'pulled_in') AND e.container = $1 AND a.agreed_by IS NULL
"""


def back(board: Board, breaches: Sequence[Agreed], past: pd.DataFrame, loud: pd.DataFrame) -> Move | None:
    """At most three: agreed ranges that are broken first, then running deliverables that grew more than is usual."""
    moves: list[Move | None] = [_to_agreed(board, a) for a in breaches[:3]]
    others = loud[~loud["name"].isin([a.name for a in breaches])]
    moves += [_to_usual(board, r, past) for r in lines(others.head(3 - len(moves)))]
    return joined(board, moves)


def _to_agreed(board: Board, agreed: Agreed) -> Move:
    assert board.current is not None
    over = agreed.now - agreed.later - agreed.high
    (taken,) = until(
        board, ITEMS, {agreed.target: over}, board.current.no, agreed.target, agreed.unit, first=NEWEST
    ).values()
    later = f" without the {agreed.later:g} agreed on top" if agreed.later else ""
    them = "it" if taken.number == 1 else "them"
    said = (
        f"Agree to {counted(taken.number, 'item')} of {agreed.name}, or take {them} out, the newest open first: "
        f"{agreed.now - agreed.later:g} {agreed.unit}{later} are {over:g} more than {agreed.high:g}."
    )
    return move(board, said, [taken])


def _to_usual(board: Board, running: object, past: pd.DataFrame) -> Move | None:
    kind, planned, grown = (getattr(running, field) for field in ("kind", "planned", "grown"))
    name, container = (str(getattr(running, field)) for field in ("name", "container"))
    same = past[(past["kind"] == kind) & (past["planned"] > 0)]
    rate = float(same["grown"].sum()) / float(same["planned"].sum()) if len(same) else 0.0
    need = surplus(grown, rate * planned)
    if not need:
        return None
    found = until(board, TAKEN_ON, {container: float(need)}, container, first=NEWEST)
    these = f"{f'{need} of ' if need < grown else ''}the {counted(grown, 'ticket')} that {name} took on"
    said = (
        f"Agree to {these}, or take them out, the newest open first: {percent(rate)} of {planned} planned, so "
        f"{rate * planned:.1f}, is usual for a {kind} here."
    )
    return move(board, said, found.values())
