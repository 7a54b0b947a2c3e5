"""How finished work stayed finished: epics done while tickets under them were open, and tickets opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.board import Board

DONE = """
CREATE OR REPLACE TEMP TABLE done_then AS
SELECT f.ticket, f.since, f.since + to_days(1) AS later, t.level, d.week FROM finished f
JOIN days d ON d.day = f.day JOIN ticket_then t ON t.no = f.ticket WHERE f.history <> 'none' AND d.week >= ?
"""
CLOSED = """
CREATE OR REPLACE TEMP TABLE closed AS
WITH child AS (
    SELECT e.ticket, e.since, e.later, e.week, k.no FROM done_then e JOIN ticket_then k ON k.parent = e.ticket
    WHERE e.level >= 1 AND k.created <= e.since
), open AS (
    SELECT c.ticket, c.week, max(CASE WHEN h.value IN ('todo', 'doing') AND h.since <= c.later
        AND (h.until IS NULL OR h.until > c.later) THEN 1 ELSE 0 END) AS hit
    FROM child c JOIN (SELECT ticket, value, since, until FROM span_then WHERE field = 'phase') h ON h.ticket = c.no
    GROUP BY c.ticket, c.week
), back AS (
    SELECT ticket, since FROM span_then WHERE field = 'phase' AND value IN ('todo', 'doing')
), again AS (
    SELECT d.ticket, d.week,
        max(CASE WHEN b.since > d.since AND b.since <= d.since + to_days($1) THEN 1 ELSE 0 END) AS hit
    FROM done_then d LEFT JOIN back b ON b.ticket = d.ticket WHERE d.level <= 0 GROUP BY d.ticket, d.week
)
SELECT 'open' AS what, ticket, week, hit FROM open UNION ALL SELECT 'again', ticket, week, hit FROM again
"""
DAYS = 14
"""A ticket counts as opened again within two weeks of being done: one bound for all, or older weeks would have had longer."""

BY_WEEK = "SELECT ? AS name, week, sum(hit) AS events, count(*) AS exposure FROM closed WHERE what = ? GROUP BY week ORDER BY week"
TICKETS = """
SELECT what AS grp, ticket, max(week) AS weight FROM closed WHERE hit = 1 AND week IN (SELECT unnest(?)) GROUP BY what, ticket
"""


def lay_out(board: Board) -> None:
    """``closed``: what (open, again), ticket, the week it was done, and whether it was done in name only."""
    board.con.execute(DONE, [board.history_week])
    board.con.execute(CLOSED, [DAYS])
    board.drop("done_then")
