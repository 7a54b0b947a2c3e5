"""What a change of an issue writes into its history, its time stamps, and its time in each state."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

Json = dict[str, Any]

SIDES = {
    "state": "StateId", "assignee": "AssigneeId", "project": "ProjectId", "cycle": "CycleId", "parent": "ParentId",
    "team": "TeamId", "priority": "Priority", "estimate": "Estimate", "dueDate": "DueDate", "title": "Title",
}  # fmt: skip
ENTRY: Json = dict.fromkeys((
    *(f"{way}{side}" for side in SIDES.values() for way in ("from", "to")), "fromProjectMilestone",
    "toProjectMilestone",
    "updatedDescription", "addedLabelIds", "removedLabelIds", "relationChanges", "archived", "autoArchived",
    "autoClosed", "trashed", "toConvertedProjectId",
))  # fmt: skip
ENDS = {"completed": "completedAt", "canceled": "canceledAt", "duplicate": "canceledAt"}
ADDED = {"cycle": "addedToCycleAt", "project": "addedToProjectAt"}


def differences(node: Json, fields: Json) -> Json:
    """The ``from…`` and ``to…`` of a history entry; fields are given by id, as in ``LinearWorld.change``."""
    found: Json = {}
    for name, value in fields.items():
        old: Any = node.get(name)
        if side := SIDES.get(name):
            found |= {f"from{side}": old["id"] if isinstance(old, dict) else old, f"to{side}": value}
        elif name == "projectMilestone":
            found |= {"fromProjectMilestone": old, "toProjectMilestone": {"id": value} if value else None}
        elif name == "labelIds":
            found["addedLabelIds"] = [one for one in value if one not in old] or None
            found["removedLabelIds"] = [one for one in old if one not in value] or None
        elif name == "description":
            found["updatedDescription"] = True
        else:
            raise ValueError(f"Linear logs no change of {name}; use put() for it.")
    return found


def logged(ident: str, at: str, by: str | None, bot: str, changed: Json) -> Json:
    """Without an actor a workflow did it."""
    robot = None if by else {"id": bot, "type": "workflow"}
    return {"id": ident, "createdAt": at, "updatedAt": at, "actorId": by, "botActor": robot, **ENTRY, **changed}


def stamps(node: Json, fields: Json, at: str) -> Json:
    """Dates that Linear keeps itself: first start, end, and when the issue got its cycle and project."""
    found: Json = {stamp: at if fields[name] else None for name, stamp in ADDED.items() if name in fields}
    if state := fields.get("state"):
        kind = state["type"]
        found |= dict.fromkeys(ENDS.values()) | ({ENDS[kind]: at} if kind in ENDS else {})
        if kind == "started" and not node.get("startedAt"):
            found["startedAt"] = at
    return found


def blank_issue(ident: str, identifier: str, number: int, title: str, at: str) -> Json:
    """Every field of the ``Issues`` document, unset."""
    unset = (
        "description", "estimate", "dueDate", "trashed", "archivedAt", "autoArchivedAt", "autoClosedAt",
        "startedTriageAt", "triagedAt", "startedAt", "completedAt", "canceledAt", "addedToCycleAt", "addedToProjectAt",
        "snoozedUntilAt", "slaStartedAt", "slaBreachesAt", "integrationSourceType", "parent", "project",
        "projectMilestone", "cycle", "assignee", "creator", "delegate",
    )  # fmt: skip
    return {
        "id": ident, "identifier": identifier, "number": number, "title": title,
        "url": f"https://linear.app/acme/issue/{identifier}", "branchName": f"acme/{identifier.lower()}",
        "previousIdentifiers": [], "priority": 0, "labelIds": [], "customerTicketCount": 0,
        "createdAt": at, "updatedAt": at, "addedToTeamAt": at, **dict.fromkeys(unset),
    }  # fmt: skip


def state_spans(node: Json, history: list[Json]) -> list[Json]:
    """``stateHistory``: one span for each stay in a state, oldest first. ``history`` is newest first."""
    moves = [entry for entry in reversed(history) if entry.get("toStateId")]
    states = [moves[0]["fromStateId"] if moves else node["state"]["id"], *(entry["toStateId"] for entry in moves)]
    times = [node["createdAt"], *(entry["createdAt"] for entry in moves), None]
    return [
        {"id": _span_id(node, at), "stateId": state, "startedAt": times[at], "endedAt": times[at + 1]}
        for at, state in enumerate(states)
    ]


def _span_id(node: Json, at: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"{node['id']}/span/{at}"))
