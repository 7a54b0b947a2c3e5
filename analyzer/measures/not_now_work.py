"""Work that was started on what the strategy parks."""

from __future__ import annotations

from analyzer.board import Board
from analyzer.calendar import local_day_sql, utc_day_sql
from analyzer.effort import UNIT
from analyzer.evidence import heaviest, row, table
from analyzer.judging import PLAIN_COUNT, counted, measured_in, not_judged, unseen
from analyzer.moving import move, until
from analyzer.result import Finding, Meta, Move, Verdict

META = Meta(
    id="not_now_work",
    title="Parked work",
    question="Is anyone working on what was parked?",
    how=(
        "Tickets linked to an item of the strategy's not_now list (or to a priority whose horizon is not-now) that moved to in "
        "progress in a week of the window in which the item was parked. No statistics: one such ticket is a signal, effort on "
        "tickets that had been started before is worth watching."
    ),
    limits=(
        "Only as good as the not_now rules; a ticket that a priority's rule would claim as well counts as parked, because "
        "an explicit no beats a general yes."
    ),
    source="Definition of this program; the not-now list is the strategy's own.",
    formula="Number of tickets linked to a parked item whose first day in progress lies in a week in which it was parked.",
    needs="A not_now list in the strategy, and tickets with a change log.",
)  # fmt: skip

STARTED = f"""
CREATE OR REPLACE TEMP TABLE parked_start AS
SELECT l.target, p.ticket, max(d.day) AS day, any_value(s.shown) AS shown
FROM span_then p JOIN ticket_then t ON t.no = p.ticket
JOIN calendar c ON c.utc_day = {utc_day_sql("p.since")}
JOIN days d ON d.day = {local_day_sql("p.since", "c")}
JOIN lens n ON n.week = d.week AND n.in_force
JOIN link l ON l.regime = n.regime AND l.ticket = p.ticket AND l.kind = 'parked'
JOIN ticket_team g ON g.ticket = p.ticket JOIN team_shown s ON s.team = g.team
WHERE p.field = 'phase' AND p.value = 'doing' AND d.week BETWEEN $1 AND $2 AND t.history <> 'none'
GROUP BY l.target, p.ticket
"""
EFFORT = """
SELECT target, sum(units)::BIGINT AS units, count(DISTINCT ticket) AS tickets FROM share_of
WHERE basis = ? AND in_force AND kind = 'parked' AND week BETWEEN ? AND ? GROUP BY target
"""
STILL_OPEN = """
WITH touched AS (
    SELECT ticket FROM parked_start UNION
    SELECT ticket FROM share_of WHERE basis = $1 AND in_force AND kind = 'parked' AND week BETWEEN $2 AND $3
)
SELECT '' AS grp, c.ticket, 1 AS weight FROM touched c JOIN ticket_then t ON t.no = c.ticket
WHERE t.phase IN ('todo', 'doing')
"""


def measure(board: Board) -> Finding:
    weeks = range(board.first_week, board.last_week + 1)
    regimes = [r for w in weeks if (r := board.regimes.get(w)) is not None]
    parked = {t.id: t.name for r in regimes for t in r.targets if t.kind == "parked"}
    if not regimes:
        return not_judged(META, "No strategy was in force in these weeks.")
    if not parked:
        return not_judged(META, "The strategy parks nothing: it has no not_now list.")
    if reason := unseen(board):
        return not_judged(META, reason)
    if not board.one("SELECT count(*) FROM ticket_then WHERE history <> 'none'"):
        return not_judged(META, "No ticket came with a change log, so when work started is not known.")
    board.con.execute(STARTED, [board.first_week, board.last_week])
    started = {r.target: int(r.n) for r in board.rows("SELECT target, count(*) AS n FROM parked_start GROUP BY target")}
    effort = {r.target: r for r in board.rows(EFFORT, board.options.basis, board.first_week, board.last_week)}
    tickets = heaviest(board, "SELECT target AS grp, ticket, day AS weight FROM parked_start")
    rows = []
    for ident, name in parked.items():
        spent = int(effort[ident].units) / UNIT if ident in effort else 0.0
        rows.append(row({"item": name, "started": started.get(ident, 0), "effort": spent}, tickets, ident))
    unit = measured_in(board.options.basis)
    columns = [
        ("item", "Parked", "text"),
        ("started", "Started while parked", "tickets"),
        ("effort", "Effort on it", unit),
    ]
    teams = board.rows("SELECT shown, count(*) AS n FROM parked_start GROUP BY shown ORDER BY n DESC, shown")
    by_team = [row({"team": r.shown, "started": int(r.n)}) for r in teams]
    total, spent = sum(started.values()), sum(int(r.units) for r in effort.values()) / UNIT
    verdict: Verdict = "signal" if total else "watch" if spent else "noise"
    names = ", ".join(name for ident, name in parked.items() if started.get(ident) or ident in effort)
    sentences = {
        "signal": f"{total} {'ticket was' if total == 1 else 'tickets were'} started on what is parked: {names}.",
        "watch": f"Nothing was started on what is parked, but earlier work on it went on: {names}.",
        "noise": "Nothing was started on what is parked.",
    }
    return Finding(
        meta=META, verdict=verdict, value=total, unit="tickets", sure=PLAIN_COUNT, sentence=sentences[verdict],
        move=None if verdict == "noise" else _move(board, total),
        details=[
            table("by_item", "Parked items", columns, rows),
            table("by_team", "Started by team", [("team", "Team", "text"), ("started", "Started", "tickets")], by_team),
        ],
    )  # fmt: skip


def _move(board: Board, started: int) -> Move:
    """What is still open of it; what is finished cannot be stopped any more."""
    values = (board.options.basis, board.first_week, board.last_week)
    (taken,) = until(board, STILL_OPEN, {"": float("inf")}, *values).values()
    said = (
        f" ({counted(started, 'ticket')} {'was' if started == 1 else 'were'} started)" if started > taken.number else ""
    )
    if not taken.number:
        return move(
            board,
            f"Nothing of it is open any more{said}. Say whether it is still parked, or take it into the strategy.",
        )
    still = f"{counted(taken.number, 'ticket')} that {'is' if taken.number == 1 else 'are'} still open{said}"
    return move(board, f"Stop {still}, or take {'it' if taken.number == 1 else 'them'} into the strategy.", [taken])
