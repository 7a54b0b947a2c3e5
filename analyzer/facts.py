"""The facts that a strategy's assumptions may ask for: shares, work in progress, finished tickets, each with its interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analyzer import allocation, focus, statistics
from analyzer.board import Board
from analyzer.effort import UNIT
from analyzer.evidence import Evidence, heaviest
from analyzer.written import Condition

Weekly = dict[int, float]

LEAST_WEEKS = 4
"""From fewer weeks the interval of a weekly rate is anyone's guess."""

UNLINKED = """
SELECT week, sum(units)::BIGINT AS units FROM share_of
WHERE basis = ? AND in_force AND kind IN ('unlinked', 'parked') GROUP BY week
"""
FINISHED = """
SELECT week, sum(units)::DOUBLE / ? AS n FROM share_of
WHERE basis = 'count' AND in_force AND (? = '' OR target = ?) GROUP BY week
"""
TICKETS = """
SELECT '' AS grp, ticket, sum(units) AS weight FROM share_of
WHERE basis = $1 AND in_force AND week IN (SELECT unnest($2))
    AND CASE $4 WHEN 'share' THEN target = $3 WHEN 'unlinked' THEN kind IN ('unlinked', 'parked') ELSE $3 = '' OR target = $3 END
GROUP BY ticket
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """A number over some weeks: ``events`` / ``size`` by week. ``p`` that the limit is crossed by chance (1 where it is not)."""

    value: float
    interval: tuple[float, float]
    p: float
    events: Weekly
    size: Weekly


def find(board: Board, asked: Condition, weeks: list[int]) -> Fact | str:
    """The fact that a condition asks for, or why it is not known."""
    return _rate(board, asked, weeks) if asked.fact in ("wip", "finished") else _share(board, asked, weeks)


def tickets(board: Board, asked: Condition, weeks: list[int]) -> Evidence:
    """The tickets behind a fact, under the empty group."""
    if asked.fact == "wip":
        teams = [t for t in focus.in_progress(board) if not asked.name or t.lower() == asked.name.lower()]
        return heaviest(board, f"SELECT '' AS grp, ticket, weight FROM ({focus.HELD})", weeks, teams)
    basis = "count" if asked.fact == "finished" else board.options.basis
    return heaviest(board, TICKETS, basis, weeks, asked.name, asked.fact)


def _share(board: Board, asked: Condition, weeks: list[int]) -> Fact | str:
    basis = board.options.basis
    frame = allocation.weekly(board, basis)
    size = {int(w): float(u) for w, u in frame.groupby("week")["units"].sum().items()}  # type: ignore[call-overload]
    if asked.fact == "share":
        mine = frame[frame["target"] == asked.name]
        events = {int(w): float(u) for w, u in mine.groupby("week")["units"].sum().items()}  # type: ignore[call-overload]
    else:
        events = {r.week: float(r.units) for r in board.rows(UNLINKED, basis)}
    n = allocation.sample(board, basis, weeks).effective
    if n < statistics.LEAST:
        return f"the weeks hold as much as {n:.0f} independent tickets; shares are judged from {statistics.LEAST:.0f}"
    value = sum(events.get(w, 0.0) for w in weeks) / sum(size.get(w, 0.0) for w in weeks)
    low, high = (0.0, asked.limit) if asked.operator.startswith("<") else (asked.limit, 1.0)
    return Fact(value, statistics.wilson(value, n), statistics.outside(value, low, high, n), events, size)


def _rate(board: Board, asked: Condition, weeks: list[int]) -> Fact | str:
    if asked.fact == "wip":
        held = focus.in_progress(board)
        chosen = [v for t, v in held.items() if not asked.name or t.lower() == asked.name.lower()]
        if not chosen:
            return f"no team is shown as {asked.name}: nobody worked in it, it is too small, or it has another name"
        events, size = (_sum(v[n] for v in chosen) for n in (0, 1))
    else:
        events = {r.week: float(r.n) for r in board.rows(FINISHED, UNIT, asked.name, asked.name)}
        size = dict.fromkeys(range(board.history_week, board.last_week + 1), 1.0)
    inside = [w for w in weeks if size.get(w, 0.0) > 0]
    if len(inside) < LEAST_WEEKS:
        return f"it needs {LEAST_WEEKS} weeks, and there are {len(inside)}"
    e, x = (np.asarray([side.get(w, 0.0) for w in inside]) for side in (events, size))
    value, free = float(e.sum() / x.sum()), len(inside) - 1
    floor = float(e.sum()) if asked.fact == "finished" else 0.0
    spread = max(float(((e - value * x) ** 2).sum()) * len(inside) / free, floor)
    deviation = max(float(np.sqrt(spread)) / float(x.sum()), 1e-9)
    half = float(stats.t.ppf(0.975, free)) * deviation
    p = 1.0 if asked.holds(value) else float(2 * stats.t.sf(abs(value - asked.limit) / deviation, free))
    return Fact(value, (max(0.0, value - half), value + half), p, events, size)


def _sum(sides: Iterable[Weekly]) -> Weekly:
    whole: Weekly = {}
    for side in sides:
        for week, number in side.items():
            whole[week] = whole.get(week, 0.0) + number
    return whole
