"""The company's Linear half as its GraphQL API gives it: nodes of the ``Issues`` query and their histories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from connectors.connector import Payload
from connectors.example.company import Company
from connectors.example.days import calendar_day
from connectors.example.linear_site import BASE, Json, LinearSite, iso, state, when
from connectors.example.tickets import Edit, Entry, Ticket, Value

PRIORITY = {"Highest": 1, "High": 2, "Medium": 3, "Low": 4, "Lowest": 0}

UNCHANGED: Json = dict.fromkeys((
    "fromStateId", "toStateId", "fromAssigneeId", "toAssigneeId", "fromProjectId", "toProjectId",
    "fromProjectMilestone",
    "toProjectMilestone", "fromCycleId", "toCycleId", "fromParentId", "toParentId", "fromTeamId", "toTeamId",
    "fromPriority",
    "toPriority", "fromEstimate", "toEstimate", "fromDueDate", "toDueDate", "fromTitle", "toTitle",
    "updatedDescription",
    "addedLabelIds", "removedLabelIds", "relationChanges", "archived", "autoArchived", "autoClosed", "trashed",
    "toConvertedProjectId",
))  # fmt: skip
"""A history entry names every field it could have changed; those it did not change are null."""

SIDES = {
    "assignee": "AssigneeId", "project": "ProjectId", "cycle": "CycleId", "parent": "ParentId", "urgency": "Priority",
    "estimate": "Estimate", "due": "DueDate", "title": "Title",
}  # fmt: skip


class LinearWire:
    """Draws one company."""

    def __init__(self, made: Company) -> None:
        self.made, self.site = made, LinearSite(made)

    def reference(self) -> Iterator[Payload]:
        return self.site.reference()

    def issues(self, since: datetime | None) -> Iterator[Payload]:
        """Like the connector's filter: updated since, or archived since, because archiving is no update."""
        for ticket in self.site.tickets:
            touched = max(_updated(ticket), _archived(ticket) or ticket.created)
            if since is None or touched >= since:
                yield Payload("issue", ticket.native, self._issue(ticket))
                nodes = list(reversed(self._history(ticket)))
                page = {"hasNextPage": False, "endCursor": nodes[-1]["id"] if nodes else None}
                history = {"pageInfo": page, "nodes": nodes}
                yield Payload(
                    "history",
                    ticket.native,
                    {"id": ticket.native, "updatedAt": iso(_updated(ticket)), "history": history},
                )

    def _issue(self, ticket: Ticket) -> Json:
        now = ticket.now
        team, status, slug = str(now["team"]), str(now["status"]), ticket.key.lower()
        labels = now.get("labels") or ()
        assert isinstance(labels, tuple)
        return {
            "id": ticket.native, "identifier": ticket.key, "number": int(ticket.key.split("-")[1]),
            "title": now["title"],
            "description": now.get("body"), "url": f"{BASE}/issue/{ticket.key}", "branchName": f"acme/{slug}",
            "previousIdentifiers": list(ticket.keys[:-1]), "priority": self._read("urgency", now.get("urgency")),
            "estimate": now.get("estimate"), "dueDate": self._read("due", now.get("due")),
            "labelIds": [self.site.labels[name] for name in labels], "trashed": True if now.get("trashed") else None,
            "createdAt": iso(ticket.created), "updatedAt": iso(_updated(ticket)),
            "archivedAt": iso(_archived(ticket)),
            "autoArchivedAt": iso(when(ticket, "archived")), "autoClosedAt": None, "startedTriageAt": None,
            "triagedAt": None,
            "startedAt": iso(_first_start(ticket)),
            "completedAt": iso(when(ticket, "status")) if status == "done" else None,
            "canceledAt": iso(when(ticket, "status")) if status == "dropped" else None,
            "addedToCycleAt": iso(when(ticket, "cycle")), "addedToProjectAt": iso(when(ticket, "project")),
            "addedToTeamAt": iso(when(ticket, "team")), "snoozedUntilAt": None, "slaStartedAt": None,
            "slaBreachesAt": None,
            "customerTicketCount": 0, "integrationSourceType": None if self._user(ticket.creator) else "sentry",
            "state": self._state(team, status), "team": {"id": self.site.uuid("team", team)},
            "parent": self._object("parent", now),
            "project": self._object("project", now), "projectMilestone": self._object("milestone", now),
            "cycle": self._object("cycle", now), "assignee": self._object("assignee", now),
            "creator": {"id": creator} if (creator := self._user(ticket.creator)) else None, "delegate": None,
        }  # fmt: skip

    def _state(self, team: str, status: str) -> Json:
        name, kind = state(team, status)
        return {"id": self.site.states[team, status], "type": kind, "name": name}

    def _user(self, who: str | None) -> str | None:
        return self.site.users.get(who or "")

    def _object(self, field: str, now: Any) -> Json | None:
        ident = self._read(field, now.get(field))
        return {"id": ident} if ident is not None else None

    def _read(self, field: str, value: Value) -> Any:
        """A value of the company as Linear writes it."""
        if field == "urgency":
            return PRIORITY[str(value or "Lowest")]
        if value is None or field in ("estimate", "title"):
            return value
        if field == "assignee":
            return self._user(str(value))
        if field == "due":
            week, weekday = str(value).split(".")
            return calendar_day(int(week) * 5 + int(weekday)).isoformat()
        if field == "parent":
            assert isinstance(value, int)
            return self.made.by_number[value].native if value > 0 else self.site.uuid("hidden", value)
        return self.site.uuid(field, value)

    def _history(self, ticket: Ticket) -> list[Json]:
        """Oldest first. The state is followed along, because a move to another team changes it to that team's own."""
        made: list[Json] = []
        team, status = ticket.home, "todo"
        for number, entry in enumerate(ticket.log):
            changed: Json = {}
            before = (team, status)
            for edit in entry.edits:
                team = str(edit.new) if edit.field == "team" else team
                status = str(edit.new) if edit.field == "status" else status
                changed |= self._edit(edit, by_itself=entry.by is None)
            if before != (team, status):
                changed |= {"fromStateId": self.site.states[before], "toStateId": self.site.states[team, status]}
            if changed:
                made.append({**self._about(ticket, number, entry), **UNCHANGED, **changed})
        return made

    def _about(self, ticket: Ticket, number: int, entry: Entry) -> Json:
        actor = self._user(entry.by)
        bot = None if actor else {"id": self.site.uuid("bot", "workflow"), "type": "workflow"}
        at = iso(entry.at)
        return {
            "id": self.site.uuid("history", ticket.number, number),
            "createdAt": at,
            "updatedAt": at,
            "actorId": actor,
            "botActor": bot,
        }

    def _edit(self, edit: Edit, by_itself: bool) -> Json:
        """What one change sets in its entry; the caller writes a change of state, and resolutions do not exist here."""
        if side := SIDES.get(edit.field):
            return {f"from{side}": self._read(edit.field, edit.old), f"to{side}": self._read(edit.field, edit.new)}
        if edit.field == "labels":
            assert not isinstance(edit.old, str | int | float) and isinstance(edit.new, tuple)
            old = edit.old or ()
            added = [self.site.labels[name] for name in edit.new if name not in old]
            removed = [self.site.labels[name] for name in old if name not in edit.new]
            return {"addedLabelIds": added or None, "removedLabelIds": removed or None}
        if edit.field == "team":
            return {"fromTeamId": self.site.uuid("team", edit.old), "toTeamId": self.site.uuid("team", edit.new)}
        if edit.field == "body":
            return {"updatedDescription": True}
        if edit.field == "archived":
            return {"archived": True, "autoArchived": by_itself}
        return {"archived": True, "trashed": True} if edit.field == "trashed" else {}


def _updated(ticket: Ticket) -> datetime:
    """The last change that Linear counts as an update; archiving and the bin are none."""
    counted = [
        entry.at for entry in ticket.log if any(edit.field not in ("archived", "trashed") for edit in entry.edits)
    ]
    return counted[-1] if counted else ticket.created


def _archived(ticket: Ticket) -> datetime | None:
    return when(ticket, "archived") or when(ticket, "trashed")


def _first_start(ticket: Ticket) -> datetime | None:
    starts = [
        entry.at for entry in ticket.log for edit in entry.edits if edit.field == "status" and edit.new == "doing"
    ]
    return starts[0] if starts else None
