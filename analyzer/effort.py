"""Where effort went: person-days read from history, and beside them finished tickets and points.

The method of person-days is LinearB's equal day split (docs/measures.md names the sources): each working day of each
assignee is split equally among the tickets they held in phase *doing* on that day or moved to *done* on it; a ticket
stops drawing effort when none of the fields that are kept changed for ``idle_days`` (comments are not kept).

Effort is counted in integers, ``UNIT`` a person-day, ticket or point, so that sums do not depend on their order and every
engine gives the same result. ``UNIT`` is divisible by every number up to 16; a day split among more tickets is off by less
than one part in 10^11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analyzer.calendar import local_day_sql, monday, utc_day_sql

if TYPE_CHECKING:
    from analyzer.board import Board
    from analyzer.store import Connection

UNIT = 720_720_000_000
BASES = ("days", "count", "points")
BULK_HOUR = 30
BULK_PART = 4

HELD_DAYS = f"""
CREATE OR REPLACE TEMP TABLE held_days AS
WITH doing AS (
    SELECT p.ticket, p.since, coalesce(p.until, m.as_of) AS until FROM span_then p CROSS JOIN moment m
    WHERE p.field = 'phase' AND p.value = 'doing' AND coalesce(p.until, m.as_of) >= $1
), assigned AS (
    SELECT a.ticket, CASE WHEN b.bot THEN NULL ELSE a.value END AS person, a.since, coalesce(a.until, m.as_of) AS until
    FROM span_then a CROSS JOIN moment m LEFT JOIN person_then b ON b.id = a.value WHERE a.field = 'assignee'
), holding AS (
    SELECT d.ticket, a.person, greatest(d.since, a.since) AS since, least(d.until, a.until) AS until
    FROM doing d JOIN assigned a ON a.ticket = d.ticket AND a.since < d.until AND a.until > d.since
    UNION ALL
    SELECT d.ticket, NULL, d.since, d.until FROM doing d ANTI JOIN assigned a ON a.ticket = d.ticket
)
SELECT b.ticket, b.person, {local_day_sql("b.since", "c1")} AS first,
    {local_day_sql("b.until - INTERVAL 1 MICROSECOND", "c2")} AS last
FROM holding b
JOIN calendar c1 ON c1.utc_day = {utc_day_sql("b.since")}
JOIN calendar c2 ON c2.utc_day = {utc_day_sql("b.until - INTERVAL 1 MICROSECOND")}
WHERE b.since < b.until
"""

TOUCH = f"""
CREATE OR REPLACE TEMP TABLE touch AS
WITH touched AS (
    SELECT x.ticket, {local_day_sql("x.moment", "c")} AS day
    FROM changes x CROSS JOIN moment m JOIN calendar c ON c.utc_day = {utc_day_sql("x.moment")}
    WHERE x.moment <= m.as_of AND x.moment >= $1
    UNION SELECT no, created_day FROM ticket_then
)
SELECT ticket, day AS first, least(day + $2 - 1, coalesce(lead(day) OVER (PARTITION BY ticket ORDER BY day) - 1, day + $2)) AS last
FROM touched
"""

FINISHED = f"""
CREATE OR REPLACE TEMP TABLE finished AS
WITH moved AS (
    SELECT p.ticket, p.since, t.history FROM span_then p JOIN ticket_then t ON t.no = p.ticket
    WHERE p.field = 'phase' AND p.value = 'done' AND (p.since > t.created OR t.history = 'none')
)
SELECT d.ticket, d.since, d.history, {local_day_sql("d.since", "c")} AS day,
    CASE WHEN b.bot THEN NULL ELSE a.value END AS person
FROM moved d JOIN calendar c ON c.utc_day = {utc_day_sql("d.since")}
LEFT JOIN span_then a ON a.ticket = d.ticket AND a.field = 'assignee' AND a.since <= d.since
    AND (a.until IS NULL OR a.until > d.since)
LEFT JOIN person_then b ON b.id = a.value
"""

EFFORT_DAY = """
CREATE OR REPLACE TEMP TABLE effort_day AS
WITH active AS (
    SELECT h.ticket, h.person, greatest(h.first, t.first, $1) AS first, least(h.last, t.last) AS last
    FROM held_days h JOIN touch t ON t.ticket = h.ticket AND t.first <= h.last AND t.last >= h.first AND t.last >= $1
), drawn AS (
    SELECT a.ticket, a.person, a.first + n.i AS day FROM active a JOIN step n ON n.i <= a.last - a.first
    UNION SELECT ticket, person, day FROM finished WHERE day >= $1 AND history <> 'none'
)
SELECT w.ticket, w.person, w.day, d.week,
    CASE WHEN w.person IS NULL THEN 0 ELSE $2 // count(*) OVER (PARTITION BY w.person, w.day) END AS units
FROM drawn w JOIN days d ON d.day = w.day AND d.working
"""

EFFORT = """
CREATE OR REPLACE TEMP TABLE effort AS
WITH last AS (SELECT ticket, max(since) AS since FROM finished GROUP BY ticket),
counted AS (
    SELECT f.ticket, d.week, t.estimate FROM finished f JOIN last l ON l.ticket = f.ticket AND l.since = f.since
    JOIN days d ON d.day = f.day JOIN ticket_then t ON t.no = f.ticket
    WHERE f.day >= $1 AND t.phase = 'done' AND t.level <= 0
)
SELECT 'days' AS basis, ticket, week, sum(units)::BIGINT AS units FROM effort_day WHERE person IS NOT NULL GROUP BY ticket, week
UNION ALL SELECT 'count', ticket, week, $2 FROM counted
UNION ALL SELECT 'points', ticket, week, round(estimate * $2)::BIGINT FROM counted WHERE estimate > 0
"""

ALLOCATION = """
CREATE OR REPLACE TEMP TABLE share_of AS
SELECT e.basis, e.week, n.regime, n.in_force, e.ticket, coalesce(l.target, '') AS target,
    coalesce(nullif(l.kind, 'none'), 'unlinked') AS kind, t.team, s.shown,
    CASE WHEN l.weight IS NULL OR l.weight = 1000000 THEN e.units
        ELSE (e.units // 1000000) * l.weight + ((e.units % 1000000) * l.weight) // 1000000 END AS units
FROM effort e JOIN lens n ON n.week = e.week
JOIN ticket_team t ON t.ticket = e.ticket
JOIN team_shown s ON s.team = t.team
LEFT JOIN link l ON l.regime = n.regime AND l.ticket = e.ticket
"""


def lay_out(con: Connection, board: Board) -> None:
    """``effort_day`` (one row per person, ticket and working day), ``finished`` and ``effort`` by basis."""
    first_day = monday(board.history_week)
    since = board.options.calendar.midnight(first_day)
    idle = board.options.idle_days
    board.lay("step", pd.DataFrame({"i": range(idle)}))
    con.execute(HELD_DAYS, [since])
    con.execute(TOUCH, [board.options.calendar.midnight(first_day - idle), idle])
    con.execute(FINISHED)
    con.execute(EFFORT_DAY, [first_day, UNIT])
    con.execute(EFFORT, [first_day, UNIT])
    board.drop("held_days", "touch")


def allocate(con: Connection, board: Board) -> None:
    """``share_of``: effort by basis, week, team and what it served, under the strategy of that week (``in_force``), and for the
    weeks of the window also under every other strategy that the window saw."""
    window = range(board.first_week, board.last_week + 1)
    seen = sorted({r.no for w in window if (r := board.regimes.get(w)) is not None})
    rows = [(w, r.no, True) for w, r in board.regimes.items() if r is not None]
    rows += [(w, n, False) for w in window for n in seen if (r := board.regimes.get(w)) is None or r.no != n]
    frame = pd.DataFrame(rows, columns=["week", "regime", "in_force"])
    board.lay("lens", frame.astype({"week": "int64", "regime": "int64", "in_force": bool}))
    con.execute(ALLOCATION)


BULK = f"""
WITH moved AS (
    SELECT 'moved' AS what, x.ticket, coalesce(x.author, '') AS author, x.moment
    FROM changes x CROSS JOIN moment m WHERE x.field = 'status' AND x.moment <= m.as_of AND x.moment >= $1
    UNION ALL SELECT 'created', no, '', created FROM ticket_then WHERE created >= $1
), placed AS (
    SELECT v.what, v.ticket, v.author, epoch_us(v.moment) // 3600000000 AS hour, d.week
    FROM moved v JOIN calendar c ON c.utc_day = {utc_day_sql("v.moment")}
    JOIN days d ON d.day = {local_day_sql("v.moment", "c")}
), hours AS (
    SELECT what, week, author, hour, count(DISTINCT ticket) AS tickets FROM placed GROUP BY what, week, author, hour
), weeks AS (SELECT what, week, count(DISTINCT ticket) AS tickets FROM placed GROUP BY what, week)
SELECT h.what, h.week, max(h.tickets)::INTEGER AS tickets FROM hours h JOIN weeks w ON w.what = h.what AND w.week = h.week
WHERE h.tickets >= {BULK_HOUR} AND h.tickets * {BULK_PART} >= w.tickets
GROUP BY h.what, h.week ORDER BY h.what, h.week
"""


def bulk_weeks(board: Board) -> dict[int, str]:
    """Weeks with a bulk edit: ``BULK_HOUR`` or more tickets moved by one account, or created, within one hour, and at least
    one in ``BULK_PART`` of that week's. Where a quarter of the weeks are so, that is how this site works: none is set apart.
    """
    since = board.history_begins
    found: dict[int, list[str]] = {}
    for what, week, tickets in board.con.execute(BULK, [since]).fetchall():
        words = "moved by one account" if what == "moved" else "created"
        found.setdefault(int(week), []).append(f"{tickets} tickets were {words} within one hour")
    inside = {w: "; ".join(r) for w, r in found.items() if board.history_week <= w <= board.last_week}
    return inside if len(inside) * 4 < board.last_week - board.history_week + 1 else {}
