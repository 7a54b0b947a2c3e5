"""The simulated schema with its resolvers: what each query and each connection reads from the world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, build_schema, get_named_type
from graphql.type import is_list_type

from tests.simulator.linear_errors import Json, not_found
from tests.simulator.linear_filters import compiled
from tests.simulator.linear_limits import Budget
from tests.simulator.linear_log import state_spans
from tests.simulator.linear_pages import Cursors, nested_page, root_page
from tests.simulator.linear_world import LinearWorld
from tests.simulator.linear_write import MUTATIONS

SCHEMA = Path(__file__).with_name("linear_schema.graphql")
ROOTS = {
    "teams": "team", "workflowStates": "state", "users": "user", "issueLabels": "label",
    "projectLabels": "project_label",
    "projectStatuses": "project_status", "initiatives": "initiative", "initiativeToProjects": "initiative_to_project",
    "projects": "project", "projectMilestones": "milestone", "projectUpdates": "project_update",
    "initiativeUpdates": "initiative_update",
    "projectRelations": "project_relation", "cycles": "cycle", "issues": "issue", "issueRelations": "relation",
    "customerNeeds": "customer_need",
}  # fmt: skip
KINDS = {
    "WorkflowState": "state", "Team": "team", "User": "user", "Issue": "issue", "Project": "project", "Cycle": "cycle",
    "ProjectMilestone": "milestone", "Initiative": "initiative", "IssueLabel": "label", "ProjectLabel": "project_label",
    "ProjectStatus": "project_status", "Customer": "customer",
}  # fmt: skip
Resolve = Callable[..., Any]
Info = GraphQLResolveInfo[Any]


@dataclass(frozen=True, slots=True)
class Context:
    world: LinearWorld
    cursors: Cursors
    budget: Budget


def read_field(source: Any, info: Info, **_arguments: Any) -> Any:
    """A property of a node."""
    return source.get(info.field_name)


@cache
def schema() -> GraphQLSchema:
    built = build_schema(SCHEMA.read_text(encoding="utf-8"))
    for name, kind in ROOTS.items():
        _field(built, "Query", name, _root(kind))
    for name, kind, what in (
        ("issue", "issue", "Issue"), ("project", "project", "Project"), ("initiative", "initiative", "Initiative"),
    ):  # fmt: skip
        _field(built, "Query", name, _single(kind, what))
    _field(built, "Query", "viewer", lambda _root, info: {"admin": False, **info.context.world.viewer})
    _field(built, "Query", "organization", lambda _root, info: info.context.world.organization)
    _field(built, "Query", "rateLimitStatus", lambda _root, info: info.context.budget.status(info.context.world.now))
    for name, write in MUTATIONS.items():
        _field(built, "Mutation", name, _mutation(write))
    for kind_of in list(built.type_map.values()):
        if isinstance(kind_of, GraphQLObjectType) and kind_of.name not in ("Query", "Mutation"):
            _inside(built, kind_of)
    return built


def _field(built: GraphQLSchema, owner: str, name: str, resolve: Resolve) -> None:
    found = built.type_map[owner]
    assert isinstance(found, GraphQLObjectType)
    found.fields[name].resolve = resolve


def _inside(built: GraphQLSchema, owner: GraphQLObjectType) -> None:
    """References follow the world of now; connections are paged."""
    for name, field in owner.fields.items():
        inner = getattr(field.type, "of_type", field.type)
        target = get_named_type(field.type).name
        if target.endswith("Connection"):
            _field(built, owner.name, name, _connection(name))
        elif target in KINDS and not is_list_type(inner):
            _field(built, owner.name, name, _reference(KINDS[target]))


def _root(kind: str) -> Resolve:
    def resolve(_source: Any, info: Info, **arguments: Any) -> Json:
        world: LinearWorld = info.context.world
        match = compiled(world, arguments.get("filter"))
        if kind == "user" and not arguments.get("includeDisabled"):
            inner = match
            return root_page(
                world,
                info.context.cursors,
                kind,
                lambda node: node.get("active") is not False and inner(node),
                arguments,
            )
        return root_page(world, info.context.cursors, kind, match, arguments)

    return resolve


def _single(kind: str, what: str) -> Resolve:
    def resolve(_source: Any, info: Info, id: str) -> Json:
        world: LinearWorld = info.context.world
        node = world.issue(id) if kind == "issue" else world.of(kind).get(id)
        if node is None or not world.visible(kind, node):
            raise not_found(what)
        return node

    return resolve


def _reference(kind: str) -> Resolve:
    """An object held by id; what the world does not know is given as it stands, what is hidden is null."""

    def resolve(source: Json, info: Info) -> Json | None:
        world: LinearWorld = info.context.world
        held = source.get(info.field_name)
        if held is None:
            return None
        node = world.of(kind).get(held.get("id"))
        if node is None:
            return held  # type: ignore[no-any-return]
        return node if world.visible(kind, node) else None

    return resolve


def _connection(name: str) -> Resolve:
    def resolve(source: Json, info: Info, **arguments: Any) -> Json:
        world: LinearWorld = info.context.world
        if name in ("history", "stateHistory"):
            rows = world.histories.get(source["id"], [])
            return nested_page(state_spans(source, rows) if name == "stateHistory" else rows, arguments)
        return nested_page((source.get(name) or {}).get("nodes") or [], arguments)

    return resolve


def _mutation(write: Callable[..., Json]) -> Resolve:
    def resolve(_source: Any, info: Info, **arguments: Any) -> Json:
        world: LinearWorld = info.context.world
        made = write(world, **arguments)
        return {"success": True, "lastSyncId": world.sync, **made}

    return resolve
