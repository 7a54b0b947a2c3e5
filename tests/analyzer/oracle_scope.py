"""The oracle's scope: what each deliverable was committed to, and what came in and went out until its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.analyzer import oracle_effort
from tests.analyzer.oracle import DAY, Then

DELIVERABLES = ("sprint", "cycle", "version", "milestone", "project")

Stay = tuple[datetime, datetime | None]
"""From when until when (exclusive; ``None`` = still) an item was in a deliverable."""


@dataclass(frozen=True)
class Event:
    """``event``: planned, added (made after the commitment), pulled_in (was there before), carried (from one that just ended),
    split (from what was planned), removed, re_estimated, swapped, rewritten or date_moved (of no ticket)."""

    container: str
    kind: str
    ticket: str | None
    event: str
    moment: datetime
    amount: float | None = None
    origin: str | None = None


@dataclass(frozen=True)
class Came:
    """One ticket that was in: how and when it came, when it left before the end, what it was estimated at and when that changed."""

    ticket: str
    how: str
    moment: datetime
    left: datetime | None
    before: float | None
    after: float | None
    changed: datetime | None
    origin: str | None


def events(then: Then) -> set[Event]:
    """The scope events of everything that began, was committed to, and did not end before the history at hand."""
    found: set[Event] = set()
    for container, known in then.containers.items():
        if known.kind != "space":
            found |= _events(then, container, known.kind, _end(then, container))
    for ticket in then.tickets:
        if then.level(ticket) >= 1:
            found |= _events(then, ticket, "epic", _epic_end(then, ticket))
    return found


def _epic_end(then: Then, ticket: str) -> datetime | None:
    closed = [s.since for s in then.spans(ticket, "phase") if s.until is None and s.value in ("done", "cancelled")]
    return max(closed, default=None)


def _end(then: Then, container: str) -> datetime | None:
    """When it was completed; a cycle that nobody completed ends with its last day. What lies ahead has not happened."""
    known = then.containers[container]
    completed = known.completed if known.completed is not None and known.completed <= then.as_of else None
    end = completed or (known.end if known.kind == "cycle" else None)
    return end if end is not None and end <= then.as_of else None


def _stays(then: Then, container: str, kind: str) -> dict[str, list[Stay]]:
    """Items and when they were in. Sub-tasks are no items of their own; without a history nobody knows when."""
    stays = {ticket: _stays_of(then, container, kind, ticket) for ticket in then.tickets}
    return {ticket: times for ticket, times in stays.items() if times}


def _stays_of(then: Then, container: str, kind: str, ticket: str) -> list[Stay]:
    if then.level(ticket) != 0 or then.tickets[ticket].history == "none":
        return []
    return [
        (s.since, s.until)
        for name in (("parent",) if kind == "epic" else DELIVERABLES)
        for s in then.spans(ticket, name)
        if s.value is not None and (s.value == container or (name == "project" and _within(then, s.value, container)))
    ]


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
    came = []
    for ticket, times in stays.items():
        planned = any(_covers(stay, committed) for stay in times)
        entered = min((since for since, _ in times if committed < since < ended), default=None)
        if not planned and entered is None:
            continue
        how, moment, origin = "planned", committed, None
        if not planned:
            assert entered is not None
            moment = entered
            origin, carried = _origin(then, container, kind, ticket, entered)
            made_later = then.tickets[ticket].created > committed
            how = "carried" if carried else "added" if made_later else "pulled_in"
        lasts = any(since < ended and (until is None or until >= ended) for since, until in times)
        left = max((until for since, until in times if until is not None and until < ended), default=None)
        gone = left if not lasts and left is not None and left > committed else None
        came.append(_came(then, ticket, how, moment, gone, ended, origin))
    split = _split(then, came)
    found = {
        _told(container, kind, c, "split" if c.ticket in split else c.how, c.moment, c.before, c.origin) for c in came
    }
    for c in came:
        if c.left is not None:
            found.add(_told(container, kind, c, "removed", c.left, c.before))
        if c.before is not None and c.after is not None and c.before != c.after:
            assert c.changed is not None
            found.add(_told(container, kind, c, "re_estimated", c.changed, c.after - c.before))
        if (grown := _rewritten(then, c, ended)) is not None:
            found.add(_told(container, kind, c, "rewritten", *grown))
    found |= {_told(container, kind, c, "swapped", c.moment, None) for c in _swapped(came, split)}
    return found | _date_moved(then, container, kind, committed, ended)


def _told(
    container: str, kind: str, came: Came, event: str, moment: datetime, amount: float | None, origin: str | None = None
) -> Event:
    return Event(container, kind, came.ticket, event, moment, _rounded(amount), origin)


def _rounded(amount: float | None) -> float | None:
    return None if amount is None else round(amount, 6)


def _origin(then: Then, container: str, kind: str, ticket: str, entered: datetime) -> tuple[str | None, bool]:
    """The deliverable of its kind that a ticket was in until a day before, and whether one of them had just ended."""
    others = [c for c, known in then.containers.items() if known.kind == kind] if kind != "epic" else list(then.tickets)
    found, carried = [], False
    for other in others:
        if other == container or (kind == "epic" and then.level(other) < 1):
            continue
        times = _stays_of(then, other, kind, ticket)
        if any(since < entered and (until is None or until >= entered - DAY) for since, until in times):
            found.append(other)
            end = _epic_end(then, other) if kind == "epic" else _end(then, other)
            carried |= end is not None and entered - 3 * DAY <= end <= entered + DAY
    return min(found, default=None), carried


def _came(
    then: Then, ticket: str, how: str, moment: datetime, left: datetime | None, ended: datetime, origin: str | None
) -> Came:
    """With its estimate when it came in, and the last one before its end or the day before its first finish."""
    finish = min(oracle_effort.finishes(then, ticket), default=None)
    looked = ended if finish is None else min(ended, finish - DAY)
    before = _points(then.value_at(ticket, "estimate", moment))
    after, changed = before, None
    if looked > moment:
        held = [
            s for s in then.spans(ticket, "estimate") if s.since < looked and (s.until is None or s.until >= looked)
        ]
        after, changed = (_points(held[0].value), held[0].since) if held else (None, None)
    return Came(ticket, how, moment, left, before, after, changed, origin)


def _points(value: str | None) -> float | None:
    return None if value is None else float(value)


def _split(then: Then, came: list[Came]) -> set[str]:
    """What was made under one parent, if planned ones there shrank or left by about as many points."""
    found: set[str] = set()
    parents = {c.ticket: then.value(c.ticket, "parent") for c in came}
    for parent in {p for p in parents.values() if p is not None}:
        kin = [c for c in came if parents[c.ticket] == parent]
        made = [c for c in kin if c.how == "added"]
        if not made or any(c.after is None for c in made):
            continue
        gave = [c for c in kin if c.how == "planned" and c.before is not None and (c.left is not None or _shrank(c))]
        held = sum(c.before or 0.0 for c in gave)
        holds = sum(c.after or 0.0 for c in [*gave, *made] if c.left is None)
        if held > 0 and abs(holds - held) <= 0.2 * held + 1e-6:
            found |= {c.ticket for c in made}
    return found


def _shrank(c: Came) -> bool:
    return c.before is not None and c.after is not None and c.after < c.before


def _swapped(came: list[Came], split: set[str]) -> list[Came]:
    """What came as something of about its size left, each the nearest in time to the other."""
    ins = [c for c in came if c.how in ("added", "pulled_in") and c.ticket not in split]
    outs = [c for c in came if c.left is not None]
    return [i for i in ins if (o := _nearest(i, outs, True)) is not None and _nearest(o, ins, False) is i]


def _nearest(one: Came, others: list[Came], coming: bool) -> Came | None:
    def apart(o: Came) -> timedelta:
        came, gone = (one, o) if coming else (o, one)
        assert gone.left is not None
        return abs(came.moment - gone.left)

    near = [o for o in others if o.ticket != one.ticket and apart(o) <= 3 * DAY and _alike(one.before, o.before)]
    return min(near, key=lambda o: (apart(o), o.ticket), default=None)


def _alike(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 0.2 * max(a, b) + 1e-6


def _rewritten(then: Then, came: Came, ended: datetime) -> tuple[datetime, float | None] | None:
    """When the text was last changed before the end or the finish, if it had grown; and by how many listed lines."""
    finish = min(oracle_effort.finishes(then, came.ticket), default=None)
    looked = ended if finish is None else min(ended, finish)
    was = [
        s
        for s in then.spans(came.ticket, "body")
        if s.since <= came.moment and (s.until is None or s.until > came.moment)
    ]
    now = [s for s in then.spans(came.ticket, "body") if s.since < looked and (s.until is None or s.until >= looked)]
    if not was or not now or now[0].since <= came.moment:
        return None
    before, after = _length(was[0].value), _length(now[0].value)
    if before is None or after is None:
        return None
    grown = after - before
    return (now[0].since, None) if grown >= 80 and 5 * grown >= before else None


def _length(fingerprint: str | None) -> int | None:
    """Of a text by its ``length:hash``; of one whose edits are known and not its words, nobody knows."""
    length = (fingerprint or "0:").split(":")[0]
    return int(length) if length.isdigit() else None


def _date_moved(then: Then, container: str, kind: str, committed: datetime, ended: datetime) -> set[Event]:
    """The due day of an epic, last against the one at its commitment."""
    stated = (
        [s for s in then.spans(container, "due") if s.value is not None and s.since < ended] if kind == "epic" else []
    )
    before = max((s for s in stated if s.since <= committed), key=lambda s: s.since, default=None)
    after = max((s for s in stated if s.since > committed), key=lambda s: s.since, default=None)
    if before is None or after is None:
        return set()
    assert before.value is not None and after.value is not None
    days = (date.fromisoformat(after.value) - date.fromisoformat(before.value)).days
    return {Event(container, kind, None, "date_moved", after.since, float(days))} if days > 0 else set()


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
