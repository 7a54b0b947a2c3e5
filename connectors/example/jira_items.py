"""One line of a Jira change log, as each field writes it, and how Jira writes moments and days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connectors.example.days import calendar_day
from connectors.example.jira_site import FLAGGED, ISSUE_TYPES, PRIORITIES, RESOLUTIONS, STATUSES, STORY_POINTS, Json
from connectors.example.tickets import Edit, Value

Item = dict[str, str | None]


def item(field: str, field_id: str, old: Any, old_text: Any, new: Any, new_text: Any) -> Item:
    """One change; ``IssueParentAssociation`` and ``Key`` come without a field id."""
    kind = "custom" if field_id.startswith("customfield_") else "jira"
    identified = {"fieldId": field_id} if field_id else {}
    return {
        "field": field,
        "fieldtype": kind,
        **identified,
        "from": old,
        "fromString": old_text,
        "to": new,
        "toString": new_text,
    }


NAMED: dict[str, tuple[str, str, dict[str, Json]]] = {
    "status": ("status", "name", STATUSES), "resolution": ("resolution", "name", RESOLUTIONS),
    "urgency": ("priority", "name", PRIORITIES), "type": ("issuetype", "name", ISSUE_TYPES),
}  # fmt: skip
TEXTS = {"title": "summary", "body": "description"}


def plain(edit: Edit) -> Item:
    """A field whose two sides need no look into the company."""
    if edit.field in NAMED:
        field, name, known = NAMED[edit.field]
        old, new = known.get(str(edit.old), {}), known.get(str(edit.new), {})
        return item(field, field, old.get("id"), old.get(name), new.get("id"), new.get(name))
    if edit.field in TEXTS:
        return item(TEXTS[edit.field], TEXTS[edit.field], None, edit.old, None, edit.new)
    if edit.field == "estimate":
        return item("Story point estimate", STORY_POINTS, None, _points(edit.old), None, _points(edit.new))
    if edit.field == "flagged":
        was, now = ("[10019]" if side else "" for side in (edit.old, edit.new))
        return item("Flagged", FLAGGED, was, edit.old or "", now, edit.new or "")
    assert edit.field == "due", edit.field
    was_day, now_day = due(edit.old), due(edit.new)
    return item("duedate", "duedate", was_day, _midnight(was_day), now_day, _midnight(now_day))


def _points(value: Value) -> str | None:
    return f"{value:g}" if isinstance(value, float) else None


def texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def due(value: Value) -> str | None:
    """Drafts write a due date as ``week.weekday``."""
    if value is None:
        return None
    week, weekday = str(value).split(".")
    return calendar_day(int(week) * 5 + int(weekday)).isoformat()


def _midnight(day: str | None) -> str | None:
    return f"{day} 00:00:00.0" if day else None


def jira_time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")[:-6] + "+0000"


def zulu(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"
