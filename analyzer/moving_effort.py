"""Which open tickets would have to serve something else, for shares of effort to lie inside their ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzer.board import Board
from analyzer.effort import UNIT
from analyzer.judging import counted
from analyzer.moving import Taken, joined, listed, move, part, so_many, until
from analyzer.result import Move

OPEN = f"""
WITH drew AS (
    SELECT s.shown, s.target, s.ticket, sum(s.units) AS weight FROM share_of s JOIN ticket_then t ON t.no = s.ticket
    WHERE $1 = 'days' AND s.basis = 'days' AND s.in_force AND s.week IN (SELECT unnest($2)) AND t.phase IN ('todo', 'doing')
    GROUP BY s.shown, s.target, s.ticket
), begun AS (
    SELECT s.shown, coalesce(l.target, '') AS target, t.no AS ticket,
        (CASE WHEN $1 = 'count' THEN {UNIT} ELSE round(coalesce(t.estimate, 0) * {UNIT})::BIGINT END // 1000000)
            * coalesce(l.weight, 1000000) AS weight
    FROM ticket_then t JOIN ticket_team g ON g.ticket = t.no JOIN team_shown s ON s.team = g.team
    LEFT JOIN link l ON l.ticket = t.no AND l.regime = $3
    WHERE $1 <> 'days' AND t.phase = 'doing' AND t.level <= 0
) SELECT shown, target, ticket, weight FROM drew UNION ALL SELECT shown, target, ticket, weight FROM begun
"""
"""Open tickets by what they drew in the judged weeks; where effort is counted at the end, those in progress, by what they will
count for."""

BY_TARGET = f"SELECT target AS grp, ticket, sum(weight) AS weight FROM ({OPEN}) GROUP BY target, ticket"
BY_TEAM = f"SELECT shown || '|' || target AS grp, ticket, weight FROM ({OPEN})"
USUAL = """
SELECT target AS grp, sum(units)::DOUBLE / count(DISTINCT ticket) AS size FROM share_of
WHERE basis = ? AND in_force AND week IN (SELECT unnest(?)) GROUP BY target
"""
USUAL_BY_TEAM = """
SELECT shown || '|' || target AS grp, sum(units)::DOUBLE / count(DISTINCT ticket) AS size FROM share_of
WHERE basis = ? AND in_force AND week IN (SELECT unnest(?)) GROUP BY shown, target
"""
WORDS = {"days": "person-days", "count": "tickets", "points": "points"}


@dataclass(frozen=True, slots=True)
class Side:
    """One priority (of a team): its share, and the range it is to be in; ``None`` where none is declared."""

    group: str
    name: str
    share: float
    intended: tuple[float, float] | None

    @property
    def over(self) -> float:
        return max(0.0, self.share - self.intended[1]) if self.intended else 0.0

    @property
    def under(self) -> float:
        return max(0.0, self.intended[0] - self.share) if self.intended else 0.0

    @property
    def room(self) -> float:
        """What may be taken and leave it inside its range; what has no range may be taken whole."""
        return max(0.0, self.share - self.intended[0]) if self.intended else self.share


def out_of(sides: Sequence[Side]) -> dict[str, float]:
    """The share to take from each group: what is over its range, and what the ranges not reached need beyond that, first from what
    has no range, then from those with most room."""
    taken = {s.group: s.over for s in sides if s.over}
    rest = sum(s.under for s in sides) - sum(taken.values())
    for s in sorted(
        (s for s in sides if not s.under), key=lambda s: (s.intended is not None, -(s.room - s.over), s.group)
    ):
        more = min(rest, s.room - s.over)
        if more > 1e-9:
            taken[s.group] = taken.get(s.group, 0.0) + more
            rest -= more
    return taken


def by_priority(board: Board, sides: Sequence[Side], whole: float, weeks: list[int] | None = None) -> Move | None:
    """What would have to move between the company's priorities; ``whole`` is all effort of the weeks, in units."""
    return _between(board, sides, whole, BY_TARGET, USUAL, board.judged if weeks is None else weeks)


def by_team(board: Board, teams: Mapping[str, Sequence[Side]], whole: Mapping[str, float]) -> Move | None:
    """The same within each of these teams."""
    said = []
    for team, sides in teams.items():
        found = _between(board, sides, whole[team], BY_TEAM, USUAL_BY_TEAM, board.judged)
        if found is not None:
            said.append(found.model_copy(update={"sentence": f"{team}: {_lower(found.sentence)}"}))
    return joined(board, said)


def link_or_stop(
    board: Board, sql: str, values: Sequence[object], over: float, whole: float, limit: str
) -> Move | None:
    """Which unlinked tickets, heaviest first, carry what is more than ``limit``; ``sql`` yields all, under the empty group."""
    if over <= 0:
        return None
    (taken,) = until(board, sql, {"": over}, *values).values()
    word = WORDS[board.options.basis]
    said = (
        f"Link {part(taken, 'unlinked ticket')} to what they serve, or stop them, the heaviest first: {amount(over)} of "
        f"{amount(whole)} {word} are more than the {limit}, and these drew {amount(taken.weight)}."
    )
    return move(board, said, [taken])


def _between(board: Board, sides: Sequence[Side], whole: float, sql: str, usual: str, weeks: list[int]) -> Move | None:
    """The part of effort that would have to move, taken out of what is open: finished work cannot serve something else any more."""
    parts, names = out_of(sides), {s.group: s.name for s in sides}
    if not parts:
        return None
    basis, regime = board.options.basis, board.current.no if board.current else 0
    into = listed(s.name for s in sides if s.under)
    open_ = board.rows(
        f"SELECT count(DISTINCT ticket) AS n, coalesce(sum(weight), 0) AS weight FROM ({sql}) WHERE grp IN (SELECT unnest($4))",
        basis, weeks, regime, [*names],
    )[0]  # fmt: skip
    taken = until(board, sql, {g: part * float(open_.weight) for g, part in parts.items()}, basis, weeks, regime)
    number, total = sum(t.number for t in taken.values()), sum(parts.values())
    sizes = {str(r.grp): float(r.size) for r in board.rows(usual, basis, weeks)}
    if not number:
        fewer = {g: so_many(part * whole / sizes[g]) for g, part in parts.items() if sizes.get(g)}
        moved = f"{exact(total)} of {amount(whole)} {WORDS[basis]} is {amount(total * whole)}"
        return move(board, f"{_start(fewer, names, sizes, into)}: {moved}.")
    sources = _names({g: t.number for g, t in taken.items() if t.number}, names)
    drew = "drew" if basis == "days" else "hold"
    said = (
        f"Move about {number} of {counted(int(open_.n), 'open ticket')} out of {sources}{f' into {into}' if into else ''}: "
        f"{exact(total)} of the {amount(float(open_.weight))} {WORDS[basis]} that they {drew} is "
        f"{amount(total * float(open_.weight))}, and {_these(number, drew)} {amount(sum(t.weight for t in taken.values()))}."
    )
    fewer = {g: so_many(t.rest / sizes[g]) for g, t in taken.items() if t.rest > 1e-9 * t.need and sizes.get(g)}
    if fewer:
        said += f" {_start(fewer, names, sizes, '')}, for the other {amount(sum(t.rest for t in taken.values()))}."
    return move(board, said, _most_first(taken))


def _these(number: int, verb: str) -> str:
    return f"these {number} {verb}" if number > 1 else f"this one {'holds' if verb == 'hold' else verb}"


def _start(fewer: Mapping[str, int], names: Mapping[str, str], sizes: Mapping[str, float], into: str) -> str:
    """``Start about 6 fewer tickets of Bugs (2.5 each), and more of Growth instead``."""
    each = [
        f"{n:,} fewer {'ticket' if n == 1 else 'tickets'} of {names[g]} ({amount(sizes[g])} each)"
        for g, n in fewer.items()
    ]
    instead = f", and more of {into} instead" if into else ""
    return f"Start about {listed(each)}{instead}" if each else f"Start more of {into or 'the others'}"


def exact(share: float) -> str:
    """A share with one decimal, so that the sum can be done again."""
    return f"{100 * share:.1f}\u00a0%"


def _names(numbers: Mapping[str, int], names: Mapping[str, str]) -> str:
    if len(numbers) == 1:
        return names[next(iter(numbers))]
    return listed(f"{names[g]} ({n})" for g, n in sorted(numbers.items(), key=lambda item: (-item[1], item[0])))


def _most_first(taken: Mapping[str, Taken]) -> Iterable[Taken]:
    return sorted(taken.values(), key=lambda t: -t.need)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def amount(units: float) -> str:
    """Person-days, tickets or points, with no more digits than a reader needs to add them up."""
    value = units / UNIT
    return f"{value:,.0f}" if value >= 99.95 or abs(value - round(value)) < 0.05 else f"{value:.1f}"
