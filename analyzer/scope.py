"""What was planned into each sprint, cycle, project, version, milestone, epic and initiative, and what came after its start."""

from __future__ import annotations

from analyzer.board import Board

MEMBER = """
CREATE OR REPLACE TEMP TABLE member AS
WITH inside AS (
    SELECT c.id AS container, c.kind, s.ticket, s.since, s.until FROM span_then s JOIN containers c ON c.id = s.value
    WHERE s.field IN ('sprint', 'cycle', 'version', 'milestone', 'project') AND c.kind <> 'space'
    UNION ALL
    SELECT s.value, 'epic', s.ticket, s.since, s.until FROM span_then s JOIN ticket_then p ON p.id = s.value AND p.level >= 1
    WHERE s.field = 'parent'
    UNION ALL
    SELECT u.whole, 'initiative', s.ticket, s.since, s.until FROM span_then s
    JOIN part_of u ON u.part = s.value JOIN containers c ON c.id = u.whole
    WHERE s.field = 'project' AND c.kind = 'initiative'
)
SELECT i.* FROM inside i JOIN ticket_then t ON t.no = i.ticket WHERE t.level = 0 AND t.history <> 'none'
"""
"""Sub-tasks are no items of their own: breaking work down is not growth. Tickets without history cannot say when they came."""

DELIVERABLE = """
CREATE OR REPLACE TEMP TABLE deliverable AS
WITH begun AS (
    SELECT m.container, min(greatest(p.since, m.since)) AS started FROM member m
    JOIN span_then p ON p.ticket = m.ticket AND p.field = 'phase' AND p.value = 'doing'
        AND (p.until IS NULL OR p.until > m.since) AND (m.until IS NULL OR p.since < m.until)
    GROUP BY m.container
), named AS (
    SELECT c.id AS container, c.kind, c.name, c.url, c.start, c.completed,
        CASE WHEN c.kind = 'cycle' THEN c."end" END AS box_end FROM containers c
    UNION ALL
    SELECT t.id, 'epic', t.key || ' ' || coalesce(s.value, ''), '', NULL,
        (SELECT max(p.since) FROM span_then p
            WHERE p.ticket = t.no AND p.field = 'phase' AND p.value IN ('done', 'cancelled')
            AND p.until IS NULL), NULL
    FROM ticket_then t LEFT JOIN span_then s ON s.ticket = t.no AND s.field = 'title' AND s.until IS NULL WHERE t.level >= 1
), dated AS (
    SELECT n.container, n.kind, n.name,
        CASE WHEN n.kind IN ('sprint', 'cycle') THEN n.start ELSE coalesce(b.started, n.start) END AS started,
        CASE WHEN coalesce(n.completed, n.box_end) <= m.as_of THEN coalesce(n.completed, n.box_end) END AS completed
    FROM named n CROSS JOIN moment m LEFT JOIN begun b ON b.container = n.container
)
SELECT d.container, d.kind, d.name, d.started, d.started + to_days($1) AS baseline, d.completed,
    coalesce(d.completed, m.as_of) AS ended
FROM dated d CROSS JOIN moment m
WHERE d.started + to_days($1) <= m.as_of AND coalesce(d.completed, m.as_of) > d.started
    AND coalesce(d.completed, m.as_of) >= $2 AND EXISTS (SELECT 1 FROM member x WHERE x.container = d.container)
"""

SCOPE_EVENT = """
CREATE OR REPLACE TEMP TABLE scope_event AS
WITH stay AS (
    SELECT d.container, d.kind, d.baseline, d.ended, m.ticket,
        max(CASE WHEN m.since < d.ended THEN coalesce(m.until, TIMESTAMP '9999-01-01') END) AS left_at,
        max(CASE WHEN m.since <= d.baseline AND coalesce(m.until, TIMESTAMP '9999-01-01') > d.baseline
            THEN 1 ELSE 0 END) AS planned,
        min(CASE WHEN m.since > d.baseline AND m.since < d.ended THEN m.since END) AS added
    FROM deliverable d JOIN member m ON m.container = d.container
    GROUP BY d.container, d.kind, d.baseline, d.ended, m.ticket
)
SELECT s.container, s.kind, s.ticket, 'planned' AS event, s.baseline AS moment FROM stay s WHERE s.planned = 1
UNION ALL
SELECT s.container, s.kind, s.ticket, CASE WHEN t.created > s.baseline THEN 'added' ELSE 'pulled_in' END, s.added
FROM stay s JOIN ticket_then t ON t.no = s.ticket WHERE s.planned = 0 AND s.added IS NOT NULL
UNION ALL
SELECT s.container, s.kind, s.ticket, 'removed', s.left_at FROM stay s
WHERE (s.planned = 1 OR s.added IS NOT NULL) AND s.left_at > s.baseline AND s.left_at < s.ended
"""

RE_ESTIMATED = """
CREATE OR REPLACE TEMP TABLE re_estimated AS
WITH inside AS (
    SELECT e.container, e.ticket, e.moment AS came, d.ended FROM scope_event e JOIN deliverable d ON d.container = e.container
    WHERE e.event IN ('planned', 'added', 'pulled_in')
), finished_at AS (SELECT ticket, min(since) AS since FROM finished GROUP BY ticket),
looked AS (
    SELECT i.container, i.ticket, i.came, least(i.ended, coalesce(f.since, i.ended)) AS looked_at
    FROM inside i LEFT JOIN finished_at f ON f.ticket = i.ticket
), estimate AS (
    SELECT ticket, try_cast(value AS DOUBLE) AS points, since, coalesce(until, TIMESTAMP '9999-01-01') AS until
    FROM span_then WHERE field = 'estimate' AND value IS NOT NULL
)
SELECT l.container, l.ticket, a.points AS before, b.points AS after FROM looked l
JOIN estimate a ON a.ticket = l.ticket AND a.since <= l.came AND a.until > l.came
JOIN estimate b ON b.ticket = l.ticket AND b.since <= l.looked_at AND b.until > l.looked_at
WHERE l.looked_at > l.came AND a.points <> b.points
"""

SUMMARY = """
WITH closed AS (
    SELECT ticket, max(since) AS since FROM span_then
    WHERE field = 'phase' AND value IN ('done', 'cancelled') AND until IS NULL GROUP BY ticket
), open AS (
    SELECT DISTINCT m.container FROM member m LEFT JOIN closed c ON c.ticket = m.ticket
    WHERE coalesce(m.until, TIMESTAMP '9999-01-01') >= $1 AND coalesce(c.since, TIMESTAMP '9999-01-01') >= $1
)
SELECT d.container, d.kind, d.name, d.started, d.baseline, d.completed, d.ended,
    count(CASE WHEN e.event = 'planned' THEN 1 END) AS planned,
    count(CASE WHEN e.event = 'added' THEN 1 END) AS added,
    count(CASE WHEN e.event = 'pulled_in' THEN 1 END) AS pulled_in,
    count(CASE WHEN e.event = 'removed' THEN 1 END) AS removed,
    count(CASE WHEN e.event IN ('added', 'pulled_in') AND e.moment >= $1 THEN 1 END) AS grown_in_window,
    any_value(r.points) AS re_estimated,
    bool_or(s.start IS NOT NULL) AS stated,
    bool_or(d.ended >= $1 AND o.container IS NOT NULL) AS running
FROM deliverable d JOIN scope_event e ON e.container = d.container
LEFT JOIN containers s ON s.id = d.container
LEFT JOIN open o ON o.container = d.container
LEFT JOIN (SELECT container, sum(after - before) AS points FROM re_estimated GROUP BY container) r ON r.container = d.container
GROUP BY d.container, d.kind, d.name, d.started, d.baseline, d.completed, d.ended
ORDER BY d.container
"""
"""One row a deliverable, given the first moment of the window. ``stated``: its tracker gives it a start; ``running``: it had not
ended before the window and held a ticket that was open in it (a version nobody released does not run for ever)."""


def lay_out(board: Board) -> None:
    """``member``, ``deliverable``, ``scope_event`` and ``re_estimated`` for what ran within the history at hand.

    A deliverable starts when its sprint or cycle does, else when the first of its tickets was started; its commitment is what it
    holds ``grace_days`` later. Events after its end do not count.
    """
    board.con.execute(MEMBER)
    since = board.options.calendar.midnight(board.history_week * 7 - 3)
    board.con.execute(DELIVERABLE, [board.options.grace_days, since])
    board.con.execute(SCOPE_EVENT)
    board.con.execute(RE_ESTIMATED)
