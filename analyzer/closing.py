"""How finished work stayed finished: epics done while tickets under them were open, and tickets opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.calendar import local_day_sql, utc_day_sql

if TYPE_CHECKING:
    from analyzer.board import Board

CLOSED = f"""
CREATE OR REPLACE TEMP TABLE closed AS
WITH done AS (
    SELECT p.ticket, p.since, p.until, t.level, d.week FROM span_then p JOIN ticket_then t ON t.no = p.ticket
    JOIN calendar c ON c.utc_day = {utc_day_sql("p.since")} JOIN days d ON d.day = {local_day_sql("p.since", "c")}
    WHERE p.field = 'phase' AND p.value = 'done' AND t.history <> 'none' AND p.since > t.created AND d.week >= $1
), parents AS (SELECT d.ticket, d.since, d.week FROM done d WHERE d.level >= 1),
children AS (
    SELECT e.ticket, e.since, e.week, max(CASE WHEN h.value IN ('todo', 'doing') THEN 1 ELSE 0 END) AS hit
    FROM parents e JOIN ticket_then k ON k.parent = e.ticket
    JOIN span_then h ON h.ticket = k.no AND h.field = 'phase' AND h.since <= e.since + to_days(1)
        AND (h.until IS NULL OR h.until > e.since + to_days(1))
    WHERE k.created <= e.since GROUP BY e.ticket, e.since, e.week
), again AS (
    SELECT d.ticket, d.week, CASE WHEN n.value IN ('todo', 'doing') AND d.until <= d.since + to_days($2) THEN 1 ELSE 0 END AS hit
    FROM done d CROSS JOIN moment m
    LEFT JOIN span_then n ON n.ticket = d.ticket AND n.field = 'phase' AND n.since = d.until
    WHERE d.level <= 0 AND d.until IS DISTINCT FROM d.since
)
SELECT 'open' AS what, ticket, week, hit FROM children
UNION ALL SELECT 'again', ticket, week, max(hit) FROM again GROUP BY ticket, week
"""
DAYS = 14
"""A ticket counts as opened again within two weeks of being done: one bound for all, or older weeks would have had longer."""

BY_WEEK = "SELECT ? AS name, week, sum(hit) AS events, count(*) AS exposure FROM closed WHERE what = ? GROUP BY week ORDER BY week"
TICKETS = """
SELECT what AS grp, ticket, max(week) AS weight FROM closed WHERE hit = 1 AND week IN (SELECT unnest(?)) GROUP BY what, ticket
"""


def lay_out(board: Board) -> None:
    """``closed``: what (open, again), ticket, the week it was done, and whether it was done in name only."""
    board.con.execute(CLOSED, [board.history_week, DAYS])
