"""The company's Jira half as Jira Cloud's REST API v2 gives it: reference payloads, issues and their change logs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property

from connectors.connector import Payload
from connectors.example.company import Company
from connectors.example.days import calendar_day, moment
from connectors.example.jira_items import Item, due, item, jira_time, plain, texts, zulu
from connectors.example.jira_site import (
    COMPONENTS,
    FIELDS,
    FLAGGED,
    ISSUE_TYPES,
    LINK_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    SPRINT,
    STATUSES,
    STORY_POINTS,
    TEAM,
    Json,
)
from connectors.example.portfolio import PERIOD, VERSIONED_TEAMS, VERSIONS
from connectors.example.roster import AUTOMATION, IMPORTER, Team
from connectors.example.sprints import Sprint
from connectors.example.tickets import Edit, Ticket, Value, stable_uuid

HIDDEN_FROM = 90_000
"""Native ids of the tickets this account may not see."""


class JiraWire:
    """Draws one company; holds no state but what it looked up."""

    def __init__(self, made: Company) -> None:
        self.made = made
        self.tickets = [ticket for ticket in made.tickets if ticket.tracker == "jira"]
        self.history_ids = iter(range(500_000, 10_000_000))

    @cached_property
    def users(self) -> dict[str, Json]:
        named = {person.id: person.name for person in self.made.people} | {IMPORTER: "Migration Service"}
        users = {who: self._user(who, name, "atlassian") for who, name in named.items()}
        return users | {AUTOMATION: self._user(AUTOMATION, "Automation for Jira", "app")}

    @cached_property
    def teams(self) -> dict[str, Team]:
        return {team.key: team for team in self.made.teams}

    @cached_property
    def projects(self) -> dict[str, Json]:
        jira = [team for team in self.made.teams if team.tracker == "jira"]
        return {
            team.key: {
                "id": str(10_000 + at),
                "key": team.key,
                "name": team.name,
                "projectTypeKey": "software",
                "simplified": False,
                "style": "classic",
            }
            for at, team in enumerate(jira)
        }

    @cached_property
    def versions(self) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for team in VERSIONED_TEAMS:
            for period, name in enumerate(VERSIONS):
                released = calendar_day((period + 1) * PERIOD - 1)
                found[f"{team}/{name}"] = {
                    "id": str(10_100 + len(found)), "name": name, "projectId": int(self.projects[team]["id"]),
                    "archived": False,
                    "released": moment((period + 1) * PERIOD - 0.5) < self.made.end - timedelta(days=7),
                    "startDate": calendar_day(period * PERIOD).isoformat(), "releaseDate": released.isoformat(),
                }  # fmt: skip
        return found

    @cached_property
    def sprints(self) -> dict[str, Json]:
        return {sprint.id: self._sprint(sprint) for sprint in self.made.sprints if sprint.tracker == "jira"}

    @cached_property
    def links(self) -> dict[int, list[Json]]:
        found: dict[int, list[Json]] = {}
        for at, link in enumerate(self.made.links):
            source, target = self.made.by_number[link.source], self.made.by_number[link.target]
            if source.tracker == "jira":
                about = {"id": str(20_000 + at), "type": LINK_TYPES[link.type]}
                found.setdefault(source.number, []).append({**about, "outwardIssue": self._stub(target)})
                found.setdefault(target.number, []).append({**about, "inwardIssue": self._stub(source)})
        return found

    def reference(self) -> Iterator[Payload]:
        yield from (Payload("field", str(data["id"]), data) for data in FIELDS)
        yield from (Payload("status", str(data["id"]), data) for data in STATUSES.values())
        yield from (Payload("project", str(data["id"]), data) for data in self.projects.values())
        yield from (Payload("sprint", str(data["id"]), data) for data in self.sprints.values())
        yield from (Payload("version", str(data["id"]), data) for data in self.versions.values())

    def issues(self, since: datetime | None) -> Iterator[Payload]:
        self.history_ids = iter(range(500_000, 10_000_000))
        for ticket in self.tickets:
            history = self._history(ticket)  # drawn even when it is not asked for, so that its ids stay the same
            if since is None or ticket.updated >= since:
                yield Payload("issue", ticket.native, self._issue(ticket))
                yield Payload("history", ticket.native, history)

    def _user(self, who: str, name: str, kind: str) -> Json:
        account = f"712020:{stable_uuid(self.made.seed, 'account', who)}"
        return {
            "accountId": account,
            "displayName": name,
            "active": True,
            "timeZone": "Europe/Berlin",
            "accountType": kind,
        }

    def _sprint(self, sprint: Sprint) -> Json:
        """A sprint that did not start has no dates; one that runs is not complete."""
        end, team = self.made.end, list(self.projects).index(sprint.team)
        data: Json = {"id": int(sprint.id), "name": sprint.name, "boardId": team + 1, "goal": "", "state": "future"}
        if moment(sprint.start) < end:
            data |= {"state": "active", "startDate": zulu(moment(sprint.start)), "endDate": zulu(moment(sprint.end))}
        if moment(sprint.completed) < end:
            data |= {"state": "closed", "completeDate": zulu(moment(sprint.completed))}
        return data

    def _stub(self, ticket: Ticket) -> Json:
        """Another issue as Jira embeds it in links and parents."""
        fields = {
            "summary": ticket.now["title"], "status": STATUSES[str(ticket.now["status"])],
            "priority": PRIORITIES[str(ticket.now.get("urgency") or "Medium")],
            "issuetype": ISSUE_TYPES[str(ticket.now["type"])],
        }  # fmt: skip
        return {"id": ticket.native, "key": ticket.key, "fields": fields}

    def _parent(self, value: Value) -> Json | None:
        if not isinstance(value, int):
            return None
        return (
            self._stub(self.made.by_number[value])
            if value > 0
            else {"id": str(HIDDEN_FROM - value), "key": f"SEC{value}"}
        )

    def _team(self, ticket: Ticket) -> Json:
        key = str(ticket.now["team"])
        return {
            "id": stable_uuid(self.made.seed, "team", key),
            "name": self.teams[key].name,
            "isShared": True,
            "isVisible": True,
        }

    def _issue(self, ticket: Ticket) -> Json:
        now = ticket.now
        resolved = [entry.at for entry in ticket.log for edit in entry.edits if edit.field == "resolution" and edit.new]
        moved = [entry.at for entry in ticket.log for edit in entry.edits if edit.field == "status"]
        parent = self._parent(now.get("parent"))
        fields: Json = {
            "summary": now["title"], "description": now.get("body"), "created": jira_time(ticket.created),
            "updated": jira_time(ticket.updated), "duedate": due(now.get("due")),
            "resolution": RESOLUTIONS.get(str(now.get("resolution"))), "security": None,
            "resolutiondate": jira_time(resolved[-1]) if now.get("resolution") else None,
            "statuscategorychangedate": jira_time(moved[-1] if moved else ticket.created),
            "labels": list(texts(now.get("labels"))), "priority": PRIORITIES[str(now.get("urgency") or "Medium")],
            "status": STATUSES[str(now["status"])], "issuetype": ISSUE_TYPES[str(now["type"])],
            "project": self.projects[str(now["team"])], "assignee": self.users.get(str(now.get("assignee"))),
            "creator": self.users[str(ticket.creator)], "reporter": self.users[str(ticket.creator)],
            "components": [COMPONENTS[str(now["component"])]] if now.get("component") else [],
            "fixVersions": [self.versions[name] for name in texts(now.get("versions"))],
            "issuelinks": self.links.get(ticket.number, []),
            SPRINT: [self.sprints[i] for i in texts(now.get("sprints"))] or None,
            STORY_POINTS: now.get("estimate"), TEAM: self._team(ticket),
            FLAGGED: [{"id": "10019", "value": "Impediment"}] if now.get("flagged") else None,
        }  # fmt: skip
        if parent is not None:
            fields["parent"] = parent
        return {"id": ticket.native, "key": ticket.key, "fields": fields}

    def _history(self, ticket: Ticket) -> Json:
        """As ``POST changelog/bulkfetch`` gives it: oldest first, moments in epoch milliseconds."""
        keys = iter(zip(ticket.keys, ticket.keys[1:], strict=False))
        entries = [
            {
                "id": str(next(self.history_ids)), "created": round(entry.at.timestamp() * 1000),
                "author": self.users[entry.by] if entry.by else None,
                "items": [item for edit in entry.edits for item in self._items(edit, keys)],
            }
            for entry in ticket.log
        ]  # fmt: skip
        return {"issueId": ticket.native, "changeHistories": entries}

    def _items(self, edit: Edit, keys: Iterator[tuple[str, str]]) -> list[Item]:
        old, new = edit.old, edit.new
        match edit.field:
            case "versions":
                return self._version_items(texts(old), texts(new))
            case "sprints":
                (a, b), (x, y) = self._sprint_sides(old), self._sprint_sides(new)
                return [item("Sprint", SPRINT, a, b, x, y)]
            case "labels":
                return [item("labels", "labels", None, " ".join(texts(old)), None, " ".join(texts(new)))]
            case "team":
                return self._move_items(str(old), str(new), next(keys))
            case "parent":
                was, now = self._parent(old) or {}, self._parent(new) or {}
                return [
                    item("IssueParentAssociation", "", was.get("id"), was.get("key"), now.get("id"), now.get("key"))
                ]
            case "assignee":
                was, now = self.users.get(str(old), {}), self.users.get(str(new), {})
                name = "displayName"
                return [
                    item(
                        "assignee", "assignee", was.get("accountId"), was.get(name), now.get("accountId"), now.get(name)
                    )
                ]
        return [plain(edit)]

    def _version_items(self, old: tuple[str, ...], new: tuple[str, ...]) -> list[Item]:
        gone = [self.versions[name] for name in old if name not in new]
        came = [self.versions[name] for name in new if name not in old]
        items = [item("Fix Version", "fixVersions", v["id"], v["name"], None, None) for v in gone]
        return items + [item("Fix Version", "fixVersions", None, None, v["id"], v["name"]) for v in came]

    def _sprint_sides(self, value: Value) -> tuple[str, str]:
        return ", ".join(texts(value)), ", ".join(str(self.sprints[i]["name"]) for i in texts(value))

    def _move_items(self, old: str, new: str, keys: tuple[str, str]) -> list[Item]:
        was, now, seed = self.projects[old], self.projects[new], self.made.seed
        teams = [stable_uuid(seed, "team", key) for key in (old, new)]
        return [
            item("project", "project", was["id"], was["name"], now["id"], now["name"]),
            item("Key", "", None, keys[0], None, keys[1]),
            item("Team", TEAM, teams[0], was["name"], teams[1], now["name"]),
        ]
