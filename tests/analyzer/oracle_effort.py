"""The oracle's effort: person-days by an equal split of each day, finished tickets, points, and what they served."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from fractions import Fraction

from tests.analyzer.oracle import DAY, Regime, Then, monday
from tests.analyzer.oracle_links import links

Effort = dict[tuple[str, str, date], Fraction]
"""By basis, ticket and week (its Monday)."""

Allocation = dict[tuple[str, date, Regime, bool, str, str, str], Fraction]
"""By basis, week, regime, whether that regime was in force, target, kind and team."""


def finishes(then: Then, ticket: str) -> list[datetime]:
    """Moments the ticket was moved to done. Created as done is no move, unless only the end of its past is known."""
    known = then.tickets[ticket]
    return [s.since for s in then.spans(ticket, "phase", "done") if s.since > known.created or known.history == "none"]


def drawing_days(then: Then, ticket: str) -> set[date]:
    """Days on which something about the ticket changed, and the days after that until it counts as idle."""
    touched = {then.day(then.tickets[ticket].created)}
    touched |= {then.day(c.moment) for c in then.company.changes if c.ticket == ticket and c.moment <= then.as_of}
    return {day + n * DAY for day in touched for n in range(then.company.idle_days)}


def held_by(then: Then, ticket: str) -> set[tuple[str, date]]:
    """Who drew from which of their days for this ticket.

    They held it in progress on a day on which it was not idle, or had it when it was moved to done.
    """
    found: set[tuple[str, date]] = set()
    awake = drawing_days(then, ticket)
    for doing in then.spans(ticket, "phase", "doing"):
        for holding in then.spans(ticket, "assignee"):
            if holding.value is not None:
                since = max(doing.since, holding.since)
                until = min(doing.until or then.as_of, holding.until or then.as_of)
                found |= {(holding.value, day) for day in then.days(since, until) if day in awake}
    if then.tickets[ticket].history != "none":
        for moment in finishes(then, ticket):
            person = then.value_at(ticket, "assignee", moment)
            if person is not None:
                found.add((person, then.day(moment)))
    return found


def effort(then: Then) -> Effort:
    """Person-days, finished tickets and points of each ticket and week of the history at hand."""
    first = then.history[0]
    units: Effort = defaultdict(Fraction)
    split: dict[tuple[str, date], set[str]] = defaultdict(set)
    for ticket in then.tickets:
        for person, day in held_by(then, ticket):
            if day >= first and then.is_working(day) and not then.is_bot(person):
                split[person, day].add(ticket)
    for (_, day), tickets in split.items():
        for ticket in tickets:
            units["days", ticket, monday(day)] += Fraction(1, len(tickets))
    for ticket in then.tickets:
        moments = finishes(then, ticket)
        if then.level(ticket) > 0 or not moments or then.value(ticket, "phase") != "done":
            continue  # an epic is finished by finishing what is below it
        day = then.day(max(moments))
        if day >= first:
            units["count", ticket, monday(day)] += 1
            points = Fraction(then.value(ticket, "estimate") or 0)
            if points > 0:
                units["points", ticket, monday(day)] += points
    return dict(units)


def allocation(then: Then) -> Allocation:
    """Effort by what it served under the strategy of its week, and in the window also under the others seen there."""
    by_week = {week: then.regime(week) for week in then.history}
    seen = {r for week in then.window if (r := by_week[week]) is not None}
    linked = {r: links(then, r) for r in {*by_week.values()} if r is not None}
    found: Allocation = defaultdict(Fraction)
    for (basis, ticket, week), units in effort(then).items():
        in_force = by_week.get(week)
        looked_at = {in_force, *(seen if week in then.window else ())} - {None}
        for regime in looked_at:
            assert regime is not None
            served = [(x.target, x.kind, x.weight) for x in linked[regime].get(ticket, ())]
            for target, kind, weight in served or [("", "none", Fraction(1))]:
                shown = "unlinked" if kind == "none" else kind
                key = (basis, week, regime, regime == in_force, target, shown, then.team(ticket))
                found[key] += units * weight
    return dict(found)
