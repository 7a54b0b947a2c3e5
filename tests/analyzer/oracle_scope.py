"""The oracle's scope: what each deliverable was committed to, and what came in and went out until its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.analyzer.oracle import Then

DELIVERABLES = ("sprint", "cycle", "version", "milestone", "project")

Stay = tuple[datetime, datetime | None]
"""From when until when (exclusive; ``None`` = still) an item was in a deliverable."""


@dataclass(frozen=True)
class Event:
    """``event``: planned, added (made after the commitment), pulled_in (was there before) or removed."""

    container: str
    kind: str
    ticket: str
    event: str
    moment: datetime


def events(then: Then) -> set[Event]:
    """The scope events of everything that began, was committed to, and did not end before the history at hand."""
    found: set[Event] = set()
    for container, known in then.containers.items():
        if known.kind != "space":
            found |= _events(then, container, known.kind, _end(then, container))
    for ticket in then.tickets:
        if then.level(ticket) >= 1:
            closed = [
                s.since for s in then.spans(ticket, "phase") if s.until is None and s.value in ("done", "cancelled")
            ]
            found |= _events(then, ticket, "epic", max(closed, default=None))
    return found


def _end(then: Then, container: str) -> datetime | None:
    """When it was completed; a cycle that nobody completed ends with its last day. What lies ahead has not happened."""
    known = then.containers[container]
    end = known.completed or (known.end if known.kind == "cycle" else None)
    return end if end is not None and end <= then.as_of else None


def _stays(then: Then, container: str, kind: str) -> dict[str, list[Stay]]:
    """Items and when they were in. Sub-tasks are no items of their own; without a history nobody knows when."""
    stays: dict[str, list[Stay]] = {}
    for ticket, known in then.tickets.items():
        if then.level(ticket) != 0 or known.history == "none":
            continue
        for name in ("parent",) if kind == "epic" else DELIVERABLES:
            for s in then.spans(ticket, name):
                if s.value is not None and (
                    s.value == container or (name == "project" and _within(then, s.value, container))
                ):
                    stays.setdefault(ticket, []).append((s.since, s.until))
    return stays


def _within(then: Then, project: str, initiative: str) -> bool:
    """An initiative holds what its projects hold, and those of the initiatives below it."""
    return then.containers[initiative].kind == "initiative" and initiative in then.wholes(project)


def _events(then: Then, container: str, kind: str, completed: datetime | None) -> set[Event]:
    stays = _stays(then, container, kind)
    started = _start(then, container, kind, stays)
    if started is None or not stays:
        return set()
    ended = completed if completed is not None else then.as_of
    committed = started + timedelta(days=then.company.grace_days)
    if committed > then.as_of or ended <= started or ended < then.begins(then.history[0]):
        return set()
    found = set()
    for ticket, times in stays.items():
        planned = any(_covers(stay, committed) for stay in times)
        entered = min((since for since, _ in times if committed < since < ended), default=None)
        if planned:
            found.add(Event(container, kind, ticket, "planned", committed))
        elif entered is not None:
            came = "added" if then.tickets[ticket].created > committed else "pulled_in"
            found.add(Event(container, kind, ticket, came, entered))
        else:
            continue
        lasts = any(since < ended and (until is None or until >= ended) for since, until in times)
        left = max((until for since, until in times if until is not None and until < ended), default=None)
        if not lasts and left is not None and left > committed:
            found.add(Event(container, kind, ticket, "removed", left))
    return found


def _start(then: Then, container: str, kind: str, stays: dict[str, list[Stay]]) -> datetime | None:
    """A sprint or cycle starts when it says; all else when work on the first of its items began while it was inside."""
    stated = then.containers[container].start if container in then.containers else None
    if kind in ("sprint", "cycle"):
        return stated
    begun = [
        max(doing.since, since)
        for ticket, times in stays.items()
        for since, until in times
        for doing in then.spans(ticket, "phase", "doing")
        if (doing.until is None or doing.until > since) and (until is None or doing.since < until)
    ]
    return min(begun, default=stated)


def _covers(stay: Stay, moment: datetime) -> bool:
    since, until = stay
    return since <= moment and (until is None or moment < until)
