"""Scope and finished work of a deliverable over time, as curves to draw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd

from analyzer.agreed import Agreed
from analyzer.board import Board
from analyzer.calendar import day_of, monday, week_name, week_of_day
from analyzer.evidence import GROWN, heaviest, lines
from analyzer.result import BurnUp, Number, Shape

MOST = 6

MEMBERS = """
SELECT m.ticket, m.since, coalesce(m.until, TIMESTAMP '9999-01-01') AS until, f.since AS done FROM member m
LEFT JOIN (SELECT ticket, max(since) AS since FROM finished GROUP BY ticket) f ON f.ticket = m.ticket
WHERE m.container = ?
"""
LINKED = """
SELECT t.no AS ticket, t.created AS since, coalesce(c.since, TIMESTAMP '9999-01-01') AS until, f.since AS done
FROM link l JOIN ticket_then t ON t.no = l.ticket
LEFT JOIN (SELECT ticket, max(since) AS since FROM finished GROUP BY ticket) f ON f.ticket = t.no
LEFT JOIN (SELECT ticket, max(since) AS since FROM span_then WHERE field = 'phase' AND value = 'cancelled' AND until IS NULL
    GROUP BY ticket) c ON c.ticket = t.no
WHERE l.regime = ? AND l.target = ? AND t.level = 0
"""


def shapes(board: Board, agreed: Sequence[Agreed], unusual: pd.DataFrame) -> list[Shape]:
    """One curve an agreed number of items, then the deliverables that grew unusually, most growth first."""
    drawn: list[Shape] = [_of_agreed(board, a) for a in agreed if a.unit == "items" and board.current]
    wanted = unusual.head(MOST)
    tickets = heaviest(board, f"{GROWN} AND container IN (SELECT unnest(?))", list(wanted["container"]))
    return drawn + [_of_deliverable(board, d, *tickets.get(str(d.container), ([], 0))) for d in lines(wanted)]


def _of_deliverable(board: Board, d: Any, tickets: list[str], more: int) -> BurnUp:
    first, last = (board.options.calendar.local_day(m.to_pydatetime()) for m in (d.started, d.ended))
    step = 1 if d.kind in ("sprint", "cycle") else 7
    x, scope, done = _curve(board, board.frame(MEMBERS, d.container), first, last, step)
    return BurnUp(
        id=f"burn_up:{d.container}", title=d.name, unit="tickets", x=x, scope=scope, done=done, planned=d.planned,
        tickets=tickets, more=more,
    )  # fmt: skip


def _of_agreed(board: Board, agreed: Agreed) -> BurnUp:
    assert board.current is not None
    frame = board.frame(LINKED, board.current.no, agreed.target)
    first = monday(board.last_week - 51)
    if len(frame):
        first = max(first, board.options.calendar.local_day(frame["since"].min().to_pydatetime()))
    x, scope, done = _curve(board, frame, first, board.today, 7)
    return BurnUp(
        id=f"burn_up:{agreed.target}", title=f"{agreed.name} against the agreed range", unit="tickets", x=x, scope=scope,
        done=done, low=agreed.low, high=agreed.high, tickets=list(agreed.tickets), more=agreed.more,
        note="The tickets it holds today, by the day they were made.",
    )  # fmt: skip


def _curve(
    board: Board, frame: pd.DataFrame, first: int, last: int, step: int
) -> tuple[list[str], list[Number], list[Number]]:
    """Items inside and items finished at the end of each day or week; the last point is the end, or the report's moment."""
    calendar = board.options.calendar
    days = [*range(first, last, step), last]
    names = [day_of(d).isoformat() if step == 1 else week_name(week_of_day(d)) for d in days]
    scope: dict[str, Number] = {}
    done: dict[str, Number] = {}
    for name, day in zip(names, days, strict=True):
        end = min(calendar.midnight(day + 1), board.as_of) - timedelta(microseconds=1)
        inside = frame[(frame["since"] <= end) & (frame["until"] > end)]
        scope[name] = int(inside["ticket"].nunique())
        done[name] = int(inside[inside["done"] <= end]["ticket"].nunique())
    return list(scope), list(scope.values()), list(done.values())
