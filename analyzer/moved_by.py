"""Why an earlier report's weeks look different today: the strategy file, links, or tickets that came since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from analyzer import mapping, teams
from analyzer.board import Board, as_known
from analyzer.effort import UNIT
from analyzer.evidence import heaviest, lines, row, table
from analyzer.judging import measured_in
from analyzer.regimes import Regime, regimes_by_week
from analyzer.result import Table
from analyzer.strategy import Strategy
from analyzer.strategy_file import strategy_of

if TYPE_CHECKING:
    from analyzer.restated import Past

CAUSES = {
    "strategy": "The strategy file, edited since", "links": "Links made or undone since",
    "arrived": "Tickets that came into the store since",
}  # fmt: skip

VERSIONS = """
SELECT name, body FROM (
    SELECT s.name, s.body, row_number() OVER (PARTITION BY s.name ORDER BY s.moment DESC, s.digest) AS place
    FROM strategy_seen s WHERE s.moment <= ?
) WHERE place = 1 ORDER BY name
"""

SPENT = """
CREATE OR REPLACE TEMP TABLE spent_then AS
WITH last AS (
    SELECT tracker, max(highest) AS highest FROM watched WHERE moment <= $4 GROUP BY tracker
)
SELECT e.ticket, e.week, sum(e.units)::BIGINT AS units, max(CASE WHEN e.ticket > l.highest THEN 1 ELSE 0 END) AS late
FROM effort e JOIN ticket_then t ON t.no = e.ticket LEFT JOIN last l ON l.tracker = t.tracker
WHERE e.basis = $1 AND e.week BETWEEN $2 AND $3 GROUP BY e.ticket, e.week
"""
"""Tickets are numbered as they come: what is above the highest number of the last pull before came later."""

PLACED = """
INSERT INTO placed
SELECT s.ticket, s.week, $1, l.target, l.weight FROM spent_then s
JOIN {lens} n ON n.week = s.week JOIN {link} l ON l.regime = n.regime AND l.ticket = s.ticket
"""

MOVED = """
WITH step AS (SELECT unnest([0, 1, 2]) AS step),
told AS (
    SELECT s.ticket, s.week, k.step, coalesce(p.target, '') AS target, coalesce(p.weight, 1000000) AS weight
    FROM spent_then s CROSS JOIN step k
    LEFT JOIN placed p ON p.ticket = s.ticket AND p.week = s.week AND p.step = k.step WHERE s.late = 0
), changed AS (
    SELECT 'strategy' AS cause, ticket, week, target, CASE WHEN step = 0 THEN -weight ELSE weight END AS weight
    FROM told WHERE step < 2
    UNION ALL
    SELECT 'links', ticket, week, target, CASE WHEN step = 1 THEN -weight ELSE weight END FROM told WHERE step > 0
    UNION ALL
    SELECT 'arrived', s.ticket, s.week, coalesce(p.target, ''), coalesce(p.weight, 1000000) FROM spent_then s
    LEFT JOIN placed p ON p.ticket = s.ticket AND p.week = s.week AND p.step = 2 WHERE s.late = 1
), net AS (
    SELECT cause, ticket, week, target, sum(weight) AS weight FROM changed
    GROUP BY cause, ticket, week, target HAVING sum(weight) <> 0
)
SELECT n.cause, n.ticket, n.target, sum((s.units // 1000000) * n.weight)::BIGINT AS units
FROM net n JOIN spent_then s ON s.ticket = n.ticket AND s.week = n.week GROUP BY n.cause, n.ticket, n.target
"""
"""Step 0: links as they were known then under the strategy of then; 1: those under today's; 2: those of today under today's."""


def drawn(board: Board, past: Past, names: dict[str, str]) -> Table:
    """What moved between priorities and why, as effort of that report's weeks; what is left is said in the note."""
    _place(board, past)
    moved = board.frame(MOVED)
    board.lay("moved_since", moved.astype({"cause": object, "ticket": "int64", "target": object, "units": "int64"}))
    tickets = heaviest(board, "SELECT cause || ' ' || target AS grp, ticket, abs(units) AS weight FROM moved_since")
    rows = []
    for r in lines(board.frame(
        "SELECT cause, target, sum(units)::BIGINT AS units, count(DISTINCT ticket) AS tickets FROM moved_since "
        "GROUP BY cause, target ORDER BY cause DESC, target"
    )):  # fmt: skip
        cells = {
            "why": CAUSES[r.cause], "priority": names.get(r.target, r.target), "effort": round(int(r.units) / UNIT, 3),
            "tickets": int(r.tickets),
        }  # fmt: skip
        rows.append(row(cells, tickets, f"{r.cause} {r.target}"))
    columns = [
        ("why", "What moved it", "text"), ("priority", "Priority", "text"),
        ("effort", "Gained or lost", measured_in(board.options.basis)), ("tickets", "Tickets", "tickets"),
    ]  # fmt: skip
    note = "What these do not explain comes from the tracker's record of these weeks, changed since."
    if not rows:
        note = f"No link of these weeks has changed, and no ticket has come. {note}"
    return table("relinked", f"What moved the report of {past.as_of:%Y-%m-%d}", columns, rows, note)


def _place(board: Board, past: Past) -> None:
    """``spent_then`` and ``placed``: effort of that report's weeks, and what it served at each step."""
    then = strategies_at(board, past.made)
    board.con.execute(SPENT, [board.options.basis, past.first_week, past.last_week, past.made])
    board.con.execute(
        "CREATE OR REPLACE TEMP TABLE placed (ticket INTEGER, week INTEGER, step INTEGER, target VARCHAR, weight INTEGER)"
    )
    sets = [then, board.strategies] if then is not None else [board.strategies]
    lenses = [regimes_by_week(s, past.first_week, past.last_week) for s in sets]
    for lens, links in zip(lenses, _links(board, past.as_of, lenses), strict=True):
        board.lay("link_before", links)
        rows = [(w, r.no) for w, r in lens.items() if r is not None]
        board.lay("lens_before", pd.DataFrame(rows, columns=["week", "regime"], dtype="int64"))
        first, last = lens is lenses[0], lens is lenses[-1]
        for step in [0] * first + [1] * last:
            board.con.execute(PLACED.format(lens="lens_before", link="link_before"), [step])
    in_force = "(SELECT week, regime FROM lens WHERE in_force)"
    board.con.execute(PLACED.format(lens=in_force, link="link"), [2])


def strategies_at(board: Board, moment: datetime) -> tuple[Strategy, ...] | None:
    """The strategy files as they read at a moment; ``None`` where that is not known, or they read as they do today."""
    kept = [strategy_of(r.name, r.body) for r in board.rows(VERSIONS, moment)]
    known = sorted(
        (s for s in kept if s is not None), key=lambda s: s.valid.first.toordinal() if s.valid is not None else 0
    )
    return tuple(known) if known and tuple(known) != board.strategies else None


def _links(board: Board, as_of: datetime, lenses: Sequence[dict[int, Regime | None]]) -> list[pd.DataFrame]:
    """Links as they were known at a moment, under each of several strategies.

    Laid out on a connection of its own, whose temporary tables do not meet the board's.
    """
    con = board.con.cursor()
    try:
        con.execute("CREATE OR REPLACE TEMP TABLE moment AS SELECT CAST(? AS TIMESTAMP) AS as_of", [as_of])
        con.register("given", board.con.execute("SELECT * FROM calendar").df())
        con.execute("CREATE OR REPLACE TEMP TABLE calendar AS SELECT * FROM given")
        con.unregister("given")
        for step in as_known(as_of):
            con.execute(step)
        teams.lay_out(con, board.options.teams)
        found = []
        for lens in lenses:
            distinct = {r.no: r for r in lens.values() if r is not None}
            mapping.lay_out(con, tuple(distinct[n] for n in sorted(distinct)))
            found.append(con.execute("SELECT regime, ticket, target, weight FROM link").df())
        return found
    finally:
        con.close()
