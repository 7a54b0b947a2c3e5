"""Links that suggestions make alone: only where that is switched on and earned, and taken back where it no longer is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from analyzer import statistics
from analyzer.decisions import undo
from analyzer.evidence import heaviest, row, table
from analyzer.mapping import WHOLE
from analyzer.spoken import ANSWERS, EVER, KNOWN
from analyzer.store import Connection, naive, scalar

if TYPE_CHECKING:
    from analyzer.board import Board
    from analyzer.result import Table

SURE, ENOUGH, PRECISION = 0.95, 100, 0.90
"""From this confidence on; after so many decisions of people on such suggestions; while the lower end of the 95 % interval
(Wilson) of how many were taken as offered is at least this (linking.md, *Thresholds*)."""

TRIED = f"""
SELECT count(*) AS n, coalesce(sum(taken), 0)::INTEGER AS taken FROM ({ANSWERS.format(at=EVER)}) a
WHERE top <> '' AND confidence >= $1
"""


def earned(con: Connection) -> tuple[bool, str]:
    """Whether the ledger allows it, and the figures in words."""
    ((n, taken),) = con.execute(TRIED, [SURE]).fetchall()
    if n < ENOUGH:
        return False, f"{n} of the {ENOUGH} decisions on suggestions of {SURE:.0%} and up that it takes were made"
    low, _ = statistics.wilson(taken / n, n)
    said = f"{taken} of {n} suggestions of {SURE:.0%} and up were taken as offered, at least {low:.1%} (Wilson, 95 %)"
    return low >= PRECISION, f"{said}; {PRECISION:.0%} {'is' if low >= PRECISION else 'would be'} enough"


def link(con: Connection, rows: pd.DataFrame, moment: datetime) -> int:
    """Links every ticket whose likeliest target is that sure, as one act of the program, within the transaction of ``con``.

    ``rows`` as ``suggestions`` has them, of tickets that nothing links. Returns how many. *Nothing* is never linked alone.
    """
    sure = rows[(rows["place"] == 1) & (rows["confidence"] >= SURE) & (rows["target"] != "")]
    if sure.empty:
        return 0
    con.register("incoming", sure[["ticket", "target"]])
    con.execute(
        "INSERT INTO decisions (moment, author, act, target, priority, weight, kind) SELECT $1, '', $2, ticket, target, $3, 'auto' "
        "FROM incoming ORDER BY ticket",
        [naive(moment), int(scalar(con, "SELECT nextval('act_no')")), WHOLE],
    )
    con.unregister("incoming")
    return len(sure)


def take_back(con: Connection, moment: datetime) -> int:
    """Undoes every such link that stands; returns how many acts."""
    acts = con.execute(
        f"{KNOWN.format(at=EVER)} SELECT DISTINCT act FROM known WHERE kind = 'auto' ORDER BY act"
    ).fetchall()
    for (act,) in acts:
        undo(con, act, "", moment)
    return len(acts)


ALONE = """
SELECT l.target AS grp, l.ticket, coalesce(sum(e.units), 0)::BIGINT AS weight FROM link l
LEFT JOIN effort e ON e.ticket = l.ticket AND e.basis = $2 AND e.week IN (SELECT unnest($3))
WHERE l.regime = $1 AND l.via = 'suggestion' GROUP BY l.target, l.ticket
"""
WHOLE_EFFORT = "SELECT coalesce(sum(units), 0)::BIGINT FROM effort WHERE basis = ? AND week IN (SELECT unnest(?))"


def tables(board: Board) -> list[Table]:
    """One table, if a suggestion linked any ticket alone."""
    if board.current is None:
        return []
    values = (board.current.no, board.options.basis, board.judged)
    found = board.rows(
        f"SELECT grp, count(*) AS n, sum(weight)::BIGINT AS units FROM ({ALONE}) GROUP BY grp ORDER BY grp", *values
    )
    if not found:
        return []
    whole = int(board.one(WHOLE_EFFORT, *values[1:]))
    names = {t.id: t.name for t in board.current.targets}
    tickets = heaviest(board, ALONE, *values)
    rows = [
        row(
            {"priority": names[r.grp], "tickets": int(r.n), "share": int(r.units) / whole if whole else 0.0},
            tickets,
            r.grp,
        )
        for r in found
    ]
    columns = [
        ("priority", "Linked to", "text"),
        ("tickets", "Tickets", "tickets"),
        ("share", "Of all effort", "share"),
    ]
    note = "No person and no rule linked these: the likeliest suggestion did, because settings allow it and decisions earned it."
    return [table("linked_alone", "Linked by suggestions alone", columns, rows, note)]
