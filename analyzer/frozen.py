"""Earlier reports as they were frozen: what was known of them at the board's moment."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from analyzer.calendar import day_of, monday

if TYPE_CHECKING:
    from analyzer.board import Board

EARLIER = """
WITH known AS (
    SELECT no, moment, body, body->>'$.window.last_day' AS last_day,
        CASE WHEN no IN (SELECT run FROM deliveries WHERE sent < $1) THEN 1 ELSE 0 END AS sent
    FROM runs
    WHERE kind = 'report' AND moment < $1 AND as_of < $1 AND as_of >= $2 AND body->>'$.effort' = $3
        AND ($6 IS NULL OR coalesce(body->>'$.organisation', '') = $6)
), latest AS (
    SELECT body, moment, last_day, row_number() OVER (PARTITION BY last_day ORDER BY sent DESC, no DESC) AS place
    FROM known WHERE last_day <= $4
) SELECT body, moment FROM latest WHERE place = 1 ORDER BY last_day DESC LIMIT $5
"""


def reports(board: Board, weeks: int, most: int, before: str, organisation: str | None = None) -> list[dict[str, Any]]:
    """The latest report of each window that ended by the day ``before`` (ISO), newest first, as plain data, with the moment it was
    ``made``; at most ``most``, none seen from more than ``weeks`` weeks ago. Of those that were sent to anyone by then, the latest,
    where there is one: it is what people know. A report made after the board's moment was not known then, whatever it looks at."""
    oldest = board.as_of - timedelta(weeks=weeks)
    rows = board.rows(EARLIER, board.as_of, oldest, board.options.basis, before, most, organisation)
    return [json.loads(r.body) | {"made": r.moment} for r in rows]


def last(board: Board, organisation: str) -> dict[str, Any] | None:
    """The report before this one: the latest of an earlier window within a year, of the same organisation and way of counting. One
    of this window, made an hour ago, would tell a reader of Monday's report nothing."""
    before = day_of(monday(board.last_week) - 1).isoformat()
    told = reports(board, 53, 1, before, organisation)
    return told[0] if told else None


def found(report: dict[str, Any], measure: str) -> dict[str, Any] | None:
    """The finding of a measure in a report."""
    return next((f for f in report["findings"] if f["meta"]["id"] == measure), None)
