"""What a world is filled from: payloads of a connector, or issues with their change log and no reference data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from connectors.connector import Payload
from tests.simulator.issue import Issue, Json, issue_of

Reference = dict[str, list[Json]]
"""Kind (``field``, ``status``, ``project``, ``sprint``, ``version``, ``issuetype``, ``user``) to REST shapes."""

SYSTEM = {
    "summary": "string", "description": "string", "status": "status", "issuetype": "issuetype", "project": "project",
    "priority": "priority", "resolution": "resolution", "resolutiondate": "datetime", "assignee": "user",
    "reporter": "user", "creator": "user", "created": "datetime", "updated": "datetime", "duedate": "date",
    "labels": "array", "components": "array", "fixVersions": "array", "versions": "array", "issuelinks": "array",
}  # fmt: skip


def of_payloads(payloads: Iterable[Payload]) -> tuple[list[Issue], Reference]:
    """Issues and reference data; what the payloads do not tell about reference is read from the issues."""
    given: Reference = {}
    issues: dict[str, Json] = {}
    logs: dict[str, list[Json]] = {}
    for payload in payloads:
        if payload.kind == "issue":
            issues[payload.id] = payload.data
        elif payload.kind == "history":
            logs.setdefault(payload.id, []).extend(payload.data.get("changeHistories") or [])
        else:
            given.setdefault(payload.kind, []).append(payload.data)
    made = [issue_of(data, [*_embedded(data), *logs.get(ident, [])]) for ident, data in issues.items()]
    return made, completed(made, given)


def of_issues(issues: Iterable[Json], given: Reference | None = None) -> tuple[list[Issue], Reference]:
    """Issues as ``GET issue/{key}?expand=changelog`` gives them."""
    made = [issue_of(data, _embedded(data)) for data in issues]
    return made, completed(made, given or {})


def _embedded(data: Json) -> list[Json]:
    log = data.get("changelog") or {}
    found = log.get("histories") or log.get("values") or []
    return list(found)


def completed(issues: list[Issue], given: Reference) -> Reference:
    """Reference data with what was not given read from the issues; given entries win."""
    found: dict[str, dict[str, Json]] = {kind: {} for kind in ("field", "status", "project", "sprint", "version")}
    found |= {"issuetype": {}, "user": {}}
    for issue in issues:
        for kind, value in _mentions(issue):
            ident = str(value.get("accountId") or value.get("id") or value.get("key") or value.get("name"))
            found[kind].setdefault(ident, value)
    for issue in issues:
        for ident in issue.fields:
            if ident not in found["field"]:
                found["field"][ident] = _field(ident)
    for kind, values in given.items():
        for value in values:
            ident = str(value.get("accountId") or value.get("id") or value.get("key") or value.get("name"))
            found.setdefault(kind, {})[ident] = value
    return {kind: list(values.values()) for kind, values in found.items()}


def _mentions(issue: Issue) -> Iterator[tuple[str, Json]]:
    fields = issue.fields
    for kind, name in (("status", "status"), ("project", "project"), ("issuetype", "issuetype")):
        if isinstance(fields.get(name), dict):
            yield kind, fields[name]
    for name in ("fixVersions", "versions"):
        yield from (("version", version) for version in fields.get(name) or [] if isinstance(version, dict))
    for name in ("assignee", "creator", "reporter"):
        if isinstance(fields.get(name), dict):
            yield "user", fields[name]
    yield from (("user", entry["author"]) for entry in issue.histories if entry.get("author"))
    for value in fields.values():
        if is_sprints(value):
            yield from (("sprint", sprint) for sprint in value)


def is_sprints(value: Any) -> bool:
    """Whether a field's value can only be sprints in object form."""
    first = value[0] if isinstance(value, list) and value else None
    return isinstance(first, dict) and "state" in first and ("boardId" in first or "originBoardId" in first)


def _field(ident: str) -> Json:
    about: Json = {"id": ident, "key": ident, "name": ident, "custom": ident.startswith("customfield_")}
    about |= {"orderable": True, "navigable": True, "searchable": True, "clauseNames": [ident]}
    return {**about, "schema": {"type": SYSTEM[ident], "system": ident}} if ident in SYSTEM else about
