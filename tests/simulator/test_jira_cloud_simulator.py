"""The simulated Jira Cloud keeps the rules of the real one that connectors trip over."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.simulator import schema
from tests.simulator.asking import Asking, ids
from tests.simulator.issue import Json
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.world import World

EVERYTHING = "project in (PAY, 10001) ORDER BY created ASC, key ASC"


def test_the_official_documents_are_at_hand() -> None:
    if schema.folder() is None:
        pytest.skip(schema.ABSENT)
    assert schema.problems("cloud", "POST", "/rest/api/3/search/jql", 200, {"issues": [], "total": 1})
    assert schema.problems("cloud", "GET", "/rest/api/2/myself", 200, {"accountId": 5})
    assert schema.problems("dc", "GET", "/rest/api/2/field", 200, [{"id": 1}])
    assert not schema.problems("cloud", "POST", "/rest/api/3/search/jql", 200, {"issues": [], "isLast": True})


def test_the_old_search_is_gone(cloud: Asking) -> None:
    assert "CHANGE-2046" in cloud.refused("GET", "/rest/api/2/search", status=410, jql="project = PAY")
    assert "removed" in cloud.refused("POST", "/rest/api/3/search", {"jql": "project = PAY"}, status=410)


def test_pages_hold_a_hundred_and_together_every_issue_once(cloud: Asking, world: World) -> None:
    pages = cloud.pages({"jql": "project in (PAY)", "maxResults": 5_000, "fields": ["summary", "status"]})
    found = ids(pages)
    assert {len(page["issues"]) for page in pages[:-1]} == {100}
    assert len(found) == len(set(found)) == sum(i.project["key"] == "PAY" for i in world.issues.values())
    assert [page["isLast"] for page in pages] == [False] * (len(pages) - 1) + [True]
    assert "total" not in pages[0] and set(pages[0]["issues"][0]["fields"]) == {"summary", "status"}


def test_ids_alone_come_five_thousand_to_a_page_and_ids_are_the_default(cloud: Asking, world: World) -> None:
    (page,) = cloud.pages({"jql": "created > 0", "maxResults": 5_000, "fields": ["key"]})
    assert len(page["issues"]) == len(world.issues)
    assert len(cloud("POST", "/rest/api/3/search/jql", {"jql": EVERYTHING})["issues"]) == 50
    assert cloud("GET", "/rest/api/3/search/jql", jql="id = 10001")["issues"] == [{"id": "10001"}]


@pytest.mark.parametrize("jql", ["", "ORDER BY created ASC"])
def test_a_search_must_be_bounded(cloud: Asking, jql: str) -> None:
    assert cloud.refused("POST", "/rest/api/2/search/jql", {"jql": jql}).startswith("Unbounded JQL queries")


@pytest.mark.parametrize(
    ("jql", "told"),
    [
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
        ("key in (PAY-1, PAY-99999)", "An issue with key 'PAY-99999' does not exist for field 'key'."),
        ("mood = bad", "Field 'mood' does not exist or you do not have permission to view it."),
        ("updated >= soon", "Date value 'soon' for field 'updated' is invalid."),
        (
            "project = PAY OR project = WEB",
            "Error in the JQL Query: Expecting 'AND' but got 'OR'. (line 1, character 15)",
        ),
        ("project = ", "Error in the JQL Query: Expecting a value but got ''."),
        ("project > PAY", "The operator '>' is not supported by the 'project' field."),
        ("project = PAY ORDER BY " + "created, " * 7 + "key", "The JQL query exceeds the maximum of 7 sort fields."),
    ],
)
def test_bad_jql_is_refused_in_jiras_words(cloud: Asking, jql: str, told: str) -> None:
    assert cloud.refused("POST", "/rest/api/2/search/jql", {"jql": jql}).startswith(told.removesuffix("."))


def test_bare_integers_are_absolute_and_quoted_dates_the_accounts(cloud: Asking, world: World) -> None:
    world.tick(days=1)
    world.now = world.now.replace(hour=12, minute=0, second=30)
    world.touch("PAY-1")
    since = round(world.now.timestamp() * 1000)
    berlin = world.now.astimezone(ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%d %H:%M")
    for jql, found in ((f"updated >= {since}", 1), (f"updated >= {since + 1}", 0), (f'updated >= "{berlin}"', 1)):
        assert cloud("POST", "/rest/api/2/search/approximate-count", {"jql": jql}) == {"count": found}
    utc = world.now.strftime("%Y/%m/%d %H:%M")
    assert cloud("POST", "/rest/api/3/search/approximate-count", {"jql": f'updated < "{utc}"'})["count"] < len(
        world.issues
    )
    cloud.site.epoch_jql = False
    assert "Date value" in cloud.refused("POST", "/rest/api/2/search/jql", {"jql": f"updated >= {since}"})


def test_a_token_serves_one_question_until_it_expires(cloud: Asking, world: World) -> None:
    first = cloud("POST", "/rest/api/2/search/jql", {"jql": EVERYTHING})
    again = {"jql": EVERYTHING, "nextPageToken": first["nextPageToken"]}
    assert ids([cloud("POST", "/rest/api/2/search/jql", again)]) == ids(
        [cloud("POST", "/rest/api/2/search/jql", again)]
    )
    assert cloud.refused("POST", "/rest/api/2/search/jql", {**again, "jql": "project = PAY"})
    world.tick(days=8)
    assert cloud.refused("POST", "/rest/api/2/search/jql", again)


def test_the_body_of_a_search_may_hold_nulls_but_nothing_unknown(cloud: Asking) -> None:
    body: Json = {"jql": EVERYTHING, "expand": None, "properties": None, "reconcileIssues": []}
    assert cloud("POST", "/rest/api/2/search/jql", body)["issues"]
    for wrong in ({"startAt": 0}, {"expand": ["names"]}, {"fields": "summary"}, {"reconcileIssues": list(range(51))}):
        assert cloud.refused("POST", "/rest/api/2/search/jql", {**body, **wrong}).startswith("Invalid request payload")


def test_late_issues_are_missing_from_search_but_not_from_bulkfetch(cloud: Asking, world: World) -> None:
    world.late(["PAY-1"], until_request=4)
    body = {"jql": "created > 0", "fields": ["id"], "maxResults": 5_000}
    assert "10001" not in ids(cloud.pages(body))
    assert "10001" in ids(cloud.pages({**body, "reconcileIssues": [10001]}))
    assert ids([cloud("POST", "/rest/api/2/issue/bulkfetch", {"issueIdsOrKeys": ["PAY-1"]})]) == ["10001"]
    assert "10001" in ids(cloud.pages(body))


def test_an_empty_page_can_come_in_the_middle(cloud: Asking, world: World) -> None:
    assert isinstance(cloud.site, JiraCloud)
    cloud.site.empty_page = 2
    pages = cloud.pages({"jql": "created > 0", "maxResults": 1_000, "fields": ["id"]})
    assert [len(page["issues"]) for page in pages][:3] == [1_000, 0, 1_000] and len(ids(pages)) == len(world.issues)


def test_bulkfetch_takes_a_hundred_and_says_what_is_missing(cloud: Asking, world: World) -> None:
    assert cloud.refused("POST", "/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": [str(n) for n in range(101)]})
    world.hide("PAY-2")
    got = cloud(
        "POST", "/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ["PAY-3", "10001", "PAY-2"], "fields": ["summary"]}
    )
    assert [issue["key"] for issue in got["issues"]] == ["PAY-1", "PAY-3"]
    assert [error["id"] for error in got["issueErrors"]] == ["PAY-2"]


@pytest.mark.parametrize("repeats", [True, False])
def test_the_bulk_change_log_is_complete_and_may_repeat_a_line(cloud: Asking, world: World, repeats: bool) -> None:
    assert isinstance(cloud.site, JiraCloud)
    cloud.site.repeat_last_history = repeats
    wanted = list(world.issues)[:1_000]
    world.hide(wanted[0])
    body: Json = {"issueIdsOrKeys": wanted, "maxResults": 500}
    rows: list[tuple[int, str, str]] = []
    for _ in range(50):
        page = cloud("POST", "/rest/api/3/changelog/bulkfetch", body)
        logs = page["issueChangeLogs"]
        rows += sorted((h["created"], log["issueId"], h["id"]) for log in logs for h in log["changeHistories"])
        body["nextPageToken"] = page.get("nextPageToken")
        if not body["nextPageToken"]:
            break
    seen = [row[2] for row in rows]
    assert set(seen) == {str(h["id"]) for i in wanted[1:] for h in world.issues[i].histories}
    assert (len(seen) > len(set(seen))) is repeats and rows == sorted(rows)
    assert wanted[0] not in {row[1] for row in rows}


def test_the_change_log_of_one_issue_is_paged_and_dated_in_iso(cloud: Asking, world: World) -> None:
    for day in range(120):
        world.tick(hours=1)
        world.change("PAY-1", summary=f"Draft {day}")
    page = cloud("GET", "/rest/api/3/issue/10001/changelog", startAt=100, maxResults=1_000)
    assert (page["maxResults"], page["total"], len(page["values"]), page["isLast"]) == (100, 120, 20, True)
    assert page["values"][-1]["created"].endswith("+0000") and page["values"][-1]["items"][0]["toString"] == "Draft 119"
    log = cloud("GET", "/rest/api/2/issue/PAY-1", expand="changelog", fields="summary")["changelog"]
    assert (len(log["histories"]), log["total"]) == (40, 120)
    assert log["histories"][0]["items"][0]["toString"] == "Draft 119"


def test_v2_gives_text_and_v3_a_document(cloud: Asking, world: World) -> None:
    world.change("PAY-1", description="One\nTwo")
    assert cloud("GET", "/rest/api/2/issue/PAY-1")["fields"]["description"] == "One\nTwo"
    assert cloud("GET", "/rest/api/3/issue/PAY-1")["fields"]["description"]["type"] == "doc"


def test_moved_hidden_archived_and_deleted_issues(cloud: Asking, world: World) -> None:
    new = world.move("PAY-1", "WEB")
    assert cloud("GET", "/rest/api/3/issue/PAY-1")["key"] == new
    world.archive("PAY-2")
    world.delete("PAY-3")
    world.hide("PAY-4")
    found = ids(cloud.pages({"jql": "created > 0", "fields": ["id"], "maxResults": 5_000}))
    assert len(found) == len(world.issues) - 2 and "10001" in found
    assert cloud("GET", "/rest/api/3/issue/PAY-2")["key"] == "PAY-2"
    for key in ("PAY-3", "PAY-4"):
        assert "does not exist" in cloud.refused("GET", f"/rest/api/3/issue/{key}", status=404)
    world.hide_project("PAY")
    assert "'PAY' does not exist" in cloud.refused("POST", "/rest/api/3/search/jql", {"jql": "project = PAY"})


def test_the_world_changes_at_a_given_request(cloud: Asking, world: World) -> None:
    world.at(2, lambda w: w.change("PAY-1", summary="Changed between two pages"))
    title = [cloud("GET", "/rest/api/2/issue/PAY-1")["fields"]["summary"] for _ in range(2)]
    assert title[0] != title[1] == "Changed between two pages"
