"""How many tickets fewer would bring a rate back to what is allowed, or to what is usual here."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.board import Board
from analyzer.calendar import monday
from analyzer.judging import counted, percent
from analyzer.mixes import scattered
from analyzer.moving import NEWEST, listed, move, so_many, until
from analyzer.own_past import ALL, Rate
from analyzer.result import Move

URGENT = """
SELECT '' AS grp, f.ticket, 1 AS weight FROM first_urgency f
WHERE f.top = 1 AND f.week IN (SELECT unnest($1)) AND ($2 = '' OR f.shown = $2)
"""
PROMOTED = """
SELECT DISTINCT '' AS grp, e.ticket, 1 AS weight FROM churn_event e
JOIN revised v ON v.ticket = e.ticket AND v.moment = e.moment AND v.field = 'urgency'
JOIN urgency_rank b ON b.word = lower(v.before) JOIN urgency_rank a ON a.word = lower(v.after)
WHERE e.kind = 're-prioritised' AND e.fate = 'counted' AND b.rank < a.rank AND e.week IN (SELECT unnest($1)) AND $2 = ''
"""
STANDING = """
SELECT '' AS grp, s.ticket, sum(b.before - a.before) AS weight FROM standing s
JOIN workday a ON a.day = CASE WHEN s.first < $1 THEN $1 ELSE s.first END
JOIN workday b ON b.day = CASE WHEN s.last > $2 THEN $2 ELSE s.last END
JOIN (SELECT DISTINCT ticket FROM standing WHERE cause = 'still' AND last >= $3) n ON n.ticket = s.ticket
WHERE s.cause = 'still' AND s.last > $1 AND s.first < $2 AND ($4 = '' OR s.shown = $4) GROUP BY s.ticket
"""
HOLDING = """
SELECT h.ticket, h.target, h.weight FROM (
    SELECT e.ticket, coalesce(l.target, '') AS target, sum(e.units) AS weight FROM effort_day e
    JOIN ticket_team g ON g.ticket = e.ticket JOIN team_shown s ON s.team = g.team
    LEFT JOIN link l ON l.ticket = e.ticket AND l.regime = $1
    WHERE e.person IS NOT NULL AND e.week IN (SELECT unnest($2)) AND ($3 = '' OR lower(s.shown) = lower($3))
    GROUP BY e.ticket, coalesce(l.target, '')
) h JOIN ticket_then t ON t.no = h.ticket WHERE t.phase = 'doing'
"""
IN_PROGRESS = f"SELECT '' AS grp, ticket, sum(weight) AS weight FROM ({HOLDING}) GROUP BY ticket"
OF_TARGETS = f"SELECT '' AS grp, ticket, sum(weight) AS weight FROM ({HOLDING}) WHERE target IN (SELECT unnest($4)) GROUP BY ticket"


def surplus(events: float, usual: float) -> int:
    """How many events fewer would be no more than usual."""
    return max(0, so_many(events - usual))


def less_urgent(board: Board, rate: Rate, recent: list[int], promoted: bool) -> Move | None:
    """Tickets to put back to the urgency that is usual for them, open ones first and the newest of them first."""
    if rate.shift is None:
        return None
    usual = rate.shift.usual * rate.exposure
    need = surplus(rate.events, usual)
    team = "" if promoted or rate.name == ALL else rate.name
    found = until(board, PROMOTED if promoted else URGENT, {"": float(need)}, recent, team, first=NEWEST)
    if not need:
        return None
    what = "promoted" if promoted else f"made at the top urgencies{f' in {team}' if team else ''}"
    said = (
        f"Put about {need} of the {counted(round(rate.events), 'ticket')} {what} back to their usual urgency: {usual:.1f} would be "
        "as many as is usual here."
    )
    return move(board, said, found.values())


def complete(board: Board, lacking: float, allowed: float, limit: str, sql: str, *values: object) -> Move | None:
    """Starts that lacked something, open ones first; ``limit`` says where ``allowed`` is from; ``sql`` yields a ``ticket`` each."""
    need = surplus(lacking, allowed)
    if not need:
        return None
    one_each = f"SELECT DISTINCT '' AS grp, ticket, 1 AS weight FROM ({sql})"
    found = until(board, one_each, {"": float(need)}, *values, first=NEWEST)
    said = (
        f"Fill in what is missing before work starts: had {f'{need} of ' if need < lacking else ''}the "
        f"{counted(round(lacking), 'start')} that lacked something been complete, {round(lacking) - need} would be left, and "
        f"{limit}."
    )
    return move(board, said, found.values())


def unblock(board: Board, rate: Rate) -> Move | None:
    """What stands still now, longest first, until the evenings above the usual share are covered."""
    if rate.shift is None:
        return None
    first, end, team = monday(board.first_week), monday(board.last_week + 1), "" if rate.name == ALL else rate.name
    need = surplus(rate.events, rate.shift.usual * rate.exposure)
    if not need:
        return None
    (taken,) = until(board, STANDING, {"": float(need)}, first, end, board.today, team).values()
    where = f" in {team}" if team else ""
    above = f"{counted(need, 'evening')} of standing still were more than is usual{where}"
    if not taken.number:
        return move(board, f"Nothing that stood still is waiting now; {above}.")
    which = f"{f'{taken.number} of ' if taken.number < taken.of else ''}the {taken.of} tickets that stand"
    if taken.of == 1:
        which = "the one ticket that stands"
    said = f"Get {which} still now moving again{', the longest first' if taken.of > 1 else ''}: {above}"
    short = (
        "" if not taken.rest else f"; the other {counted(so_many(taken.rest), 'evening')} are of work that has moved on"
    )
    stood = f"{'these' if taken.number > 1 else 'this one'} stood {taken.weight:,.0f}"
    return move(board, f"{said}, and {stood}{short}.", [taken])


def fewer_at_once(board: Board, team: str, recent: float, usual: float, word: str = "usual there") -> Move | None:
    """As many of a team's tickets in progress as a person holds too many: most worked on first, they are nearest their end."""
    regime = board.current.no if board.current else 0
    held = int(board.one(f"SELECT count(*) FROM ({IN_PROGRESS})", regime, board.judged, team))
    need = surplus(held, held * usual / recent) if recent > usual else 0
    if not need:
        return None
    ranked = f"SELECT grp, ticket, 1 AS weight, weight AS drew FROM ({IN_PROGRESS})"
    found = until(board, ranked, {"": float(need)}, regime, board.judged, team, first="drew DESC")
    one = f"{team}: finish" if team else "Finish"
    reckoned = f"{held} × {usual:.1f} / {recent:.1f} = {held * usual / recent:.1f}"
    said = (
        f"{one} or park {need} of {counted(held, 'ticket')} in progress before starting others: a person holds {recent:.1f} at "
        f"once, {usual:.1f} is {word}, and {reckoned}."
    )
    return move(board, said, found.values())


def fewer_priorities(
    board: Board, team: str, shares: Sequence[tuple[str, str, float]], recent: float, usual: float
) -> Move | None:
    """The least served priorities of a team, until the rest scatters no more than is usual. ``shares``: id, name, share."""
    served = sorted((s for s in shares if s[2] > 0), key=lambda s: (-s[2], s[0]))
    wanted = scattered([s[2] for s in served]) * usual / recent if recent > usual else float("inf")
    kept = len(served)
    while kept > 1 and scattered([s[2] for s in served[:kept]]) > wanted:
        kept -= 1
    parked = served[kept:]
    if not parked:
        return None
    regime = board.current.no if board.current else 0
    found = until(board, OF_TARGETS, {"": float("inf")}, regime, board.judged, team, [s[0] for s in parked])
    taken = next(iter(found.values()))
    names = listed(f"{name} ({percent(share)})" for _, name, share in parked)
    left = scattered([s[2] for s in served[:kept]])
    holds = (
        f"finish or park the {counted(taken.number, 'ticket')} in progress of"
        if taken.number
        else "start nothing more of"
    )
    said = (
        f"{team}: {holds} {names}: without them its effort "
        f"divides as if among {left:.1f} priorities, where {wanted:.1f} is as usual there."
    )
    return move(board, said, [taken])
