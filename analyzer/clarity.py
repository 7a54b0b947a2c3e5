"""How clear work was when it started, and how much was finished: five plain checks an item, and the throughput beside them.

Every check looks at the start, or at the same stretch after it for every item, so that hindsight favours no period: old items had
more time to be labelled, described and edited than new ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import starts
from analyzer.effort import UNIT

if TYPE_CHECKING:
    from analyzer.board import Board

SETTLING = 2
"""Weeks after the start in which the text must stay as it was; items younger than that are not counted."""

CHECKS = {
    "linked": "Linked to a priority or upkeep when it started", "owner": "Had an owner when it started",
    "described": "Had an estimate or a description when it started", "parent": "Had a parent or a project when it started",
    "settled": "Its text stayed as it was for two weeks after the start",
}  # fmt: skip

CLARITY = """
CREATE OR REPLACE TEMP TABLE clarity AS
WITH item AS (
    SELECT s.ticket, s.moment, s.week, s.shown, t.kind FROM started s JOIN ticket_then t ON t.no = s.ticket
    WHERE s.level = 0 AND s.week BETWEEN $1 AND $2
), stood AS (
    SELECT i.ticket, max(CASE WHEN p.field = 'assignee' THEN 1 ELSE 0 END) AS owner,
        max(CASE WHEN p.field = 'parent' OR (p.field = 'project' AND i.kind = 'linear') THEN 1 ELSE 0 END) AS parent,
        max(CASE WHEN p.field = 'estimate' OR (p.field = 'body' AND split_part(p.value, ':', 1) <> '0') THEN 1 ELSE 0 END)
            AS described
    FROM item i JOIN span_then p ON p.ticket = i.ticket AND p.since <= i.moment AND (p.until IS NULL OR p.until > i.moment)
    WHERE p.value IS NOT NULL AND p.field IN ('assignee', 'parent', 'project', 'estimate', 'body') GROUP BY i.ticket
), edited AS (
    SELECT DISTINCT i.ticket FROM item i JOIN span_then p ON p.ticket = i.ticket AND p.field = 'body'
    WHERE p.since > i.moment AND p.since <= i.moment + INTERVAL 14 DAY
), served AS (
    SELECT i.ticket, i.moment, l.source, l.rule, l.via FROM item i JOIN lens n ON n.week = i.week AND n.in_force
    JOIN link l ON l.regime = n.regime AND l.ticket = i.ticket AND l.kind IN ('priority', 'upkeep')
), asked AS (
    SELECT v.ticket, v.moment, v.source, c.condition, c.field, c.value FROM served v JOIN rule_of r ON r.rule = v.rule
    JOIN rule_condition c ON c.rule = r.alike AND c.field IN ('label', 'component')
), held AS (
    SELECT DISTINCT a.ticket, a.condition FROM asked a
    JOIN span_then p ON p.ticket = a.source AND p.field = a.field AND lower(p.value) = a.value AND p.since <= a.moment
    WHERE p.field IN ('label', 'component')
), late AS (
    SELECT DISTINCT a.ticket FROM asked a LEFT JOIN held h ON h.ticket = a.ticket AND h.condition = a.condition
    WHERE h.ticket IS NULL
), linked AS (
    SELECT DISTINCT v.ticket FROM served v LEFT JOIN late x ON x.ticket = v.ticket LEFT JOIN stood s ON s.ticket = v.ticket
    WHERE x.ticket IS NULL AND (v.via <> 'ancestor' OR s.parent = 1)
)
SELECT i.ticket, i.week, i.shown, CASE WHEN l.ticket IS NULL THEN 0 ELSE 1 END AS linked, coalesce(s.owner, 0) AS owner,
    coalesce(s.described, 0) AS described, coalesce(s.parent, 0) AS parent, CASE WHEN e.ticket IS NULL THEN 1 ELSE 0 END AS settled
FROM item i LEFT JOIN stood s ON s.ticket = i.ticket LEFT JOIN edited e ON e.ticket = i.ticket
LEFT JOIN linked l ON l.ticket = i.ticket
"""
"""``held`` names the two fields of ``asked`` once more: a scan does not see them through the join."""

BY_WEEK = """
SELECT week, count(*) AS items, sum(linked) AS linked, sum(owner) AS owner, sum(described) AS described, sum(parent) AS parent,
    sum(settled) AS settled FROM clarity GROUP BY week ORDER BY week
"""
FINISHED = f"""
WITH first AS (
    SELECT f.ticket, min(f.day) AS day FROM finished f JOIN started s ON s.ticket = f.ticket AND s.moment <= f.since
    WHERE s.level <= 0 GROUP BY f.ticket
), spent AS (SELECT week, sum(units)::DOUBLE / {UNIT} AS days FROM effort_day WHERE person IS NOT NULL GROUP BY week)
SELECT d.week, count(*) AS tickets, coalesce(sum(CASE WHEN t.estimate > 0 THEN t.estimate END), 0.0) AS points,
    count(CASE WHEN t.estimate > 0 THEN 1 END) AS estimated, coalesce(max(p.days), 0.0) AS days
FROM first f JOIN days d ON d.day = f.day JOIN ticket_then t ON t.no = f.ticket LEFT JOIN spent p ON p.week = d.week
WHERE d.week BETWEEN ? AND ? GROUP BY d.week ORDER BY d.week
"""
"""Tickets by the week they were first finished in; what was closed without having been in progress is no throughput."""


def lay_out(board: Board) -> None:
    """``clarity``: one row per item started, 1 or 0 a check."""
    board.once(starts.lay_out)
    board.con.execute(CLARITY, [board.history_week, board.last_week - SETTLING])
