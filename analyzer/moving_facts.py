"""What would have to change for an assumption of the strategy to hold again."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer import facts, moving_rates
from analyzer.board import Board
from analyzer.facts import Fact
from analyzer.judging import percent
from analyzer.moving import joined
from analyzer.moving_effort import Side, by_priority, link_or_stop
from analyzer.result import Move
from analyzer.standing import names_of
from analyzer.strategy import Assumption


def back(board: Board, broken: Sequence[tuple[Assumption, Fact]], weeks: list[int]) -> Move | None:
    """One move for each broken assumption, for whoever does not give the assumption up."""
    return joined(board, [_to_hold(board, assumption, fact, weeks) for assumption, fact in broken])


def _to_hold(board: Board, assumption: Assumption, fact: Fact, weeks: list[int]) -> Move | None:
    asked = assumption.holds_if
    assert asked is not None
    whole = sum(fact.size.get(w, 0.0) for w in weeks)
    most = asked.operator.startswith("<")
    if asked.fact == "unlinked":
        values = (board.options.basis, weeks, asked.name, asked.fact)
        over, limit = (fact.value - asked.limit) * whole, f"{percent(asked.limit)} assumed"
        return link_or_stop(board, facts.TICKETS, values, over, whole, limit) if most else None
    if asked.fact == "share":
        units = _shares(board, weeks)
        ends = (0.0, asked.limit) if most else (asked.limit, 1.0)
        sides = [
            Side(t, name, units.get(t, 0.0) / whole, ends if t == asked.name else None)
            for t, (name, _) in names_of(board).items()
        ]
        return by_priority(board, sides, whole, weeks)
    if asked.fact == "wip" and most:
        return moving_rates.fewer_at_once(board, asked.name, fact.value, asked.limit, "assumed")
    if asked.fact == "finished" and not most:
        name = names_of(board).get(asked.name, (asked.name, ""))[0] if asked.name else ""
        of = f" of {name}" if name else ""
        seen = f"{asked.limit:g} assumed, {fact.value:.1f} seen"
        return Move(sentence=f"Finish {asked.limit - fact.value:.1f} tickets{of} more a week ({seen}), or assume less.")
    return None


def _shares(board: Board, weeks: list[int]) -> dict[str, float]:
    rows = board.rows(
        "SELECT target, sum(units)::BIGINT AS units FROM share_of WHERE basis = ? AND in_force AND week IN (SELECT unnest(?)) "
        "GROUP BY target",
        board.options.basis, weeks,
    )  # fmt: skip
    return {str(r.target): float(r.units) for r in rows}
