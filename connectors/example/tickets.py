"""A ticket is drafted as a beginning and a heap of steps, then settled into a present and a log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from connectors.example.days import moment
from connectors.example.roster import Tracker

Value = str | int | float | tuple[str, ...] | None
"""What a field holds. A parent is a draft's number; a negative number is a ticket this account may not see."""

SETS = ("labels", "sprints", "versions")
FIRST_NATIVE = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """At ``at``, ``by`` sets a field, or adds a value to a set, or removes one; ``by`` is ``None`` for automation."""

    at: float
    by: str | None
    field: str
    value: Value
    how: Literal["set", "add", "remove"] = "set"


@dataclass(slots=True)
class Draft:
    """A ticket while the company is being played. ``held`` says who worked on it, from when until when."""

    number: int
    tracker: Tracker
    team: str
    kind: str
    intent: str
    created: float
    creator: str | None
    first: dict[str, Value] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    held: list[tuple[str, float, float]] = field(default_factory=list)

    @property
    def started(self) -> float:
        return self.held[0][1] if self.held else float("inf")

    @property
    def ended(self) -> float:
        return self.held[-1][2] if self.held else float("inf")

    def step(
        self, at: float, by: str | None, field: str, value: Value, how: Literal["set", "add", "remove"] = "set"
    ) -> None:
        self.steps.append(Step(at, by, field, value, how))


@dataclass(frozen=True, slots=True)
class Edit:
    field: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class Entry:
    """What one account changed in one moment."""

    at: datetime
    by: str | None
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it stands at the end, its log oldest first, and what the company knows of it that no tracker says.

    ``native`` is the tracker's own id; ``keys`` are all it ever had, the present one last.
    """

    number: int
    native: str
    tracker: Tracker
    kind: str
    created: datetime
    creator: str | None
    now: Mapping[str, Value]
    log: tuple[Entry, ...]
    keys: tuple[str, ...]
    home: str
    intent: str
    held: tuple[tuple[str, float, float], ...]

    @property
    def key(self) -> str:
        return self.keys[-1]

    @property
    def updated(self) -> datetime:
        return self.log[-1].at if self.log else self.created

    @property
    def id(self) -> str:
        return f"{self.tracker}:{self.native}"


def stable_uuid(seed: int, *what: object) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://acme.example/{seed}/" + "/".join(map(str, what))))


def settle(seed: int, drafts: list[Draft], end: float) -> tuple[Ticket, ...]:
    """The drafts that exist before ``end``, without what happens after it; keys count by creation, as in a tracker."""
    alive = sorted((draft for draft in drafts if draft.created < end), key=lambda draft: (draft.created, draft.number))
    keys = _keys(alive, end)
    return tuple(_settle(seed, draft, keys[draft.number], end) for draft in alive)


def _keys(drafts: list[Draft], end: float) -> dict[int, list[str]]:
    """A key per team a ticket was ever in, numbered in the order in which tickets came to that team."""
    arrivals = [(draft.created, draft.number, draft.team) for draft in drafts]
    arrivals += [
        (step.at, draft.number, str(step.value))
        for draft in drafts
        for step in draft.steps
        if step.field == "team" and step.at < end
    ]
    counts: dict[str, int] = {}
    keys: dict[int, list[str]] = {}
    for _, number, team in sorted(arrivals):
        counts[team] = counts.get(team, 0) + 1
        keys.setdefault(number, []).append(f"{team}-{counts[team]}")
    return keys


def _settle(seed: int, draft: Draft, keys: list[str], end: float) -> Ticket:
    now: dict[str, Value] = {"team": draft.team, "type": draft.kind, "status": "todo", **draft.first}
    steps = sorted((step for step in draft.steps if draft.created <= step.at < end), key=lambda step: step.at)
    log: list[Entry] = []
    for (at, by), together in groupby(steps, key=lambda step: (moment(step.at), step.by)):
        edits = tuple(edit for step in together if (edit := _apply(now, step)) is not None)
        if edits:
            log.append(Entry(at, by, edits))
    native = str(FIRST_NATIVE + draft.number) if draft.tracker == "jira" else stable_uuid(seed, "issue", draft.number)
    held = tuple((who, since, min(until, end)) for who, since, until in draft.held if since < end)
    return Ticket(
        draft.number, native, draft.tracker, draft.kind, moment(draft.created), draft.creator,
        now, tuple(log), tuple(keys), draft.team, draft.intent, held,
    )  # fmt: skip


def _apply(now: dict[str, Value], step: Step) -> Edit | None:
    old = now.get(step.field)
    new = step.value if step.how == "set" else _changed_set(old, step)
    if new == old:
        return None
    now[step.field] = new
    return Edit(step.field, old, new)


def _changed_set(old: Value, step: Step) -> tuple[str, ...]:
    assert (old is None or isinstance(old, tuple)) and isinstance(step.value, str)
    before = old or ()
    if step.how == "add":
        return before if step.value in before else (*before, step.value)
    return tuple(value for value in before if value != step.value)
