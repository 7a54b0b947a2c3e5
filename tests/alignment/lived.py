"""A made-up company whose two trackers go on living: what people do to them between one weekly pull and the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from connectors.connector import Payload
from connectors.example import ExampleJira, ExampleLinear
from connectors.ticket import Problem
from tests.simulator.linear_world import LinearWorld, iso
from tests.simulator.world import World

Json = dict[str, Any]

BEGAN = datetime(2026, 11, 16, 6, tzinfo=UTC)
"""A Monday after the last change of the made-up company."""

BLOCKS = {"id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}


def _of_one(payloads: list[Any], name: str, start: str) -> list[Payload]:
    """All lists, and the issues of one project or team, over all of its life, with their histories."""
    given = [p for p in payloads if not isinstance(p, Problem)]
    kept = {p.id for p in given if p.kind == "issue" and str(p.data[name]).startswith(start)}
    return [p for p in given if p.kind not in ("issue", "history") or p.id in kept]


@cache
def _payloads() -> tuple[list[Payload], list[Payload]]:
    jira, linear = list(ExampleJira().fetch()), list(ExampleLinear().fetch())
    return _of_one(jira, "key", "PAY-"), _of_one(linear, "identifier", "INT-")


class Lived:
    """Both worlds, and ``now``: the clock of the company and of whoever pulls."""

    def __init__(self) -> None:
        jira, linear = _payloads()
        self.jira, self.linear = World.of_payloads(jira), LinearWorld.of_payloads(linear)
        self.now = BEGAN

    def week(self, seed: int) -> None:
        """A week of work, and one of everything else that trackers let people do. Ends where the next pull begins."""
        draw = Random(seed)
        done = [*([self._jira_work, self._linear_work] * 30), self._jira_rest, self._linear_rest]
        draw.shuffle(done)
        for happen in done:
            self.now += timedelta(hours=150) / len(done)
            self.jira.now = self.linear.now = self.now
            happen(draw, seed)
        self.now = BEGAN + timedelta(weeks=seed)

    def _jira_work(self, draw: Random, seed: int) -> None:
        world = self.jira
        issue = draw.choice(sorted(world.issues.values(), key=lambda i: int(i.id))[-120:])
        what: Json = draw.choice([
            {"status": draw.choice(world.reference["status"])["name"]},
            {"labels": draw.choice([["strat-checkout"], []])},
            {"summary": f"Checkout step {seed} {issue.key}"}, {"description": f"- one\n- {seed} in {issue.key}"},
            {"assignee": draw.choice(world.reference["user"])},
            {"priority": draw.choice(list(world.issues.values())).fields["priority"]},
        ])  # fmt: skip
        world.change(issue.id, **what)

    def _jira_rest(self, draw: Random, seed: int) -> None:
        world = self.jira
        issues = sorted(world.issues.values(), key=lambda i: int(i.id))
        a, b, moved, gone = draw.sample(issues[-100:], 4)
        world.add("PAY", like=a.id, summary=f"New {seed}", issuelinks=[])
        world.move(moved.id, "PAY" if not moved.key.startswith("PAY-") else "WEB")
        world.delete(gone.id)
        for one in [i for i in issues if i.fields["issuelinks"]][:2]:  # links of the week before are taken away
            world.change(one.id, issuelinks=[])
        for one, other, side in ((a, b, "outwardIssue"), (b, a, "inwardIssue")):
            world.change(
                one.id, issuelinks=[{"id": f"9{seed}", "type": BLOCKS, side: {"id": other.id, "key": other.key}}]
            )
        sprints, versions, projects = (list(world.reference[k]) for k in ("sprint", "version", "project"))
        last = sprints[-seed]
        sprints[-seed] = {**last, "name": f"{last['name']} renamed", "state": "closed", "completeDate": iso(self.now)}
        versions[-seed] = {**versions[-seed], "releaseDate": f"2027-01-0{seed}", "released": seed % 2 == 0}
        projects[0] = {**projects[0], "name": f"Payments {seed}"}
        world.reference = {**world.reference, "sprint": sprints, "version": versions, "project": projects}

    def _linear_work(self, draw: Random, seed: int) -> None:
        world = self.linear
        node = draw.choice(sorted(world.of("issue").values(), key=lambda n: (n["createdAt"], n["id"]))[-120:])
        own = [s["id"] for s in world.of("state").values() if s["team"]["id"] == node["team"]["id"]]
        what: Json = draw.choice([
            {"state": draw.choice(sorted(own))}, {"title": f"Onboarding step {seed} of {node['identifier']}"},
            {"description": f"- one\n- {seed} in {node['identifier']}"}, {"priority": draw.randrange(5)},
            {"assignee": draw.choice(sorted(world.of("user")))}, {"project": draw.choice(sorted(world.of("project")))},
            {"labelIds": [draw.choice(sorted(world.of("label")))]},
        ])  # fmt: skip
        world.change(node["id"], by=draw.choice(sorted(world.of("user"))), **what)

    def _linear_rest(self, draw: Random, seed: int) -> None:
        world, at = self.linear, iso(self.now)
        issues = sorted(world.of("issue").values(), key=lambda n: (n["createdAt"], n["id"]))
        a, b, moved, gone, child = draw.sample(issues[-100:], 5)
        teams = sorted(t["key"] for t in world.of("team").values())
        world.add(teams[0], f"New {seed}")
        world.move(moved["id"], next(t for t in teams if not moved["identifier"].startswith(t)))
        world.delete(gone["id"])
        world.change(child["id"], parent=None if child["parent"] else a["id"])
        ties = sorted(world.of("relation").values(), key=lambda r: (r["createdAt"], r["id"]))
        world.update("relation", ties[-1]["id"], archivedAt=at)
        world.put("relation", {**ties[0], "id": world.uuid("tie", seed), "type": "blocks", "createdAt": at, "updatedAt": at,
                               "archivedAt": None, "issue": {"id": a["id"]}, "relatedIssue": {"id": b["id"]}})  # fmt: skip
        running = sorted(p["id"] for p in world.of("project").values() if not p["completedAt"])
        world.update("project", running[seed], name=f"Renamed {seed}", targetDate=f"2027-02-0{seed}")
        world.update(
            "project",
            running[-seed],
            completedAt=at,
            status={**world.of("project")[running[-seed]]["status"], "type": "completed"},
        )
        world.update("project", draw.choice(running), description=f"Make it better in week {seed}.")
        held = sorted(t["id"] for t in world.of("initiative_to_project").values() if not t["archivedAt"])
        world.update("initiative_to_project", held[seed], archivedAt=at)
        first = sorted(world.of("initiative"))[0]
        world.update("initiative", first, name=f"Faster checkout {seed}")
        world.update("user", sorted(world.of("user"))[seed], app=True)
        reports = sorted(world.of("project_update").values(), key=lambda u: u["id"])
        world.put("project_update", {**reports[0], "id": world.uuid("report", seed), "createdAt": at, "updatedAt": at})
