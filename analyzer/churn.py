"""Each change of mind about a ticket, by kind, and whether it counts: a person's, on open work, after it was first sorted."""

from __future__ import annotations

from analyzer import starts
from analyzer.board import Board
from analyzer.calendar import local_day_sql, utc_day_sql
from analyzer.effort import BULK_HOUR

NO_URGENCY = ("no priority", "none", "undefined", "not set", "unprioritized", "not prioritized", "-")
"""Words for an urgency that nobody gave."""

REVISED = """
CREATE OR REPLACE TEMP TABLE revised AS
SELECT ticket, field, before, value AS after, since AS moment FROM (
    SELECT s.ticket, s.field, s.value, s.since, lag(s.value) OVER (PARTITION BY s.ticket, s.field ORDER BY s.since) AS before
    FROM span_then s SEMI JOIN recent_ticket r ON r.ticket = s.ticket
    WHERE s.field IN ('urgency', 'assignee', 'parent', 'project') AND s.value IS NOT NULL
        AND NOT (s.field = 'urgency' AND lower(s.value) IN (SELECT unnest($1)))
        AND NOT (s.field = 'assignee' AND s.value IN (SELECT id FROM person_then WHERE bot))
) WHERE before <> value AND since >= $2
"""
"""From one value to another: the first owner, urgency or parent is no change of mind, and taking and giving back is none."""

TURN = """
CREATE OR REPLACE TEMP TABLE turn AS
WITH boxed AS (
    SELECT s.ticket, s.value, s.since, lag(s.value) OVER w AS before, lag(s.until) OVER w AS left_at
    FROM span_then s SEMI JOIN recent_ticket r ON r.ticket = s.ticket WHERE s.field IN ('sprint', 'cycle') AND s.value IS NOT NULL
    WINDOW w AS (PARTITION BY s.ticket, s.field ORDER BY s.since, s.value)
), boxes AS (
    SELECT b.ticket, b.since AS moment, b.left_at <= b.since AS had_left,
        coalesce(c.completed, c."end") <= b.since + INTERVAL 1 HOUR AS was_over
    FROM boxed b JOIN container_then c ON c.id = b.before WHERE b.before <> b.value
), stepped AS (
    SELECT s.ticket, s.since, CASE s.value WHEN 'todo' THEN 0 WHEN 'doing' THEN 1 ELSE 2 END AS step
    FROM span_then s SEMI JOIN recent_ticket r ON r.ticket = s.ticket WHERE s.field = 'phase' AND s.value IS NOT NULL
), backward AS (SELECT ticket, since, step, lag(step) OVER (PARTITION BY ticket ORDER BY since) AS before FROM stepped),
again AS (
    SELECT s.ticket, s.since, row_number() OVER (PARTITION BY s.ticket, s.value ORDER BY s.since) AS n
    FROM span_then s SEMI JOIN recent_ticket r ON r.ticket = s.ticket WHERE s.field = 'status' AND s.value IS NOT NULL
)
SELECT ticket, CASE field WHEN 'urgency' THEN 're-prioritised' WHEN 'assignee' THEN 'reassigned' ELSE 're-parented' END AS kind,
    moment FROM revised
UNION SELECT ticket, CASE WHEN was_over THEN 'carried over' ELSE 'moved on' END, moment FROM boxes
    WHERE coalesce(was_over, false) OR had_left
UNION SELECT ticket, 'sent back', since FROM backward WHERE step < before
UNION SELECT ticket, 'sent back', since FROM again WHERE n > 1
"""

CHURN_EVENT = f"""
CREATE OR REPLACE TEMP TABLE churn_event AS
WITH logged AS (
    SELECT x.ticket, x.moment, x.author, epoch_us(x.moment) // 3600000000 AS hour FROM changes x CROSS JOIN moment m
    WHERE x.moment <= m.as_of AND x.moment >= $1
), changed AS (
    SELECT l.* FROM logged l
    JOIN (SELECT DISTINCT ticket, moment FROM turn WHERE moment >= $1) e ON e.ticket = l.ticket AND e.moment = l.moment
), bulk AS (
    SELECT l.author, l.hour FROM logged l
    JOIN (SELECT DISTINCT author, hour FROM changed) y ON y.author = l.author AND y.hour = l.hour
    GROUP BY l.author, l.hour HAVING count(DISTINCT l.ticket) >= {BULK_HOUR}
), machine AS (
    SELECT DISTINCT l.ticket, l.moment FROM changed l JOIN ticket_then t ON t.no = l.ticket
    LEFT JOIN person_then p ON p.id = l.author LEFT JOIN bulk b ON b.author = l.author AND b.hour = l.hour
    WHERE coalesce(p.bot, false) OR b.author IS NOT NULL OR (l.author IS NULL AND t.kind = 'linear')
), placed AS (
    SELECT e.ticket, e.kind, e.moment, d.day, d.week, s.shown, t.created_day FROM turn e
    JOIN ticket_then t ON t.no = e.ticket AND t.level <= 0 AND t.history <> 'none' AND e.moment > t.created
    JOIN ticket_team g ON g.ticket = e.ticket JOIN team_shown s ON s.team = g.team
    JOIN calendar c ON c.utc_day = {utc_day_sql("e.moment")}
    JOIN days d ON d.day = {local_day_sql("e.moment", "c")}
    JOIN span_then p ON p.ticket = e.ticket AND p.field = 'phase' AND p.since <= e.moment
        AND (p.until IS NULL OR p.until > e.moment)
    WHERE e.moment >= $1 AND p.value IN ('todo', 'doing')
)
SELECT DISTINCT p.ticket, p.kind, p.moment, p.week, p.shown, CASE
    WHEN p.kind = 'carried over' THEN 'carried'
    WHEN m.ticket IS NOT NULL THEN 'machine'
    WHEN p.day = p.created_day AND (f.moment IS NULL OR p.moment < f.moment) THEN 'groomed'
    ELSE 'counted' END AS fate
FROM placed p LEFT JOIN machine m ON m.ticket = p.ticket AND m.moment = p.moment
LEFT JOIN started f ON f.ticket = p.ticket
"""

ACTIVE = """
CREATE OR REPLACE TEMP TABLE active AS
SELECT DISTINCT e.ticket, e.week, s.shown FROM effort_day e
JOIN ticket_then t ON t.no = e.ticket AND t.level <= 0 AND t.history <> 'none'
JOIN ticket_team g ON g.ticket = e.ticket JOIN team_shown s ON s.team = g.team
"""


def lay_out(board: Board) -> None:
    """``churn_event`` (ticket, kind, moment, week, shown, fate), ``revised`` (before and after) and ``active``: the tickets in
    progress of each week.

    ``fate`` is *counted*, *carried* (the sprint or cycle was over), *machine* (a bot, or an account that changed ``BULK_HOUR``
    tickets or more in that hour; Linear's entries without an author) or *groomed* (on its first day, before work began).
    """
    board.once(starts.lay_out)
    since = board.history_begins
    board.con.execute(REVISED, [list(NO_URGENCY), since])
    board.con.execute(TURN)
    board.con.execute(CHURN_EVENT, [since])
    board.con.execute(ACTIVE)
    board.drop("turn")
