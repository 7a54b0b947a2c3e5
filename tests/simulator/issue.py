"""One issue of the simulated Jira with its change log, and how Jira writes a change down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.text import moment

Json = dict[str, Any]


@dataclass(slots=True)
class Issue:
    """``fields`` is replaced, never changed in place: an answer on its way out keeps what it was given.

    ``histories`` come oldest first, their ``created`` in epoch milliseconds, as ``created`` and ``updated`` here.
    """

    id: str
    key: str
    fields: Json
    histories: tuple[Json, ...]
    created: int
    updated: int

    @property
    def project(self) -> Json:
        project = self.fields.get("project")
        return project if isinstance(project, dict) else {"key": self.key.rpartition("-")[0]}

    @property
    def number(self) -> int:
        tail = self.key.rpartition("-")[2]
        return int(tail) if tail.isdigit() else 0


def millis(value: Any) -> int:
    """Epoch milliseconds of ISO text, an epoch number or a datetime; 0 of anything else."""
    at = value if isinstance(value, datetime) else moment(value)
    return round(at.timestamp() * 1000) if at else 0


def iso(at: int) -> str:
    """``2026-01-02T03:04:05.678+0000``, without the colon that most readers expect."""
    text = datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{at % 1000:03d}+0000"


def issue_of(data: Json, histories: list[Json]) -> Issue:
    """An issue from its REST shape; ``histories`` in any order, their ``created`` in any of Jira's forms."""
    fields = {**data["fields"]}
    log = [{**entry, "created": millis(entry.get("created"))} for entry in histories]
    log.sort(key=lambda entry: (entry["created"], len(str(entry["id"])), str(entry["id"])))
    created = millis(fields.get("created"))
    return Issue(
        str(data["id"]), str(data["key"]), fields, tuple(log), created, millis(fields.get("updated")) or created
    )


def stub(issue: Issue) -> Json:
    """An issue as others embed it: their parent, the other end of their link."""
    parts = ("summary", "status", "priority", "issuetype")
    return {"id": issue.id, "key": issue.key, "fields": {p: issue.fields[p] for p in parts if p in issue.fields}}


def items_of(field_id: str, name: str, old: Any, new: Any) -> list[Json]:
    """The lines of a history entry that say that a field went from ``old`` to ``new`` (REST shapes)."""
    if old == new:
        return []
    if field_id in ("fixVersions", "versions", "components"):
        label = {"fixVersions": "Fix Version", "versions": "Version", "components": "Component"}[field_id]
        gone = [value for value in old or [] if value not in (new or [])]
        came = [value for value in new or [] if value not in (old or [])]
        return [_item(label, field_id, *_side(v), None, None) for v in gone] + [
            _item(label, field_id, None, None, *_side(v)) for v in came
        ]
    if field_id == "parent":
        was, now = old or {}, new or {}
        return [_item("IssueParentAssociation", "", was.get("id"), was.get("key"), now.get("id"), now.get("key"))]
    if field_id == "issuelinks":
        gone, came = ([_link(v) for v in a or [] if v not in (b or [])] for a, b in ((old, new), (new, old)))
        return [_item("Link", "", *side, None, None) for side in gone] + [
            _item("Link", "", None, None, *side) for side in came
        ]
    if field_id == "labels":
        return [_item(name, field_id, "", " ".join(old or []), "", " ".join(new or []))]
    return [_item(name, field_id, *_side(old), *_side(new))]


def _link(link: Json) -> tuple[str, str]:
    """Key of the other issue, and the sentence that Jira writes into the log."""
    side, says = ("outwardIssue", "outward") if "outwardIssue" in link else ("inwardIssue", "inward")
    return link[side]["key"], f"This issue {link['type'][says]} {link[side]['key']}"


def _item(name: str, field_id: str, old: Any, old_text: Any, new: Any, new_text: Any) -> Json:
    kind = "custom" if field_id.startswith("customfield_") else "jira"
    line = {"field": name, "fieldtype": kind, "from": old, "fromString": old_text, "to": new, "toString": new_text}
    return {**line, "fieldId": field_id} if field_id else line


def _side(value: Any) -> tuple[str | None, str | None]:
    if value in (None, [], ""):
        return None, None
    if isinstance(value, dict):
        ident = value.get("accountId") or value.get("id") or value.get("key") or value.get("name")
        text = value.get("displayName") or value.get("name") or value.get("value") or value.get("key")
        return str(ident), str(text)
    if isinstance(value, list):
        sides = [_side(one) for one in value]
        return ", ".join(str(side[0]) for side in sides), ", ".join(str(side[1]) for side in sides)
    return None, f"{value:g}" if isinstance(value, float) else str(value)
