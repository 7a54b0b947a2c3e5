"""Two trackers small enough to read in a cassette: five Jira tickets, four Linear issues, all made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.example.jira_site import FIELDS, ISSUE_TYPES, SPRINT, STATUSES, STORY_POINTS
from tests.simulator.issue import Json
from tests.simulator.linear_sample import ident, sample
from tests.simulator.linear_world import LinearWorld
from tests.simulator.world import World

START = "2026-09-{:02d}T08:00:00.000+0000"
PEOPLE: list[Json] = [
    {"accountId": f"712020:5b10ac8d-82e0-4b22-8c1a-00000000000{at}", "displayName": name, "active": True,
     "emailAddress": f"{name.split()[0].lower()}@acme.example"}
    for at, name in enumerate(("Ann Archer", "Bob Baker"), 1)
]  # fmt: skip
SPRINT_1 = {
    "id": 12, "name": "Sprint 1", "state": "active", "boardId": 5, "goal": "Pay in one step",
    "startDate": "2026-09-07T08:00:00.000Z", "endDate": "2026-09-20T17:00:00.000Z",
}  # fmt: skip
LISTED = (
    "Summary",
    "Description",
    "Status",
    "Sprint",
    "Story point estimate",
    "Assignee",
    "Created",
    "Updated",
    "Labels",
)


def _project(number: int, key: str, name: str) -> Json:
    return {"id": str(number), "key": key, "name": name, "projectTypeKey": "software", "simplified": False}


PAY, WEB = _project(10000, "PAY", "Payments"), _project(10001, "WEB", "Shop")


def jira() -> World:
    """PAY-1 is the epic of the others. PAY-2 is done, PAY-3 in progress in Sprint 1, PAY-4 and PAY-5 untouched."""
    epic = _issue(1, "Epic", "Faster checkout")
    stub = {
        "id": epic["id"],
        "key": epic["key"],
        "fields": {"summary": "Faster checkout", "issuetype": ISSUE_TYPES["Epic"]},
    }
    names = ("Pay in one step", "Retry failed payments", "Show the fee early", "Cut the waiting page")
    tasks = [_issue(n, "Story", name, parent=stub) for n, name in enumerate(names, 2)]
    lists = {
        "field": [f for f in FIELDS if f["name"] in LISTED], "status": list(STATUSES.values()), "user": PEOPLE,
        "project": [PAY, WEB], "sprint": [SPRINT_1],
    }  # fmt: skip
    world = World.of_issues([epic, *tasks], lists)
    world.now = datetime(2026, 9, 8, 9, tzinfo=UTC)
    world.change("PAY-2", status="In Progress", assignee=PEOPLE[0])
    planned: Json = {SPRINT: [SPRINT_1], STORY_POINTS: 3.0}
    world.change("PAY-3", **planned)
    world.tick(days=2)
    world.change("PAY-2", status="Done")
    world.change("PAY-3", status="In Progress", assignee=PEOPLE[1], by=PEOPLE[1]["accountId"])
    world.tick(days=1)
    world.change("PAY-3", labels=["checkout"])
    world.tick(hours=1)
    return world


def _issue(number: int, kind: str, summary: str, **more: Any) -> Json:
    fields = {
        "summary": summary, "description": f"Asked for by {PEOPLE[0]['displayName']}.", "issuetype": ISSUE_TYPES[kind],
        "status": STATUSES["todo"], "project": PAY, "created": START.format(number), "updated": START.format(number),
        "creator": PEOPLE[0], "reporter": PEOPLE[0], "assignee": None, "labels": [], "priority": {"id": "3", "name": "Medium"},
        "resolution": None, "duedate": None, SPRINT: None, STORY_POINTS: None, **more,
    }  # fmt: skip
    return {"id": str(10_000 + number), "key": f"PAY-{number}", "fields": fields}


def linear(busy: int = 0) -> LinearWorld:
    """ENG-1 is done, ENG-2 in progress, ENG-3 and ENG-4 untouched; ENG-4 was given and lost a label ``busy`` times."""
    world = sample(4)
    for one in [one for one in world.of("state").values() if one["team"]["id"] == ident("team", "OPS")]:
        world.remove("state", one["id"])
    world.remove("team", ident("team", "OPS"))
    ann, bob = ident("user", "Ann"), ident("user", "Bob")
    for name, state in (("ENG-1", "Doing"), ("ENG-2", "Doing"), ("ENG-1", "Done")):
        world.later(timedelta(days=1))
        world.change(name, by=ann, state=ident("state", "ENG", state), assignee=bob, estimate=2)
    for turn in range(busy):
        world.later(timedelta(hours=1))
        world.change("ENG-4", by=ann, labelIds=[] if turn % 2 else [ident("label", "growth")])
    world.later(timedelta(hours=1))
    return world


Later = Callable[[Any], object]
"""What happens to a world between two pulls."""
