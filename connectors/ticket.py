"""The vocabulary every tracker is translated into: tickets, spans, changes, containers, relations, people.

All moments are timezone-aware UTC datetimes. Ids are ``tracker:native id`` where ``tracker`` is the name the
settings give the connection (``jira``, ``linear``, ``jira-eu`` …); keys such as PAY-12 are labels that may change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Phase = Literal["todo", "doing", "done", "cancelled"]
History = Literal["full", "partial", "none"]
ContainerKind = Literal["space", "project", "initiative", "milestone", "sprint", "cycle", "version"]
RelationType = Literal["blocks", "duplicates", "relates", "part_of"]

SINGLE_VALUED = (
    "phase", "status", "resolution", "type", "assignee", "parent", "project", "cycle", "milestone", "team",
    "estimate", "urgency", "due", "flagged", "archived", "title", "body", "key",
)  # fmt: skip
"""Fields with at most one value at a time: their spans tile the ticket's life (``None`` = empty). ``key`` is there only where it
changed."""

SET_VALUED = ("label", "sprint", "version", "component")
"""Fields with any number of values at a time; so are ``custom:NAME`` fields that the settings ask to keep."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One issue, as it stands now. ``level``: -1 sub-task, 0 task, 1 epic, 2 and up above epics.

    ``history`` says what is known of its past: ``full`` (complete change log), ``partial`` (cut short by the
    source), ``none`` (the source keeps no log, as a CSV).
    """

    id: str
    tracker: str
    kind: Literal["jira", "linear"]
    key: str
    url: str
    title: str
    body: str
    type: str
    level: int
    created: datetime
    updated: datetime
    history: History
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """This field of this ticket had this value from ``since`` until ``until`` (exclusive; ``None`` = still).

    Values are text: ``phase`` a Phase; ``assignee`` a pseudonym; ``parent`` a ticket id, or ``@KEY`` where the
    source gave only a key; ``project``, ``sprint``, ``cycle``, ``milestone`` and ``version`` a container id;
    ``estimate`` a number; ``due`` an ISO date; ``flagged`` and ``archived`` "yes" or ``None``; ``body`` a fingerprint
    ``length:hash`` of a Text. ``urgency`` is the tracker's own word.
    """

    ticket: str
    field: str
    value: str | None
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """One logged change of one field, by whom (pseudonym, ``None`` = unknown) and when."""

    ticket: str
    id: str
    moment: datetime
    author: str | None
    field: str


@dataclass(frozen=True, slots=True)
class Container:
    """Something tickets are put into. ``space`` is a Jira project: a place, not a deliverable.

    ``owner`` is a pseudonym; ``text`` what its page says it is for (description, content, goal), plain.
    """

    id: str
    tracker: str
    kind: ContainerKind
    name: str
    key: str = ""
    url: str = ""
    state: str = ""
    start: datetime | None = None
    end: datetime | None = None
    completed: datetime | None = None
    created: datetime | None = None
    owner: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """What someone reported on a project or initiative. ``health``: on_track, at_risk, off_track; ``author`` a pseudonym."""

    id: str
    container: str
    moment: datetime
    health: str
    body: str
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """``source`` blocks, duplicates or relates to ``target`` (tickets), or is part of it (containers).

    ``since`` and ``until`` as the tracker tells them: ``None`` is a beginning it does not know, an end that has not come.
    """

    source: str
    target: str
    type: RelationType
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A pseudonym; never a name. ``team`` as the tracker says, empty where it does not."""

    id: str
    tracker: str
    team: str = ""
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What a tracker calls someone; only for the moment of reading, since the store keeps no name.

    ``names`` are as they are displayed; ``handles`` user names, addresses, account ids.
    """

    names: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A body that some ticket has or had; ``body`` spans name it by ``fingerprint``."""

    fingerprint: str
    body: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the source that could not be taken at its word. ``kind`` is a stable word to count by."""

    kind: str
    where: str
    what: str


@dataclass(slots=True)
class Parsed:
    """What one payload says, in our vocabulary."""

    tickets: list[Ticket] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def add(self, other: Parsed) -> None:
        self.tickets += other.tickets
        self.spans += other.spans
        self.changes += other.changes
        self.containers += other.containers
        self.relations += other.relations
        self.people += other.people
        self.updates += other.updates
        self.problems += other.problems
        self.texts += other.texts
