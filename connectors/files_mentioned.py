"""Reference payloads out of the tickets themselves: statuses, projects, states, teams that they mention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.connector import Payload
from connectors.linear.csv_export import DEFAULT_STATES
from connectors.ticket import Problem

LINEAR_KINDS = {
    "state": "state", "team": "team", "project": "project", "projectMilestone": "milestone", "cycle": "cycle",
}  # fmt: skip
"""Key of the embedded object in an issue, and the kind of reference payload it becomes."""


class Mentioned:
    """Collects what issues mention, each thing once; of several mentions the one that says most is kept."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], dict[str, Any]] = {}

    def payloads(self) -> Iterator[Payload]:
        for (kind, ident), data in self._found.items():
            yield Payload(kind, ident, data)

    def problems(self) -> Iterator[Problem]:
        for (kind, _), data in self._found.items():
            if kind == "state" and not data.get("type"):
                what = "the export gives this state no type, and it is none of Linear's own: its tickets have no phase"
                yield Problem("untyped_state", str(data["name"]), what)

    def _keep(self, kind: str, ident: Any, data: dict[str, Any]) -> None:
        if not isinstance(ident, str | int) or isinstance(ident, bool) or ident == "":
            return
        kept = {k: v for k, v in data.items() if v is not None}
        held = self._found.get((kind, str(ident)), {})
        if len(kept) > len(held):
            self._found[kind, str(ident)] = kept

    def field(self, known: dict[str, Any]) -> None:
        self._keep("field", known.get("id"), {k: known.get(k) for k in ("id", "name", "schema")})

    def names(self, holder: dict[str, Any]) -> None:
        """``names`` and ``schema`` of a search page, or of an issue read with ``expand=names,schema``."""
        names, schema = holder.get("names"), holder.get("schema")
        for ident, name in names.items() if isinstance(names, dict) else ():
            described = schema.get(ident) if isinstance(schema, dict) else None
            self._keep("field", ident, {"id": ident, "name": name, "schema": described})

    def status(self, status: Any) -> None:
        if isinstance(status, dict):
            self._keep("status", status.get("id"), {k: status.get(k) for k in ("id", "name", "statusCategory")})

    def jira(self, issue: dict[str, Any]) -> None:
        self.names(issue)
        fields = issue["fields"]
        project = fields.get("project")
        if isinstance(project, dict):
            self._keep("project", project.get("id"), {k: project.get(k) for k in ("id", "key", "name")})
        self.status(fields.get("status"))
        nested = [fields.get("parent"), *_list(fields.get("subtasks"))]
        for link in _list(fields.get("issuelinks")):
            if isinstance(link, dict):
                nested += [link.get("inwardIssue"), link.get("outwardIssue")]
        for other in nested:
            inner = other.get("fields") if isinstance(other, dict) else None
            if isinstance(inner, dict):
                self.status(inner.get("status"))

    def linear(self, node: dict[str, Any]) -> None:
        """A thing without an id goes by its name; a state without a type has the type Linear gives that name."""
        for key, kind in LINEAR_KINDS.items():
            self._linear_object(kind, node.get(key))
        labels = node.get("labels")
        for label in _list(labels.get("nodes") if isinstance(labels, dict) else labels):
            self._linear_object("label", label)

    def _linear_object(self, kind: str, thing: Any) -> None:
        if not isinstance(thing, dict):
            return
        name = thing.get("name") or (thing.get("number") if kind == "cycle" else None)
        if not isinstance(name, str | int):
            return
        ident = thing.get("id") or str(name)
        if kind == "state" and not thing.get("type"):
            thing = {**thing, "type": DEFAULT_STATES.get(str(name).lower())}
        self._keep(kind, ident, {**thing, "id": ident})


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
