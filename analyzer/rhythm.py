"""The operating rhythm as it was known at a moment: focus, reviews and words of owners, week by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analyzer.board import Board
from analyzer.calendar import week_name, week_number, week_of_day

EVERY = {"week": 1, "two weeks": 2, "month": 4, "quarter": 13}
"""Weeks between two reviews; a month is four, so that a review is never asked for early."""


@dataclass(frozen=True, slots=True)
class Word:
    """One row of ``decisions`` that is no link."""

    moment: datetime
    kind: str
    target: str
    choice: str
    reason: str
    until: datetime | None


def words(board: Board, kind: str) -> list[Word]:
    """What people had said by the board's moment, oldest first."""
    rows = board.rows(
        "SELECT d.moment, d.kind, d.target, coalesce(d.choice, '') AS choice, coalesce(d.reason, '') AS reason, d.until "
        "FROM decisions d CROSS JOIN moment m WHERE d.moment <= m.as_of AND d.kind = ? ORDER BY d.no",
        kind,
    )
    return [Word(*r) for r in rows]


def focus(board: Board, week: int) -> tuple[str, ...]:
    """Ids of the priorities that the strategy of a week says it is about."""
    regime = board.regimes.get(week)
    stated = regime.strategy.weeks.get(week_name(week)) if regime else None
    return stated.focus if stated else ()


def reviewed(board: Board) -> set[int]:
    """Weeks whose review is recorded as held."""
    found = set()
    for word in words(board, "review"):
        try:
            found.add(week_number(word.target))
        except ValueError:
            continue
    return found


@dataclass(frozen=True, slots=True)
class Period:
    """A run of weeks in which the strategy wants one review."""

    first: int
    last: int
    held: bool


def periods(board: Board, weeks: range) -> list[Period]:
    """The complete review periods that end in ``weeks``, oldest first; those of a strategy without a rhythm are left out."""
    held, found = reviewed(board), []
    for week in weeks:
        regime = board.regimes.get(week)
        if regime is None or regime.strategy.review is None:
            continue
        length = EVERY[regime.strategy.review.every]
        begins = week - length + 1
        if (week + 1) % length == 0 and all(board.regimes.get(w) is not None for w in range(begins, week + 1)):
            found.append(Period(begins, week, any(begins <= w <= week for w in held)))
    return found


def owners_spoke(board: Board) -> dict[str, int]:
    """The last week in which an owner spoke, by priority: a note, or an update on something linked to it in the tracker."""
    calendar, spoke = board.options.calendar, dict[str, int]()
    for word in words(board, "note"):
        week = week_of_day(calendar.local_day(word.moment))
        spoke[word.target] = max(week, spoke.get(word.target, week))
    if board.current is not None and board.one("SELECT count(*) FROM updates"):
        for r in board.rows(UPDATED, board.current.no):
            week = week_of_day(calendar.local_day(r.moment))
            spoke[r.target] = max(week, spoke.get(r.target, week))
    return spoke


UPDATED = """
WITH inside AS (
    SELECT ticket, value AS container FROM span_then WHERE until IS NULL AND field IN ('project', 'milestone')
), about AS (
    SELECT DISTINCT i.container, l.target FROM inside i JOIN link l ON l.ticket = i.ticket AND l.regime = ?
    WHERE l.kind = 'priority'
), wide AS (
    SELECT container, target FROM about UNION SELECT u.whole, a.target FROM about a JOIN part_of u ON u.part = a.container
)
SELECT w.target, max(x.moment) AS moment FROM updates x JOIN wide w ON w.container = x.container CROSS JOIN moment m
WHERE x.moment <= m.as_of GROUP BY w.target
"""
