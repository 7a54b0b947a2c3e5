"""The oracle's focus: e^entropy of each team's mix over the window, and how many tickets its people held at once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from math import exp, log

from tests.analyzer.oracle import Then, monday
from tests.analyzer.oracle_effort import allocation, held_by


def scatter(then: Then) -> dict[str, float]:
    """By team, how many targets of equal size would scatter its person-days as much."""
    mixes: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for (basis, week, _, in_force, target, _, team), units in allocation(then).items():
        if basis == "days" and in_force and week in then.window:
            mixes[team][target] += units
    found = {}
    for team, mix in mixes.items():
        whole = sum(mix.values())
        if whole:
            shares = [float(v / whole) for v in mix.values() if v]
            found[team] = exp(-sum(s * log(s) for s in shares))
    return found


def in_progress(then: Then) -> dict[tuple[str, date], tuple[Fraction, Fraction]]:
    """By team and week: tickets held, summed over people and days, and the person-days they drew."""
    split: dict[tuple[str, date], set[str]] = defaultdict(set)
    for ticket in then.tickets:
        for person, day in held_by(then, ticket):
            if (
                day >= then.history[0]
                and monday(day) in then.history
                and then.is_working(day)
                and not then.is_bot(person)
            ):
                split[person, day].add(ticket)
    found: dict[tuple[str, date], tuple[Fraction, Fraction]] = defaultdict(lambda: (Fraction(0), Fraction(0)))
    for (_, day), tickets in split.items():
        for ticket in tickets:
            held, days = found[then.team(ticket), monday(day)]
            found[then.team(ticket), monday(day)] = (held + 1, days + Fraction(1, len(tickets)))
    return dict(found)
