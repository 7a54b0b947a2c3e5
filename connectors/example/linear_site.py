"""The made-up Linear workspace's reference nodes: teams, people, labels, initiatives, projects, cycles, relations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from random import Random
from typing import Any

from connectors.connector import Payload
from connectors.example.company import Company
from connectors.example.days import WEEK, calendar_day, moment
from connectors.example.links import NEUTRAL_LABELS
from connectors.example.portfolio import LABELS, NAMES, PERIOD, PLANNING, Bucket
from connectors.example.readings import OTHER_LABEL
from connectors.example.roster import Team
from connectors.example.sprints import Sprint
from connectors.example.tickets import Ticket, stable_uuid
from connectors.example.words import ONBOARDING, PARKED, UNLINKED

Json = dict[str, Any]

BASE = "https://linear.app/acme"
FOUNDED = moment(-120.0)

STATES = {
    "triage": ("Triage", "triage"), "backlog": ("Backlog", "backlog"), "todo": ("Todo", "unstarted"),
    "doing": ("In Progress", "started"),
    "review": ("In Review", "started"), "done": ("Done", "completed"), "dropped": ("Canceled", "canceled"),
    "duplicate": ("Duplicate", "duplicate"),
}  # fmt: skip
OWN_NAMES = {("INT", "todo"): "Selected", ("RET", "doing"): "Selected"}
"""Two teams call a state the same; for the one the work is ahead, for the other it has begun."""

LABEL_NAMES = (*NEUTRAL_LABELS, *LABELS.values(), "Bug", "Incident", PARKED, OTHER_LABEL)


def state(team: str, status: str) -> tuple[str, str]:
    """Name and type of a team's state."""
    name, kind = STATES[status]
    return OWN_NAMES.get((team, status), name), kind


def iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds")[:-6] + "Z" if at else None


def when(ticket: Ticket, field: str, value: object = None) -> datetime | None:
    """When a field last got its present value (or the value asked for); creation if no log shows it."""
    wanted = ticket.now.get(field) if value is None else value
    found = [entry.at for entry in ticket.log for edit in entry.edits if edit.field == field and edit.new == wanted]
    return found[-1] if found else ticket.created if wanted is not None else None


class LinearSite:
    """Everything in the workspace that is no issue."""

    def __init__(self, made: Company) -> None:
        self.made, self.seed = made, made.seed
        self.teams = [team for team in made.teams if team.tracker == "linear"]
        self.projects = [bucket for bucket in made.buckets if not bucket.number]
        self.tickets = [ticket for ticket in made.tickets if ticket.tracker == "linear"]
        self.labels = {name: self.uuid("label", name) for name in LABEL_NAMES}
        self.users = {person.id: self.uuid("user", person.id) for person in made.people}
        self.states = {
            (team.key, status): self.uuid("state", team.key, status) for team in self.teams for status in STATES
        }

    def uuid(self, *what: object) -> str:
        return stable_uuid(self.seed, *what)

    @cached_property
    def members(self) -> dict[tuple[str, str], list[Ticket]]:
        """Tickets by the project or cycle they are in at the end."""
        found: dict[tuple[str, str], list[Ticket]] = {}
        for ticket in self.tickets:
            for field in ("project", "cycle"):
                if value := ticket.now.get(field):
                    found.setdefault((field, str(value)), []).append(ticket)
        return found

    def reference(self) -> Iterator[Payload]:
        nodes: dict[str, Iterator[Json]] = {
            "team": map(self._team, self.teams), "state": self._states(), "user": self._users(),
            "label": map(self._label, LABEL_NAMES), "initiative": map(self._initiative, LABELS),
            "initiative_to_project": (self._tie(b) for b in self.projects if b.intent != UNLINKED),
            "project": map(self._project, self.projects), "milestone": self._milestones(),
            "cycle": (self._cycle(sprint) for sprint in self.made.sprints if sprint.tracker == "linear"),
            "project_update": self._updates(), "initiative_update": self._initiative_updates(), "relation": self._relations(),
        }  # fmt: skip
        for kind, found in nodes.items():
            yield from (Payload(kind, str(node["id"]), node) for node in found)

    def _stamps(self, created: datetime = FOUNDED) -> Json:
        return {"createdAt": iso(created), "updatedAt": iso(created), "archivedAt": None}

    def _team(self, team: Team) -> Json:
        return {
            "id": self.uuid("team", team.key), "key": team.key, "name": team.name, "visibility": "public",
            "timezone": "Europe/Berlin",
            **self._stamps(), "parent": None, "cyclesEnabled": team.sprints, "cycleDuration": 2, "cycleStartDay": 1,
            "cycleCooldownTime": 0, "triageEnabled": False, "issueEstimationType": "fibonacci",
            "issueEstimationAllowZero": False,
            "issueEstimationExtended": False, "defaultIssueEstimate": 1, "groupIssueHistory": True,
            "autoArchivePeriod": 3,
            "autoClosePeriod": None,
        }  # fmt: skip

    def _states(self) -> Iterator[Json]:
        for team in self.teams:
            for position, status in enumerate(STATES):
                name, kind = state(team.key, status)
                yield {
                    "id": self.states[team.key, status], "name": name, "type": kind, "position": position,
                    "archivedAt": None,
                    "updatedAt": iso(FOUNDED), "team": {"id": self.uuid("team", team.key)}, "inheritedFrom": None,
                }  # fmt: skip

    def _users(self) -> Iterator[Json]:
        for person in self.made.people:
            mail = person.name.lower().replace(" ", ".") + "@acme.example"
            yield {
                "id": self.users[person.id], "name": person.name, "displayName": person.name.split()[0].lower(),
                "email": mail,
                "active": True, "app": False, "guest": False, "timezone": "Europe/Berlin", "archivedAt": None,
                "updatedAt": iso(FOUNDED),
            }  # fmt: skip

    def _label(self, name: str) -> Json:
        return {
            "id": self.labels[name], "name": name, "description": None, "isGroup": False, "archivedAt": None,
            "updatedAt": iso(FOUNDED),
            "parent": None, "team": None, "inheritedFrom": None,
        }  # fmt: skip

    def _initiative(self, intent: str) -> Json:
        dropped, new = intent == "loyalty-points", intent == ONBOARDING
        created = moment(2 * PERIOD - 12) if new else FOUNDED
        owner = {"id": self.users[self.made.people[0].id]}
        return {
            "id": self.uuid("initiative", intent), "name": NAMES[intent],
            "description": f"{NAMES[intent]}, one step after another.",
            "content": None, "status": "Canceled" if dropped else "Active", "priority": 2,
            "health": None if dropped else "onTrack",
            "healthUpdatedAt": None, "targetDate": "2026-12-31", "targetDateResolution": "halfYear",
            "startedAt": iso(created),
            "completedAt": None, **self._stamps(created), "trashed": None, "url": f"{BASE}/initiative/{intent}",
            "slugId": intent,
            "labelIds": [], "parentInitiative": None, "owner": owner, "creator": owner,
        }  # fmt: skip

    def _tie(self, bucket: Bucket) -> Json:
        return {
            "id": self.uuid("tie", bucket.slug), **self._stamps(moment(bucket.start - PLANNING - 1)),
            "sortOrder": 0.0,
            "initiative": {"id": self.uuid("initiative", bucket.intent)},
            "project": {"id": self.uuid("project", bucket.slug)},
        }  # fmt: skip

    def _project(self, bucket: Bucket) -> Json:
        """Started with its period and closed after it; odd jobs are never started, or closed before their time."""
        started = None if bucket.planned or bucket.closed_early else moment(bucket.start)
        closed = moment(bucket.start - 0.2 if bucket.closed_early else bucket.end + 8)
        state = "backlog" if bucket.planned else "completed" if closed < self.made.end else "started"
        state = "planned" if started and started > self.made.end else state
        done = closed if state == "completed" else None
        lead, created = {"id": self.users[bucket.lead]}, moment(bucket.start - PLANNING - 1)
        return {
            "id": self.uuid("project", bucket.slug), "name": bucket.name, "description": "", "content": None,
            "slugId": bucket.slug,
            "url": f"{BASE}/project/{bucket.slug}", "priority": 0,
            "health": "onTrack" if state == "started" else None,
            "healthUpdatedAt": None, "startDate": calendar_day(bucket.start).isoformat(), "startDateResolution": None,
            "targetDate": calendar_day(bucket.end - 1).isoformat(), "targetDateResolution": None,
            "startedAt": iso(started),
            "completedAt": iso(done), "canceledAt": None, **self._stamps(created), "trashed": None, "labelIds": [],
            "status": {"id": self.uuid("project status", state), "type": state, "name": state.capitalize()},
            "lead": lead, "creator": lead,
            "teams": {"nodes": [{"id": self.uuid("team", bucket.team)}]},
            **self._burn_up("project", bucket.slug, created, done, timedelta(days=7)),
            "scope": self._scope("project", bucket.slug),
        }  # fmt: skip

    def _milestones(self) -> Iterator[Json]:
        for bucket in self.projects:
            for number in (1, 2) if bucket.intent != UNLINKED else ():
                yield {
                    "id": self.uuid("milestone", f"{bucket.slug}/{number}"),
                    "name": ("First half", "Second half")[number - 1],
                    "description": None, "status": "next",
                    "targetDate": calendar_day(bucket.start + number * PERIOD / 2 - 1).isoformat(),
                    "progress": 0.0, "sortOrder": float(number), **self._stamps(moment(bucket.start - PLANNING - 1)),
                    "project": {"id": self.uuid("project", bucket.slug)},
                }  # fmt: skip

    def _cycle(self, sprint: Sprint) -> Json:
        start, completed = moment(sprint.start), moment(sprint.completed)
        done = completed if completed < self.made.end else None
        return {
            "id": self.uuid("cycle", sprint.id), "number": sprint.number, "name": None, "description": None,
            "startsAt": iso(start),
            "endsAt": iso(moment(sprint.end)), "completedAt": iso(done), **self._stamps(start - timedelta(days=14)),
            **self._burn_up("cycle", sprint.id, start, done, timedelta(days=1)),
            "team": {"id": self.uuid("team", sprint.team)},
            "inheritedFrom": None,
        }  # fmt: skip

    def _scope(self, field: str, ident: str) -> float:
        return sum(_points(ticket) for ticket in self.members.get((field, ident), []))

    def _burn_up(self, field: str, ident: str, start: datetime, done: datetime | None, step: timedelta) -> Json:
        """Linear's own counts: one point a week in a project, one a day in a cycle."""
        members = [
            (when(t, field) or t.created, when(t, "status", "doing") if t.held else None, _finished(t), _points(t))
            for t in self.members.get((field, ident), [])
        ]  # fmt: skip
        last = min(done or self.made.end, self.made.end)
        points = [start + step * n for n in range(max(0, (last - start) // step) + 1)]
        scope = [sum(m[3] for m in members if m[0] <= at) for at in points]
        completed = [sum(m[3] for m in members if m[2] and m[2] <= at) for at in points]
        return {
            "scopeHistory": scope, "completedScopeHistory": completed,
            "inProgressScopeHistory": [
                sum(m[3] for m in members if m[1] and m[1] <= at and not (m[2] and m[2] <= at)) for at in points
            ],
            "issueCountHistory": [sum(1 for m in members if m[0] <= at) for at in points],
            "completedIssueCountHistory": [sum(1 for m in members if m[2] and m[2] <= at) for at in points],
            "progress": round(completed[-1] / scope[-1], 4) if scope[-1] else 0.0,
        }  # fmt: skip

    def _updates(self) -> Iterator[Json]:
        """A health update every fortnight where the lead thinks of it."""
        for bucket in self.projects:
            rng = Random(f"{self.seed}/updates/{bucket.slug}")
            running = not bucket.planned and not bucket.closed_early
            for n in count():
                at = bucket.start + 9.7 + 10 * n
                if not running or at > min(bucket.end, self.made.weeks * WEEK):
                    break
                if rng.random() < 0.6:
                    yield {
                        "id": self.uuid("update", bucket.slug, n),
                        "health": rng.choice(("onTrack", "onTrack", "atRisk", "offTrack")),
                        "body": "Going on as planned.", "createdAt": iso(moment(at)), "updatedAt": iso(moment(at)),
                        "editedAt": None,
                        "isStale": False, "url": f"{BASE}/project/{bucket.slug}/updates",
                        "user": {"id": self.users[bucket.lead]},
                        "project": {"id": self.uuid("project", bucket.slug)},
                    }  # fmt: skip

    def _initiative_updates(self) -> Iterator[Json]:
        """Once a month from its owner, who mostly sees it on track."""
        for intent in LABELS:
            rng = Random(f"{self.seed}/initiative updates/{intent}")
            begun = 2 * PERIOD - 12 if intent == ONBOARDING else 4.6
            for n in count() if intent != "loyalty-points" else ():
                at = begun + 20 * n
                if at > self.made.weeks * WEEK:
                    break
                yield {
                    "id": self.uuid("initiative update", intent, n),
                    "health": rng.choice(("onTrack", "onTrack", "onTrack", "atRisk")),
                    "body": f"{NAMES[intent]} remains a priority.", "createdAt": iso(moment(at)),
                    "updatedAt": iso(moment(at)), "editedAt": None, "isStale": False,
                    "url": f"{BASE}/initiative/{intent}/updates", "user": {"id": self.users[self.made.people[0].id]},
                    "initiative": {"id": self.uuid("initiative", intent)},
                }  # fmt: skip

    def _relations(self) -> Iterator[Json]:
        words = {"Blocks": "blocks", "Duplicate": "duplicate", "Relates": "related"}
        for at, link in enumerate(self.made.links):
            source, target = self.made.by_number[link.source], self.made.by_number[link.target]
            if source.tracker == "linear":
                yield {
                    "id": self.uuid("relation", at), "type": words[link.type], **self._stamps(moment(link.at)),
                    "issue": {"id": source.native}, "relatedIssue": {"id": target.native},
                }  # fmt: skip


def _points(ticket: Ticket) -> float:
    """Linear counts an issue without an estimate as one point."""
    estimate = ticket.now.get("estimate")
    return estimate if isinstance(estimate, float) else 1.0


def _finished(ticket: Ticket) -> datetime | None:
    return when(ticket, "status") if ticket.now["status"] == "done" else None
