"""What a plan made at an earlier moment would have been read as: what was in progress or in coming sprints, linked as it was then.

Links, keys, types, estimates and phases are those of that moment, as they are where a candidate plan is read: what is labelled
only once it has begun was unlinked in every plan.
"""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from analyzer import mapping, planning, teams
from analyzer.board import Board, as_known
from analyzer.regimes import Regime

TAKEN = """
SELECT DISTINCT o.piece FROM boxed_then b JOIN piece_of o ON o.ticket = b.ticket JOIN ticket_then t ON t.no = o.piece
WHERE t.level <= 0 AND t.phase IN ('todo', 'doing') AND t.archived IS NOT TRUE AND t.history <> 'none'
"""
PIECES = f"""
WITH one AS ({TAKEN} UNION SELECT piece FROM plan_carried WHERE alive)
SELECT o.piece, lower(t.type) AS type, t.level, t.estimate, coalesce(l.target, '') AS target,
    coalesce(l.weight, 1000000)::DOUBLE / 1000000 AS weight
FROM one o JOIN ticket_then t ON t.no = o.piece AND t.history <> 'none'
LEFT JOIN link l ON l.ticket = o.piece AND l.regime = ? ORDER BY o.piece, target
"""


def pieces(board: Board, at: datetime, regime: Regime, boxed: pd.DataFrame) -> pd.DataFrame:
    """piece, type, level, estimate, target, weight: a row for each thing a piece served. ``boxed`` holds the tickets that sprints
    and cycles of the weeks after ``at`` were to hold; those that nobody had written at ``at`` are in no plan."""
    calendar = board.frame("SELECT * FROM calendar")
    con = board.con.cursor()  # temporary tables of its own
    try:
        con.execute("CREATE TEMP TABLE moment AS SELECT CAST(? AS TIMESTAMP) AS as_of", [at])
        for name, frame in (("calendar", calendar), ("boxed_then", boxed)):
            con.register("incoming", frame)
            con.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM incoming")
            con.unregister("incoming")
        for step in as_known(at):
            con.execute(step)
        teams.lay_out(con, board.options.teams)
        mapping.lay_out(con, (regime,))
        con.execute(planning.PIECE_OF)
        midnight = board.options.calendar.midnight(board.options.calendar.local_day(at) - board.options.idle_days + 1)
        con.execute(planning.CARRIED, [midnight])
        return con.execute(PIECES, [regime.no]).df()
    finally:
        con.close()
