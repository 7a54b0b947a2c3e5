"""Tickets without a path to a priority, in the judged weeks and in as many before, and the reason of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.board import Board

REASONS = {
    "no_parent": "No parent", "parent_unlinked": "Parent is unlinked", "parent_closed": "Parent is closed or archived",
    "gone": "Gone from the tracker",
    "parked": "Parked (not now)", "decided": "A person decided: serves nothing", "too_new": "Too new",
    "not_visible": "Parent not visible to this account",
}  # fmt: skip
NOT_COUNTED = ("too_new", "not_visible")
COUNTS = f"reason NOT IN {NOT_COUNTED}"

REASONED = """
CREATE OR REPLACE TEMP TABLE unlinked_ever AS
WITH placed AS (
    SELECT ticket, kind, shown, week, units, week IN (SELECT unnest($2)) AS now FROM share_of
    WHERE basis = $1 AND in_force AND kind IN ('unlinked', 'parked')
        AND (week IN (SELECT unnest($2)) OR week IN (SELECT unnest($3)))
), one AS (
    SELECT ticket, kind, shown, max(CASE WHEN now THEN 1 ELSE 0 END) = 1 AS now, min(week) AS first,
        sum(CASE WHEN now THEN units ELSE 0 END) AS units, sum(CASE WHEN now THEN 0 ELSE units END) AS earlier
    FROM placed GROUP BY ticket, kind, shown
), nothing AS (SELECT DISTINCT ticket FROM link WHERE kind = 'none')
SELECT o.ticket, o.shown, t.type, o.units, o.earlier, o.now, o.first, CASE
    WHEN o.kind = 'parked' THEN 'parked'
    WHEN n.ticket IS NOT NULL THEN 'decided'
    WHEN t.gone <> 'archived' THEN 'gone'
    WHEN t.created_day > $4 - $5 THEN 'too_new'
    WHEN t.parent_id IS NOT NULL AND t.parent IS NULL THEN 'not_visible'
    WHEN p.phase IN ('done', 'cancelled') OR p.archived OR p.gone IS NOT NULL THEN 'parent_closed'
    WHEN p.no IS NOT NULL THEN 'parent_unlinked'
    WHEN c.state IN ('completed', 'canceled') AND coalesce(c.completed, m.as_of) <= m.as_of THEN 'parent_closed'
    WHEN c.id IS NOT NULL THEN 'parent_unlinked'
    ELSE 'no_parent' END AS reason
FROM one o CROSS JOIN moment m JOIN ticket_then t ON t.no = o.ticket
LEFT JOIN nothing n ON n.ticket = o.ticket
LEFT JOIN ticket_then p ON p.no = t.parent
LEFT JOIN container_then c ON c.id = t.project AND c.kind = 'project'
"""
JUDGED = (
    "CREATE OR REPLACE TEMP VIEW unlinked AS SELECT ticket, shown, type, units, reason FROM unlinked_ever WHERE now"
)


def lay_out(board: Board) -> None:
    """``unlinked`` (ticket, shown, type, units, reason) of the judged weeks; ``unlinked_ever`` also has tickets of the weeks
    before, with their units then (``earlier``) and their first week of all these."""
    options = board.options
    board.con.execute(REASONED, [options.basis, board.judged, before(board), board.today, options.too_new_days])
    board.con.execute(JUDGED)


def before(board: Board) -> list[int]:
    """As many weeks as the window has, before it: those under a strategy that are not set apart."""
    weeks = range(board.first_week - board.options.weeks, board.first_week)
    return [w for w in weeks if w not in board.set_apart and board.regimes.get(w) is not None]


def units(board: Board) -> int:
    """Effort of the judged weeks that counts as unlinked."""
    return int(board.one(f"SELECT coalesce(sum(units), 0) FROM unlinked WHERE {COUNTS}"))
