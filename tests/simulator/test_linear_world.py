"""What happens in a workspace shows as Linear shows it: what is an update, what leaves a trace, what is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.connector import ParseOptions, Payload
from connectors.linear.parse import LinearParser
from tests.simulator.linear import LinearSimulator
from tests.simulator.linear_client import LinearClient, Reply
from tests.simulator.linear_errors import Json
from tests.simulator.linear_sample import ident, sample
from tests.simulator.linear_world import LinearWorld, iso

BY = ident("user", "Bob")
WRITES = """
mutation Add($id: String!, $label: String!) { issueAddLabel(id: $id, labelId: $label) { success issue { labelIds } } }
mutation Remove($id: String!, $label: String!) {
  issueRemoveLabel(id: $id, labelId: $label) { success issue { labelIds } }
}
mutation Update($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { success lastSyncId issue { labelIds updatedAt parent { identifier: id } } }
}
mutation Batch($ids: [UUID!]!, $input: IssueUpdateInput!) {
  issueBatchUpdate(ids: $ids, input: $input) { success issues { id labelIds } }
}
mutation Label($input: IssueLabelCreateInput!) {
  issueLabelCreate(input: $input) { success issueLabel { id name isGroup parent { id } team { id } } }
}
"""


@pytest.fixture
def world() -> LinearWorld:
    return sample(4)


@pytest.fixture
def client(world: LinearWorld) -> Iterator[LinearClient]:
    with LinearSimulator(world).serve() as server:
        yield LinearClient(server.url)


def _named(client: LinearClient, **variables: object) -> list[str]:
    return [node["identifier"] for node in client.nodes("Issues", "issues", **variables)]


def _since(moment: str) -> Json:
    return {"filter": {"or": [{"updatedAt": {"gte": moment}}, {"archivedAt": {"gte": moment}}]}}


def _last(client: LinearClient, name: str) -> Json:
    found: Json = client.ask("IssueHistoryOf", id=name).data["issue"]["history"]["nodes"][0]
    return {key: value for key, value in found.items() if value is not None}


def _write(client: LinearClient, name: str, **variables: object) -> Reply:
    return client.send({"query": WRITES, "operationName": name, "variables": variables})


# ---------------------------------------------------------------- changes


def test_a_change_is_logged_and_bumps(world: LinearWorld, client: LinearClient) -> None:
    since = iso(world.later(timedelta(hours=1)))
    world.change(
        "ENG-2", by=BY, state=ident("state", "ENG", "Doing"), estimate=3.0, labelIds=[ident("label", "growth")]
    )
    node = client.nodes("Issues", "issues", **_since(since))[0]
    assert (node["identifier"], node["updatedAt"], node["startedAt"]) == ("ENG-2", since, since)
    assert node["state"] == {"id": ident("state", "ENG", "Doing"), "type": "started", "name": "Doing"}
    entry = _last(client, "ENG-2")
    assert (entry["actorId"], entry["toEstimate"], entry["addedLabelIds"]) == (BY, 3, [ident("label", "growth")])
    assert (entry["fromStateId"], entry["toStateId"]) == (ident("state", "ENG", "Todo"), ident("state", "ENG", "Doing"))


def test_a_history_may_grow_without_an_update(world: LinearWorld, client: LinearClient) -> None:
    since = iso(world.later(timedelta(hours=1)))
    world.change("ENG-2", labelIds=[ident("label", "growth")], bump=False)
    assert _named(client, **_since(since)) == []
    assert _last(client, "ENG-2")["createdAt"] == since


@pytest.mark.parametrize("how", ["archive", "trash"])
def test_archive_and_trash_are_no_update(world: LinearWorld, client: LinearClient, how: str) -> None:
    before = world.of("issue")
    updated = next(node["updatedAt"] for node in before.values() if node["identifier"] == "ENG-3")
    since = iso(world.later(timedelta(hours=1)))
    getattr(world, how)("ENG-3", by=BY)
    found = client.nodes("Issues", "issues", **_since(since))
    assert [(node["identifier"], node["updatedAt"], node["archivedAt"]) for node in found] == [
        ("ENG-3", updated, since)
    ]
    assert found[0]["trashed"] is (True if how == "trash" else None)
    assert _named(client, filter={"updatedAt": {"gte": since}}) == []
    plain = client.text("{ issues { nodes { identifier } } }").data["issues"]["nodes"]
    assert [node["identifier"] for node in plain] == ["ENG-4", "ENG-2", "ENG-1"]


def test_a_deletion_leaves_nothing(world: LinearWorld, client: LinearClient) -> None:
    gone = world.change("ENG-2", title="Soon gone")["id"]
    since = iso(world.later(timedelta(hours=1)))
    world.delete("ENG-2")
    assert _named(client, **_since(since)) == []
    assert client.ask("IssueHistoryOf", id=gone).error["message"] == "Entity not found: Issue"
    asked = [*world.of("issue"), gone]
    assert len(client.nodes("ReconcileIssues", "issues", ids=asked)) == len(asked) - 1
    assert world.add("ENG", "Next")["identifier"] == "ENG-5"


def test_what_is_hidden_looks_deleted(world: LinearWorld, client: LinearClient) -> None:
    world.change("ENG-1", parent=world.issue("ENG-2")["id"])  # type: ignore[index]
    world.hide("ENG-2")
    assert _named(client) == ["ENG-4", "ENG-3", "ENG-1"]
    assert client.nodes("Issues", "issues")[-1]["parent"] is None
    assert client.ask("IssueHistoryOf", id="ENG-2").error["message"] == "Entity not found: Issue"
    world.hide("ENG")
    assert _named(client) == []
    assert [team["key"] for team in client.nodes("Teams", "teams")] == ["OPS"]
    assert len(client.nodes("WorkflowStates", "workflowStates")) == 4
    world.reveal("ENG")
    world.reveal("ENG-2")
    assert len(_named(client)) == 4


def test_a_move_changes_the_identifier_and_keeps_the_id(world: LinearWorld, client: LinearClient) -> None:
    world.later(timedelta(hours=1))
    moved = world.move("ENG-2", "OPS", by=BY)
    node = client.nodes("ReconcileIssues", "issues", ids=["ENG-2"])[0]
    assert (node["id"], node["identifier"]) == (moved["id"], "OPS-1")
    assert client.ask("Issues", first=10).data["issues"]["nodes"][2]["previousIdentifiers"] == ["ENG-2"]
    entry = _last(client, "OPS-1")
    assert (entry["fromTeamId"], entry["toTeamId"]) == (ident("team", "ENG"), ident("team", "OPS"))
    assert entry["toStateId"] == ident("state", "OPS", "Todo")


def test_time_in_each_state_follows_the_history(world: LinearWorld, client: LinearClient) -> None:
    start = world.issue("ENG-1")["createdAt"]  # type: ignore[index]
    doing = iso(world.later(timedelta(hours=1)))
    world.change("ENG-1", state=ident("state", "ENG", "Doing"))
    done = iso(world.later(timedelta(hours=1)))
    world.change("ENG-1", state=ident("state", "ENG", "Done"))
    page = client.ask("IssueStateSpans", filter={"id": {"in": ["ENG-1"]}}).data["issues"]["nodes"][0]["stateHistory"]
    assert [(span["stateId"], span["startedAt"], span["endedAt"]) for span in page["nodes"]] == [
        (ident("state", "ENG", "Todo"), start, doing),
        (ident("state", "ENG", "Doing"), doing, done),
        (ident("state", "ENG", "Done"), done, None),
    ]


def test_a_disturbed_world_still_parses_without_a_contradiction(world: LinearWorld, client: LinearClient) -> None:
    steps: tuple[Json, ...] = ({"title": "Other"}, {"priority": 1}, {"assignee": BY}, {"dueDate": "2026-10-01"})
    for step, fields in enumerate(steps):
        world.later(timedelta(hours=step + 1))
        world.change("ENG-1", by=BY, **fields)
    world.change("ENG-1", parent=ident_of(world, "ENG-2"))
    world.later(timedelta(hours=1))
    world.change("ENG-1", parent=None)
    world.move("ENG-1", "OPS")
    world.archive("ENG-1")
    states = [Payload("state", node["id"], node) for node in client.nodes("WorkflowStates", "workflowStates")]
    issue = client.nodes("Issues", "issues", filter={"id": {"in": ["OPS-1"]}})[0]
    history = client.ask("IssueHistoryOf", id=issue["id"]).data["issue"]
    parser = LinearParser("linear", states, ParseOptions())
    parsed = parser.ticket(Payload("issue", issue["id"], issue), Payload("history", issue["id"], history))
    assert parsed.problems == []
    held = {f: [span.value for span in parsed.spans if span.field == f] for f in ("title", "key", "type")}
    assert held == {"title": ["Task 1", "Other"], "key": ["ENG-1", "OPS-1"], "type": ["Issue", "Sub-issue", "Issue"]}


def ident_of(world: LinearWorld, name: str) -> str:
    node = world.issue(name)
    assert node is not None
    return str(node["id"])


# ---------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"updatedAt": {"gte": "2026-09-01T08:02:00.000Z"}}, ["ENG-4", "ENG-3"]),
        ({"updatedAt": {"gte": "2026-09-01T10:02:00+02:00"}}, ["ENG-4", "ENG-3"]),
        ({"createdAt": {"lt": "2026-09-01T08:01:00Z"}}, ["ENG-1"]),
        ({"updatedAt": {"gte": "-PT2M"}}, ["ENG-4", "ENG-3"]),
        ({"updatedAt": {"gte": "-P2W"}}, ["ENG-4", "ENG-3", "ENG-2", "ENG-1"]),
        ({"archivedAt": {"gte": "-P2W"}}, []),
        ({"archivedAt": {"null": True}, "id": {"in": ["ENG-1", "eng-4"]}}, ["ENG-4", "ENG-1"]),
        ({"team": {"key": {"in": ["OPS"]}}}, []),
        ({"team": {"key": {"in": ["ENG", "OPS"]}}}, ["ENG-4", "ENG-3", "ENG-2", "ENG-1"]),
        ({"and": [{"team": {"id": {"in": [ident("team", "ENG")]}}}, {"id": {"eq": "ENG-2"}}]}, ["ENG-2"]),
        ({"id": {"in": []}}, []),
    ],
)
def test_filters(client: LinearClient, asked: Json, found: list[str]) -> None:
    assert _named(client, filter=asked) == found


@pytest.mark.parametrize("asked", [{"id": {"in": ["ENG-1", "no id"]}}, {"updatedAt": {"gte": "yesterday"}}])
def test_one_malformed_value_refuses_the_whole_query(client: LinearClient, asked: Json) -> None:
    reply = client.ask("Issues", filter=asked)
    assert (reply.status, reply.body["data"]) == (200, None)
    assert reply.error["extensions"]["code"] == "INVALID_INPUT"


# ---------------------------------------------------------------- writing


def test_labels_are_added_and_removed_and_logged(world: LinearWorld, client: LinearClient) -> None:
    growth, upkeep = ident("label", "growth"), ident("label", "upkeep")
    world.later(timedelta(hours=1))
    assert _write(client, "Add", id="ENG-1", label=growth).data["issueAddLabel"]["issue"]["labelIds"] == [growth]
    again = world.sync
    assert _write(client, "Add", id="ENG-1", label=growth).data["issueAddLabel"]["success"]
    assert world.sync == again
    both = {"addedLabelIds": [upkeep], "removedLabelIds": [growth]}
    changed = _write(client, "Update", id="ENG-1", input=both).data["issueUpdate"]
    assert (changed["issue"]["labelIds"], changed["issue"]["updatedAt"]) == ([upkeep], iso(world.now))
    assert _write(client, "Remove", id="ENG-1", label=upkeep).data["issueRemoveLabel"]["issue"]["labelIds"] == []
    replaced = _write(client, "Update", id="ENG-1", input={"labelIds": [growth, upkeep]}).data["issueUpdate"]
    assert replaced["issue"]["labelIds"] == [growth, upkeep]
    assert len(world.histories[world.issue("ENG-1")["id"]]) == 4  # type: ignore[index]


def test_parents_are_set_by_identifier(client: LinearClient, world: LinearWorld) -> None:
    changed = _write(client, "Update", id="ENG-1", input={"parentId": "ENG-2"}).data["issueUpdate"]
    assert changed["issue"]["parent"]["identifier"] == world.issue("ENG-2")["id"]  # type: ignore[index]


def test_a_batch_takes_50_and_all_or_none(client: LinearClient, world: LinearWorld) -> None:
    growth, ids = ident("label", "growth"), list(world.of("issue"))
    many = _write(client, "Batch", ids=ids * 13, input={"addedLabelIds": [growth]})
    assert many.error["extensions"]["userPresentableMessage"] == "ids must contain no more than 50 elements."
    wrong = _write(client, "Batch", ids=[*ids, ident("nobody")], input={"addedLabelIds": [growth]})
    assert wrong.error["message"] == "Entity not found: Issue"
    assert not any(node["labelIds"] for node in world.of("issue").values())
    right = _write(client, "Batch", ids=ids, input={"addedLabelIds": [growth]}).data["issueBatchUpdate"]
    assert [issue["labelIds"] for issue in right["issues"]] == [[growth]] * 4


def test_groups_hold_one_label_each_and_are_none_themselves(client: LinearClient) -> None:
    area = ident("label", "area")
    made = [
        _write(client, "Label", input={"name": name, "parentId": area}).data["issueLabelCreate"]["issueLabel"]
        for name in ("web", "app")
    ]
    assert made[0]["parent"] == {"id": area}
    assert _write(client, "Add", id="ENG-1", label=area).error["extensions"]["type"] == "invalid input"
    assert _write(client, "Add", id="ENG-1", label=made[0]["id"]).status == 200
    assert _write(client, "Add", id="ENG-1", label=made[1]["id"]).error["message"] == "Exclusive child labels"
    assert _write(client, "Label", input={"name": "Web"}).error["message"] == "Duplicate label name"
    assert (
        _write(client, "Add", id="ENG-1", label=ident("label", "no")).error["message"] == "Entity not found: IssueLabel"
    )
