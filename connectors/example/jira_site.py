"""The made-up Jira site's own lists: fields, statuses, types, priorities, resolutions, components and link types."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TEAM, STORY_POINTS, SPRINT, FLAGGED = "customfield_10001", "customfield_10016", "customfield_10020", "customfield_10021"


def _system(ident: str, name: str, kind: str, items: str | None = None) -> Json:
    schema = {"type": kind, **({"items": items} if items else {}), "system": ident}
    return _field(ident, name, False, schema)


def _custom(ident: str, name: str, kind: str, custom: str, items: str | None = None) -> Json:
    number = int(ident.removeprefix("customfield_"))
    schema = {"type": kind, **({"items": items} if items else {}), "custom": custom, "customId": number}
    return {**_field(ident, name, True, schema), "untranslatedName": name, "clauseNames": [f"cf[{number}]", name]}


def _field(ident: str, name: str, custom: bool, schema: Json) -> Json:
    about = {
        "id": ident,
        "key": ident,
        "name": name,
        "custom": custom,
        "orderable": True,
        "navigable": True,
        "searchable": True,
    }
    return {**about, "clauseNames": [ident], "schema": schema}


FIELDS: tuple[Json, ...] = (
    _system("summary", "Summary", "string"),
    _system("description", "Description", "string"),
    _system("status", "Status", "status"),
    _system("statuscategorychangedate", "Status Category Changed", "datetime"),
    _system("issuetype", "Issue Type", "issuetype"),
    _system("project", "Project", "project"),
    {key: value for key, value in _field("parent", "Parent", False, {}).items() if key != "schema"},
    _system("priority", "Priority", "priority"),
    _system("resolution", "Resolution", "resolution"),
    _system("resolutiondate", "Resolved", "datetime"),
    _system("assignee", "Assignee", "user"),
    _system("reporter", "Reporter", "user"),
    _system("creator", "Creator", "user"),
    _system("created", "Created", "datetime"),
    _system("updated", "Updated", "datetime"),
    _system("duedate", "Due date", "date"),
    _system("labels", "Labels", "array", "string"),
    _system("components", "Components", "array", "component"),
    _system("fixVersions", "Fix versions", "array", "version"),
    _system("issuelinks", "Linked Issues", "array", "issuelinks"),
    _custom(TEAM, "Team", "team", "com.atlassian.teams:rm-teams-custom-field-team"),
    _custom(STORY_POINTS, "Story point estimate", "number", "com.pyxis.greenhopper.jira:jsw-story-points"),
    _custom("customfield_10019", "Rank", "any", "com.pyxis.greenhopper.jira:gh-lexo-rank"),
    _custom(SPRINT, "Sprint", "array", "com.pyxis.greenhopper.jira:gh-sprint", "json"),
    _custom(FLAGGED, "Flagged", "array", "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes", "option"),
)

TO_DO = {"id": 2, "key": "new", "colorName": "blue-gray", "name": "To Do"}
IN_PROGRESS = {"id": 4, "key": "indeterminate", "colorName": "yellow", "name": "In Progress"}
DONE = {"id": 3, "key": "done", "colorName": "green", "name": "Done"}

STATUSES: dict[str, Json] = {
    "todo": {"id": "10000", "name": "To Do", "statusCategory": TO_DO},
    "doing": {"id": "3", "name": "In Progress", "statusCategory": IN_PROGRESS},
    "review": {"id": "10001", "name": "In Review", "statusCategory": IN_PROGRESS},
    "done": {"id": "10002", "name": "Done", "statusCategory": DONE},
    "dropped": {"id": "10003", "name": "Won't Do", "statusCategory": DONE},
}

ISSUE_TYPES: dict[str, Json] = {
    name: {"id": ident, "name": name, "subtask": level < 0, "hierarchyLevel": level}
    for name, ident, level in (
        ("Initiative", "10010", 2), ("Epic", "10000", 1), ("Story", "10001", 0), ("Task", "10002", 0),
        ("Bug", "10004", 0),
        ("Incident", "10005", 0), ("Sub-task", "10003", -1),
    )
}  # fmt: skip

PRIORITIES: dict[str, Json] = {
    name: {"id": str(at), "name": name} for at, name in enumerate(("Highest", "High", "Medium", "Low", "Lowest"), 1)
}

RESOLUTIONS: dict[str, Json] = {
    name: {"id": str(10_000 + at), "name": name} for at, name in enumerate(("Done", "Won't Do"))
}

COMPONENTS: dict[str, Json] = {
    name: {"id": str(10_200 + at), "name": name} for at, name in enumerate(("API", "UI", "Batch", "Operations"))
}

LINK_TYPES: dict[str, Json] = {
    "Blocks": {"id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
    "Duplicate": {"id": "10002", "name": "Duplicate", "inward": "is duplicated by", "outward": "duplicates"},
    "Relates": {"id": "10003", "name": "Relates", "inward": "relates to", "outward": "relates to"},
}
