"""Which field of a Jira site means what: found by ``schema.custom``, never by id or by name alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from connectors.connector import ParseOptions, Payload

GREENHOPPER = "com.pyxis.greenhopper.jira:"
BY_SCHEMA = {
    f"{GREENHOPPER}gh-sprint": "sprint",
    f"{GREENHOPPER}gh-epic-link": "epic_link",
    f"{GREENHOPPER}gh-epic-label": "epic_name",
    f"{GREENHOPPER}jsw-story-points": "estimate",
    "com.atlassian.jpo:jpo-custom-field-parent": "parent_link",
    "com.atlassian.teams:rm-teams-custom-field-team": "team",
    "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team": "team",
}
BY_SCHEMA_AND_NAME = {
    ("com.atlassian.jira.plugin.system.customfieldtypes:float", "story points"): "estimate",
    ("com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes", "flagged"): "flagged",
}
CONCEPTS = ("estimate", "sprint", "epic_link", "epic_name", "parent_link", "team", "flagged")

LOGGED_AS = {
    "status": "status", "resolution": "resolution", "assignee": "assignee", "priority": "urgency",
    "issuetype": "type", "issue type": "type", "type": "type", "labels": "label", "fix version": "version",
    "component": "component", "duedate": "due", "summary": "title", "description": "body", "project": "project",
    "key": "key", "issueparentassociation": "parent", "parent": "parent", "sprint": "sprint",
    "epic link": "epic_link", "parent link": "parent_link", "flagged": "flagged", "team": "team",
}  # fmt: skip
"""Change log names (lower case) of fields whose name Jira fixes, for logs without ``fieldId``."""


@dataclass(slots=True)
class FieldMap:
    """Ids of each concept (several a site, one per team-managed project) and the concept of a logged change."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    custom: dict[str, list[str]] = field(default_factory=dict)
    by_id: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, str] = field(default_factory=lambda: dict(LOGGED_AS))

    def of(self, item: dict[str, Any]) -> tuple[str, str] | None:
        """Concept and field id of one change log item, or ``None`` for what is not kept."""
        field_id = str(item.get("fieldId") or "")
        if field_id in self.by_id:
            return self.by_id[field_id], field_id
        name = str(item.get("field") or "").lower()
        if field_id.startswith("customfield_") and name not in ("sprint", "epic link", "parent link"):
            return None  # a custom field that only shares its name with one of Jira's own
        concept = self.by_name.get(name)
        return (concept, "") if concept else None


def field_map(reference: Iterable[Payload], options: ParseOptions) -> FieldMap:
    """Concepts of a site from its field list (``GET /rest/api/2/field``) and the settings; settings come first."""
    found = FieldMap()
    names: dict[str, str] = {}
    for payload in reference:
        if payload.kind == "field":
            names[payload.id] = str(payload.data.get("name") or payload.id)
    for concept, ids in options.fields.items():
        wanted = list(ids) or [i for i, name in names.items() if name.lower() == concept.lower()]
        (found.ids if concept in CONCEPTS else found.custom).setdefault(concept, []).extend(wanted)
    for payload in reference:
        if payload.kind != "field":
            continue
        schema = payload.data.get("schema") or {}
        custom = str(schema.get("custom") or "") if isinstance(schema, dict) else ""
        known = BY_SCHEMA.get(custom) or BY_SCHEMA_AND_NAME.get((custom, names[payload.id].lower()))
        if known and payload.id not in found.ids.setdefault(known, []):
            found.ids[known].append(payload.id)
    for concept, listed in [*found.ids.items(), *((f"custom:{n}", ids) for n, ids in found.custom.items())]:
        for field_id in listed:
            found.by_id[field_id] = concept
            if field_id in names:
                found.by_name.setdefault(names[field_id].lower(), concept)
    for name in found.custom:
        found.by_name.setdefault(name.lower(), f"custom:{name}")
    if found.ids.get("estimate"):
        for name in ("story points", "story point estimate"):
            found.by_name.setdefault(name, "estimate")
    return found


SPRINT_TEXT = "com.atlassian.greenhopper.service.sprint.Sprint@"
SPRINT_PARTS = {
    "id": re.compile(r"[\[,]id=(\d+)"),
    "name": re.compile(r"[\[,]name=(.*?),(?:startDate|goal|state|sequence|endDate|completeDate|id)="),
    "state": re.compile(r"[\[,]state=(\w+)"),
    "startDate": re.compile(r"[\[,]startDate=([^,\]]+)"),
    "endDate": re.compile(r"[\[,]endDate=([^,\]]+)"),
    "completeDate": re.compile(r"[\[,]completeDate=([^,\]]+)"),
}


def sprint_object(value: Any) -> dict[str, Any] | None:
    """A sprint as an object, whether Jira sent an object or the text ``…Sprint@1a2b[id=444,name=…]``."""
    if isinstance(value, dict):
        return value if value.get("id") is not None else None
    text = str(value)
    if SPRINT_TEXT not in text:
        return None
    hits = {part: pattern.search(text) for part, pattern in SPRINT_PARTS.items()}
    found = {part: hit.group(1) for part, hit in hits.items() if hit and hit.group(1) != "<null>"}
    return found if "id" in found else None


def is_sprint_list(value: Any) -> bool:
    """Whether a field's value can only be sprints: how the sprint field is found where no field list came along."""
    first = value[0] if isinstance(value, list) and value else None
    if isinstance(first, dict):
        return "boardId" in first and "state" in first
    return isinstance(first, str) and SPRINT_TEXT in first
