"""Scope that changes without a ticket more: texts that grow after the start, tickets that change places, dates that move."""

from __future__ import annotations

from analyzer.board import Board

LISTED = r"(?:^|\n)\s*(?:[-*+\x{2022}#]|\d+[.)]|\[[ xX]?\])\s+\S"
"""A line of a list: a bullet, a number or a box to tick."""

SWAPPED = """
INSERT INTO scope_event
WITH pair AS (
    SELECT i.container, i.kind, i.ticket, i.moment, o.ticket AS gone,
        row_number() OVER (PARTITION BY i.container, i.ticket
            ORDER BY abs(epoch_us(i.moment) - epoch_us(o.moment)), o.id) AS nearest_out,
        row_number() OVER (PARTITION BY o.container, o.ticket
            ORDER BY abs(epoch_us(i.moment) - epoch_us(o.moment)), i.id) AS nearest_in
    FROM (SELECT e.*, t.id FROM scope_event e JOIN ticket_then t ON t.no = e.ticket) i
    JOIN (SELECT e.*, t.id FROM scope_event e JOIN ticket_then t ON t.no = e.ticket WHERE e.event = 'removed') o
        ON o.container = i.container
    WHERE i.event IN ('added', 'pulled_in') AND i.ticket <> o.ticket
        AND i.moment BETWEEN o.moment - to_days(3) AND o.moment + to_days(3)
        AND (i.amount IS NULL AND o.amount IS NULL
            OR abs(i.amount - o.amount) <= 0.2 * greatest(i.amount, o.amount) + 0.000001)
)
SELECT container, kind, ticket, 'swapped', moment, NULL, NULL FROM pair WHERE nearest_out = 1 AND nearest_in = 1
"""
"""One out and one in within three days, of about equal size (or both without an estimate), each the other's nearest."""

REWRITING = """
CREATE OR REPLACE TEMP TABLE rewriting AS
WITH finished_at AS (SELECT ticket, min(since) AS since FROM finished GROUP BY ticket),
body AS (
    SELECT ticket, value, since, coalesce(until, TIMESTAMP '9999-01-01') AS until,
        CASE WHEN value IS NULL THEN 0 ELSE try_cast(split_part(value, ':', 1) AS BIGINT) END AS size
    FROM span_then s SEMI JOIN came_in c ON c.ticket = s.ticket WHERE s.field = 'body'
)
SELECT c.container, c.kind, c.ticket, a.value AS was, b.value AS is_now, a.size AS before, b.size AS after, b.since AS moment
FROM came_in c LEFT JOIN finished_at f ON f.ticket = c.ticket
JOIN body a ON a.ticket = c.ticket AND a.since <= c.moment AND a.until > c.moment
JOIN body b ON b.ticket = c.ticket AND b.since > c.moment
    AND b.since < least(c.ended, coalesce(f.since, c.ended)) AND b.until >= least(c.ended, coalesce(f.since, c.ended))
"""

REWRITTEN = """
INSERT INTO scope_event
WITH named AS (SELECT DISTINCT was AS fingerprint FROM rewriting UNION SELECT DISTINCT is_now FROM rewriting),
listed AS (
    SELECT t.fingerprint, max(array_length(regexp_extract_all(t.body, $1))) AS lines
    FROM texts t JOIN named n ON n.fingerprint = t.fingerprint GROUP BY t.fingerprint
), compared AS (
    SELECT r.*, l.lines - CASE WHEN r.was IS NULL THEN 0 ELSE w.lines END AS lines FROM rewriting r
    LEFT JOIN listed w ON w.fingerprint = r.was LEFT JOIN listed l ON l.fingerprint = r.is_now
)
SELECT container, kind, ticket, 'rewritten', moment, lines, NULL FROM compared
WHERE lines > 0 OR after - before >= 80 AND 5 * (after - before) >= before
"""
"""Grown by a listed line, where both texts are kept, or by a fifth and 80 characters: what is mended is not scope."""

ENDS = """
CREATE OR REPLACE TEMP TABLE end_stated AS
SELECT container, value, since FROM container_seen WHERE field = 'end'
UNION ALL
SELECT t.id, s.value, s.since FROM ticket_then t JOIN span_then s ON s.ticket = t.no
WHERE t.level >= 1 AND s.field = 'due' AND s.value IS NOT NULL
"""
"""A table of its own: met in one query, DuckDB reads every ticket's due date as a moment before it leaves all but epics out."""

DATE_MOVED = """
INSERT INTO scope_event
WITH stated AS (SELECT container, try_cast(value AS TIMESTAMP) AS day, since FROM end_stated), ranked AS (
    SELECT d.container, d.kind, s.day, s.since, CASE WHEN s.since <= d.baseline THEN 1 ELSE 0 END AS planned,
        row_number() OVER (PARTITION BY d.container, s.since <= d.baseline ORDER BY s.since DESC) AS place
    FROM deliverable d JOIN stated s ON s.container = d.container WHERE s.day IS NOT NULL AND s.since < d.ended
)
SELECT b.container, b.kind, NULL, 'date_moved', n.since, date_diff('day', b.day, n.day), NULL
FROM ranked b JOIN ranked n ON n.container = b.container AND n.planned = 0 AND n.place = 1
WHERE b.planned = 1 AND b.place = 1 AND date_diff('day', b.day, n.day) > 0
"""
"""The end that was stated last against the one stated at the commitment; one that nobody stated then cannot have moved."""


def lay_out(board: Board) -> None:
    """Adds swapped, rewritten and date_moved to ``scope_event``."""
    board.con.execute(SWAPPED)
    board.con.execute(REWRITING)
    board.con.execute(REWRITTEN, [LISTED])
    board.con.execute(ENDS)
    board.con.execute(DATE_MOVED)
    board.drop("rewriting", "end_stated")
