"""What growth was agreed: by a rule of the strategy, by a person's recorded word, or because the strategy itself moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from io import StringIO
from typing import Any

import pandas as pd
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from analyzer.board import Board
from analyzer.calendar import day_number, local_day_sql, utc_day_sql
from analyzer.strategy import Priority, share_or_none
from analyzer.written import Range, Share

AROUND = 7
"""Days before and after its agreement in which growth is taken to be what was agreed on."""

Limits = dict[str, dict[str, float | None]]
"""The upper ends of a priority's share, items and points; ``None`` = no limit."""

AGREED = f"""
CREATE OR REPLACE TEMP TABLE agreed_growth AS
WITH grown AS (
    SELECT container, ticket, moment FROM scope_event WHERE event IN ('added', 'pulled_in')
    UNION ALL
    SELECT l.target, l.ticket, t.created FROM link l JOIN ticket_then t ON t.no = l.ticket WHERE l.regime = $1 AND t.level = 0
), judged AS (
    SELECT g.container, g.ticket, coalesce(n.regime, $1) AS regime FROM grown g
    JOIN calendar c ON c.utc_day = {utc_day_sql("g.moment")}
    JOIN days d ON d.day = {local_day_sql("g.moment", "c")} LEFT JOIN lens n ON n.week = d.week AND n.in_force
), word AS (
    SELECT d.target, d.moment - to_days({AROUND}) AS since, coalesce(d.until, d.moment + to_days({AROUND})) AS until
    FROM decisions d CROSS JOIN moment m WHERE d.kind = 'scope' AND d.choice = 'agreed' AND d.moment <= m.as_of
), spoken_for AS (
    SELECT j.container, j.ticket, 'rule' AS agreed_by FROM judged j JOIN agreed_rule r ON r.regime = j.regime
    JOIN rule_match x ON x.rule = r.rule AND x.ticket = j.ticket
    UNION ALL
    SELECT g.container, g.ticket, 'decision' FROM grown g JOIN word w ON w.target = g.container
    WHERE g.moment >= w.since AND g.moment < w.until
    UNION ALL
    SELECT g.container, g.ticket, 'decision' FROM grown g JOIN ticket_then t ON t.no = g.ticket JOIN word w ON w.target = t.id
    WHERE g.moment >= w.since AND g.moment < w.until
    UNION ALL
    SELECT g.container, g.ticket, 'decision' FROM grown g JOIN link l ON l.ticket = g.ticket AND l.regime = $1
    JOIN word w ON w.target = l.target WHERE g.moment >= w.since AND g.moment < w.until
    UNION ALL
    SELECT g.container, g.ticket, 'strategy' FROM grown g JOIN link l ON l.ticket = g.ticket AND l.regime = $1
    JOIN strategy_raised s ON s.target = l.target
    WHERE g.moment BETWEEN s.moment - to_days({AROUND}) AND s.moment + to_days({AROUND})
)
SELECT container, ticket, min(agreed_by) AS agreed_by FROM spoken_for GROUP BY container, ticket
"""

SEEN = """
SELECT name, moment, body FROM (
    SELECT s.*, lead(s.moment) OVER (PARTITION BY s.name ORDER BY s.moment, s.digest) AS next FROM strategy_seen s
    CROSS JOIN moment m WHERE s.moment <= m.as_of
) WHERE coalesce(next, moment) >= ? ORDER BY name, moment
"""
"""Versions since a moment, and the one before each first of them."""


def lay_out(board: Board) -> None:
    """``agreed_growth``: tickets taken on by a deliverable (or made for a priority: ``container`` is its id), and what agreed.

    That is a rule, a decision or the strategy. A recorded word counts from its moment on; it covers growth from a week before it
    until its own end, or for a week where it has none.
    """
    raised = list(dict.fromkeys(_raised(board)))
    board.lay(
        "strategy_raised", pd.DataFrame(raised, columns=["target", "moment"]).astype({"moment": "datetime64[us]"})
    )
    board.con.execute(AGREED, [board.current.no if board.current else 0])


def _raised(board: Board) -> Iterator[tuple[str, datetime]]:
    """Priorities whose share or agreed range was raised, and when: by the next strategy, or by a new version of a file."""
    for before, after in zip(board.strategies, board.strategies[1:], strict=False):
        if after.valid is not None:
            moment = board.options.calendar.midnight(day_number(after.valid.first))
            yield from ((i, moment) for i in _more(_of_model(before.priorities), _of_model(after.priorities)))
    last: tuple[str, Limits] | None = None
    begin = board.history_begins
    for seen in board.rows(SEEN, begin):
        limits = _of_text(seen.body)
        if limits is None:
            continue
        if last is not None and last[0] == seen.name:
            yield from ((i, seen.moment) for i in _more(last[1], limits))
        last = seen.name, limits


def _more(before: Limits, after: Limits) -> list[str]:
    """A cut agrees to no growth, and neither does a first limit where there was none."""
    return [
        i for i, now in after.items() if i in before
        and any(was is not None and (now[k] is None or now[k] > was) for k, was in before[i].items())  # type: ignore[operator]
    ]  # fmt: skip


def _of_model(priorities: tuple[Priority, ...]) -> Limits:
    return {
        p.id: _limits(p.share, p.scope.items if p.scope else None, p.scope.points if p.scope else None)
        for p in priorities
    }


@lru_cache(maxsize=256)
def _of_text(body: str) -> Limits | None:
    """``None`` where an old version can no longer be read: what it said is not known."""
    try:
        held = YAML(typ="safe", pure=True).load(StringIO(body))
        return {str(p["id"]): _of_mapping(p) for p in held["priorities"]}
    except (YAMLError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _of_mapping(priority: dict[str, Any]) -> dict[str, float | None]:
    scope = priority.get("scope") or {}
    items, points = (Range.parse(scope[k]) if scope.get(k) is not None else None for k in ("items", "points"))
    return _limits(share_or_none(priority.get("share")), items, points)


def _limits(share: Share | None, items: Range | None, points: Range | None) -> dict[str, float | None]:
    return {
        "share": share.high if share else None, "items": items.high if items else None,
        "points": points.high if points else None,
    }  # fmt: skip
