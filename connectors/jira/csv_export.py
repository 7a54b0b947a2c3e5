"""Judges rows of Jira's own CSV export: current values, with no history."""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.connector import Malformed, Payload, pseudonym
from connectors.csv_row import CsvParser, RowReading, Unread, stated_columns
from connectors.jira.fields import CONCEPTS
from connectors.jira.status import NAME_PHASE
from connectors.jira.wiki import plain_wiki
from connectors.text import number
from connectors.ticket import Container, ContainerKind, Parsed, Person, Relation, RelationType, Ticket

CATEGORY_PHASE = {"to do": "todo", "new": "todo", "in progress": "doing", "done": "done", "complete": "done"}
LEVELS = {"epic": 1, "initiative": 2, "theme": 3, "sub-task": -1, "subtask": -1}
LINK_COLUMN = re.compile(r"(inward|outward) issue link \((.+)\)")
LINK_TYPES: dict[str, RelationType] = {"block": "blocks", "duplicate": "duplicates", "clone": "duplicates"}
KEY = re.compile(r"[A-Z][A-Z0-9_]+-\d+")
DATE_COLUMNS = ("Created", "Updated", "Resolved", "Due date", "Status Category Changed")


class JiraCsvParser(CsvParser):
    """See ``connectors.connector.Parser``. A row's values are known to hold since it was last updated, not before.

    The one reference kind is ``export``: time zone, and the order of day and month by column.
    """

    def ticket(self, issue: Payload, history: Payload | None) -> Parsed:
        return _Reading(self, issue).parsed()


class _Reading(RowReading):
    """One row being read."""

    def __init__(self, site: JiraCsvParser, issue: Payload) -> None:
        super().__init__(site, issue)
        self.key = self.row.first("Issue key", "Key")
        native = self.row.first("Issue id") or self.key
        if not native:
            raise Malformed("The row has neither an issue key nor an issue id, so it is not a Jira issue.")
        self.key = self.key or native
        self.id = f"{site.tracker}:{native}"
        created, updated = self._moment("Created"), self._moment("Updated")
        self.resolved, self.moved = self._moment("Resolved"), self._moment("Status Category Changed")
        known = [at for at in (created, updated, self.resolved, self.moved) if at]
        if not known:
            raise Malformed(f"{self.key} has no date that can be read: export with ISO dates or in English.")
        if created is None:
            self._problem("missing_created", "Created is missing; the earliest date of the row stands for it")
        self.created = created or min(known)
        self.updated = max(updated or self.created, self.created)

    def parsed(self) -> Parsed:
        self._ticket()
        self._phase()
        self._single_fields()
        self._parent()
        self._sets()
        self._links()
        return self.out

    def _container(self, kind: ContainerKind, ident: str, name: str, key: str = "") -> str:
        whole = f"{self.site.tracker}:{kind}:{ident}"
        self.out.containers.append(Container(whole, self.site.tracker, kind, name, key))
        return whole

    def _ticket(self) -> None:
        row, name = self.row, self.row.first("Issue Type")
        epic = bool(row.first("Epic Name", "Custom field (Epic Name)"))
        base = self.site.options.base_url.rstrip("/")
        self.out.tickets.append(
            Ticket(
                id=self.id, tracker=self.site.tracker, kind="jira", key=self.key,
                url=f"{base}/browse/{self.key}" if base and KEY.fullmatch(self.key) else "",
                title=row.first("Summary"), body=plain_wiki(row.first("Description")), type=name,
                level=LEVELS.get(name.lower(), 1 if epic else 0),
                created=self.created, updated=self.updated, history="none",
            )
        )  # fmt: skip

    def _phase(self) -> None:
        row, cancelled = self.row, self.site.options.cancelled
        status, resolution = row.first("Status"), row.first("Resolution")
        self._span("status", status)
        self._span("resolution", resolution)
        phase = CATEGORY_PHASE.get(row.first("Status Category").lower()) or NAME_PHASE.get(status.lower())
        if status.lower() in cancelled or (phase == "done" and resolution.lower() in cancelled):
            phase = "cancelled"
        if phase is None:
            if status:
                self._problem("unknown_status", status)
            return
        since = (self.resolved or self.moved) if phase in ("done", "cancelled") else self.moved
        self._span("phase", phase, since and max(since, self.created))

    def _single_fields(self) -> None:
        row, options, tracker = self.row, self.site.options, self.site.tracker
        account = row.first("Assignee Id", "Assignee")
        if account:
            person = pseudonym(options.secret, tracker, account)
            self.out.people.append(Person(person, tracker))
            self._span("assignee", person)
        project = row.first("Project key") or self.key.rpartition("-")[0]
        if project:
            name = row.first("Project name") or project
            self._span("project", self._container("space", project, name, project))
        points = row.first(*stated_columns(options.fields.get("estimate", ()), "Story Points", "Story point estimate"))
        estimate = number(points)
        if points and (estimate is None or estimate in ("inf", "-inf", "nan")):
            self._problem("unreadable_number", f"the estimate “{points[:40]}” is no number")
            estimate = None
        self._span("estimate", estimate)
        self._span("team", row.first(*stated_columns(options.fields.get("team", ()), "Team Name", "Team")))
        flagged = row.first(*stated_columns(options.fields.get("flagged", ()), "Flagged"))
        self._span("flagged", "yes" if flagged else None)
        self._span("due", self._due())
        self._body(plain_wiki(row.first("Description")))
        for field, column in (("type", "Issue Type"), ("urgency", "Priority"), ("title", "Summary")):
            self._span(field, row.first(column))

    def _due(self) -> str | None:
        text = self.row.first("Due date")
        try:
            return self.site.dates.day("Due date", text) if text else None
        except Unread as error:
            self._problem(error.kind, str(error))
            return None

    def _parent(self) -> None:
        """Ids where the row has ids of its own, else keys, which whoever stores the tickets resolves."""
        row, fields = self.row, self.site.options.fields
        epic = row.first(
            *stated_columns(fields.get("epic_link", ()), "Epic Link"),
            *stated_columns(fields.get("parent_link", ()), "Parent Link"),
        )
        ids = [row.first("Parent id"), row.first("Parent")] if row.first("Issue id") else []
        keys = [row.first("Parent key"), row.first("Parent").upper(), epic.upper()]
        ident = next((i for i in ids if i.isdecimal()), "")
        key = next((k for k in keys if KEY.fullmatch(k)), "")
        self._span("parent", f"{self.site.tracker}:{ident}" if ident else f"@{key}" if key else None)

    def _sets(self) -> None:
        row, fields = self.row, self.site.options.fields
        for label in _each(word for cell in row.all("Labels") for word in cell.split()):
            self._span("label", label)
        for component in _each(row.all("Components", "Component/s")):
            self._span("component", component)
        for version in _each(row.all("Fix versions", "Fix Version/s")):
            self._span("version", self._container("version", version, version))
        for sprint in _each(row.all(*stated_columns(fields.get("sprint", ()), "Sprint"))):
            self._span("sprint", self._container("sprint", sprint, sprint))
        for name, ids in sorted(fields.items()):
            if name not in CONCEPTS:
                for value in _each(row.all(*stated_columns(ids, name))):
                    self._span(f"custom:{name}", value)

    def _links(self) -> None:
        for column in self.row.columns():
            hit = LINK_COLUMN.fullmatch(column)
            if not hit:
                continue
            kind: RelationType = next((v for k, v in LINK_TYPES.items() if hit[2].startswith(k)), "relates")
            for key in self.row.all(column):
                source, target = (self.id, f"@{key}") if hit[1] == "outward" else (f"@{key}", self.id)
                self.out.relations.append(Relation(source, target, kind))


def _each(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
