"""Which field of a Jira site means what: found by ``schema.custom``, never by id or by name alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.connector import ParseOptions, Payload
from connectors.jira.values import mapping

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
FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
TEXTAREA = "com.atlassian.jira.plugin.system.customfieldtypes:textarea"
CHECKBOXES = "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"
CRITERIA = (
    "acceptance criteria",
    "acceptance criterion",
    "definition of done",
    "done criteria",
    "dod",
    "completion criteria",
)
BY_SCHEMA_AND_NAME = {
    (FLOAT, "story points"): "estimate",
    (CHECKBOXES, "flagged"): "flagged",
    **{(TEXTAREA, name): "criteria" for name in CRITERIA},
}
CONCEPTS = ("estimate", "sprint", "epic_link", "epic_name", "parent_link", "team", "flagged", "criteria")

LOGGED_AS = {
    "status": "status", "resolution": "resolution", "assignee": "assignee", "priority": "urgency",
    "issuetype": "type", "issue type": "type", "type": "type", "labels": "label", "fix version": "version",
    "component": "component", "duedate": "due", "summary": "title", "description": "body", "project": "project",
    "key": "key", "issueparentassociation": "parent", "parent": "parent", "sprint": "sprint",
    "epic link": "epic_link", "parent link": "parent_link", "flagged": "flagged", "team": "team", "link": "link",
}  # fmt: skip
"""Change log names (lower case) of fields whose name Jira fixes, for logs without ``fieldId``."""


@dataclass(slots=True)
class FieldMap:
    """Ids of each concept (several a site, one per team-managed project) and the concept of a logged change.

    ``listed`` holds the ids that the site's own field list names; ``unknown`` what the settings name and the list does not.
    """

    ids: dict[str, list[str]] = field(default_factory=dict)
    custom: dict[str, list[str]] = field(default_factory=dict)
    by_id: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, str] = field(default_factory=lambda: dict(LOGGED_AS))
    listed: frozenset[str] = frozenset()
    unknown: tuple[tuple[str, str], ...] = ()

    def of(self, item: dict[str, Any]) -> tuple[str, str] | None:
        """Concept and field id of one change log item, or ``None`` for what is not kept."""
        field_id = str(item.get("fieldId") or "")
        if field_id in self.by_id:
            return self.by_id[field_id], field_id
        name = str(item.get("field") or "").lower()
        if field_id.startswith("customfield_") and (
            field_id in self.listed or name not in ("sprint", "epic link", "parent link")
        ):
            return None  # a custom field that only shares its name with one of Jira's own
        concept = self.by_name.get(name)
        return (concept, "") if concept else None


def field_map(reference: Iterable[Payload], options: ParseOptions) -> FieldMap:
    """Concepts of a site from its field list (``GET /rest/api/2/field``), its boards and the settings, which come first."""
    payloads = list(reference)
    fields = {p.id: p.data for p in payloads if p.kind == "field"}
    names = {i: str(data.get("name") or i) for i, data in fields.items()}
    found = FieldMap(listed=frozenset(fields))
    unknown: list[tuple[str, str]] = []
    for concept, ids in options.fields.items():
        wanted: list[str] = []
        for ident in ids or (concept,):
            called = [ident] if ident in fields else [i for i, n in names.items() if n.lower() == ident.lower()]
            if fields and not called:
                unknown.append((concept, ident))
            wanted += called or ([ident] if ids else [])
        (found.ids if concept in CONCEPTS else found.custom).setdefault(concept, []).extend(dict.fromkeys(wanted))
    found.unknown = tuple(unknown)
    for known, field_id in [*_of_boards(payloads, fields), *_of_schemas(fields)]:
        if field_id not in found.ids.setdefault(known, []):
            found.ids[known].append(field_id)
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


def _of_boards(payloads: Iterable[Payload], fields: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """What a board estimates in is its estimate, whatever it is called; time and the number of issues are no points."""
    for payload in payloads:
        if payload.kind == "board":
            field_id = str(mapping(mapping(payload.data.get("estimation")).get("field")).get("fieldId") or "")
            if field_id.startswith("customfield_") and (field_id in fields or not fields):
                yield "estimate", field_id


def _of_schemas(fields: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for field_id, data in fields.items():
        custom = str(mapping(data.get("schema")).get("custom") or "")
        called = {str(data.get(part) or "").strip().lower() for part in ("untranslatedName", "name")}
        known = BY_SCHEMA.get(custom) or next(
            (c for n in sorted(called) if (c := BY_SCHEMA_AND_NAME.get((custom, n)))), None
        )
        if known:
            yield known, field_id
