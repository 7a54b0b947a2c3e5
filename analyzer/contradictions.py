"""Where what a person decided and what another word says differ: a rule, an epic with all below it, someone else, a rejection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.mapping import LEVELS
from analyzer.spoken import KNOWN, NOW, STANDS
from analyzer.store import scalar

if TYPE_CHECKING:
    from analyzer.board import Board

SAID = """
CREATE OR REPLACE TEMP TABLE said_of AS
SELECT s.decided, t.no AS ticket, string_agg(s.target, '|' ORDER BY s.target) AS said, max(s.reach) AS reach
FROM spoken s JOIN ticket_then t ON t.id = s.decided WHERE s.regime = $1 GROUP BY s.decided, t.no
"""
"""What each decision on a ticket says under the strategy in force; '' is nothing."""

COVERED = """
CREATE OR REPLACE TEMP TABLE covered AS
SELECT t.no AS ticket, s.ticket AS epic, 1 AS steps FROM ticket_then t JOIN said_of s ON s.ticket = t.parent
WHERE s.reach = 'below' AND t.no <> s.ticket
"""
DEEPER = """
INSERT INTO covered
SELECT DISTINCT t.no, c.epic, c.steps + 1 FROM ticket_then t JOIN covered c ON c.ticket = t.parent AND c.steps = $1
ANTI JOIN covered x ON x.ticket = t.no AND x.epic = c.epic WHERE t.no <> c.epic
"""

FOUND = f"""
CREATE OR REPLACE TEMP TABLE contradiction AS
{KNOWN.format(at=NOW)}, first AS (
    SELECT m.ticket, min(r.rule) AS rule FROM rule_match m JOIN rule_of r ON r.alike = m.rule WHERE r.regime = $1 GROUP BY m.ticket
), held AS (
    SELECT DISTINCT l.ticket, s.said FROM link l JOIN said_of s ON s.ticket = l.source WHERE l.regime = $1 AND l.via = 'decision'
), nearest AS (SELECT ticket, arg_min(epic, steps) AS epic FROM covered GROUP BY ticket),
acts AS (
    SELECT d.target, d.act, d.moment, max(d.author) AS author,
        string_agg(coalesce(d.priority, ''), '|' ORDER BY coalesce(d.priority, '')) AS said
    FROM known d WHERE d.kind = 'link' GROUP BY d.target, d.act, d.moment
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY target ORDER BY moment DESC, coalesce(act, 0) DESC) AS place FROM acts
), denied AS (
    SELECT s.target, s.priority FROM ({STANDS.format(at=NOW)}) s WHERE s.kind = 'reject'
)
SELECT h.ticket, 'rule' AS kind, h.said, r.target AS other, r.file || ':' || r.line AS place
FROM held h JOIN first f ON f.ticket = h.ticket JOIN rule_of r ON r.rule = f.rule
ANTI JOIN link l ON l.regime = $1 AND l.ticket = h.ticket AND l.target = r.target
UNION ALL
SELECT o.ticket, 'above', o.said, e.said, t.key FROM nearest n JOIN said_of o ON o.ticket = n.ticket
JOIN said_of e ON e.ticket = n.epic JOIN ticket_then t ON t.no = n.epic WHERE o.said <> e.said
UNION ALL
SELECT t.no, 'people', a.said, b.said, '' FROM placed a JOIN placed b ON b.target = a.target AND b.place = 2
JOIN ticket_then t ON t.id = a.target
WHERE a.place = 1 AND a.author <> b.author AND a.said <> b.said AND a.moment <= b.moment + INTERVAL 7 DAY
UNION ALL
SELECT DISTINCT t.no, 'rejected', d.priority, d.priority, coalesce(r.file || ':' || r.line, '') FROM denied d
JOIN ticket_then t ON t.id = d.target JOIN link l ON l.regime = $1 AND l.ticket = t.no AND l.target = d.priority
LEFT JOIN rule_of r ON r.rule = l.rule
"""

KINDS = {
    "rule": "decided {said}, a rule says {other}",
    "above": "decided {said}, its epic with all below it {other}",
    "people": "decided {said} within a week of another's {other}",
    "rejected": "said not to serve {said}, and linked to it",
}
"""What differs, in words; whose words they are is not said."""


def lay_out(board: Board) -> None:
    """``contradiction``: one row a ticket and kind, under the strategy in force, as of the board's moment."""
    no = board.current.no if board.current is not None else 0
    board.con.execute(SAID, [no])
    board.con.execute(COVERED)
    for steps in range(1, LEVELS):
        if not scalar(board.con, DEEPER, [steps]):
            break
    board.con.execute(FOUND, [no])


def found(board: Board, limit: int) -> list[Any]:
    """``id``, ``key``, ``kind``, ``said``, ``other`` and ``place`` of the first so many, by kind and key."""
    board.once(lay_out)
    return board.rows(
        "SELECT t.id, t.key, c.kind, c.said, c.other, c.place FROM contradiction c JOIN ticket_then t ON t.no = c.ticket "
        f"ORDER BY c.kind DESC, t.key, t.id LIMIT {limit:d}"
    )


def worded(kind: str, said: str, other: str, names: dict[str, str]) -> str:
    """The contradiction as half a sentence, with the names of priorities."""
    return KINDS[kind].format(said=_named(said, names), other=_named(other, names))


def _named(targets: str, names: dict[str, str]) -> str:
    return " and ".join(names.get(t, t) or "nothing" for t in targets.split("|"))
