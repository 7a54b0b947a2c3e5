"""When work on each ticket first started, for measures that look at how things stood on that day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.calendar import local_day_sql, utc_day_sql

if TYPE_CHECKING:
    from analyzer.board import Board

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


def lay_out(board: Board) -> None:
    """``started``: ticket, the moment it first went into progress, that local day and week, its level and team. Tickets whose past
    is not known are left out."""
    board.con.execute(STARTED)
