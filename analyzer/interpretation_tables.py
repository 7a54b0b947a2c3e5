"""What people read differently, as tables: decisions contradicted, one title for two priorities, names of priorities and steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer import alike, contradictions, naming
from analyzer.effort import UNIT
from analyzer.evidence import heaviest, row, table
from analyzer.judging import measured_in

if TYPE_CHECKING:
    from analyzer.board import Board
    from analyzer.result import Table

MOST = 20


def tables(board: Board, names: dict[str, str]) -> list[Table]:
    """Those that have rows; ``names`` of the priorities by id. Needs ``step_name``."""
    return [made for made in _each(board, names) if made.rows]


def _each(board: Board, names: dict[str, str]) -> Iterator[Table]:
    yield _contradictions(board, names)
    yield _alike(board, names)
    yield _names(board)
    yield _steps(board)


def _contradictions(board: Board, names: dict[str, str]) -> Table:
    board.once(contradictions.lay_out)
    pair = "kind || ' ' || said || ' ' || other"
    rows = board.rows(
        f"SELECT {pair} AS pair, kind, said, other, count(DISTINCT ticket) AS n FROM contradiction "
        f"GROUP BY kind, said, other ORDER BY n DESC, pair LIMIT {MOST}"
    )
    tickets = heaviest(board, f"SELECT DISTINCT {pair} AS grp, ticket, 1 AS weight FROM contradiction")
    made = []
    for r in rows:
        what = contradictions.worded(r.kind, r.said, r.other, names)
        made.append(row({"what": what[0].upper() + what[1:], "tickets": int(r.n)}, tickets, r.pair))
    note = "The decision counts, the nearer or later of two. Settle it in the strategy file or by another decision."
    return table(
        "contradictions",
        "Decisions that something contradicts",
        [("what", "What", "text"), ("tickets", "Tickets", "tickets")],
        made,
        note,
    )


def _alike(board: Board, names: dict[str, str]) -> Table:
    board.once(alike.lay_out)
    rows = board.rows(
        "SELECT grp, bool_or(reworded) AS reworded, string_agg(DISTINCT target, '|' ORDER BY target) AS targets, "
        "count(DISTINCT words) AS titles, count(*) AS n, sum(units)::BIGINT AS units FROM alike "
        f"GROUP BY grp ORDER BY units DESC, grp LIMIT {MOST}"
    )
    tickets = heaviest(board, "SELECT grp, ticket, units AS weight FROM alike")
    made = []
    for r in rows:
        named = ", ".join(names.get(target, target) for target in r.targets.split("|"))
        cells = {"priorities": named, "titles": "reworded" if r.reworded else "the same", "tickets": int(r.n),
                 "effort": r.units / UNIT}  # fmt: skip
        made.append(row(cells, tickets, r.grp))
    columns = [("priorities", "Priorities", "text"), ("titles", "Titles", "text"), ("tickets", "Tickets", "tickets"),
               ("effort", "Effort", measured_in(board.options.basis))]  # fmt: skip
    return table("alike", "One title, different priorities", columns, made)


def _names(board: Board) -> Table:
    found, tickets = naming.found(board)
    made = [
        row({"what": n.what, "of": n.of, "names": n.names, "tickets": n.tickets or None, "effort": n.units / UNIT or None},
            tickets, n.key) for n in found[:MOST]
    ]  # fmt: skip
    columns = [("what", "What", "text"), ("of", "Priority", "text"), ("names", "Names", "text"), ("tickets", "Tickets", "tickets"),
               ("effort", "Effort", measured_in(board.options.basis))]  # fmt: skip
    return table("names", "Two names for one thing", columns, made)


def _steps(board: Board) -> Table:
    teams = int(board.one("SELECT count(DISTINCT shown) FROM step_name"))
    rows = board.rows(
        "SELECT name, string_agg(DISTINCT phase, ', ' ORDER BY phase) AS phases, count(DISTINCT phase) AS meanings, "
        "string_agg(DISTINCT shown, ', ' ORDER BY shown) AS shown, count(DISTINCT ticket) AS n FROM step_name GROUP BY name "
        f"HAVING count(DISTINCT phase) > 1 OR (count(DISTINCT shown) = 1 AND ? > 1) "
        f"ORDER BY meanings DESC, n DESC, name LIMIT {MOST}",
        teams,
    )
    tickets = heaviest(board, "SELECT name AS grp, ticket, count(*) AS weight FROM step_name GROUP BY name, ticket")
    made = [
        row({"name": r.name, "phases": r.phases, "teams": r.shown, "tickets": int(r.n)}, tickets, r.name) for r in rows
    ]
    columns = [
        ("name", "Step", "text"),
        ("phases", "Means", "text"),
        ("teams", "Teams", "text"),
        ("tickets", "Tickets", "tickets"),
    ]
    return table("steps", "Steps that mean different things, or that one team alone names so", columns, made)
