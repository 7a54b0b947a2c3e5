"""The oracle's plan: the pieces that a plan puts into work, their days, and what they serve, by loops over small lists."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from analyzer.plan import Plan
from tests.analyzer.oracle import DAY, Regime, Then
from tests.analyzer.oracle_effort import effort, finishes
from tests.analyzer.oracle_links import CONTAINERS, links

LEAST = 10


@dataclass(frozen=True)
class Piece:
    days: Fraction | None
    how: str
    carried: bool
    team: str


def piece_of(then: Then, ticket: str) -> str:
    """Sub-tasks belong to their ticket."""
    above = then.parent(ticket)
    return above if above is not None and then.level(ticket) < 0 else ticket


def is_open(then: Then, ticket: str) -> bool:
    return then.value(ticket, "phase") in ("todo", "doing") and then.value(ticket, "archived") != "yes"


def reached(then: Then, text: str) -> set[str]:
    """The pieces that an entry of the plan means."""
    wanted = text.lower()
    found = {i for i, t in then.tickets.items() if wanted in (t.key.lower(), *(a.lower() for a in t.aliases))}
    if not found:
        chosen = {
            c.id for c in then.containers.values() if c.kind != "space" and wanted in (c.name.lower(), c.key.lower())
        }
        chosen |= {c for c in then.containers if chosen & set(then.wholes(c))}
        found = {t for t in then.tickets if any(chosen & set(then.held(t, field)) for field in CONTAINERS)}
    under = found | {t for t in then.tickets if found & set(then.ancestors(t))}
    parents = {then.parent(t) for t in then.tickets}
    small = {p for t in under if then.level(p := piece_of(then, t)) <= 0 and is_open(then, p)}
    return small | {t for t in under if then.level(t) >= 1 and is_open(then, t) and t not in parents}


def spent(then: Then) -> dict[str, Fraction]:
    """Person-days so far, sub-tasks with their ticket."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for (basis, ticket, _), units in effort(then).items():
        if basis == "days":
            found[piece_of(then, ticket)] += units
    return dict(found)


def took(then: Then) -> list[tuple[str, int, Fraction, Fraction]]:
    """Type, level, points and days of everything that was finished within the history; an epic took what is under it."""
    done, found = spent(then), []
    for ticket, known in then.tickets.items():
        closed = [m for m in finishes(then, ticket) if then.day(m) >= then.history[0]]
        if not closed or then.value(ticket, "phase") != "done" or known.history == "none":
            continue
        days = done.get(ticket, Fraction(0))
        if then.level(ticket) >= 1:
            days = sum((done.get(t, Fraction(0)) for t in then.tickets if then.parent(t) == ticket), Fraction(0))
        if days:
            points = Fraction(then.value(ticket, "estimate") or 0) if then.level(ticket) <= 0 else Fraction(0)
            found.append((kind(then, ticket), then.level(ticket), points, days))
    return found


def kind(then: Then, ticket: str) -> str:
    return (then.value(ticket, "type") or then.tickets[ticket].type).lower()


def sized(
    then: Then, ticket: str, past: list[tuple[str, int, Fraction, Fraction]], so_far: Fraction
) -> tuple[Fraction | None, str]:
    """Days that are left, and where they come from."""
    points = Fraction(then.value(ticket, "estimate") or 0)
    estimated = [(p, d) for _, _, p, d in past if p > 0]
    if len(estimated) >= LEAST and points > 0:
        left = points * sum(d for _, d in estimated) / sum(p for p, _ in estimated) - so_far
        if left > 0:
            return left, "points"
    alike = [d for k, _, _, d in past if k == kind(then, ticket)]
    how = "type"
    if len(alike) < LEAST:
        if then.level(ticket) >= 1:
            return None, "none"
        alike, how = [d for _, level, _, d in past if level <= 0], "all"
    if len(alike) < LEAST:
        return Fraction(1), "alike"
    longer = [d for d in alike if d > so_far]
    return (sum(longer) / len(longer) - so_far, how) if longer else (sum(alike) / len(alike), how)  # type: ignore[return-value]


def pieces(then: Then, plan: Plan) -> dict[str, Piece]:
    taken = {n: reached(then, i.ticket) for n, i in enumerate(plan.take)}
    dropped = {p for i in plan.drop for p in reached(then, i.ticket)}
    today, carried = then.day(then.as_of), set()
    for ticket in then.tickets if plan.carry_over else ():
        touched = [c.moment for c in then.company.changes if c.ticket == ticket and c.moment <= then.as_of]
        last = then.day(max([then.tickets[ticket].created, *touched]))
        in_progress = then.value(ticket, "phase") == "doing" and then.level(ticket) <= 0
        awake = last > today - then.company.idle_days * DAY
        if (
            in_progress
            and awake
            and then.value(ticket, "archived") != "yes"
            and is_phase_open(then, piece_of(then, ticket))
        ):
            carried.add(piece_of(then, ticket))
    past, done, found = took(then), spent(then), {}
    for piece in (set().union(*taken.values()) | carried) - dropped:
        mine = [n for n, held in taken.items() if piece in held]
        stated = [(n, d) for n in mine if (d := plan.take[n].days) is not None]
        if stated:
            n, given = stated[0]
            size: tuple[Fraction | None, str] = (Fraction(given) / len(taken[n]), "given")
        else:
            size = sized(then, piece, past, done.get(piece, Fraction(0)))
        moved = [m.to for m in plan.move if piece in reached(then, m.ticket)]
        placed = [t for n in mine if (t := plan.take[n].team) is not None]
        found[piece] = Piece(*size, not mine, [*moved, *placed, then.team(piece)][0])
    return found


def is_phase_open(then: Then, ticket: str) -> bool:
    return then.value(ticket, "phase") in ("todo", "doing")


def allocation(then: Then, plan: Plan, regime: Regime | None) -> dict[tuple[str, str], Fraction]:
    """Planned days by what they serve and by team; "" serves nothing."""
    linked = links(then, regime) if regime is not None else {}
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for ticket, piece in pieces(then, plan).items():
        served = [(x.target, x.weight) for x in linked.get(ticket, ())] or [("", Fraction(1))]
        for target, weight in served:
            found[target, piece.team] += (piece.days or Fraction(0)) * weight
    return dict(found)
