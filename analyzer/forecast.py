"""When an agreed range will be left, if a priority goes on as it did: weeks of its own past, drawn again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analyzer.agreed import Agreed
from analyzer.board import Board
from analyzer.calendar import day_number, local_day_sql, utc_day_sql, week_name, week_of_day
from analyzer.evidence import row, table
from analyzer.judging import percent
from analyzer.result import Shape
from analyzer.statistics import Array

PATHS = 4000
LEAST_WEEKS = 6
MOST_WEEKS = 26
"""Older weeks say little of the pace of today."""
FARTHEST = 104

WEEKLY = f"""
WITH mine AS (
    SELECT t.no AS ticket, t.created_day, t.phase, CASE WHEN $3 = 'items' THEN 1.0 ELSE coalesce(t.estimate, 0.0) END AS size
    FROM link l JOIN ticket_then t ON t.no = l.ticket WHERE l.regime = $1 AND l.target = $2 AND t.level = 0
), ended AS (
    SELECT m.ticket, m.size, s.value, max(s.since) AS since FROM mine m JOIN span_then s ON s.ticket = m.ticket
    WHERE s.field = 'phase' AND s.until IS NULL AND s.value IN ('done', 'cancelled') GROUP BY m.ticket, m.size, s.value
), event AS (
    SELECT created_day AS day, size AS came, 0.0 AS gone, 0.0 AS done FROM mine
    UNION ALL
    SELECT {local_day_sql("e.since", "c")}, 0.0, CASE WHEN e.value = 'cancelled' THEN e.size ELSE 0.0 END,
        CASE WHEN e.value = 'done' THEN e.size ELSE 0.0 END
    FROM ended e JOIN calendar c ON c.utc_day = {utc_day_sql("e.since")}
)
SELECT d.week, sum(e.came) AS came, sum(e.gone) AS gone, sum(e.done) AS done FROM event e JOIN days d ON d.day = e.day
GROUP BY d.week ORDER BY d.week
"""

BEGUN = """
SELECT min(p.since) FROM link l JOIN ticket_then t ON t.no = l.ticket AND t.level = 0
JOIN span_then p ON p.ticket = l.ticket AND p.field = 'phase' AND p.value = 'doing' WHERE l.regime = ? AND l.target = ?
"""


@dataclass(frozen=True, slots=True)
class Forecast:
    """``probability`` that the range is left by the day ``until``, before the work is finished; the week it is left in (80 %
    interval ``early`` to ``late``) over the paths that leave it; ``weeks`` of the past it rests on. ``reason``: why none is."""

    agreed: Agreed
    reason: str = ""
    probability: float = 0.0
    median: int | None = None
    early: int | None = None
    late: int | None = None
    weeks: int = 0


def forecasts(board: Board, promised: Sequence[Agreed]) -> list[Forecast]:
    """One for each range that is still kept."""
    return [_forecast(board, a) for a in promised if a.now <= a.high]


def _forecast(board: Board, agreed: Agreed) -> Forecast:
    assert board.current is not None
    if agreed.by is None:
        return Forecast(agreed, "the strategy names no day (outcome by, or valid to)")
    ahead = min((day_number(agreed.by) - board.today) // 7, FARTHEST)
    if ahead < 1:
        return Forecast(agreed, "its day has come")
    begun = board.one(BEGUN, board.current.no, agreed.target)
    if begun is None:
        return Forecast(agreed, "no work on it was seen to start")
    frame = board.frame(WEEKLY, board.current.no, agreed.target, agreed.unit).set_index("week")
    first = week_of_day(board.options.calendar.local_day(begun)) + 1
    past = [w for w in range(max(first, board.history_week), board.last_week + 1) if w not in board.set_apart]
    if len(past) < LEAST_WEEKS:
        return Forecast(agreed, f"only {len(past)} weeks since its work began", weeks=len(past))
    past = past[-MOST_WEEKS:]
    whole = frame.sum()
    weeks = frame.reindex(past, fill_value=0.0)
    unfinished = float(whole["came"] - whole["gone"] - whole["done"])
    probability, left = simulate(weeks, agreed.now, unfinished, agreed.high, int(ahead))
    if not len(left):
        return Forecast(agreed, probability=0.0, weeks=len(past))
    early, median, late = (board.last_week + 1 + int(np.quantile(left, q)) for q in (0.1, 0.5, 0.9))
    return Forecast(agreed, "", probability, median, early, late, len(past))


def simulate(weeks: pd.DataFrame, now: float, unfinished: float, high: float, ahead: int) -> tuple[float, Array]:
    """The share of paths that leave the range, and after how many weeks (0 = the coming one) each of them does.

    Bootstrap of whole weeks (what came, was cancelled and was finished stays together; Efron 1979), 4,000 paths, fixed seed.
    Assumption: weeks are alike and owe each other nothing. A path ends when nothing is left to do.
    """
    drawn = np.random.default_rng(20260101).integers(0, len(weeks), size=(PATHS, ahead))
    grew = (weeks["came"] - weeks["gone"]).to_numpy()[drawn].cumsum(axis=1)
    shrank = weeks["done"].to_numpy()[drawn].cumsum(axis=1)
    over = np.logical_or.accumulate(unfinished + grew - shrank <= 0, axis=1)
    before = np.concatenate([np.full((PATHS, 1), unfinished <= 0), over[:, :-1]], axis=1)
    left = (now + grew > high) & ~before
    ever = left.any(axis=1)
    return float(ever.mean()), left.argmax(axis=1)[ever].astype(np.float64)


def as_table(found: Sequence[Forecast]) -> Shape:
    columns = [
        ("priority", "Priority", "text"), ("unit", "Counted in", "text"), ("until", "Until", "date"),
        ("probability", "Leaves its range", "share"), ("median", "Half of them by", "text"), ("early", "80 % from", "text"),
        ("late", "to", "text"), ("weeks", "Weeks it rests on", "count"), ("reason", "Not judged", "text"),
    ]  # fmt: skip
    rows = []
    for f in found:
        week = {k: None if (w := getattr(f, k)) is None else week_name(w) for k in ("median", "early", "late")}
        cells = {
            "priority": f.agreed.name, "unit": f.agreed.unit, "until": f.agreed.by.isoformat() if f.agreed.by else None,
            "probability": None if f.reason else f.probability, **week, "weeks": f.weeks or None, "reason": f.reason,
        }  # fmt: skip
        rows.append(row(cells))
    note = "If it goes on as in the weeks since its work began: 4,000 futures drawn from them. It decides no verdict."
    return table("forecast", "Will the agreed range hold", columns, rows, note)


def said(found: Sequence[Forecast]) -> list[str]:
    """What is more likely than not, the surest first."""
    likely = sorted((f for f in found if f.probability >= 0.5), key=lambda f: -f.probability)
    return [
        f"At the pace of its last {f.weeks} weeks {f.agreed.name} will hold more than {f.agreed.high:g} {f.agreed.unit} by "
        f"{f.agreed.by} (probability {percent(f.probability)})."
        for f in likely
    ]  # fmt: skip
