"""What was planned into each sprint, cycle, project, version, milestone, epic and initiative, and what came after its start."""

from __future__ import annotations

from analyzer import scope_changes
from analyzer.board import Board

MEMBER = """
CREATE OR REPLACE TEMP TABLE member AS
WITH inside AS (
    SELECT c.id AS container, c.kind, s.ticket, s.since, s.until FROM span_then s JOIN container_then c ON c.id = s.value
    WHERE s.field IN ('sprint', 'cycle', 'version', 'milestone', 'project') AND c.kind <> 'space'
    UNION ALL
    SELECT s.value, 'epic', s.ticket, s.since, s.until FROM span_then s JOIN ticket_then p ON p.id = s.value AND p.level >= 1
    WHERE s.field = 'parent'
    UNION ALL
    SELECT u.whole, 'initiative', s.ticket, s.since, s.until FROM span_then s
    JOIN part_of u ON u.part = s.value JOIN container_then c ON c.id = u.whole
    WHERE s.field = 'project' AND c.kind = 'initiative'
)
SELECT i.* FROM inside i JOIN ticket_then t ON t.no = i.ticket WHERE t.level = 0 AND t.history <> 'none'
"""
"""Sub-tasks are no items of their own: breaking work down is not growth. Tickets without history cannot say when they came."""

LASTING = """
CREATE OR REPLACE TEMP TABLE lasting AS
WITH begun AS (
    SELECT m.container, min(greatest(p.since, m.since)) AS started FROM member m
    JOIN span_then p ON p.ticket = m.ticket AND p.field = 'phase' AND p.value = 'doing'
        AND (p.until IS NULL OR p.until > m.since) AND (m.until IS NULL OR p.since < m.until)
    GROUP BY m.container
), named AS (
    SELECT c.id AS container, c.kind, c.name, c.url, c.start, c.completed,
        CASE WHEN c.kind = 'cycle' THEN c."end" END AS box_end FROM container_then c
    UNION ALL
    SELECT t.id, 'epic', t.key || ' ' || coalesce(s.value, ''), '', NULL,
        (SELECT max(p.since) FROM span_then p
            WHERE p.ticket = t.no AND p.field = 'phase' AND p.value IN ('done', 'cancelled')
            AND p.until IS NULL), NULL
    FROM ticket_then t LEFT JOIN span_then s ON s.ticket = t.no AND s.field = 'title' AND s.until IS NULL WHERE t.level >= 1
)
SELECT n.container, n.kind, n.name,
    CASE WHEN n.kind IN ('sprint', 'cycle') THEN n.start ELSE coalesce(b.started, n.start) END AS started,
    CASE WHEN coalesce(n.completed, n.box_end) <= m.as_of THEN coalesce(n.completed, n.box_end) END AS completed
FROM named n CROSS JOIN moment m LEFT JOIN begun b ON b.container = n.container
"""

DELIVERABLE = """
CREATE OR REPLACE TEMP TABLE deliverable AS
SELECT d.container, d.kind, d.name, d.started, d.started + to_days($1) AS baseline, d.completed,
    coalesce(d.completed, m.as_of) AS ended
FROM lasting d CROSS JOIN moment m
WHERE d.started + to_days($1) <= m.as_of AND coalesce(d.completed, m.as_of) > d.started
    AND coalesce(d.completed, m.as_of) >= $2 AND EXISTS (SELECT 1 FROM member x WHERE x.container = d.container)
"""

CAME_IN = """
CREATE OR REPLACE TEMP TABLE came_in AS
WITH stay AS (
    SELECT d.container, d.kind, d.baseline, d.ended, m.ticket,
        max(CASE WHEN m.since < d.ended THEN coalesce(m.until, TIMESTAMP '9999-01-01') END) AS left_at,
        max(CASE WHEN m.since <= d.baseline AND coalesce(m.until, TIMESTAMP '9999-01-01') > d.baseline
            THEN 1 ELSE 0 END) AS planned,
        min(CASE WHEN m.since > d.baseline AND m.since < d.ended THEN m.since END) AS added
    FROM deliverable d JOIN member m ON m.container = d.container
    GROUP BY d.container, d.kind, d.baseline, d.ended, m.ticket
), origin AS (
    SELECT s.container, s.ticket, min(o.container) AS origin,
        max(CASE WHEN l.completed BETWEEN s.added - to_days(3) AND s.added + to_days(1) THEN 1 ELSE 0 END) AS carried
    FROM stay s JOIN member o ON o.ticket = s.ticket AND o.kind = s.kind AND o.container <> s.container
    JOIN lasting l ON l.container = o.container
    WHERE s.planned = 0 AND o.since < s.added AND coalesce(o.until, TIMESTAMP '9999-01-01') >= s.added - to_days(1)
    GROUP BY s.container, s.ticket
)
SELECT s.container, s.kind, s.ticket, o.origin,
    CASE WHEN s.planned = 1 THEN 'planned' WHEN o.carried = 1 THEN 'carried' WHEN t.created > s.baseline THEN 'added'
        ELSE 'pulled_in' END AS event,
    CASE WHEN s.planned = 1 THEN s.baseline ELSE s.added END AS moment,
    CASE WHEN s.left_at > s.baseline AND s.left_at < s.ended THEN s.left_at END AS left_at, s.ended
FROM stay s JOIN ticket_then t ON t.no = s.ticket LEFT JOIN origin o ON o.container = s.container AND o.ticket = s.ticket
WHERE s.planned = 1 OR s.added IS NOT NULL
"""
"""What was in, by how it came. ``carried``: over from one of the kind that ended in the days before (or the day after)."""

SIZED = """
CREATE OR REPLACE TEMP TABLE sized AS
WITH finished_at AS (SELECT ticket, min(since) AS since FROM finished GROUP BY ticket),
looked AS (
    SELECT i.container, i.ticket, i.moment, least(i.ended, coalesce(f.since - to_days(1), i.ended)) AS looked_at
    FROM came_in i LEFT JOIN finished_at f ON f.ticket = i.ticket
), estimate AS (
    SELECT ticket, try_cast(value AS DOUBLE) AS points, since, coalesce(until, TIMESTAMP '9999-01-01') AS until
    FROM span_then WHERE field = 'estimate' AND value IS NOT NULL
)
SELECT l.container, l.ticket, a.points AS before, CASE WHEN l.looked_at > l.moment THEN b.points ELSE a.points END AS after,
    b.since AS changed
FROM looked l
LEFT JOIN estimate a ON a.ticket = l.ticket AND a.since <= l.moment AND a.until > l.moment
LEFT JOIN estimate b ON b.ticket = l.ticket AND b.since < l.looked_at AND b.until >= l.looked_at
"""
"""The estimate when a ticket came in, and the last one that was no book-keeping: a day before it was finished, or at the end."""

SPLIT = """
CREATE OR REPLACE TEMP TABLE split AS
WITH kin AS (
    SELECT c.container, t.parent_id AS parent, c.ticket, c.event, c.left_at, z.before, z.after FROM came_in c
    JOIN ticket_then t ON t.no = c.ticket JOIN sized z ON z.container = c.container AND z.ticket = c.ticket
    WHERE c.event IN ('planned', 'added') AND t.parent_id IS NOT NULL
), sums AS (
    SELECT container, parent,
        sum(CASE WHEN event = 'planned' AND (left_at IS NOT NULL OR after < before) THEN before END) AS held,
        coalesce(sum(CASE WHEN event = 'planned' AND left_at IS NULL AND after < before THEN after END), 0)
            + coalesce(sum(CASE WHEN event = 'added' AND left_at IS NULL THEN after END), 0) AS holds,
        count(CASE WHEN event = 'added' AND after IS NULL THEN 1 END) AS unknown
    FROM kin GROUP BY container, parent
)
SELECT k.container, k.ticket FROM kin k JOIN sums s ON s.container = k.container AND s.parent = k.parent
WHERE k.event = 'added' AND s.unknown = 0 AND s.held > 0 AND abs(s.holds - s.held) <= 0.2 * s.held + 0.000001
"""
"""Tickets made under the parent of planned ones that shrank or left by about as many points (a fifth more or less)."""

SCOPE_EVENT = """
CREATE OR REPLACE TEMP TABLE scope_event AS
SELECT c.container, c.kind, c.ticket, CASE WHEN p.ticket IS NOT NULL THEN 'split' ELSE c.event END AS event, c.moment,
    z.before AS amount, c.origin
FROM came_in c JOIN sized z ON z.container = c.container AND z.ticket = c.ticket
LEFT JOIN split p ON p.container = c.container AND p.ticket = c.ticket
UNION ALL
SELECT c.container, c.kind, c.ticket, 'removed', c.left_at, z.before, NULL
FROM came_in c JOIN sized z ON z.container = c.container AND z.ticket = c.ticket WHERE c.left_at IS NOT NULL
UNION ALL
SELECT c.container, c.kind, c.ticket, 're_estimated', z.changed, z.after - z.before, NULL
FROM came_in c JOIN sized z ON z.container = c.container AND z.ticket = c.ticket WHERE z.before <> z.after
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
    count(CASE WHEN e.event = 'carried' THEN 1 END) AS carried,
    count(CASE WHEN e.event = 'split' THEN 1 END) AS split,
    count(CASE WHEN e.event = 'removed' THEN 1 END) AS removed,
    count(CASE WHEN e.event = 'swapped' THEN 1 END) AS swapped,
    count(CASE WHEN e.event = 'rewritten' THEN 1 END) AS rewritten,
    sum(CASE WHEN e.event = 'rewritten' THEN e.amount END) AS listed,
    sum(CASE WHEN e.event = 're_estimated' THEN e.amount END) AS re_estimated,
    sum(CASE WHEN e.event = 'date_moved' THEN e.amount END) AS later,
    count(e.agreed_by) AS agreed,
    count(CASE WHEN e.event IN ('added', 'pulled_in') AND e.agreed_by IS NULL THEN 1 END) AS grown,
    bool_or(s.start IS NOT NULL) AS stated,
    bool_or(d.ended >= $1 AND o.container IS NOT NULL) AS running
FROM deliverable d JOIN (
    SELECT s.*, a.agreed_by FROM scope_event s LEFT JOIN agreed_growth a
        ON a.container = s.container AND a.ticket = s.ticket AND s.event IN ('added', 'pulled_in')
) e ON e.container = d.container
LEFT JOIN container_then s ON s.id = d.container
LEFT JOIN open o ON o.container = d.container
GROUP BY d.container, d.kind, d.name, d.started, d.baseline, d.completed, d.ended
ORDER BY d.container
"""
"""One row a deliverable, given the first moment of the window. ``stated``: its tracker gives it a start; ``running``: it had not
ended before the window and held a ticket that was open in it (a version nobody released does not run for ever). ``grown``: what
was taken on and not agreed; ``agreed``: what was."""


def lay_out(board: Board) -> None:
    """``member``, ``deliverable`` and ``scope_event`` for what ran within the history at hand.

    A deliverable starts when its sprint or cycle does, else when the first of its tickets was started; its commitment is what it
    holds ``grace_days`` later. Events after its end do not count. Each ticket comes in once (planned, added, pulled_in, carried or
    split); removed, re_estimated, swapped, rewritten and date_moved (without a ticket) may follow. ``amount``: points that came or
    went, listed lines added, or days; ``origin`` the deliverable of the kind it was in.
    """
    since = board.history_begins
    for sql in (MEMBER, LASTING):
        board.con.execute(sql)
    board.con.execute(DELIVERABLE, [board.options.grace_days, since])
    for sql in (CAME_IN, SIZED, SPLIT, SCOPE_EVENT):
        board.con.execute(sql)
    scope_changes.lay_out(board)
    board.drop("lasting", "came_in", "sized", "split")
