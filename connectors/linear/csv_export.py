"""Judges rows of Linear's CSV export: current values, and the few moments that its columns state."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from connectors.connector import Malformed, Payload, pseudonym
from connectors.csv_row import CsvParser, RowReading, Unread, plain_label
from connectors.text import number
from connectors.ticket import Container, ContainerKind, Parsed, Person, Relation, RelationType, Span, Ticket

DEFAULT_STATES = {
    "triage": "triage", "backlog": "backlog", "todo": "unstarted", "in progress": "started", "in review": "started",
    "done": "completed", "canceled": "canceled", "duplicate": "duplicate",
}  # fmt: skip
"""Types of the workflow states that Linear gives every new team, by name in lower case."""

DATE_COLUMNS = (
    "Created", "Updated", "Started", "Triaged", "Completed", "Canceled", "Archived", "Due Date",
    "Cycle Start", "Cycle End",
)  # fmt: skip
LINK_COLUMNS: tuple[tuple[str, RelationType, bool], ...] = (
    ("Blocks", "blocks", True), ("Blocked by", "blocks", False),
    ("Duplicate of", "duplicates", True), ("Related to", "relates", True),
)  # fmt: skip
"""Column, relation, and whether the row's ticket is its source."""


class LinearCsvParser(CsvParser):
    """See ``connectors.connector.Parser``. Phases begin when Created, Started, Completed and Canceled say, though
    pauses in between are not known; other values are known to hold since the last update, not before.

    The one reference kind is ``export``: time zone, and the order of day and month by column.
    """

    def ticket(self, issue: Payload, history: Payload | None) -> Parsed:
        return _Reading(self, issue).parsed()


class _Reading(RowReading):
    """One row being read."""

    def __init__(self, site: LinearCsvParser, issue: Payload) -> None:
        super().__init__(site, issue)
        self.key = self.row.first("ID")
        if not self.key:
            raise Malformed("The row has no ID, so it is not a Linear issue.")
        self.id = f"{site.tracker}:{self.key}"
        created, updated = self._moment("Created"), self._moment("Updated")
        self.started, self.archived = self._moment("Started"), self._moment("Archived")
        self.completed, self.canceled = self._moment("Completed"), self._moment("Canceled")
        known = [at for at in (created, updated, self.started, self.completed, self.canceled) if at]
        if not known:
            raise Malformed(f"{self.key} has no date that can be read: export it from Linear again, unchanged.")
        if created is None:
            self._problem("missing_created", "Created is missing; the earliest date of the row stands for it")
        self.created = created or min(known)
        self.updated = max(updated or self.created, self.created)

    def parsed(self) -> Parsed:
        self._ticket()
        self._phases()
        self._single_fields()
        self._containers()
        for label in _listed(self.row.first("Labels")):
            self._span("label", label)
        for column, kind, outward in LINK_COLUMNS:
            for other in _listed(self.row.first(column)):
                target = f"{self.site.tracker}:{other}"
                ends = (self.id, target) if outward else (target, self.id)
                self.out.relations.append(Relation(*ends, kind))
        return self.out

    def _ticket(self) -> None:
        parent, base = self.row.first("Parent issue"), self.site.options.base_url.rstrip("/")
        self.out.tickets.append(
            Ticket(
                id=self.id, tracker=self.site.tracker, kind="linear", key=self.key,
                url=f"{base}/issue/{self.key}" if base else "",
                title=plain_label(self.row.first("Title")), body=plain_label(self.row.first("Description")),
                type="Sub-issue" if parent else "Issue", level=-1 if parent else 0,
                created=self.created, updated=self.updated, history="none",
            )
        )  # fmt: skip

    def _phases(self) -> None:
        status = self.row.first("Status")
        self._span("status", status)
        ends = [(at, phase) for at, phase in ((self.completed, "done"), (self.canceled, "cancelled")) if at]
        ended = max(ends, default=None)  # with both, it was reopened in between: the later one holds
        begun = DEFAULT_STATES.get(status.lower()) in ("started", "completed", "canceled")
        if begun and not ended and not self.started:
            self._problem("unknown_status", f"{status}, with neither Started, Completed nor Canceled")
            return
        steps = [(self.created, "todo")]
        if self.started and (not ended or self.started < ended[0]):
            steps.append((max(self.started, self.created), "doing"))
        if ended:
            steps.append((max(ended[0], self.created), ended[1]))
        for (since, phase), (until, _) in pairwise(steps):
            if since < until:
                self.out.spans.append(Span(self.id, "phase", phase, since, until))
        self._span("phase", steps[-1][1], steps[-1][0])

    def _single_fields(self) -> None:
        row, tracker = self.row, self.site.tracker
        ticket = self.out.tickets[0]
        if account := row.first("Assignee"):
            person = pseudonym(self.site.options.secret, tracker, account)
            self.out.people.append(Person(person, tracker))
            self._span("assignee", person)
        points = row.first("Estimate")
        estimate = number(points)
        if points and (estimate is None or estimate in ("inf", "-inf", "nan")):
            self._problem("unreadable_number", f"the estimate “{points[:40]}” is no number")
            estimate = None
        self._span("estimate", estimate)
        urgency = row.first("Priority")
        self._span("urgency", urgency if urgency.lower() != "no priority" else None)
        if due := row.first("Due Date"):
            try:
                self._span("due", self.site.dates.day("Due Date", due))
            except Unread as error:
                self._problem(error.kind, str(error))
        if parent := row.first("Parent issue"):
            self._span("parent", f"{tracker}:{parent}")
        self._span("team", row.first("Team"))
        self._span("type", ticket.type)
        self._span("title", ticket.title)
        self._body(ticket.body)
        if self.archived:
            self._span("archived", "yes", max(self.archived, self.created))

    def _containers(self) -> None:
        row = self.row
        name = row.first("Project")
        project = self._container("project", row.first("Project ID") or name, name)
        self._span("project", project)
        name = row.first("Project Milestone")
        milestone = self._container("milestone", row.first("Project Milestone ID") or name, name)
        self._span("milestone", milestone)
        if project and milestone:
            self.out.relations.append(Relation(milestone, project, "part_of"))
        for initiative in _listed(row.first("Initiatives")):
            whole = self._container("initiative", initiative, initiative)
            if project and whole:
                self.out.relations.append(Relation(project, whole, "part_of"))
        cycle, name = row.first("Cycle Number"), row.first("Cycle Name")
        if cycle or name:  # numbers count within a team
            ident = f"{row.first('Team')} {cycle or name}".strip()
            dates = self._moment("Cycle Start"), self._moment("Cycle End")
            self._span("cycle", self._container("cycle", ident, name or f"Cycle {cycle}", *dates))

    def _container(
        self, kind: ContainerKind, ident: str, name: str, start: datetime | None = None, end: datetime | None = None
    ) -> str | None:
        if not ident:
            return None
        whole = f"{self.site.tracker}:{kind}:{ident}"
        self.out.containers.append(Container(whole, self.site.tracker, kind, name or ident, start=start, end=end))
        return whole


def _listed(cell: str) -> list[str]:
    return sorted({plain_label(part.strip()) for part in cell.split(",") if part.strip()})
