"""The oracle's company: what was known at a moment, in local days and weeks, and which strategy judges which week.

The oracle (``oracle*.py``) is written from DESIGN §2-§6, not from the SQL: loops over small lists, exact fractions,
nothing of ours but the vocabulary and the strategy models. It is slow and has no engine, so that it can be believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from analyzer.strategy import Rule, Strategy
from connectors.ticket import Change, Container, Person, Relation, Span, Ticket

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
INSTANT = timedelta(microseconds=1)
STEPS = 12
"""How far up parents are followed (analyzer/mapping.py: hierarchies are at most a dozen levels)."""


@dataclass(frozen=True)
class Decision:
    """A person's word: ``target`` (a ticket or a container) serves ``priority`` (``None`` = nothing).

    ``weight`` is in parts per million. Rows of one target said in one act are one decision; before acts had numbers, those of
    one moment. ``below``: with all below it. ``undone`` is when the act was taken back. A ``rejects`` links nothing.
    """

    moment: datetime
    target: str
    priority: str | None
    weight: int
    act: int | None = None
    below: bool = False
    undone: datetime | None = None
    rejects: bool = False


@dataclass(frozen=True)
class Company:
    """Everything a store and its settings hold. ``teams`` are (team, field, value) rows, first match wins."""

    tickets: tuple[Ticket, ...]
    spans: tuple[Span, ...]
    changes: tuple[Change, ...]
    containers: tuple[Container, ...]
    relations: tuple[Relation, ...]
    people: tuple[Person, ...]
    decisions: tuple[Decision, ...]
    strategies: tuple[Strategy, ...]
    as_of: datetime
    time_zone: str = "UTC"
    working_days: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()
    weeks: int = 8
    history_weeks: int = 52
    idle_days: int = 14
    grace_days: int = 2
    teams: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Target:
    """Something work can serve: a priority, upkeep, or what is parked."""

    id: str
    kind: str
    rules: tuple[Rule, ...] = field(hash=False)


@dataclass(frozen=True)
class Regime:
    """A strategy with what it parks; ``targets`` in the order in which they claim work."""

    strategy: str
    targets: tuple[Target, ...]

    def kind(self, ident: str) -> str | None:
        return next((t.kind for t in self.targets if t.id == ident), None)


class Then:
    """A company as it was known at its ``as_of``."""

    def __init__(self, company: Company) -> None:
        self.company, self.as_of = company, company.as_of
        self.zone = ZoneInfo(company.time_zone)
        self.tickets = {t.id: t for t in company.tickets if t.created <= self.as_of}
        self.containers = {c.id: c for c in company.containers}
        self._spans: dict[tuple[str, str], list[Span]] = {}
        for span in company.spans:
            if span.ticket in self.tickets and span.since <= self.as_of:
                until = span.until if span.until is not None and span.until <= self.as_of else None
                value = self._by_key(span.ticket, span.value) if span.field == "parent" else span.value
                known = Span(span.ticket, span.field, value, span.since, until)
                self._spans.setdefault((span.ticket, span.field), []).append(known)

    def _by_key(self, ticket: str, named: str | None) -> str | None:
        """A parent named ``@KEY`` is the ticket of the same tracker that has or had that key."""
        if named is None or not named.startswith("@"):
            return named
        tracker, key = self.tickets[ticket].tracker, named[1:]
        return min(
            (t.id for t in self.company.tickets if t.tracker == tracker and key in (t.key, *t.aliases)), default=named
        )

    # ------------------------------------------------------------ state

    def spans(self, ticket: str, name: str, value: str | None = None) -> list[Span]:
        """What a field held so far, of one value if asked; ``until`` is empty where it still did."""
        return [s for s in self._spans.get((ticket, name), []) if value is None or s.value == value]

    def held(self, ticket: str, name: str) -> list[str]:
        """The values a field held at the moment."""
        return [s.value for s in self.spans(ticket, name) if s.until is None and s.value is not None]

    def value(self, ticket: str, name: str) -> str | None:
        """The value of a field that has at most one."""
        return next(iter(self.held(ticket, name)), None)

    def value_at(self, ticket: str, name: str, at: datetime) -> str | None:
        """The value such a field had at an earlier moment."""
        for s in self.spans(ticket, name):
            if s.since <= at and (s.until is None or at < s.until):
                return s.value
        return None

    def parent(self, ticket: str) -> str | None:
        """The parent, if it is a ticket we know."""
        named = self.value(ticket, "parent")
        return named if named in self.tickets else None

    def level(self, ticket: str) -> int:
        """The level of the type it had then, as today's tickets of that type have it; its own where there are none."""
        known, then = self.tickets[ticket], self.value(ticket, "type")
        if then is None or then == known.type:
            return known.level
        alike = [t.level for t in self.company.tickets if t.tracker == known.tracker and t.type == then]
        return min(alike, default=known.level)

    def ancestors(self, ticket: str) -> Iterator[str]:
        """Parent, grandparent … at most a dozen steps, so that a circle ends."""
        for _ in range(STEPS):
            above = self.parent(ticket)
            if above is None:
                return
            yield above
            ticket = above

    def wholes(self, container: str) -> dict[str, int]:
        """The containers that this one is part of, and in how many steps."""
        found: dict[str, int] = {}
        layer = {container}
        while layer:
            parts = [r for r in self.company.relations if r.type == "part_of" and r.source in layer]
            layer = {r.target for r in parts} - {container, *found}
            found |= dict.fromkeys(layer, max(found.values(), default=0) + 1)
        return found

    def names(self, container: str) -> set[str]:
        """What a container is called: its name and its key."""
        known = self.containers.get(container)
        return {known.name, *([known.key] if known.key else [])} if known else set()

    def is_bot(self, person: str) -> bool:
        return any(p.bot for p in self.company.people if p.id == person)

    def team(self, ticket: str) -> str:
        """The first team whose condition in the settings holds, else the tracker's team, else the Jira project."""
        place = self.value(ticket, "project")
        mine = self.value(ticket, "team")
        facts = {
            "tracker_team": {mine} if mine else set(),
            "project": self.names(place) if place else set(),
            "label": set(self.held(ticket, "label")),
            "component": set(self.held(ticket, "component")),
        }
        for team, name, value in self.company.teams:
            if same(value, facts[name]):
                return team
        if mine:
            return mine
        space = self.containers.get(place or "")
        return space.name if space and space.kind == "space" else "No team"

    # ------------------------------------------------------------ days and weeks

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def days(self, since: datetime, until: datetime) -> list[date]:
        """The local days that ``[since, until)`` touches; a day that a time zone skipped never was."""
        if since >= until:
            return []
        first, last = self.day(since), self.day(until - INSTANT)
        return [d for d in (first + n * DAY for n in range((last - first).days + 1)) if self.exists(d)]

    def exists(self, day: date) -> bool:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=self.zone)
        return noon.astimezone(UTC).astimezone(self.zone).date() == day

    def begins(self, day: date) -> datetime:
        """The moment a local day begins (also where its clocks skip midnight)."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)

    def is_working(self, day: date) -> bool:
        return day.weekday() in self.company.working_days and day not in self.company.holidays and self.exists(day)

    @cached_property
    def last_week(self) -> date:
        """The Monday of the last complete week."""
        return monday(self.day(self.as_of)) - WEEK

    @cached_property
    def window(self) -> list[date]:
        return [self.last_week - n * WEEK for n in reversed(range(self.company.weeks))]

    @cached_property
    def history(self) -> list[date]:
        """All weeks at hand: the window and the weeks before it."""
        return [self.last_week - n * WEEK for n in reversed(range(self.company.weeks + self.company.history_weeks))]

    # ------------------------------------------------------------ strategy

    def regime(self, week: date) -> Regime | None:
        """The strategy in force on the week's Monday, with what it still parks on that day, which claims work first."""
        for strategy in self.company.strategies:
            valid = strategy.valid
            if valid is None or (valid.first <= week and (valid.last is None or week <= valid.last)):
                not_now = [p for p in strategy.not_now if p.until is None or week < p.until]
                targets = [Target(p.id, "parked", p.match) for p in not_now]
                targets += [Target(p.id, "parked", p.match) for p in strategy.priorities if p.horizon == "not-now"]
                targets += [Target(p.id, p.kind, p.match) for p in strategy.priorities if p.horizon != "not-now"]
                return Regime(strategy.strategy, tuple(targets))
        return None


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def same(wanted: str, held: set[str]) -> bool:
    """Whether one of the values is the wanted one; upper and lower case are the same."""
    return wanted.lower() in {v.lower() for v in held}
