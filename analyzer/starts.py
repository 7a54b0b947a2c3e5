"""When work on each ticket first started, and what it lacked on that day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analyzer.calendar import local_day_sql, monday, utc_day_sql

if TYPE_CHECKING:
    from analyzer.board import Board

UPKEEP = ("bug", "incident", "defect", "problem", "support", "service request", "vulnerability")
"""Types of work that arrives and is not planned."""

STARTED = f"""
CREATE OR REPLACE TEMP TABLE started AS
WITH first AS (
    SELECT p.ticket, min(p.since) AS moment FROM span_then p JOIN ticket_then t ON t.no = p.ticket
    WHERE p.field = 'phase' AND p.value = 'doing' AND t.history <> 'none' GROUP BY p.ticket
)
SELECT f.ticket, f.moment, d.day, d.week, t.level, g.team, s.shown FROM first f
JOIN ticket_then t ON t.no = f.ticket
JOIN ticket_team g ON g.ticket = f.ticket JOIN team_shown s ON s.team = g.team
JOIN calendar c ON c.utc_day = {utc_day_sql("f.moment")}
JOIN days d ON d.day = {local_day_sql("f.moment", "c")}
"""

LACKS = ("owner", "text", "estimate", "parent")
"""What a ticket may lack when its work starts."""

LOOKED_AT = f"""
CREATE OR REPLACE TEMP TABLE looked_at AS
SELECT f.ticket, f.week, f.shown, f.moment, e.moment AS day_end, t.kind = 'linear' AS linear,
    lower(t.type) IN ({", ".join(f"'{t}'" for t in UPKEEP)}) OR u.ticket IS NOT NULL AS upkeep
FROM started f JOIN day_end e ON e.day = f.day JOIN ticket_then t ON t.no = f.ticket
LEFT JOIN lens n ON n.week = f.week AND n.in_force
LEFT JOIN (SELECT DISTINCT regime, ticket FROM link WHERE kind = 'upkeep') u ON u.regime = n.regime AND u.ticket = f.ticket
WHERE f.week >= $1 AND f.level = 0
"""
"""A table of its own: met in one query, DuckDB compares every span with every day."""

START_LACK = """
CREATE OR REPLACE TEMP TABLE start_lack AS
WITH held AS (
    SELECT DISTINCT f.ticket, CASE s.field WHEN 'assignee' THEN 'owner' WHEN 'body' THEN 'text'
        WHEN 'project' THEN 'parent' ELSE s.field END AS kind
    FROM looked_at f JOIN span_then s ON s.ticket = f.ticket
    WHERE s.value IS NOT NULL AND s.since < f.day_end AND (s.until IS NULL OR s.until > f.moment)
        AND s.field IN ('assignee', 'body', 'estimate', 'parent', 'project') AND (s.field <> 'project' OR f.linear)
), asked AS (SELECT unnest($1) AS kind)
SELECT k.ticket, k.week, k.shown, a.kind, CASE WHEN h.ticket IS NULL THEN 1 ELSE 0 END AS lacks
FROM looked_at k CROSS JOIN asked a LEFT JOIN held h ON h.ticket = k.ticket AND h.kind = a.kind
WHERE NOT (k.upkeep AND a.kind IN ('estimate', 'parent'))
"""


def lay_out_lacks(board: Board) -> None:
    """``start_lack``: for each ticket started within the history at hand and each kind that it ought to have, whether it lacked it.

    As it stood from the start until the end of that local day. Epics and sub-tasks are no starts of their own; upkeep and bugs
    need no estimate and no parent.
    """
    board.once(lay_out)
    days = range(monday(board.history_week), board.today + 1)
    ends = [board.options.calendar.midnight(d + 1) for d in days]
    board.lay(
        "day_end",
        pd.DataFrame({"day": pd.Series(days, dtype="int64"), "moment": pd.Series(ends, dtype="datetime64[us]")}),
    )
    board.con.execute(LOOKED_AT, [board.history_week])
    board.con.execute(START_LACK, [list(LACKS)])
    board.drop("looked_at", "day_end")


def lay_out(board: Board) -> None:
    """``started``: ticket, the moment it first went into progress, that local day and week, its level and team. Tickets whose past
    is not known are left out."""
    board.con.execute(STARTED)
