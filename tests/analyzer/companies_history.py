"""The random history of one ticket: every field's spans, and a log that keeps silent about some changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from connectors.ticket import Change, Span, Ticket

if TYPE_CHECKING:
    from tests.analyzer.companies import Maker

LABELS = ("growth", "Platform", "mobile", "İstanbul", "ΟΔΟΣ")
COMPONENTS = ("API", "web")
TYPES = {"Bug": 0, "Story": 0, "Task": 0, "Sub-task": -1, "Epic": 1, "Theme": 2}
"""Types of tickets and their level."""
BODIES = (None, "40:a", "100:b", "119:c", "121:d", "400:e", "479:f", "481:g", "?1")
DUE = (None, "2026-03-01", "2026-03-15", "2026-02-01", "2026-04-01")
TITLES = ("Faster checkout", "checkout is slow", "Pay by invoice", "Rewrite the API", "")
THEMES = ("Speed", "Trust")
PHASES = ("todo", "doing", "done", "cancelled")
URGENCIES = (None, "High", "Medium", "None", "Blocker")
STATUSES = ("Open", "Doing", "Review", "Blocked", "Done")
ESTIMATES = (None, "1", "3", "0.5", "0", "0.1", "13")


class History:
    """The history of one ticket."""

    def __init__(self, site: Maker, number: int, ticket: Ticket) -> None:
        self.site, self.number, self.ticket = site, number, ticket
        self.rng = Random(f"{site.seed}:history:{number}")
        self.spans: list[Span] = []
        self.changes: list[Change] = []

    def fill(self) -> None:
        rng, site, jira = self.rng, self.site, self.ticket.kind == "jira"
        self._single("phase", self._phases())
        self._single("assignee", [rng.choice([None, *site.people, *site.people]) for _ in range(rng.randint(1, 4))])
        self._single("parent", self._parents())
        before = [rng.choice(list(TYPES)) for _ in range(rng.choice([0, 0, 0, 1]))]
        self._single("type", [*before, self.ticket.type])
        self._single("title", [rng.choice(TITLES) or None for _ in range(rng.choice([1, 1, 2]))])
        self._single("estimate", [rng.choice(ESTIMATES) for _ in range(rng.choice([1, 1, 2, 3]))])
        if jira:
            self._single("project", self._of("space")[: rng.choice([1, 1, 2])])
        else:
            self._single("project", [rng.choice([None, *self._of("project")]) for _ in range(rng.randint(1, 3))])
            self._single("cycle", [rng.choice([None, *self._of("cycle")]) for _ in range(rng.randint(1, 4))])
            self._single("milestone", [rng.choice([None, *self._of("milestone")]) for _ in range(rng.randint(0, 2))])
            self._single("team", [rng.choice([None, "Core", "Web"])])
        pools = {"label": LABELS, "custom:Theme": THEMES}
        if jira:
            pools |= {
                "component": COMPONENTS,
                "sprint": tuple(self._of("sprint")),
                "version": tuple(self._of("version")),
            }
        for name, values in pools.items():
            for value in values:
                self._several(name, value)
        self._single("urgency", [rng.choice(URGENCIES) for _ in range(rng.choice([1, 1, 2, 4]))])
        self._single("status", [rng.choice(STATUSES) for _ in range(rng.choice([1, 2, 4]))])
        self._single("flagged", [rng.choice([None, "yes"]) for _ in range(rng.choice([1, 1, 3]))])
        self._single("body", [rng.choice(BODIES) for _ in range(rng.choice([1, 2, 3]))])
        for _ in range(rng.choice([0, 0, 1, 4])):
            self._changed("body", site.moment(rng, self.ticket.created))
        self._since_the_start()
        if self.ticket.history == "none":
            self._forget()

    def _since_the_start(self) -> None:
        """Due days, drawn from a source of their own so that all else stays as it was."""
        rng, self.rng = self.rng, Random(f"{self.site.seed}:later:{self.number}")
        if self.ticket.level >= 1:
            self._single("due", [self.rng.choice(DUE) for _ in range(self.rng.choice([2, 4, 6, 8]))])
        self.rng = rng

    def _of(self, kind: str) -> list[str]:
        found = [c.id for c in self.site.containers if c.kind == kind and c.tracker == self.ticket.tracker]
        return self.rng.sample(found, len(found))

    def _phases(self) -> list[str | None]:
        rng = self.rng
        line: list[str | None] = list(PHASES[rng.choice([0, 0, 0, 1, 2]) : rng.choice([2, 3, 3, 3])]) or ["done"]
        while rng.random() < self.site.mood.reopened:
            line += rng.choice([["todo", "doing", "done"], ["doing"], ["doing", "done"], ["cancelled"], ["todo"]])
        return line

    def _parents(self) -> list[str | None]:
        """Mostly a ticket further up; where the mood is so, any ticket, which makes circles; or one nobody can see."""
        rng, site = self.rng, self.site
        found: list[str | None] = []
        for _ in range(rng.choice([1, 2, 2, 3])):
            upwards = self.number if rng.random() >= site.mood.circles else len(site.known)
            if rng.random() >= site.mood.nested or not upwards:
                found.append(rng.choice([None, None, None, "jira:404", "@GONE-1"]))
                continue
            chosen = rng.choice(["next", "epic", "any"])
            near = {"next": self.number - 1, "epic": upwards // 7 * 6, "any": rng.randrange(upwards)}[chosen]
            parent = site.known[max(near, 0)]
            by_key = parent.tracker == self.ticket.tracker and rng.random() < 0.2
            found.append(f"@{rng.choice([parent.key, *parent.aliases])}" if by_key else parent.id)
        return found

    def _single(self, name: str, values: Sequence[str | None]) -> None:
        """A value after the other; equal neighbours are one; a change is in the log unless the mood is silent."""
        rng, created = self.rng, self.ticket.created
        if not values:
            return
        later = sorted({self.site.moment(rng, created) for _ in values[1:]} - {created})
        values = values[-len(later) - 1 :]  # where moments fall together the last ones count
        points = [(created, values[0])]
        for at, value in zip(later, values[1:], strict=True):
            if value != points[-1][1]:
                points.append((at, value))
                self._changed(name, at)
        ends = [at for at, _ in points[1:]] + [None]
        self.spans += [Span(self.ticket.id, name, v, at, end) for (at, v), end in zip(points, ends, strict=True)]

    def _several(self, name: str, value: str) -> None:
        rng, created = self.rng, self.ticket.created
        if rng.random() < 0.6:
            return
        points = sorted({rng.choice([created, self.site.moment(rng, created)]) for _ in range(rng.randint(1, 4))})
        for since, until in zip(points[::2], [*points[1::2], None], strict=False):
            self.spans.append(Span(self.ticket.id, name, value, since, until))
            self._changed(name, since)

    def _changed(self, name: str, at: datetime) -> None:
        if self.rng.random() >= self.site.mood.silent and at > self.ticket.created:
            author = self.rng.choice([None, *self.site.people])
            self.changes.append(Change(self.ticket.id, f"c{len(self.changes)}", at, author, name))

    def _forget(self) -> None:
        """A source without a log: today's values since the last update, the phase since the moment stated for it."""
        updated = self.site.moment(self.rng, self.ticket.created)
        stated = self.site.moment(self.rng, self.ticket.created)
        open_ = [s for s in self.spans if s.until is None]
        self.spans = [replace(s, since=stated if s.field == "phase" else updated) for s in open_]
        self.changes = []
