"""Links that came about after the work was done, or just before the report: by a label that a rule asks for, or by a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.evidence import heaviest, row, table

if TYPE_CHECKING:
    from analyzer.board import Board
    from analyzer.result import Table

MET = """
CREATE OR REPLACE TEMP TABLE rule_met AS
WITH looked AS (
    SELECT ticket FROM ended WHERE lately
    UNION SELECT s.ticket FROM spans s CROSS JOIN moment m WHERE s.since >= m.as_of - INTERVAL 2 DAY AND s.since <= m.as_of
), asked AS (
    SELECT l.ticket, c.condition, c.field, c.value FROM link l SEMI JOIN looked k ON k.ticket = l.ticket
    JOIN rule_of r ON r.rule = l.rule JOIN rule_condition c ON c.rule = r.alike WHERE l.regime = $1 AND l.via = 'rule'
), held AS (
    SELECT s.ticket, s.field, s.value, s.since FROM span_then s SEMI JOIN looked k ON k.ticket = s.ticket
    WHERE s.field IN ('label', 'component', 'project', 'version', 'sprint', 'cycle', 'milestone') OR s.field LIKE 'custom:%'
), called AS (
    SELECT id, lower(name) AS value FROM container_then UNION SELECT id, lower(key) FROM container_then WHERE key <> ''
), met AS (
    SELECT a.ticket, a.condition, s.since FROM asked a
    JOIN held s ON s.ticket = a.ticket AND s.field = a.field AND lower(s.value) = a.value
    WHERE a.field IN ('label', 'component') OR a.field LIKE 'custom:%'
    UNION ALL
    SELECT a.ticket, a.condition, s.since FROM asked a
    JOIN held s ON s.ticket = a.ticket AND s.field = a.field
    JOIN called c ON c.id = s.value AND c.value = a.value
    WHERE a.field IN ('project', 'version', 'sprint', 'cycle', 'milestone')
), first AS (SELECT ticket, condition, min(since) AS since FROM met GROUP BY ticket, condition)
SELECT f.ticket, max(f.since) AS since FROM first f JOIN ticket_then t ON t.no = f.ticket
WHERE t.history <> 'none' AND f.since > t.created GROUP BY f.ticket
"""
"""When a ticket first had all that its rule asks for, where that was after its creation; put back on is not late."""

SAID = """
CREATE OR REPLACE TEMP TABLE said_on AS
SELECT l.ticket, max(d.moment) AS since FROM link l JOIN ticket_then s ON s.no = l.source JOIN decided d ON d.target = s.id
WHERE l.regime = $1 AND l.via = 'decision' GROUP BY l.ticket
"""
"""When it was decided what a ticket serves."""

ENDED = """
CREATE OR REPLACE TEMP TABLE ended AS
SELECT l.ticket, max(f.since) AS since, max(CASE WHEN d.week BETWEEN $2 AND $3 THEN 1 ELSE 0 END) = 1 AS lately
FROM (SELECT DISTINCT ticket FROM link WHERE regime = $1) l JOIN ticket_then t ON t.no = l.ticket AND t.phase = 'done'
JOIN finished f ON f.ticket = l.ticket JOIN days d ON d.day = f.day GROUP BY l.ticket
"""

AFTER = """
SELECT '' AS grp, e.ticket, epoch_us(x.since) - epoch_us(e.since) AS weight FROM ended e JOIN {} x ON x.ticket = e.ticket
WHERE e.lately AND x.since > e.since + INTERVAL 1 DAY
"""
FRESH = """
SELECT '' AS grp, x.ticket, epoch_us(x.since) AS weight FROM {} x CROSS JOIN moment m WHERE x.since >= m.as_of - INTERVAL 2 DAY
"""
DONE = "SELECT count(*) FROM ended WHERE lately"
LINKED = "SELECT count(DISTINCT ticket) FROM link WHERE regime = ?"

ROWS = (
    ("Linked by a label or field set more than a day after they were done", AFTER.format("rule_met"), True,
     "Their effort counts for what was said of it later, not for what it was done for"),
    ("Decided on more than a day after they were done", AFTER.format("said_on"), True,
     "A person's word of later; earlier reports did not know it"),
    ("Linked by a label or field set in the two days before the report", FRESH.format("rule_met"), False,
     "Links may be fresh, not lived"),
    ("Decided on in the two days before the report", FRESH.format("said_on"), False,
     "The last report did not know them"),
)  # fmt: skip
"""What, the tickets, whether they are held against those finished in the window or against all that are linked, and the effect."""


def tables(board: Board) -> list[Table]:
    """One table, if any link came about late or just now; none without a strategy in force."""
    if board.current is None:
        return []
    no = board.current.no
    board.con.execute(ENDED, [no, board.first_week, board.last_week])
    board.con.execute(MET, [no])
    board.con.execute(SAID, [no])
    done, linked = int(board.one(DONE)), int(board.one(LINKED, no))
    rows = []
    for what, sql, finished, effect in ROWS:
        count, of = int(board.one(f"SELECT count(*) FROM ({sql})")), done if finished else linked
        if count:
            cells = {"what": what, "tickets": count, "of": of, "share": count / of, "effect": effect}
            rows.append(row(cells, heaviest(board, sql), ""))
    columns = [
        ("what", "Links", "text"), ("tickets", "Tickets", "tickets"), ("of", "Of", "tickets"), ("share", "Share", "share"),
        ("effect", "What it does to the numbers", "text"),
    ]  # fmt: skip
    note = "Of links: those finished in the window, or all of today. Tickets without a change log are left out."
    return [table("late_links", "Links made late", columns, rows, note)] if rows else []
