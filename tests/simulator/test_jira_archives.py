"""Archives of real Jiras, served by the simulator, come out as they went in."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from connectors.connector import ParseOptions, Payload
from connectors.jira.parse import JiraParser
from tests.simulator import schema
from tests.simulator.asking import ids
from tests.simulator.conftest import Start
from tests.simulator.issue import Json
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.world import World


def archive(name: str) -> Path:
    where = schema.folder()
    if where is None:
        pytest.skip(schema.ABSENT)
    return where.parent / name


def told(issue: Json) -> list[tuple[object, ...]]:
    """Every span that the parser reads from an issue with its change log embedded."""
    parsed = JiraParser("jira", [], ParseOptions()).ticket(Payload("issue", issue["id"], issue), None)
    return sorted((s.field, s.value or "", s.since, str(s.until)) for s in parsed.spans)


def test_duraspace_over_data_center(start: Start) -> None:
    """3,036 issues of a Jira Server 6, whose users, sprints and status shapes differ from the made-up company's."""
    lines = gzip.decompress(archive("duraspace-jira/OTHER.issues.jsonl.gz").read_bytes()).splitlines()
    issues = [json.loads(line) for line in lines]
    dc = start(JiraDataCenter(world=World.of_issues(issues), page_cap=100), checked=False)
    body = {"jql": "created > 0 ORDER BY created ASC, key ASC", "expand": ["changelog"], "fields": ["*all"]}
    pages = [dc("POST", "/rest/api/2/search", {**body, "startAt": at, "maxResults": 100}) for at in range(0, 300, 100)]
    served = {issue["id"]: issue for page in pages for issue in page["issues"]}
    assert len(served) == pages[0]["total"] == len(issues) == 297
    assert all(told(issue) == told(served[issue["id"]]) for issue in issues)


def test_devlake_over_cloud(start: Start) -> None:
    """Issues as the agile API gave them to Apache DevLake, with hundreds of histories each."""
    native = json.loads(gzip.decompress(archive("devlake-jira-e2e/native_responses.json.gz").read_bytes()))
    issues = native["GET /rest/agile/1.0/board/8/issue?expand=changelog"]
    reference = {"status": native["GET /rest/api/2/status"], "field": native["GET /rest/api/2/field"]}
    reference["sprint"] = native["GET /rest/agile/1.0/board/8/sprint"]
    world = World.of_issues(issues, reference)
    cloud = start(JiraCloud(world=world), checked=False)
    page = cloud("POST", "/rest/api/2/search/jql", {"jql": "project = EE", "maxResults": 100, "fields": ["*all"]})
    assert len(page["issues"]) == 30
    body = {"issueIdsOrKeys": ids([page]), "maxResults": 10_000}
    logs = cloud("POST", "/rest/api/3/changelog/bulkfetch", body)["issueChangeLogs"]
    histories = {h["id"] for issue in issues for h in issue["changelog"]["histories"]}
    assert {h["id"] for log in logs for h in log["changeHistories"]} == histories and len(histories) == 517
    (board,) = cloud("GET", "/rest/agile/1.0/board", projectKeyOrId="EE")["values"]
    assert board["id"] == 8 and len(cloud("GET", "/rest/agile/1.0/board/8/sprint")["values"]) > 20
