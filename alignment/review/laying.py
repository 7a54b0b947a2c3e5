"""Which tickets wait for a decision, what effort each holds and what is above it: laid out once for each state of the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from alignment.review.shadow import shadowed
from analyzer.board import URL_THEN, Board, Options
from analyzer.mapping import LEVELS
from analyzer.store import Connection, scalar

if TYPE_CHECKING:
    from analyzer.strategy import Strategy

MEMORY = {"memory_limit": "512MB", "threads": "1"}

WAITING = f"""
CREATE OR REPLACE TEMP TABLE review_waiting AS
WITH drawn AS (
    SELECT ticket, sum(units)::BIGINT AS units FROM effort WHERE basis = $1 AND week IN (SELECT unnest($2)) GROUP BY ticket
)
SELECT t.no, t.id, t.key, {URL_THEN} AS url, x.title, t.type, t.level, coalesce(t.phase, '') AS phase, x.updated,
    coalesce(s.shown, '') AS team, coalesce(c.name, regexp_extract(t.key, '^[^-]+'), '') AS project, coalesce(d.units, 0) AS units
FROM ticket_then t JOIN tickets x ON x.no = t.no
ANTI JOIN link l ON l.regime = $3 AND l.ticket = t.no
LEFT JOIN drawn d ON d.ticket = t.no
LEFT JOIN ticket_team g ON g.ticket = t.no LEFT JOIN team_shown s ON s.team = g.team
LEFT JOIN container_then c ON c.id = t.project
WHERE t.gone IS NULL OR d.units > 0
"""

PARENTS = """
CREATE OR REPLACE TEMP TABLE review_up AS
SELECT w.no AS ticket, p.id AS up, 1 AS steps, p.no AS last, 'ticket' AS kind
FROM review_waiting w JOIN ticket_then t ON t.no = w.no JOIN ticket_then p ON p.no = t.parent
"""
FURTHER = """
INSERT INTO review_up
SELECT u.ticket, p.id, u.steps + 1, p.no, 'ticket' FROM review_up u JOIN ticket_then t ON t.no = u.last
JOIN ticket_then p ON p.no = t.parent WHERE u.steps = ? AND p.no <> u.ticket
"""
CONTAINERS = """
INSERT INTO review_up
WITH each AS (SELECT no AS ticket, no AS last, 0 AS steps FROM review_waiting UNION ALL SELECT ticket, last, steps FROM review_up),
inside AS (
    SELECT e.ticket, s.value AS up, e.steps FROM each e JOIN span_then s ON s.ticket = e.last
    WHERE s.until IS NULL AND s.field IN ('project', 'version', 'sprint', 'cycle', 'milestone')
)
SELECT i.ticket, i.up, min(i.steps) + 1, NULL, 'container' FROM inside i GROUP BY i.ticket, i.up
UNION ALL SELECT i.ticket, p.whole, min(i.steps + p.steps) + 1, NULL, 'container' FROM inside i
    JOIN part_of p ON p.part = i.up GROUP BY i.ticket, p.whole
"""
"""A decision on any of these decides the ticket, too, as long as no rule speaks (analyzer.mapping)."""

STAKES = """
CREATE TABLE waiting AS
WITH below AS (SELECT u.up AS id, sum(w.units)::BIGINT AS units, count(*) AS tickets FROM up u JOIN laid w ON w.no = u.ticket
    WHERE u.kind = 'ticket' GROUP BY u.up)
SELECT w.*, w.units + coalesce(b.units, 0) AS stake, coalesce(b.tickets, 0) AS below FROM laid w LEFT JOIN below b ON b.id = w.id
"""
"""An epic stands for what waits below it."""

OFFERS = "SELECT ticket, place, target, confidence, band FROM suggestions"


def lay_out(
    con: Connection, strategies: Sequence[Strategy], options: Options, as_of: datetime, hide: Callable[[str], str]
) -> duckdb.DuckDBPyConnection:
    """A small database in memory: ``waiting`` (one row a ticket that no rule links, ``units`` and ``stake`` of effort in the judged
    weeks), ``up`` (what is above each) and ``offers`` (what is suggested). No decision on a link is in it: those come and go.

    ``hide`` takes names of people out of what teams and projects are called.
    """
    with shadowed(con, links=False):
        board = Board(con, strategies, options, as_of)
        regime = board.current or board.ahead
        con.execute(WAITING, [options.basis, board.judged, regime.no if regime else 0])
        con.execute(PARENTS)
        for steps in range(1, LEVELS):
            if not scalar(con, FURTHER, [steps]):
                break
        con.execute(CONTAINERS)
        frames = {
            "laid": con.execute("SELECT * FROM review_waiting").df(),
            "up": con.execute(
                "SELECT ticket, up, min(steps) AS steps, min(kind) AS kind FROM review_up GROUP BY ticket, up"
            ).df(),
            "offers": con.execute(OFFERS).df(),
        }
    made = duckdb.connect(":memory:", config=dict(MEMORY))
    for name, frame in frames.items():
        put(made, name, frame)
    made.execute(STAKES)
    made.execute("DROP TABLE laid")
    for column in ("team", "project"):
        names = [str(n) for (n,) in made.execute(f"SELECT DISTINCT {column} FROM waiting").fetchall()]
        hidden = [(hide(n), n) for n in names if hide(n) != n]
        if hidden:
            made.executemany(f"UPDATE waiting SET {column} = ? WHERE {column} = ?", hidden)
    return made


def put(con: Connection, name: str, frame: pd.DataFrame) -> None:
    """A table from a frame, in place of the one there was."""
    con.register("incoming", frame)
    con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM incoming")
    con.unregister("incoming")
