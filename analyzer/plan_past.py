"""How plans and facts differed here: what a plan would have been every four weeks, against what was then done.

The history is cut into stretches of four weeks. The plan of a stretch is what was in progress when it began and what its
sprints and cycles held when those began (after the days of grace), read as a candidate plan is read: as known at that moment,
without what nobody had written yet, sized by what was left of it (``plan_then``). Its fact is where effort went. The
difference of the two mixes, share by share, is one observation a stretch. What comes of the next plan is expected to lie
within t quantiles of the mean difference, with the variance of one new observation given ``m`` old ones, s² (1 + 1/m) (Hahn
and Meeker 1991, ch. 4): with a dozen stretches a bootstrap would be too narrow. A longer plan is not surer than that: it is
one plan, and what it holds of its later weeks is known less. How often it holds: ``benchmarks/plan_interval.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analyzer import plan_then, planning
from analyzer.board import Board
from analyzer.calendar import monday
from analyzer.effort import UNIT
from analyzer.planning import Sizes

LENGTH = 4
"""Weeks in a stretch."""

LEAST = 5
"""From fewer stretches nothing is said of how plans go here."""

SUREST = 0.005
"""Half a point: nobody is surer than that of a share to come, however alike the stretches were."""

BOXED = """
CREATE OR REPLACE TEMP TABLE boxed AS
WITH box AS (
    SELECT b.stretch, c.id, greatest(c.start, b.since) + to_days($1) AS moment FROM stretch b
    JOIN container_then c ON c.kind IN ('sprint', 'cycle') AND c.start < b.until
        AND coalesce(c.completed, CASE WHEN c.kind = 'cycle' THEN c."end" END, TIMESTAMP '9999-01-01') > b.since + to_days($1)
)
SELECT DISTINCT x.stretch, s.ticket, x.moment FROM box x
JOIN span_then s ON s.value = x.id AND s.field IN ('sprint', 'cycle') AND s.since <= x.moment
    AND (s.until IS NULL OR s.until > x.moment)
"""
COMMITTED = """
CREATE OR REPLACE TEMP TABLE committed AS
WITH planning AS (SELECT DISTINCT b.stretch, g.team FROM boxed b JOIN ticket_team g ON g.ticket = b.ticket),
begun AS (
    SELECT b.stretch, p.ticket, b.since AS moment FROM stretch b JOIN span_then p ON p.field = 'phase' AND p.value = 'doing'
        AND p.since <= b.since AND (p.until IS NULL OR p.until > b.since)
), one AS (
    SELECT x.stretch, x.ticket FROM boxed x JOIN span_then p ON p.ticket = x.ticket AND p.field = 'phase'
        AND p.value IN ('todo', 'doing') AND p.since <= x.moment AND (p.until IS NULL OR p.until > x.moment)
    UNION SELECT b.stretch, b.ticket FROM begun b JOIN ticket_team g ON g.ticket = b.ticket
        JOIN planning n ON n.stretch = b.stretch AND n.team = g.team
)
SELECT DISTINCT o.stretch, p.piece FROM one o JOIN piece_of p ON p.ticket = o.ticket JOIN ticket_then t ON t.no = p.piece
WHERE t.level <= 0 AND t.history <> 'none'
"""
SPENT = """
SELECT b.stretch, p.piece, sum(e.units)::BIGINT AS units FROM stretch b
JOIN plan_then c ON c.stretch = b.stretch JOIN piece_of p ON p.piece = c.piece
JOIN effort_day e ON e.ticket = p.ticket AND e.day < b.first_day AND e.person IS NOT NULL
GROUP BY b.stretch, p.piece
"""
"""What had gone into a piece before the stretch began."""

DONE = """
SELECT b.stretch, s.target, sum(s.units)::BIGINT AS units
FROM share_of s JOIN stretch b ON s.week BETWEEN b.first_week AND b.last_week
WHERE s.basis = 'days' AND s.in_force GROUP BY b.stretch, s.target ORDER BY b.stretch, s.target
"""
UNPLANNED = """
WITH planning AS (SELECT DISTINCT b.stretch, g.team FROM boxed b JOIN ticket_team g ON g.ticket = b.ticket)
SELECT b.stretch, sum(s.units)::BIGINT AS units, sum(CASE WHEN c.piece IS NULL THEN s.units ELSE 0 END)::BIGINT AS unplanned
FROM share_of s JOIN stretch b ON s.week BETWEEN b.first_week AND b.last_week
JOIN planning n ON n.stretch = b.stretch AND n.team = s.team
JOIN piece_of p ON p.ticket = s.ticket LEFT JOIN committed c ON c.stretch = b.stretch AND c.piece = p.piece
WHERE s.basis = 'days' AND s.in_force GROUP BY b.stretch HAVING sum(s.units) > 0 ORDER BY b.stretch
"""
"""What neither was in progress nor came with a sprint, of the teams that plan in sprints."""

DRAWN = """
SELECT b.stretch, sum(e.units)::BIGINT AS units, count(DISTINCT e.person) AS people, any_value(b.working_days) AS working_days
FROM effort_day e JOIN stretch b ON e.week BETWEEN b.first_week AND b.last_week WHERE e.person IS NOT NULL
GROUP BY b.stretch ORDER BY b.stretch
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """What ``k`` new observations may be on average: their mean, its standard error with ``free`` degrees of freedom."""

    mean: float
    error: float
    free: int

    def interval(self, around: float = 0.0, level: float = 0.95) -> tuple[float, float]:
        half = float(stats.t.ppf(0.5 + level / 2, self.free)) * self.error
        return around + self.mean - half, around + self.mean + half

    def outside(self, value: float, low: float, high: float) -> float:
        """Two-sided p that ``value`` plus what is expected lies within [low, high]; 1 where its mean does."""
        middle = value + self.mean
        apart = max(middle - high, low - middle, 0.0)
        return 1.0 if apart <= 1e-12 else float(2 * stats.t.sf(apart / self.error, self.free))


@dataclass(frozen=True, slots=True)
class Past:
    """One number a stretch: by target fact − plan as shares, the share of effort nobody had planned, and the share of the working
    days of the people seen that drew effort."""

    gaps: dict[str, tuple[float, ...]]
    unplanned: tuple[float, ...]
    drawn: tuple[float, ...]

    def gap(self, target: str) -> Expected | None:
        return expected(self.gaps.get(target, ()))


def expected(seen: Sequence[float], stretches: float = 1.0) -> Expected | None:
    """The mean of ``stretches`` new observations; ``None`` with fewer than ``LEAST`` old ones."""
    if len(seen) < LEAST:
        return None
    values = np.asarray(seen, dtype=np.float64)
    error = float(values.std(ddof=1)) * float(np.sqrt(1 / stretches + 1 / len(values)))
    return Expected(float(values.mean()), max(error, SUREST), len(values) - 1)


def read(board: Board) -> Past:
    """Made ``once`` a board."""
    sizes = board.once(planning.lay_out)
    _stretches(board)
    board.con.execute(BOXED, [board.options.grace_days])
    board.con.execute(COMMITTED)
    drawn = [r.units / UNIT / (r.people * r.working_days) for r in board.rows(DRAWN) if r.people and r.working_days]
    unplanned = [r.unplanned / r.units for r in board.rows(UNPLANNED)]
    planned, done = _planned(board, sizes), board.frame(DONE)
    if not len(planned) or not len(done):
        return Past({}, tuple(unplanned), tuple(drawn))
    plans, facts = _mixes(planned, "days"), _mixes(done, "units")
    both = [s for s in facts.index if s in plans.index]
    known = {r.stretch: {t.id for t in regime.targets} for r in board.rows("SELECT stretch, regime FROM stretch")
             if (regime := next((g for g in board.distinct_regimes if g.no == r.regime), None)) is not None}  # fmt: skip
    gaps = {}
    for target in sorted({"", *plans.columns, *facts.columns, *(t for ids in known.values() for t in ids)}):
        sides = [side[target] if target in side else pd.Series(0.0, index=side.index) for side in (facts, plans)]
        gaps[target] = tuple(float(sides[0][s] - sides[1][s]) for s in both if not target or target in known[s])
    return Past(gaps, tuple(unplanned), tuple(drawn))


def _planned(board: Board, sizes: Sizes) -> pd.DataFrame:
    """What a plan would have been at the start of each stretch in which sprints or cycles ran: stretch, target and days."""
    boxed = board.frame("SELECT DISTINCT stretch, ticket FROM boxed")
    regimes = {r.no: r for r in board.distinct_regimes}
    found = []
    for r in board.rows("SELECT stretch, since, regime FROM stretch ORDER BY stretch"):
        inside = boxed[boxed["stretch"] == r.stretch][["ticket"]]
        if len(inside):
            found.append(plan_then.pieces(board, r.since, regimes[r.regime], inside).assign(stretch=r.stretch))
    if not found:
        return pd.DataFrame()
    planned = pd.concat(found, ignore_index=True)
    board.lay("plan_then", planned[["stretch", "piece"]].drop_duplicates())
    planned = planned.merge(board.frame(SPENT), on=["stretch", "piece"], how="left").fillna({"units": 0})
    return planned.assign(days=sizes.expected(planned, begun=True)["days"] * planned["weight"])


def _mixes(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Shares by stretch (rows) and target (columns)."""
    wide = frame.pivot_table(index="stretch", columns="target", values=column, aggfunc="sum", fill_value=0).astype(
        float
    )
    whole = wide.sum(axis=1)
    return wide[whole > 0].div(whole[whole > 0], axis=0)


def _stretches(board: Board) -> None:
    """``stretch``: four weeks each, newest first, none with a week that is set apart or without a strategy."""
    calendar, rows = board.options.calendar, []
    for n, last in enumerate(range(board.last_week, board.history_week + LENGTH - 2, -LENGTH)):
        weeks = range(last - LENGTH + 1, last + 1)
        regime = board.regimes.get(weeks[0])
        if regime is None or any(w in board.set_apart or board.regimes.get(w) is None for w in weeks):
            continue
        days = range(monday(weeks[0]), monday(last) + 7)
        working = sum(calendar.is_working(d) for d in days)
        rows.append(
            (
                n,
                weeks[0],
                last,
                days[0],
                calendar.midnight(days[0]),
                calendar.midnight(days[-1] + 1),
                regime.no,
                working,
            )
        )
    names = ["stretch", "first_week", "last_week", "first_day", "since", "until", "regime", "working_days"]
    frame = pd.DataFrame(rows, columns=names)
    kinds = {n: "datetime64[us]" if n in ("since", "until") else "int64" for n in names}
    board.lay("stretch", frame.astype(kinds))
