"""The oracle's churn: every change of mind about an open ticket, and whether it counts."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.analyzer.oracle import Then
from tests.analyzer.oracle_starts import first_start

BULK = 30
NOBODY_GAVE = ("no priority", "none", "undefined", "not set", "unprioritized", "not prioritized", "-")
STEP = {"todo": 0, "doing": 1, "done": 2, "cancelled": 2}
REVISED = {"urgency": "re-prioritised", "assignee": "reassigned", "parent": "re-parented", "project": "re-parented"}


@dataclass(frozen=True)
class Turn:
    """One change of mind; ``fate``: counted, carried, machine or groomed."""

    ticket: str
    kind: str
    moment: datetime
    fate: str


def turns(then: Then) -> set[Turn]:
    """Changes of mind within the history at hand, about tasks and sub-tasks whose past is known and that were open."""
    bulk = _bulk(then)
    found = set()
    for ticket, known in then.tickets.items():
        if then.level(ticket) > 0 or known.history == "none":
            continue
        for kind, moment in {*_revised(then, ticket), *_boxes(then, ticket), *_back(then, ticket)}:
            if moment <= known.created or moment < then.begins(then.history[0]):
                continue
            if then.value_at(ticket, "phase", moment) in ("todo", "doing"):
                found.add(Turn(ticket, kind, moment, _fate(then, ticket, kind, moment, bulk)))
    return found


def _revised(then: Then, ticket: str) -> set[tuple[str, datetime]]:
    found = set()
    for name, kind in REVISED.items():
        values = sorted((s for s in then.spans(ticket, name) if s.value is not None), key=lambda s: s.since)
        if name == "urgency":
            values = [s for s in values if str(s.value).lower() not in NOBODY_GAVE]
        if name == "assignee":
            values = [s for s in values if not then.is_bot(str(s.value))]
        found |= {(kind, b.since) for a, b in itertools.pairwise(values) if a.value != b.value}
    return found


def _boxes(then: Then, ticket: str) -> set[tuple[str, datetime]]:
    """From one sprint or cycle to another: carried over if the first was over within the hour, moved on if it was left."""
    found = set()
    for name in ("sprint", "cycle"):
        held = sorted(
            (s for s in then.spans(ticket, name) if s.value is not None), key=lambda s: (s.since, str(s.value))
        )
        for a, b in itertools.pairwise(held):
            if a.value == b.value:
                continue
            box = then.containers[str(a.value)]
            end = box.completed if box.completed is not None and box.completed <= then.as_of else box.end
            if end is not None and end <= b.since + timedelta(hours=1):
                found.add(("carried over", b.since))
            elif a.until is not None and a.until <= b.since:
                found.add(("moved on", b.since))
    return found


def _back(then: Then, ticket: str) -> set[tuple[str, datetime]]:
    """To an earlier phase, or to a status it had."""
    phases = sorted(then.spans(ticket, "phase"), key=lambda s: s.since)
    found = {("sent back", b.since) for a, b in itertools.pairwise(phases) if STEP[str(b.value)] < STEP[str(a.value)]}
    seen: set[str | None] = set()
    for s in sorted(then.spans(ticket, "status"), key=lambda s: s.since):
        if s.value is not None and s.value in seen:
            found.add(("sent back", s.since))
        seen.add(s.value)
    return found


def _hour(moment: datetime) -> int:
    return int(moment.timestamp() // 3600)


def _bulk(then: Then) -> set[tuple[str, int]]:
    """Who changed how many tickets in which hour: those of thirty and more."""
    since = then.begins(then.history[0])
    touched = {
        (c.author, _hour(c.moment), c.ticket)
        for c in then.company.changes
        if c.author is not None and since <= c.moment <= then.as_of
    }
    counts = Counter((author, hour) for author, hour, _ in touched)
    return {(str(author), hour) for (author, hour), n in counts.items() if n >= BULK}


def _fate(then: Then, ticket: str, kind: str, moment: datetime, bulk: set[tuple[str, int]]) -> str:
    if kind == "carried over":
        return "carried"
    for c in then.company.changes:
        if c.ticket == ticket and c.moment == moment:
            if c.author is None and then.tickets[ticket].kind == "linear":
                return "machine"
            if c.author is not None and (then.is_bot(c.author) or (c.author, _hour(moment)) in bulk):
                return "machine"
    begun = first_start(then, ticket)
    if then.day(moment) == then.day(then.tickets[ticket].created) and (begun is None or moment < begun):
        return "groomed"
    return "counted"
