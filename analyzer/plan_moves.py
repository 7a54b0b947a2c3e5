"""The smallest change to a candidate plan that would answer what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer import moving
from analyzer.evidence import heaviest
from analyzer.judging import counted, percent
from analyzer.plan_view import BY_TARGET, View
from analyzer.regimes import Target
from analyzer.result import Move

SEEN = 0.005
"""Less is not said: it would read as no point at all."""

OPEN = """
SELECT l.target AS grp, t.no AS ticket, -epoch_us(t.created) AS weight FROM link l JOIN ticket_then t ON t.no = l.ticket
LEFT JOIN plan_piece p ON p.piece = t.no
WHERE l.regime = ? AND l.target IN (SELECT unnest(?)) AND t.level = 0 AND t.phase IN ('todo', 'doing') AND p.piece IS NULL
"""
"""What serves some priorities, is open, and is not in the plan: oldest first."""


def mix(view: View, first: Target, intended: tuple[float, float]) -> Move:
    """Brings what is to be expected of a priority to the nearer end of its range: as many person-days out of the plan, or into it.

    With S days of D on it and g to be expected on top, (S − x)/(D − x) + g = high, and (S + x)/(D + x) + g = low.
    """
    planned, gap = view.planned, view.past.gap(first.id)
    days, whole, usual = planned.by_target.get(first.id, 0.0), planned.days, gap.mean if gap else 0.0
    low, high = (min(0.99, max(0.0, end - usual)) for end in intended)
    if planned.share(first.id) > high:
        need = (days - high * whole) / (1 - high)
        taken = moving.until(view.board, f"SELECT * FROM ({BY_TARGET}) WHERE grp = ?", {first.id: need}, first.id)[
            first.id
        ]
        said = f"Leave {moving.part(taken)} of {first.name} out of the plan, the largest first: {taken.weight:.0f} person-days."
        if usual >= SEEN:
            kept = percent((days - taken.weight) / (whole - taken.weight))
            said += f" The plan then gives it {kept}, and as plans go here {100 * usual:.0f} points more come of it."
        return moving.move(view.board, said, [taken])
    need = (low * whole - days) / (1 - low)
    return serve(view, [first], f"Plan {need:.0f} more person-days for {first.name}")


def serve(view: View, targets: Sequence[Target], said: str = "") -> Move:
    """Names what is open, not planned, and would serve the targets."""
    regime = view.board.ahead.no if view.board.ahead else 0
    found = heaviest(view.board, OPEN, regime, [t.id for t in targets])
    ids = [i for held, _ in found.values() for i in held]
    number = len(ids) + sum(more for _, more in found.values())
    names = moving.listed(t.name for t in targets)
    open_ = f"{counted(number, 'open ticket')} of it {'is' if number == 1 else 'are'} not in the plan"
    said = said or f"Plan something for {names}"
    return Move(
        sentence=f"{said}: {open_ if number else 'no open ticket serves it yet'}.", tickets=ids, more=number - len(ids)
    )
