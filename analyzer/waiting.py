"""When begun work stood still, evening by evening: blocked, waiting in a queue, or put back."""

from __future__ import annotations

import re

import pandas as pd

from analyzer import starts
from analyzer.board import Board
from analyzer.calendar import local_day_sql, monday, utc_day_sql

BLOCKED = re.compile(r"\b(blocked|blocking|on[ -]?hold|impeded|impediment|stuck|paused|suspended)\b", re.IGNORECASE)
QUEUED = re.compile(
    r"\b(wait|waiting|awaiting|pending|review|reviewing|ready (for|to)|to be|queued?|need(s|ed)? info|sign[ -]?off|approval)\b",
    re.IGNORECASE,
)
CAUSES = {"blocked": "Blocked", "queued": "In review or waiting", "put back": "Put back after it had begun"}

STANDING = f"""
CREATE OR REPLACE TEMP TABLE standing AS
WITH mine AS (
    SELECT f.ticket, f.moment, f.shown FROM started f
    SEMI JOIN (
        SELECT ticket FROM span_then WHERE field = 'phase' AND value IN ('todo', 'doing') AND (until IS NULL OR until >= $1)
    ) k ON k.ticket = f.ticket WHERE f.level <= 0
), open AS (
    SELECT f.ticket, f.shown, p.value, greatest(p.since, f.moment) AS since, coalesce(p.until, m.as_of) AS until
    FROM mine f CROSS JOIN moment m JOIN span_then p ON p.ticket = f.ticket AND p.field = 'phase' AND p.value IN ('todo', 'doing')
    WHERE coalesce(p.until, m.as_of) > f.moment
), held AS (
    SELECT s.ticket, CASE WHEN s.field = 'flagged' THEN 'blocked' ELSE k.cause END AS cause, s.since,
        coalesce(s.until, m.as_of) AS until
    FROM span_then s CROSS JOIN moment m LEFT JOIN status_cause k ON k.status = s.value
    WHERE (s.field = 'flagged' AND s.value IS NOT NULL) OR (s.field = 'status' AND k.cause IS NOT NULL)
), stay AS (
    SELECT ticket, shown, 'open' AS cause, since, until FROM open
    UNION ALL SELECT ticket, shown, 'put back', since, until FROM open WHERE value = 'todo'
    UNION ALL SELECT o.ticket, o.shown, h.cause, greatest(o.since, h.since), least(o.until, h.until)
        FROM open o JOIN held h ON h.ticket = o.ticket AND h.since < o.until AND h.until > o.since
), days_of AS (
    SELECT s.ticket, s.shown, s.cause, {local_day_sql("s.since", "c1")} AS first, {local_day_sql("s.until", "c2")} AS last
    FROM stay s JOIN calendar c1 ON c1.utc_day = {utc_day_sql("s.since")} JOIN calendar c2 ON c2.utc_day = {utc_day_sql("s.until")}
), still AS (
    SELECT * FROM days_of UNION ALL SELECT ticket, shown, 'still', first, last FROM days_of WHERE cause <> 'open'
), reached AS (
    SELECT *, max(last) OVER (PARTITION BY ticket, cause ORDER BY first, last
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
    FROM still WHERE last > first
), island AS (
    SELECT *, sum(CASE WHEN reach >= first THEN 0 ELSE 1 END)
        OVER (PARTITION BY ticket, cause ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS n FROM reached
)
SELECT ticket, any_value(shown) AS shown, cause, min(first) AS first, max(last) AS last FROM island GROUP BY ticket, cause, n
"""
"""A day counts when the ticket stood so at its end: [first, last). What overlaps or touches is one stay. ``still`` is any cause.
Tickets that were closed before the history begins are left out."""

EVENINGS = """
CREATE OR REPLACE TEMP TABLE evening AS
WITH moved AS (
    SELECT shown, cause, greatest(first, $1) AS day, 1 AS n FROM standing WHERE last > $1
    UNION ALL SELECT shown, cause, last, -1 FROM standing WHERE last > $1
), step AS (SELECT shown, cause, day, sum(n) AS n FROM moved GROUP BY shown, cause, day),
every AS (SELECT d.day, d.week, d.working, g.shown, g.cause FROM days d CROSS JOIN (SELECT DISTINCT shown, cause FROM step) g
    WHERE d.day >= $1),
level AS (
    SELECT e.*, sum(coalesce(s.n, 0)) OVER (PARTITION BY e.shown, e.cause ORDER BY e.day ROWS UNBOUNDED PRECEDING) AS n
    FROM every e LEFT JOIN step s ON s.shown = e.shown AND s.cause = e.cause AND s.day = e.day
)
SELECT shown, cause, week, sum(n)::BIGINT AS n FROM level WHERE working GROUP BY shown, cause, week
"""
"""Ticket-evenings of working days, from what begins and ends on each: no row for each ticket and day."""

WORKDAY = """
CREATE OR REPLACE TEMP TABLE workday AS
SELECT day, sum(CASE WHEN working THEN 1 ELSE 0 END) OVER (ORDER BY day ROWS UNBOUNDED PRECEDING)
    - CASE WHEN working THEN 1 ELSE 0 END AS before FROM days
"""


def lay_out(board: Board) -> None:
    """``standing`` (ticket, shown, cause, first, last), ``evening`` (ticket-evenings by team, cause and week) and ``workday``:
    how many working days lie before each day."""
    board.once(starts.lay_out)
    statuses = board.rows(
        "SELECT DISTINCT value FROM span_then WHERE field = 'status' AND value IS NOT NULL ORDER BY value"
    )
    known = [
        (r.value, "blocked" if BLOCKED.search(r.value) else "queued" if QUEUED.search(r.value) else None)
        for r in statuses
    ]
    frame = pd.DataFrame(known, columns=["status", "cause"]).astype({"status": "str", "cause": "str"})
    board.lay("status_cause", frame[frame["cause"].isin(["blocked", "queued"])])
    board.con.execute(STANDING, [board.history_begins])
    board.con.execute(EVENINGS, [monday(board.history_week)])
    board.con.execute(WORKDAY)
