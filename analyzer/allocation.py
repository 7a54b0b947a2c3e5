"""Shares of effort over the judged weeks, with the ranges that the strategy of each week intended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analyzer import statistics
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.effort import UNIT
from analyzer.regimes import Regime

MILLI = UNIT // 1000

BY_WEEK = """
SELECT week, target, kind, sum(units)::BIGINT AS units, count(DISTINCT ticket) AS tickets FROM share_of
WHERE basis = $1 AND in_force GROUP BY week, target, kind ORDER BY week, target, kind
"""

WEIGHTS = f"""
WITH one AS (
    SELECT ticket, sum(units) // {MILLI} AS w FROM effort WHERE basis = $1 AND week IN (SELECT unnest($2)) GROUP BY ticket
) SELECT coalesce(sum(w), 0)::DOUBLE AS total, coalesce(sum(w * w), 0)::DOUBLE AS squares, count(*) AS tickets FROM one
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """How much the judged weeks say: tickets, their effective number, and the correlation it was reduced by."""

    tickets: int
    effective: float
    rho: float
    own_rho: float | None


def weekly(board: Board, basis: str) -> pd.DataFrame:
    """week, target, kind, units, tickets: each week under the strategy in force then."""
    return board.frame(BY_WEEK, basis)


def sample(board: Board, basis: str, weeks: list[int] | None = None) -> Sample:
    """The effective sample of the judged weeks, or of fewer of them (docs/measures.md, "How sure")."""
    weeks = board.judged if weeks is None else weeks
    row = board.frame(WEIGHTS, basis, weeks).iloc[0]
    told = statistics.weigh(float(row["total"]), float(row["squares"]), len(weeks), _history(board))
    return Sample(int(row["tickets"]), told.effective, told.rho, told.own_rho)


def _history(board: Board) -> list[statistics.Cluster]:
    """Finished tickets by target, a week a cluster, over the whole history at hand; weeks set apart do not count."""
    counts: dict[int, dict[str, float]] = {}
    for r in board.rows(BY_WEEK, "count"):
        if r.week not in board.set_apart:
            counts.setdefault(r.week, {})[r.target] = r.tickets
    clusters = []
    width = 1 + max((len(r.targets) for r in board.distinct_regimes), default=0)
    for week, by_target in sorted(counts.items()):
        regime = board.regimes.get(week)
        if regime is not None:
            line = [by_target.get(t.id, 0.0) for t in regime.targets] + [by_target.get("", 0.0)]
            block = regime.no * 10_000 + (board.last_week - week) // 13
            clusters.append(statistics.Cluster((*line, *[0.0] * (width - len(line))), block))
    return clusters


def intended(regime: Regime | None, target: str) -> tuple[float, float] | None:
    """The range the strategy declares for a target; nothing may go to what that strategy does not know."""
    if regime is None:
        return None
    found = regime.target(target)
    if found is None:
        return 0.0, 0.0
    share = found.priority.share if found.priority else None
    return (share.low, share.high) if share else None


def ranges(board: Board, totals: dict[int, int], target: str) -> tuple[float, float] | None:
    """The range over the judged weeks: each week's own, weighted by that week's effort; ``None`` if a week declares none."""
    return ranges_of(board, totals, target, board.judged_weeks)


def ranges_of(board: Board, totals: dict[int, int], target: str, weeks: Sequence[int]) -> tuple[float, float] | None:
    """The same over any weeks."""
    whole = sum(totals.get(w, 0) for w in weeks)
    if not whole:
        return None
    low = high = 0.0
    for week in weeks:
        declared = intended(board.regimes.get(week), target)
        if declared is None:
            return None
        low += declared[0] * totals.get(week, 0) / whole
        high += declared[1] * totals.get(week, 0) / whole
    return low, high


def rolling(
    board: Board, frame: pd.DataFrame, target_kinds: list[str], by: str, weeks: list[int]
) -> list[list[float | None]]:
    """For each name, its share over the ``board.options.weeks`` weeks that end in each of ``weeks``; set-apart weeks left out."""
    kept = frame[~frame["week"].isin(list(board.set_apart))]
    wide = kept.pivot_table(index="week", columns=by, values="units", aggfunc="sum", fill_value=0)
    span = range(min(weeks) - board.options.weeks + 1, max(weeks) + 1) if weeks else range(0)
    wide = wide.reindex(index=list(span), columns=target_kinds, fill_value=0).astype(float)
    whole = kept.groupby("week")["units"].sum().reindex(list(span), fill_value=0).astype(float)
    sums = wide.rolling(board.options.weeks).sum()
    total = whole.rolling(board.options.weeks).sum()
    share = sums.div(total.replace(0.0, np.nan), axis=0).reindex(weeks)
    return [[None if np.isnan(v) else round(float(v), 6) for v in share[name]] for name in target_kinds]


def first_reliable_week(board: Board) -> int:
    """The first week whose rolling window lies inside the history at hand and under some strategy."""
    known = [w for w, r in board.regimes.items() if r is not None]
    return max(board.history_week, min(known, default=board.last_week)) + board.options.weeks - 1


def chart_weeks(board: Board) -> list[int]:
    """Up to half a year of weeks to draw, none before the first week with effort."""
    seen = board.one("SELECT min(week) FROM effort WHERE basis = ?", board.options.basis)
    first = max(first_reliable_week(board), board.last_week - 25, seen if seen is not None else board.last_week)
    return list(range(first, board.last_week + 1))


def names(weeks: list[int]) -> list[str]:
    return [week_name(w) for w in weeks]


def unbroken(weeks: list[int], values: list[float | None], wrong: Callable[[int, float], bool]) -> int:
    """The first of the weeks from which on, without a break up to the last, the value was wrong."""
    at = weeks[-1]
    for week, value in sorted(zip(weeks, values, strict=True), reverse=True):
        if value is None or not wrong(week, value):
            break
        at = week
    return at


def ratio(events: Mapping[int, float], size: Mapping[int, float], weeks: list[int], over: int) -> list[float | None]:
    """For each week, events per size over the ``over`` weeks that end with it."""
    made: list[float | None] = []
    for week in weeks:
        span = [w for w in range(week - over + 1, week + 1) if size.get(w, 0.0) > 0]
        whole = sum(size[w] for w in span)
        made.append(round(sum(events.get(w, 0.0) for w in span) / whole, 6) if whole else None)
    return made
