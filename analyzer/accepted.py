"""How suggestions fared: of those that people decided on, how many were taken as offered, and how many tickets still have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import statistics
from analyzer.evidence import heaviest, row, table
from analyzer.spoken import ANSWERS, NOW

if TYPE_CHECKING:
    from analyzer.board import Board
    from analyzer.result import Table

LIKELY = 0.5
"""From here on a suggestion can be taken with one click."""

NOTHING = "Nothing (no priority)"

FARED = f"""
CREATE OR REPLACE TEMP TABLE fared AS
SELECT t.no AS ticket, a.top, a.taken FROM ({ANSWERS.format(at=NOW)}) a JOIN ticket_then t ON t.id = a.target
"""

WAITING = """
CREATE OR REPLACE TEMP TABLE suggested_now AS
SELECT t.no AS ticket, max(CASE WHEN s.confidence >= $2 AND s.target <> '' THEN s.target END) AS top,
    max(CASE WHEN s.ticket IS NULL THEN 0 ELSE 1 END) AS scored
FROM ticket_then t ANTI JOIN (SELECT DISTINCT ticket FROM link WHERE regime = $1) l ON l.ticket = t.no
LEFT JOIN (SELECT s.* FROM suggestions s CROSS JOIN moment m WHERE s.place = 1 AND s.scored <= m.as_of) s ON s.ticket = t.id
WHERE t.level <= 0 GROUP BY t.no
"""
"""Tickets that nothing links, and what is suggested for them with at least even odds, as far as it was scored by then."""


def tables(board: Board) -> list[Table]:
    """One table, if a decision on a suggestion is known at the board's moment."""
    if board.current is None or not board.one("SELECT count(*) FROM decisions WHERE offered IS NOT NULL"):
        return []
    board.con.execute(FARED)
    decided = {
        r.top: r for r in board.rows("SELECT top, count(*) AS n, sum(taken)::INTEGER AS taken FROM fared GROUP BY top")
    }
    if not decided:
        return []
    board.con.execute(WAITING, [board.current.no, LIKELY])
    waiting = {
        r.top: int(r.n)
        for r in board.rows("SELECT top, count(*) AS n FROM suggested_now WHERE top IS NOT NULL GROUP BY top")
    }
    unlinked, scored = board.rows(
        "SELECT count(*) AS n, coalesce(sum(scored), 0)::INTEGER AS scored FROM suggested_now"
    )[0]
    tickets = heaviest(board, "SELECT top AS grp, ticket, 1 - taken AS weight FROM fared")
    names = {t.id: t.name for t in board.current.targets} | {"": NOTHING}
    rows = []
    for top, r in sorted(decided.items(), key=lambda one: (-int(one[1].n), one[0])):
        cells = _cells(names.get(top, top), int(r.n), int(r.taken), waiting.get(top, 0) if scored else None)
        rows.append(row(cells, tickets, top))
    n, taken = sum(int(d.n) for d in decided.values()), sum(int(d.taken) for d in decided.values())
    whole = _cells("All", n, taken, sum(waiting.values()) if scored else None)
    whole["coverage"] = sum(waiting.values()) / unlinked if scored else None
    columns = [
        ("priority", "Suggested", "text"), ("decided", "Decided on", "count"), ("taken", "Taken as offered", "count"),
        ("precision", "Precision", "share"), ("low", "At least", "share"), ("high", "At most", "share"),
        ("waiting", "Waiting", "tickets"), ("coverage", "Of all unlinked", "share"),
    ]  # fmt: skip
    note = (
        "The likeliest suggestion of each ticket that was shown when a person decided, each time they did; the interval is "
        "Wilson's, 95 %. Waiting: tickets that nothing links, with a suggestion of 50 % or more."
    )
    return [table("suggestions", "How suggestions fared", columns, [row(whole), *rows], note)]


def _cells(name: str, decided: int, taken: int, waiting: int | None) -> dict[str, str | float | int | None]:
    low, high = statistics.wilson(taken / decided, decided)
    return {"priority": name, "decided": decided, "taken": taken, "precision": taken / decided, "low": low, "high": high,
            "waiting": waiting, "coverage": None}  # fmt: skip
