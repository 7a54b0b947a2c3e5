"""The simulated Jira Data Center keeps the rules of the real one, and tells the same story as the Cloud."""

from __future__ import annotations

from connectors.connector import ParseOptions, Payload
from connectors.example import ExampleJira
from connectors.jira.parse import JiraParser
from tests.simulator.asking import Asking, ids
from tests.simulator.conftest import Start
from tests.simulator.issue import Json
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.world import World

EVERYTHING = "project in (PAY, 10001) ORDER BY created ASC, key ASC"
PAYLOADS = [p for p in ExampleJira().fetch() if isinstance(p, Payload)]


def test_data_center_pages_by_offset_under_its_cap(dc: Asking, world: World) -> None:
    dc.site.page_cap = 100
    body = {"jql": EVERYTHING, "startAt": 0, "maxResults": 1_000, "fields": ["id"], "expand": []}
    page = dc("POST", "/rest/api/2/search", body)
    assert (page["maxResults"], len(page["issues"])) == (100, 100)
    found = ids([dc("POST", "/rest/api/2/search", {**body, "startAt": at}) for at in range(0, page["total"], 100)])
    assert len(found) == len(set(found)) == page["total"]
    assert len(dc("GET", "/rest/api/2/search", jql=EVERYTHING, expand="names")["issues"]) == 50
    for wrong, told in (({"fieldsByKeys": False}, "Unrecognized field"), ({"expand": "changelog"}, "ArrayList")):
        assert told in dc.refused("POST", "/rest/api/2/search", {**body, **wrong})
    assert dc("POST", "/rest/api/2/search", {"jql": "key in (PAY-1, PAY-99999)", "validateQuery": False})["total"] == 1


def test_data_center_refuses_what_lies_beyond_its_window(world: World, start: Start) -> None:
    dc = start(JiraDataCenter(world=world, window=500, version=(11, 3, 0)), checked=False)
    assert dc("GET", "/rest/api/2/searchLimits/maxResultWindow") == {"maxResultWindow": 500}
    told = dc.refused("POST", "/rest/api/2/search", {"jql": "created > 0", "startAt": 500, "maxResults": 100})
    assert told.startswith("Search limit exceeded.") and "600" in told
    assert (
        len(dc("POST", "/rest/api/2/search", {"jql": "created > 0", "startAt": 450, "maxResults": 50})["issues"]) == 50
    )


def test_data_center_expands_the_whole_log_unless_told_to_cut_it(dc: Asking, world: World) -> None:
    longest = max(world.issues.values(), key=lambda issue: len(issue.histories))
    body = {"jql": f"key = {longest.key}", "expand": ["changelog"], "fields": ["*all"]}
    (issue,) = dc("POST", "/rest/api/2/search", body)["issues"]
    log = issue["changelog"]
    assert log["total"] == len(log["histories"]) == len(longest.histories)
    assert [entry["created"] for entry in log["histories"]] == sorted(entry["created"] for entry in log["histories"])
    assert not any("fieldId" in line for entry in log["histories"] for line in entry["items"])
    assert isinstance(dc.site, JiraDataCenter)
    dc.site.changelog_cut = 3
    (cut,) = dc("POST", "/rest/api/2/search", body)["issues"]
    assert (len(cut["changelog"]["histories"]), cut["changelog"]["total"]) == (3, len(longest.histories))


def test_data_center_speaks_of_people_sprints_and_epics_as_servers_do(dc: Asking, world: World) -> None:
    found = dc("POST", "/rest/api/2/search", {"jql": "created > 0", "maxResults": 1_000, "fields": ["*all"]})["issues"]
    assert not any("accountId" in str(issue) or "hierarchyLevel" in str(issue) for issue in found)
    sprints = next(issue["fields"]["customfield_10020"] for issue in found if issue["fields"]["customfield_10020"])
    assert sprints[0].startswith("com.atlassian.greenhopper.service.sprint.Sprint@")
    epics = {issue["fields"]["customfield_10101"] for issue in found} - {None}
    assert epics and all("-" in key for key in epics)
    assert {field["name"] for field in dc("GET", "/rest/api/2/field")} >= {"Epic Link", "Epic Name", "Story Points"}
    assert not any(issue["fields"].get("parent") for issue in found if not issue["fields"]["issuetype"]["subtask"])


def test_both_tell_the_parser_the_same_spans_as_the_source(cloud: Asking, dc: Asking, world: World) -> None:
    """Phases, sprints, labels and points of a hundred issues, read over either site, equal those of the payloads."""
    body = {"jql": "project = PAY ORDER BY created ASC, key ASC", "maxResults": 100, "fields": ["*all"]}
    over_cloud = cloud("POST", "/rest/api/2/search/jql", body)["issues"]
    logs = cloud("POST", "/rest/api/3/changelog/bulkfetch", {"issueIdsOrKeys": ids([{"issues": over_cloud}])})
    by_id = {log["issueId"]: Payload("history", log["issueId"], log) for log in logs["issueChangeLogs"]}
    over_dc = dc("POST", "/rest/api/2/search", {**body, "expand": ["changelog"]})["issues"]

    def parser(listed: list[Json]) -> JiraParser:
        status = [p for p in PAYLOADS if p.kind == "status"]
        return JiraParser("jira", [*(Payload("field", f["id"], f) for f in listed), *status], ParseOptions())

    def spans(reading: JiraParser, issue: Json, history: Payload | None) -> set[tuple[object, ...]]:
        kept = ("phase", "sprint", "label", "estimate", "title", "due", "version", "parent")
        found = reading.ticket(Payload("issue", issue["id"], issue), history).spans
        return {(s.field, s.value, s.since, s.until) for s in found if s.field in kept}

    source = {p.id: p for p in PAYLOADS if p.kind == "issue"}
    source_log = {p.id: p for p in PAYLOADS if p.kind == "history"}
    cloudy, served = parser(cloud("GET", "/rest/api/2/field")), parser(dc("GET", "/rest/api/2/field"))
    for one, other in zip(over_cloud, over_dc, strict=True):
        ident = one["id"]
        right = spans(cloudy, source[ident].data, source_log[ident])
        empty = Payload("history", ident, {"changeHistories": []})
        assert spans(cloudy, one, by_id.get(ident, empty)) == right
        told = spans(served, other, None)
        assert {s for s in told if s[0] != "parent"} == {s for s in right if s[0] != "parent"}
