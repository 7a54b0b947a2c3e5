"""Where rules and parents would let two people read one ticket differently, and what each team means by a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.board import Board

AMBIGUOUS = """
CREATE OR REPLACE TEMP TABLE ambiguous AS
WITH own AS (SELECT regime, ticket, target FROM link WHERE via = 'rule' AND kind = 'priority'),
claimed AS (
    SELECT o.regime, o.ticket, o.target, min(r.rule) AS rule
    FROM rule_match m JOIN rule_of r ON r.alike = m.rule AND r.kind = 'priority'
    JOIN own o ON o.regime = r.regime AND o.ticket = m.ticket AND o.target <> r.target
    GROUP BY o.regime, o.ticket, o.target
), above AS (
    SELECT o.regime, o.ticket, o.target, min(l.target) AS other, max(CASE WHEN l.target = o.target THEN 1 ELSE 0 END) AS agrees
    FROM own o JOIN ticket_then t ON t.no = o.ticket AND t.parent IS NOT NULL
    JOIN link l ON l.regime = o.regime AND l.ticket = t.parent AND l.kind = 'priority'
    GROUP BY o.regime, o.ticket, o.target
)
SELECT c.regime, c.ticket, c.target, r.target AS other, 'rules' AS why FROM claimed c JOIN rule_of r ON r.rule = c.rule
UNION ALL
SELECT a.regime, a.ticket, a.target, a.other, 'parent' FROM above a
ANTI JOIN claimed c ON c.regime = a.regime AND c.ticket = a.ticket WHERE a.agrees = 0
"""
"""One row a regime and ticket that its own rule links to ``target`` while another rule, or else its parent, says ``other``. What a
person decided is not linked by a rule, and what a not_now rule matches is parked: neither is here."""

STEP = """
CREATE OR REPLACE TEMP TABLE step_name AS
SELECT w.ticket, s.shown, h.value AS phase, lower(trim(p.value)) AS name
FROM (SELECT DISTINCT ticket FROM effort WHERE basis = $1 AND week IN (SELECT unnest($2))) w
JOIN span_then p ON p.ticket = w.ticket AND p.field = 'status' AND p.value IS NOT NULL
JOIN span_then h ON h.ticket = w.ticket AND h.field = 'phase' AND h.since <= p.since AND (h.until IS NULL OR h.until > p.since)
JOIN ticket_team g ON g.ticket = w.ticket JOIN team_shown s ON s.team = g.team
"""
"""What each status meant when a ticket entered it, for tickets worked on in the judged weeks."""


def lay_out(board: Board) -> None:
    """``ambiguous`` and ``step_name``."""
    board.con.execute(AMBIGUOUS)
    board.con.execute(STEP, [board.options.basis, board.judged])
