"""What both simulated Jiras share: who is let in, boards, lists and edits; and the ``jira`` package talks to both."""

from __future__ import annotations

from jira import JIRA

from tests.simulator import schema
from tests.simulator.asking import Asking
from tests.simulator.conftest import Start
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.world import World

EVERYTHING = "project in (PAY, 10001) ORDER BY created ASC, key ASC"


def test_who_is_let_in(world: World, start: Start) -> None:
    cloud = start(JiraCloud(world=world, scoped=True), checked=False)
    assert isinstance(cloud.site, JiraCloud)
    gateway = f"/ex/jira/{cloud.site.cloud_id}"
    assert cloud("GET", "/rest/api/3/myself", status=401) == "Client must be authenticated to access this resource."
    assert cloud("GET", f"{gateway}/rest/api/3/myself")["timeZone"] == "Europe/Berlin"
    cloud.site.agile_scope = False
    assert "scope does not match" in cloud("GET", f"{gateway}/rest/agile/1.0/board", status=401)["message"]
    cloud.session.headers["Authorization"] = "Bearer wrong"
    assert cloud("GET", f"{gateway}/rest/api/3/myself", status=401) == {"code": 401, "message": "Unauthorized"}
    assert cloud("GET", "/rest/api/3/serverInfo")["deploymentType"] == "Cloud"
    cloud.session.headers["Authorization"] = f"Bearer {cloud.site.account.bearer}"
    assert cloud("GET", f"{gateway}/rest/api/3/myself")["accountId"] == cloud.site.account.id
    cloud.session.headers["Authorization"] = "Basic d3Jvbmc="
    cloud.site.scoped, cloud.site.anonymous = False, True
    assert cloud("POST", "/rest/api/3/search/jql", {"jql": EVERYTHING}) == {"issues": [], "isLast": True}
    cloud.site.sso = "page"
    assert "<!DOCTYPE html>" in cloud("GET", "/rest/api/3/myself")
    cloud.site.sso = "redirect"
    cloud("GET", "/rest/api/3/myself", status=302)


def test_boards_and_sprints(cloud: Asking, dc: Asking, world: World) -> None:
    for asking in (cloud, dc):
        (board,) = asking("GET", "/rest/agile/1.0/board", projectKeyOrId="PAY")["values"]
        assert board["type"] == "scrum" and board["location"]["projectKey"] == "PAY"
        estimate = asking("GET", f"/rest/agile/1.0/board/{board['id']}/configuration")["estimation"]["field"]
        assert estimate["fieldId"] == "customfield_10016"
        sprints = asking("GET", f"/rest/agile/1.0/board/{board['id']}/sprint", state="closed")["values"]
        assert sprints and {sprint["originBoardId"] for sprint in sprints} == {board["id"]}
        assert asking("GET", f"/rest/agile/1.0/sprint/{sprints[0]['id']}") == sprints[0]
        asking.refused("GET", "/rest/agile/1.0/board/99/configuration", status=404)
    kanban = next((board for board in world.boards if board["type"] == "kanban"), None)
    if kanban:
        assert "does not support sprints" in cloud.refused("GET", f"/rest/agile/1.0/board/{kanban['id']}/sprint")


def test_lists(cloud: Asking, world: World) -> None:
    for path in ("/rest/api/3/field", "/rest/api/2/status", "/rest/api/3/issuetype", "/rest/api/2/project"):
        assert cloud("GET", path)
    assert cloud("GET", "/rest/api/3/project/search")["total"] == len(world.projects())
    assert "strat-checkout" in cloud("GET", "/rest/api/3/label")["values"]
    assert cloud("GET", "/rest/api/2/project/PAY/versions")
    assert cloud("GET", "/_edge/tenant_info") if schema.folder() is None else True


def test_one_issue_is_edited_by_steps(cloud: Asking, dc: Asking, world: World) -> None:
    for asking, label in ((cloud, "one"), (dc, "two")):
        before = len(world.issues["10001"].histories)
        body = {"update": {"labels": [{"add": label}, {"remove": "absent"}]}}
        for _ in range(2):
            asking("PUT", "/rest/api/2/issue/PAY-1", body, status=204, notifyUsers="false")
        assert label in world.issues["10001"].fields["labels"]
        assert len(world.issues["10001"].histories) == before + 1
        asking.site.silent = "forbidden"
        assert "project admin" in asking.refused(
            "PUT", "/rest/api/2/issue/PAY-1", body, status=403, notifyUsers="false"
        )
        assert "spaces" in asking.refused("PUT", "/rest/api/2/issue/PAY-1", {"fields": {"labels": ["a b"]}})
        both = {**body, "fields": {"labels": []}}
        assert "cannot appear in both" in asking.refused("PUT", "/rest/api/2/issue/PAY-1", both)
    cloud("PUT", "/rest/api/3/issue/PAY-9", {"fields": {"parent": {"key": "PAY-1"}}}, status=204)
    assert cloud("GET", "/rest/api/3/issue/PAY-9")["fields"]["parent"]["id"] == "10001"
    cloud("PUT", "/rest/api/3/issue/PAY-9", {"update": {"parent": [{"set": {"none": True}}]}}, status=204)
    assert cloud("GET", "/rest/api/3/issue/PAY-9")["fields"]["parent"] is None


def test_labels_are_edited_in_bulk_by_a_task(cloud: Asking, world: World) -> None:
    assert isinstance(cloud.site, JiraCloud)
    cloud.site.bulk.failing["10002"] = "Field 'labels' cannot be set."
    edit = {"fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": [{"name": "strat-x"}]}
    body = {
        "selectedIssueIdsOrKeys": ["PAY-1", "PAY-2", "PAY-99999"], "selectedActions": ["labels"],
        "editedFieldsInput": {"labelsFields": [edit]}, "sendBulkNotification": False,
    }  # fmt: skip
    task = cloud("POST", "/rest/api/3/bulk/issues/fields", body, status=201)["taskId"]
    states = [cloud("GET", f"/rest/api/3/bulk/queue/{task}") for _ in range(2)]
    assert [state["status"] for state in states] == ["ENQUEUED", "COMPLETE"]
    assert states[1]["processedAccessibleIssues"] == [10001] and states[1]["invalidOrInaccessibleIssueCount"] == 1
    assert list(states[1]["failedAccessibleIssues"]) == ["10002"]
    assert (
        "strat-x" in world.issues["10001"].fields["labels"] and "strat-x" not in world.issues["10002"].fields["labels"]
    )


def test_the_jira_package_can_talk_to_both(cloud: Asking, dc: Asking) -> None:
    who = cloud.site.account
    for client in (
        JIRA(cloud.server.url, basic_auth=(who.email, who.token), max_retries=0, timeout=10),
        JIRA(dc.server.url, token_auth=who.bearer, max_retries=0, timeout=10),
    ):
        assert client._is_cloud is (client.server_url == cloud.server.url)
        assert {field["name"] for field in client.fields()} >= {"Sprint", "Summary"}
        assert {status.name for status in client.statuses()} >= {"To Do", "Done"}
        assert client.myself()["timeZone"] == "Europe/Berlin"
        client._session.close()


def test_the_account_may_edit_some_projects(cloud: Asking, dc: Asking) -> None:
    """What ``mypermissions`` says is what an edit meets."""
    body = {"update": {"labels": [{"add": "x"}]}}
    for asking in (cloud, dc):
        asking.site.no_edit = frozenset({"PAY"})
        path = "/rest/api/2/mypermissions" + ("?permissions=EDIT_ISSUES" if asking is cloud else "")
        for project, may in (("PAY", False), ("WEB", True)):
            told = asking("GET", path, projectKey=project)
            assert told["permissions"]["EDIT_ISSUES"]["havePermission"] is may
        assert "permission to edit" in asking.refused("PUT", "/rest/api/2/issue/PAY-1", body, status=403)
        asking("PUT", "/rest/api/2/issue/WEB-1", body, status=204)
    assert cloud("GET", "/rest/api/3/mypermissions", permissions="BULK_CHANGE")["permissions"]["BULK_CHANGE"][
        "havePermission"
    ]
    assert "required" in cloud.refused("GET", "/rest/api/3/mypermissions")
    assert "Unrecognized" in cloud.refused("GET", "/rest/api/3/mypermissions", permissions="FLY")
