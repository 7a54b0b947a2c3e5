"""Boards and sprints are asked only for what nothing else tells, boundedly, and a refusal is a problem and not the end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.calls import Policy
from connectors.connector import Payload
from connectors.jira import boards
from connectors.jira.live import LiveJira
from connectors.jira.site import Access, Site
from connectors.ticket import Problem
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.server import Server
from tests.simulator.world import World

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POINTS = {
    "id": "customfield_7",
    "name": "Punkte",
    "schema": {"custom": "com.atlassian.jira.plugin.system.customfieldtypes:float"},
}
SPRINT = {"id": "customfield_4", "name": "Sprint", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-sprint"}}


def sprint(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"S{number}",
        "state": "closed",
        "boardId": 5,
        "startDate": "2026-01-02T00:00:00.000Z",
    }


def world(met: int, points: str = "Punkte") -> World:
    """One ticket in sprint 1 that was in ``met`` others before; only those up to 4 still exist."""
    item = {"field": "Sprint", "fieldId": "customfield_4", "from": ", ".join(str(n + 2) for n in range(met)), "to": "1"}
    at = "2026-01-01T00:00:00.000+0000"
    fields = {
        "created": at, "updated": "2026-01-09T00:00:00.000+0000", "customfield_4": [sprint(1)], "customfield_7": 3.0,
        "project": {"id": "1", "key": "A", "name": "A"}, "issuetype": {"id": "1", "name": "Story"}, "summary": "s",
        "status": {"id": "1", "name": "Open", "statusCategory": {"key": "new", "name": "To Do"}},
    }  # fmt: skip
    log = {"histories": [{"id": "1", "created": "2026-01-05T00:00:00.000+0000", "items": [item]}]}
    issue = {"id": "10", "key": "A-1", "fields": fields, "changelog": log}
    return World.of_issues(
        [issue], {"field": [{**POINTS, "name": points}, SPRINT], "sprint": [sprint(n) for n in range(1, 5)]}
    )


def fetched(site: JiraCloud, since: datetime | None = None) -> tuple[list[Payload], list[Problem], list[str]]:
    with Server(site) as server:
        access = Access(server.url, site.account.token, site.account.email)
        policy = Policy(attempts=3, sleep=lambda _s: None, clock=lambda: NOW)
        given = list(LiveJira("jira", Site(access, policy), cloud=True).fetch(since))
        paths = [r.path for r in server.requests if "/agile/" in r.path]
    return [p for p in given if isinstance(p, Payload)], [p for p in given if isinstance(p, Problem)], paths


def test_what_no_issue_and_no_name_tells() -> None:
    payloads, problems, _ = fetched(JiraCloud(world=world(3), estimate_field="customfield_7"))
    told = {p.id: p.data for p in payloads if p.kind == "board"}
    assert [b["estimation"]["field"]["fieldId"] for b in told.values() if "estimation" in b] == ["customfield_7"]
    assert {p.id for p in payloads if p.kind == "sprint"} == {"2", "3", "4"} and not problems


def test_a_deleted_sprint_is_passed_over_and_told_of() -> None:
    payloads, problems, _ = fetched(JiraCloud(world=world(5)))
    assert {p.id for p in payloads if p.kind == "sprint"} == {"2", "3", "4"}
    assert [p.kind for p in problems] == ["sprints_unknown"] and problems[0].what.startswith("2 sprints")


def test_not_more_than_so_many_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "MOST_SPRINTS", 2)
    _, problems, paths = fetched(JiraCloud(world=world(9)))
    assert sum("/sprint/" in path for path in paths) == 2 and problems[0].what.startswith("9 sprints")


def test_an_account_without_boards_is_no_end() -> None:
    payloads, problems, _ = fetched(JiraCloud(world=world(3), agile_scope=False))
    assert {p.kind for p in problems} == {"boards_not_visible", "sprints_unknown"}
    assert {p.kind for p in payloads} >= {"issue", "history", "status"}


def test_nothing_is_asked_that_is_known() -> None:
    assert fetched(JiraCloud(world=world(0, "Story Points")))[2] == []
    assert fetched(JiraCloud(world=world(9)), since=NOW)[2] == [], "what changed costs what changed"
