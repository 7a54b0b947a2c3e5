"""How a Data Center draws what the world holds in Cloud's shape; what already came from a server passes unchanged."""

from __future__ import annotations

import re
from typing import Any

from connectors.jira.document import plain
from tests.simulator.issue import Issue, Json, iso
from tests.simulator.jira_cloud_shape import TEXTS, chosen
from tests.simulator.world_filling import is_sprints

EPIC_LINK, EPIC_NAME, PARENT_LINK = "customfield_10101", "customfield_10102", "customfield_10103"
CLOUD_ONLY = ("statuscategorychangedate", "parent")
STUBS = ("parent", "outwardIssue", "inwardIssue")
FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"


def _custom(ident: str, name: str, kind: str, custom: str) -> Json:
    about: Json = {"id": ident, "name": name, "custom": True, "orderable": True, "navigable": True, "searchable": True}
    number = int(ident.removeprefix("customfield_"))
    return {
        **about,
        "clauseNames": [f"cf[{number}]", name],
        "schema": {"type": kind, "custom": custom, "customId": number},
    }


OWN_FIELDS = (
    _custom(EPIC_LINK, "Epic Link", "any", "com.pyxis.greenhopper.jira:gh-epic-link"),
    _custom(EPIC_NAME, "Epic Name", "string", "com.pyxis.greenhopper.jira:gh-epic-label"),
    _custom(PARENT_LINK, "Parent Link", "any", "com.atlassian.jpo:jpo-custom-field-parent"),
)


def fields(listed: list[Json]) -> list[Json]:
    """The field list: no ``key``, the estimate a plain number field, and the three fields that stand for ``parent``."""
    out = [_field(entry) for entry in listed if entry["id"] not in CLOUD_ONLY]
    return out if any(_is_epic_link(entry) for entry in listed) else [*out, *OWN_FIELDS]


def _is_epic_link(entry: Json) -> bool:
    return str((entry.get("schema") or {}).get("custom")).endswith("gh-epic-link")


def _field(entry: Json) -> Json:
    out = {name: value for name, value in entry.items() if name not in ("key", "untranslatedName", "scope")}
    if str((entry.get("schema") or {}).get("custom")).endswith("jsw-story-points"):
        number = entry["schema"].get("customId")
        out |= {"name": "Story Points", "clauseNames": [f"cf[{number}]", "Story Points"]}
        out["schema"] = {"type": "number", "custom": FLOAT, "customId": number}
    return out


def shown(issue: Issue, wanted: list[str], base_url: str, sprints_as_text: bool) -> Json:
    """``sprints_as_text``: sprints come as GreenHopper's own text, else as objects."""
    held = {**{n: v for n, v in issue.fields.items() if n != "statuscategorychangedate"}, **_parents(issue)}
    if not _is_subtask(issue) and EPIC_LINK in held:
        held.pop("parent", None)
    names = chosen(held, wanted)
    out: Json = {"expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields", "id": issue.id}
    out |= {"self": f"{base_url}/rest/api/2/issue/{issue.id}", "key": issue.key}
    return {**out, "fields": {name: _value(name, held[name], sprints_as_text) for name in names}}


def _is_subtask(issue: Issue) -> bool:
    return bool((issue.fields.get("issuetype") or {}).get("subtask"))


def _parents(issue: Issue) -> Json:
    """Epic Link, Epic Name and Parent Link, where the world knows levels (so that it came from a Cloud)."""
    level = (issue.fields.get("issuetype") or {}).get("hierarchyLevel")
    if level is None:
        return {}
    parent = issue.fields.get("parent") or {}
    key = parent.get("key") if not _is_subtask(issue) else None
    epic = level == 1
    return {
        EPIC_LINK: key if level == 0 and _parent_level(parent) == 1 else None,
        EPIC_NAME: issue.fields.get("summary") if epic else None,
        PARENT_LINK: key if epic or (level == 0 and _parent_level(parent) > 1) else None,
    }


def _parent_level(parent: Json) -> int:
    """An embedded parent tells its level; one that this account may not see is taken for an epic."""
    return int(((parent.get("fields") or {}).get("issuetype") or {}).get("hierarchyLevel", 1))


def _value(name: str, value: Any, sprints_as_text: bool) -> Any:
    if name in TEXTS and isinstance(value, dict):
        return plain(value)
    if is_sprints(value):
        return [sprint_text(sprint) for sprint in value] if sprints_as_text else value
    if name in STUBS and isinstance(value, dict) and "fields" in value:
        return {**value, "fields": {n: _value(n, v, sprints_as_text) for n, v in value["fields"].items()}}
    if name == "issuelinks" and isinstance(value, list):
        return [{part: _value(part, held, sprints_as_text) for part, held in link.items()} for link in value]
    if name == "issuetype" and isinstance(value, dict):
        return {part: held for part, held in value.items() if part not in ("hierarchyLevel", "entityId", "scope")}
    if name == "project" and isinstance(value, dict):
        return project(value)
    return user(value) if isinstance(value, dict) and "accountId" in value else value


def project(value: Json) -> Json:
    return {part: held for part, held in value.items() if part not in ("style", "simplified", "isPrivate", "entityId")}


def user(value: Json | None) -> Json | None:
    """``name`` and ``key`` in place of the account id; an account that is already a server's stays as it is."""
    if not value or "accountId" not in value:
        return value
    about: Json = {part: value[part] for part in ("displayName", "active", "timeZone") if part in value}
    return {"name": user_name(value["accountId"]), "key": user_key(value["accountId"]), **about}


def user_key(account: str) -> str:
    return "JIRAUSER" + account.rpartition(":")[2][:8]


def user_name(account: str) -> str:
    return "u" + account.rpartition(":")[2][:8]


def sprint_text(sprint: Json) -> str:
    """``com.atlassian.greenhopper.service.sprint.Sprint@1a2b[id=444,rapidViewId=158,state=ACTIVE,…]``."""
    parts = {
        "id": sprint["id"], "rapidViewId": sprint.get("boardId") or sprint.get("originBoardId"),
        "state": str(sprint["state"]).upper(), "name": sprint.get("name"), "startDate": sprint.get("startDate"),
        "endDate": sprint.get("endDate"), "completeDate": sprint.get("completeDate"), "sequence": sprint["id"],
        "goal": sprint.get("goal") or "",
    }  # fmt: skip
    inside = ",".join(f"{name}={'<null>' if value is None else value}" for name, value in parts.items())
    return f"com.atlassian.greenhopper.service.sprint.Sprint@{int(sprint['id']) * 7919:x}[{inside}]"


def changelog(issue: Issue, cut: int | None) -> Json:
    """``expand=changelog``: oldest first and whole, unless ``cut`` holds it to so many with the true ``total``."""
    entries = [_entry(issue, entry) for entry in issue.histories[:cut]]
    return {"startAt": 0, "maxResults": len(entries), "total": len(issue.histories), "histories": entries}


def _entry(issue: Issue, entry: Json) -> Json:
    lines = [_line(issue, line) for line in entry["items"]]
    return {**entry, "author": user(entry.get("author")), "created": iso(entry["created"]), "items": lines}


def _line(issue: Issue, line: Json) -> Json:
    """A server's log has no field ids, names people by key, and calls a parent by the field that held it."""
    out = {name: value for name, value in line.items() if name != "fieldId"}
    for side in ("from", "to"):
        if re.fullmatch(r"\d+:[0-9a-f-]{36}", str(out.get(side))):
            out[side] = user_key(str(out[side]))
    if line["field"] == "Story point estimate":
        out["field"] = "Story Points"
    if line["field"] == "IssueParentAssociation":
        level = (issue.fields.get("issuetype") or {}).get("hierarchyLevel", 0)
        out["field"] = "Parent" if level < 0 else "Epic Link" if level == 0 else "Parent Link"
    return out
