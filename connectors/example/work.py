"""Who works on what, day after day: each person holds one or two tickets for a few days, drawn from the team's mix."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from connectors.example.days import WEEK, week_of
from connectors.example.mix import Mix
from connectors.example.roster import Person
from connectors.example.tickets import Draft

MEDIAN_DAYS, SPREAD, SHORTEST, LONGEST = 3.7, 0.8, 0.2, 14.0
"""Cycle times are lognormal with a mean of about five working days; none is so long that it would count as stale."""

SECOND_TICKET_PAUSE = 6.5
"""Mean working days between second tickets, so that one and a half are in progress on average."""


@dataclass(frozen=True, slots=True)
class Stint:
    """One person's time on one ticket, in working days."""

    person: str
    team: str
    intent: str
    start: float
    end: float


def stints(rng: Random, people: tuple[Person, ...], mixes: dict[tuple[str, int], Mix], weeks: int) -> list[Stint]:
    """Every stint of every person that starts within the weeks, by start."""
    made: list[Stint] = []
    for person in people:
        for second in (False, True):
            clock = rng.uniform(0.0, 6.0 if second else 2.0)
            while clock < weeks * WEEK:
                mix = mixes[person.team, week_of(clock)]
                (intent,) = rng.choices(list(mix), list(mix.values()))
                days = min(max(rng.lognormvariate(0.0, SPREAD) * MEDIAN_DAYS, SHORTEST), LONGEST)
                made.append(Stint(person.id, person.team, intent, clock, clock + days))
                clock += days + _pause(rng, second)
    return sorted(made, key=lambda stint: (stint.start, stint.person))


def _pause(rng: Random, second: bool) -> float:
    if second:
        return 0.05 + rng.expovariate(1 / SECOND_TICKET_PAUSE)
    return rng.uniform(5.0, 10.0) if rng.random() < 0.02 else rng.uniform(0.02, 0.2)


def play(rng: Random, draft: Draft, stint: Stint, mates: list[str]) -> None:
    """Write the ordinary life of a ticket: taken, started, often reviewed, done; seldom dropped or handed over."""
    if rng.random() < 0.3:
        draft.first["assignee"] = rng.choice(mates) if rng.random() < 0.15 else stint.person
    draft.step(stint.start, stint.person, "assignee", stint.person)
    draft.step(stint.start, stint.person, "status", "doing")
    who, length = stint.person, stint.end - stint.start
    draft.held.append((who, stint.start, stint.end))
    if rng.random() < 0.02:
        who = _hand_over(draft, stint, rng.choice(mates))
    if rng.random() < 0.6:
        draft.step(stint.start + 0.7 * length, who, "status", "review")
    dropped = rng.random() < 0.03
    draft.step(stint.end, who, "status", "dropped" if dropped else "done")
    draft.step(stint.end, who, "resolution", "Won't Do" if dropped else "Done")


def _hand_over(draft: Draft, stint: Stint, other: str) -> str:
    middle = (stint.start + stint.end) / 2
    draft.step(middle, stint.person, "assignee", other)
    draft.held[:] = [(stint.person, stint.start, middle), (other, middle, stint.end)]
    return other


def reopen(rng: Random, draft: Draft) -> None:
    """Two weeks at most after it was done someone finds that it was not."""
    who, _, ended = draft.held[-1]
    again = ended + rng.uniform(1.0, 9.0)
    until = again + rng.uniform(0.5, 3.0)
    draft.step(again, who, "status", "doing")
    draft.step(again, who, "resolution", None)
    draft.step(until, who, "status", "done")
    draft.step(until, who, "resolution", "Done")
    draft.held.append((who, again, until))
