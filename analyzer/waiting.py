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
    SELECT s.ticket, k.cause, s.since, coalesce(s.until, m.as_of) AS until
    FROM span_then s CROSS JOIN moment m JOIN status_cause k ON k.status = s.value WHERE s.field = 'status'
    UNION ALL
    SELECT s.ticket, 'blocked', s.since, coalesce(s.until, m.as_of)
    FROM span_then s CROSS JOIN moment m WHERE s.field = 'flagged' AND s.value IS NOT NULL
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
), rest_of AS (
    SELECT day, week, sum(CASE WHEN working THEN 1 ELSE 0 END)
        OVER (PARTITION BY week ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS working
    FROM days WHERE day >= $1
), step AS (
    SELECT v.shown, v.cause, r.week, sum(v.n) AS n, sum(v.n * r.working) AS evenings
    FROM moved v JOIN rest_of r ON r.day = v.day GROUP BY v.shown, v.cause, r.week
), every AS (
    SELECT w.week, w.working, g.shown, g.cause FROM (SELECT week, max(working) AS working FROM rest_of GROUP BY week) w
    CROSS JOIN (SELECT DISTINCT shown, cause FROM moved) g
), level AS (
    SELECT e.*, coalesce(s.evenings, 0) AS evenings, coalesce(sum(s.n) OVER (PARTITION BY e.shown, e.cause ORDER BY e.week
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS n
    FROM every e LEFT JOIN step s ON s.shown = e.shown AND s.cause = e.cause AND s.week = e.week
)
SELECT shown, cause, week, (evenings + n * working)::BIGINT AS n FROM level WHERE working > 0
"""
"""Ticket-evenings of working days, from what begins and ends in each week: no row for each ticket and day. What stood before the
week stands on all of its working days; what begins or ends in it, from that day on or no longer."""

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
