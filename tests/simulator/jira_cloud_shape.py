"""How Jira Cloud draws an issue and its history: which fields, which text form, how much of the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.jira.document import plain
from tests.simulator.issue import Issue, Json, iso

TEXTS = ("description", "environment")


def shown(issue: Issue, wanted: list[str], version: str, base_url: str) -> Json:
    """Only the id where no more was asked for; v2 gives long texts as strings, v3 as Atlassian Document Format."""
    if set(wanted) <= {"id"}:
        return {"id": issue.id}
    out: Json = {
        "expand": "",
        "id": issue.id,
        "self": f"{base_url}/rest/api/{version}/issue/{issue.id}",
        "key": issue.key,
    }
    names = chosen(issue.fields, wanted)
    if names:
        out["fields"] = {
            name: _text(issue.fields[name], version) if name in TEXTS else issue.fields[name] for name in names
        }
    return out


def chosen(fields: Json, wanted: list[str]) -> list[str]:
    """Field ids that a list such as ``["*all", "-comment"]`` or ``["summary", "status"]`` asks for."""
    less = {name[1:] for name in wanted if name.startswith("-")}
    if {"*all", "*navigable"} & set(wanted):
        return [name for name in fields if name not in less]
    return [name for name in dict.fromkeys(wanted) if name in fields and name not in less]


def _text(value: Any, version: str) -> Any:
    if version == "2":
        return plain(value) if isinstance(value, dict) else value
    if not isinstance(value, str):
        return value
    blocks = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in value.split("\n") if line]
    return {"type": "doc", "version": 1, "content": blocks}


def history(entry: Json, moment: Callable[[int], Any]) -> Json:
    """One history; ``moment`` writes its time, ISO in most places and epoch milliseconds in changelog/bulkfetch."""
    return {**entry, "created": moment(entry["created"])}


def embedded(issue: Issue, cap: int) -> Json:
    """``expand=changelog``: at most the ``cap`` most recent, newest first, with the true ``total``."""
    newest = [history(entry, iso) for entry in reversed(issue.histories)][:cap]
    return {"startAt": 0, "maxResults": len(newest), "total": len(issue.histories), "histories": newest}
