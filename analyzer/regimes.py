"""Which strategy judges which week: a regime is a strategy with what it still parks, over a run of weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analyzer.calendar import day_of, monday
from analyzer.strategy import Parked, Priority, Rule, Strategy
from analyzer.strategy_file import in_force

Kind = Literal["priority", "upkeep", "parked"]


@dataclass(frozen=True, slots=True)
class Target:
    """Something work can be linked to: a priority, upkeep, or what is parked."""

    id: str
    name: str
    kind: Kind
    rules: tuple[Rule, ...]
    priority: Priority | None = None


@dataclass(frozen=True, slots=True)
class Regime:
    """``no`` counts regimes from 1; ``targets`` in the order their rules are tried: parked first, then file order."""

    no: int
    strategy: Strategy
    targets: tuple[Target, ...]
    first_week: int

    def target(self, ident: str) -> Target | None:
        return next((t for t in self.targets if t.id == ident), None)


def targets_of(strategy: Strategy, parked: Sequence[Parked]) -> tuple[Target, ...]:
    """An explicit *not now* beats a general rule, so what is parked is tried first."""
    waiting = [Target(p.id, p.title, "parked", p.match) for p in parked]
    for p in strategy.priorities:
        kind: Kind = "parked" if p.horizon == "not-now" else p.kind
        waiting.append(Target(p.id, p.title, kind, p.match, p))
    return tuple(sorted(waiting, key=lambda t: t.kind != "parked"))


def regimes_by_week(strategies: Sequence[Strategy], first: int, last: int) -> dict[int, Regime | None]:
    """The regime of each week: the strategy in force on its Monday, and what that strategy parks on that day."""
    found: dict[int, Regime | None] = {}
    seen: dict[tuple[str, tuple[str, ...]], Regime] = {}
    for week in range(first, last + 1):
        day = day_of(monday(week))
        strategy = in_force(strategies, day)
        if strategy is None:
            found[week] = None
            continue
        parked = [p for p in strategy.not_now if p.until is None or p.until > day]
        key = (f"{strategies.index(strategy)}", tuple(p.id for p in parked))
        if key not in seen:
            seen[key] = Regime(len(seen) + 1, strategy, targets_of(strategy, parked), week)
        found[week] = seen[key]
    return found
