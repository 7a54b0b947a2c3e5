"""The simulated Linear answers as the real one was seen to: pages, errors, keys, and the made-up company unchanged."""

from __future__ import annotations

import io
import os
import re
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import ruamel.yaml

from connectors.connector import Payload
from connectors.example import ExampleLinear
from tests.simulator.linear import KEY, TOKEN, LinearSimulator
from tests.simulator.linear_client import LinearClient, documents
from tests.simulator.linear_errors import Json
from tests.simulator.linear_pages import Style
from tests.simulator.linear_sample import sample
from tests.simulator.linear_world import LinearWorld
from tests.simulator.server import Fault, Request

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ALIGNMENT_SHARED") or ROOT.parent / "shared")
RECORDED = SHARED / "data" / "linear-cassettes-geropl" / "testdata.tar.gz"
NOWHERE = "00000000-0000-4000-8000-000000000000"
ALL = {"filter": {"updatedAt": {"gte": "2000-01-01T00:00:00.000Z"}}}


@cache
def company() -> tuple[Payload, ...]:
    return tuple(one for one in ExampleLinear().fetch() if isinstance(one, Payload))


def _of(kind: str) -> dict[str, Json]:
    return {payload.id: payload.data for payload in company() if payload.kind == kind}


@pytest.fixture
def client() -> Iterator[LinearClient]:
    with LinearSimulator(sample(5)).serve() as server:
        yield LinearClient(server.url)


# ---------------------------------------------------------------- the company


def test_every_operation_of_the_connector_runs_on_the_company() -> None:
    given: dict[str, Json] = {
        "InitiativeHistoryOf": {"id": next(iter(_of("initiative")))},
        "ProjectHistoryOf": {"id": next(iter(_of("project")))},
        "IssueHistoryOf": {"id": next(iter(_of("issue")))},
        "IssueHistories": ALL,
        "IssueStateSpans": ALL,
        "ReconcileIssues": {"ids": list(_of("issue"))[:10]},
    }
    with LinearSimulator(LinearWorld.of_payloads(company())).serve() as server:
        asking = LinearClient(server.url)
        for name in documents():
            reply = asking.ask(name, **given.get(name, {}))
            assert reply.status == 200, (name, reply.body)
            assert None not in reply.data.values(), name


def test_the_companys_issues_and_histories_come_back_as_they_were() -> None:
    with LinearSimulator(LinearWorld.of_payloads(company()), multiplied=False).serve() as server:
        asking = LinearClient(server.url)
        issues = asking.nodes("Issues", "issues")
        histories = asking.nodes("IssueHistories", "issues", **ALL, first=250, historyFirst=50)
    assert len(issues) == len(_of("issue"))
    assert {node["id"]: node for node in issues} == _of("issue")
    kept = _of("history")
    assert {node["id"]: node["history"]["nodes"] for node in histories} == {
        ident: data["history"]["nodes"] for ident, data in kept.items()
    }
    assert [node["createdAt"] for node in issues] == sorted((node["createdAt"] for node in issues), reverse=True)


@pytest.mark.parametrize(
    ("name", "field", "kind"),
    [
        ("Teams", "teams", "team"), ("WorkflowStates", "workflowStates", "state"), ("Users", "users", "user"),
        ("IssueLabels", "issueLabels", "label"), ("Initiatives", "initiatives", "initiative"),
        ("ProjectMilestones", "projectMilestones", "milestone"), ("Cycles", "cycles", "cycle"),
        ("ProjectUpdates", "projectUpdates", "project_update"), ("IssueRelations", "issueRelations", "relation"),
        ("Projects", "projects", "project"),
    ],
)  # fmt: skip
def test_the_companys_reference_nodes_come_back_as_they_were(name: str, field: str, kind: str) -> None:
    with LinearSimulator(LinearWorld.of_payloads(company())).serve() as server:
        assert {node["id"]: node for node in LinearClient(server.url).nodes(name, field)} == _of(kind)


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize("style", ["key", "id"])
def test_pages_are_complete_and_without_doubles_while_the_world_changes(style: Style) -> None:
    """Issues are added, edited, archived and moved with every request; a row under the cursor is deleted."""
    world = sample(60)
    names = list(world.of("issue"))  # oldest first
    lost = {names[31], names[0]}  # the third page ends at 31

    def disturb(request: Request) -> Fault | None:
        world.later(timedelta(seconds=1))
        world.add("ENG", f"New in request {request.number}")
        for name in names[1:30:7]:
            world.change(name, title=f"Changed in request {request.number}")
        world.archive(names[request.number * 5 + 2])
        world.move(names[request.number * 5 + 3], "OPS")
        for name in lost if request.number == 4 else ():
            world.delete(name)
        return None

    with LinearSimulator(world, cursors=style).serve(disturb) as server:
        rows = LinearClient(server.url).nodes("Issues", "issues", first=10)
        assert len(server.requests) == 6
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids))
    assert set(names) - lost <= set(ids)


def test_rows_change_places_in_updated_order_and_are_missed() -> None:
    """Why our documents order by createdAt: a row that is updated behind the cursor jumps to a page already read."""
    world = sample(20)
    oldest = next(iter(world.of("issue")))
    page = "nodes { id } pageInfo { endCursor }"
    text = f"query($after: String) {{ issues(first: 10, after: $after, orderBy: updatedAt) {{ {page} }} }}"
    with LinearSimulator(world).serve() as server:
        asking = LinearClient(server.url)
        first = asking.text(text).data["issues"]
        world.change(oldest, title="Touched")
        second = asking.text(text, after=first["pageInfo"]["endCursor"]).data["issues"]
    seen = {node["id"] for node in first["nodes"] + second["nodes"]}
    assert seen == set(world.of("issue")) - {oldest}


def test_history_is_paged_inside_its_issue() -> None:
    world = sample(1)
    for number in range(7):
        world.later(timedelta(minutes=1))
        world.change("ENG-1", title=f"Title {number}")
    with LinearSimulator(world).serve() as server:
        asking = LinearClient(server.url)
        found: list[str] = []
        after: str | None = None
        for _ in range(3):
            page = asking.ask("IssueHistoryOf", id="ENG-1", first=3, after=after).data["issue"]["history"]
            found += [node["toTitle"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
    assert found == [f"Title {number}" for number in range(6, -1, -1)]
    assert page["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(("first", "rule", "said"), [
    (251, "max", "first must not be greater than 250"), (0, "min", "first must not be less than 1"),
])  # fmt: skip
def test_a_page_has_1_to_250_rows(client: LinearClient, first: int, rule: str, said: str) -> None:
    reply = client.text("query($first: Int) { issues(first: $first) { nodes { id } } }", first=first)
    assert (reply.status, reply.body["data"]) == (200, None)
    assert reply.error["message"] == "Argument Validation Error"
    assert reply.error["path"] == ["issues"]
    assert reply.error["extensions"]["validationErrors"][0]["constraints"] == {rule: said}
    assert reply.error["extensions"]["userPresentableMessage"] == f"{said}."


# ---------------------------------------------------------------- errors


def test_variables_that_do_not_fit_are_http_400(client: LinearClient) -> None:
    reply = client.ask("IssueHistoryOf")
    assert (reply.status, list(reply.body)) == (400, ["errors"])
    assert reply.error["extensions"]["code"] == "BAD_USER_INPUT"


@cache
def recorded() -> dict[str, Json]:
    """Real error bodies by message, from a recorded conversation."""
    found: dict[str, Json] = {}
    yaml = ruamel.yaml.YAML(typ="safe")
    with tarfile.open(RECORDED) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if member.name.endswith(".yaml") else None
            text = file.read().decode() if file else ""
            for exchange in (yaml.load(io.StringIO(text)) or {}).get("interactions", []) if '"errors"' in text else []:
                body = yaml.load(exchange["response"]["body"])
                if body.get("errors"):
                    found[re.sub(": .*", "", body["errors"][0]["message"])] = body
    return found


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    return [_shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def _fixed(body: Json) -> Json:
    """Without what differs between two wrong arguments."""
    shape: Json = _shape(body)
    for wrong in shape["errors"][0]["extensions"].get("validationErrors", []):
        wrong.update(target="dict", value="any", constraints="dict")
    return shape


def test_error_bodies_have_the_shape_of_the_recorded_ones(client: LinearClient) -> None:
    if not RECORDED.exists():
        pytest.skip(f"The recorded conversations are not at {RECORDED} (set ALIGNMENT_SHARED).")
    missing = client.ask("IssueHistoryOf", id=NOWHERE)
    wrong = client.text("{ issues(first: 0) { nodes { id } } }")
    assert set(recorded()) == {"Entity not found", "Argument Validation Error"}
    assert _fixed(missing.body) == _fixed(recorded()["Entity not found"])
    assert _fixed(wrong.body) == _fixed(recorded()["Argument Validation Error"])
    assert list(missing.body) == list(recorded()["Entity not found"])


def test_one_missing_issue_nulls_everything(client: LinearClient) -> None:
    reply = client.text(f'{{ a: issue(id: "ENG-1") {{ id }} b: issue(id: "{NOWHERE}") {{ id }} }}')
    assert (reply.status, reply.body["data"]) == (200, None)
    assert reply.error["message"] == "Entity not found: Issue"
    assert reply.error["path"] == ["b"]
    assert reply.error["extensions"]["userPresentableMessage"] == "Could not find referenced Issue."


@pytest.mark.parametrize(
    ("authorization", "status", "kind"),
    [
        (KEY, 200, ""),
        (f"Bearer {TOKEN}", 200, ""),
        (f"Bearer {KEY}", 400, "invalid input"),
        ("lin_api_wrong", 401, "authentication error"),
        ("", 401, "authentication error"),
    ],
)
def test_keys_go_bare_and_tokens_after_bearer(authorization: str, status: int, kind: str) -> None:
    with LinearSimulator(sample()).serve() as server:
        reply = LinearClient(server.url, authorization).ask("Whoami")
    assert reply.status == status
    assert (reply.error["extensions"]["type"] if kind else "") == kind


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ issues { nodes { id ", "GRAPHQL_PARSE_FAILED"),
        ("{ issues { nodes { wrong } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
    ],
)
def test_a_wrong_document_is_http_400(client: LinearClient, query: str, code: str) -> None:
    reply = client.text(query)
    assert (reply.status, reply.error["extensions"]["code"]) == (400, code)
    assert reply.error["extensions"]["type"] == "graphql error"
