"""The few mutations that write tags back, with the rules Linear holds them to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.simulator.linear_errors import Json, argument_error, forbidden, input_error, not_found
from tests.simulator.linear_filters import UUID
from tests.simulator.linear_world import LinearWorld, iso

BATCH = 50


def _issue(world: LinearWorld, name: str) -> Json:
    node = world.issue(name)
    if node is None:
        raise not_found("Issue")
    return node


def _label(world: LinearWorld, node: Json, ident: str) -> Json:
    """A label that may sit on this issue: no group, and no other team's own."""
    label = world.of("label").get(ident)
    if label is None:
        raise not_found("IssueLabel")
    if label.get("isGroup"):
        raise input_error(
            "Label groups cannot be applied", f"The label '{label['name']}' is a group and cannot be applied."
        )
    if label.get("team") and label["team"]["id"] != node["team"]["id"]:
        raise input_error("Label of another team", f"The label '{label['name']}' belongs to another team.")
    return label


def _labelled(world: LinearWorld, node: Json, added: list[str], removed: list[str]) -> list[str]:
    kept = [one for one in node["labelIds"] if one not in removed]
    for ident in added:
        label = _label(world, node, ident)
        group = (label.get("parent") or {}).get("id")
        for other in (world.of("label").get(one) or {} for one in kept if group and one != ident):
            if (other.get("parent") or {}).get("id") == group:
                said = f"The labels '{other['name']}' and '{label['name']}' are in the same group."
                raise input_error("Exclusive child labels", said)
        kept += [ident] if ident not in kept else []
    return kept


def _update(world: LinearWorld, name: str, asked: Json) -> Json:
    """``labelIds`` replaces the whole set; the two deltas do not."""
    node = _issue(world, name)
    fields: Json = {}
    if any(asked.get(key) is not None for key in ("labelIds", "addedLabelIds", "removedLabelIds")):
        whole = asked.get("labelIds")
        start = {**node, "labelIds": []} if whole is not None else node
        added = [*(whole or []), *(asked.get("addedLabelIds") or [])]
        fields["labelIds"] = _labelled(world, start, added, asked.get("removedLabelIds") or [])
    if "parentId" in asked:
        fields["parent"] = _issue(world, asked["parentId"])["id"] if asked["parentId"] else None
    if "projectId" in asked:
        if asked["projectId"] and asked["projectId"] not in world.of("project"):
            raise not_found("Project")
        fields["project"] = asked["projectId"]
    return world.change(node["id"], by=world.viewer.get("id"), **fields)


def _add_label(world: LinearWorld, id: str, labelId: str) -> Json:
    return {"issue": _update(world, id, {"addedLabelIds": [labelId]})}


def _remove_label(world: LinearWorld, id: str, labelId: str) -> Json:
    return {"issue": _update(world, id, {"removedLabelIds": [labelId]})}


def _update_issue(world: LinearWorld, id: str, input: Json) -> Json:
    return {"issue": _update(world, id, input)}


def _update_batch(world: LinearWorld, ids: list[str], input: Json) -> Json:
    """All or none: every issue is looked up before the first is written."""
    asked: Json = {"ids": ids}
    if len(ids) > BATCH:
        raise argument_error(asked, "ids", "arrayMaxSize", f"ids must contain no more than {BATCH} elements")
    if not all(UUID.fullmatch(one) for one in ids):
        raise argument_error(asked, "ids", "isUuid", "each value in ids must be a UUID")
    nodes = [_issue(world, one) for one in ids]
    return {"issues": [_update(world, node["id"], input) for node in nodes]}


def _create_label(world: LinearWorld, input: Json) -> Json:
    """A name is taken once a team, and a workspace's name by nobody else."""
    team, name = input.get("teamId"), input["name"]
    if not team and not world.labels_for_all:
        raise forbidden("workspace labels")
    if team and team not in world.of("team"):
        raise not_found("Team")
    for label in world.of("label").values():
        if label["name"].lower() == name.lower() and (label.get("team") or {}).get("id") in (None, team):
            raise input_error("Duplicate label name", f"A label with the name '{name}' already exists.")
    at = iso(world.now)
    return {
        "issueLabel": world.put("label", {
            "id": input.get("id") or world.uuid("label", world.sync), "name": name,
            "description": input.get("description"),
            "isGroup": bool(input.get("isGroup")), "archivedAt": None, "createdAt": at, "updatedAt": at,
            "parent": {"id": input["parentId"]} if input.get("parentId") else None,
            "team": {"id": team} if team else None, "inheritedFrom": None,
        })
    }  # fmt: skip


def _label_project(adding: bool) -> Callable[..., Json]:
    def write(world: LinearWorld, id: str, labelId: str) -> Json:
        project = world.of("project").get(id)
        if project is None:
            raise not_found("Project")
        if adding and labelId not in world.of("project_label"):
            raise not_found("ProjectLabel")
        kept = [one for one in project["labelIds"] if one != labelId]
        return {"project": world.update("project", id, labelIds=[*kept, labelId] if adding else kept)}

    return write


MUTATIONS: dict[str, Callable[..., Any]] = {
    "issueAddLabel": _add_label,
    "issueRemoveLabel": _remove_label,
    "issueUpdate": _update_issue,
    "issueBatchUpdate": _update_batch,
    "issueLabelCreate": _create_label,
    "projectAddLabel": _label_project(True),
    "projectRemoveLabel": _label_project(False),
}
