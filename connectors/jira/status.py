"""Status to phase: by category key, by default name where a deleted status left only that, else as in progress."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectors.connector import Payload
from connectors.jira.values import mapping

CATEGORY_PHASE = {"new": "todo", "indeterminate": "doing", "done": "done", "undefined": "todo"}
CATEGORY_ID = {"1": "undefined", "2": "new", "3": "done", "4": "indeterminate"}
NAME_PHASE = {
    "open": "todo", "to do": "todo", "backlog": "todo", "reopened": "todo", "selected for development": "todo",
    "in progress": "doing", "in review": "doing",
    "resolved": "done", "closed": "done", "done": "done",
}  # fmt: skip
"""Names Jira itself ships; used only where the category is not known."""


class Statuses:
    """``unknown`` collects (lower case) the names that had to be taken as in progress."""

    def __init__(self, reference: Iterable[Payload], cancelled: frozenset[str]) -> None:
        self.cancelled = cancelled
        self.unknown: set[str] = set()
        self.unknown_categories: set[str] = set()
        self._names: dict[str, str] = {}
        self._phase_by_id: dict[str, str] = {}
        self._phases_by_name: dict[tuple[str, str], set[str]] = {}
        for payload in reference:
            if payload.kind == "status":
                self._learn(payload)

    def _learn(self, payload: Payload) -> None:
        name = str(payload.data.get("name") or "")
        ident = str(payload.data.get("id") or payload.id)
        phase = self._of_category(payload.data.get("statusCategory"))
        self._names[ident] = name
        if phase:
            self._phase_by_id[ident] = phase
            scope = mapping(mapping(payload.data.get("scope")).get("project")).get("id")
            for project in {"", str(scope or "")}:
                self._phases_by_name.setdefault((project, name.lower()), set()).add(phase)

    def name(self, ident: Any, text: str | None) -> str | None:
        """Today's name of a status id, else the name written down at the time."""
        return self._names.get(str(ident)) or text or (str(ident) if ident else None)

    def phase(self, ident: Any, text: str | None, category: Any = None, project: str = "") -> str | None:
        """Phase of a status: its own category, its id's, its name's in the project, its name's if all statuses so named
        agree, Jira's default."""
        known = self._of_category(category) or self._phase_by_id.get(str(ident))
        if known:
            return known
        name = (text or "").lower()
        if not name and not ident:
            return None
        for place in (project, ""):
            same_name = self._phases_by_name.get((place, name), set())
            if len(same_name) == 1:
                return next(iter(same_name))
        if name in NAME_PHASE:
            return NAME_PHASE[name]
        if name in self.cancelled:
            return "cancelled"
        self.unknown.add(name or str(ident))
        return "doing"

    def settle(self, phase: str | None, resolution: str | None) -> str | None:
        """A finished ticket whose resolution says it was dropped is cancelled, not done."""
        return "cancelled" if phase == "done" and (resolution or "").lower() in self.cancelled else phase

    def _of_category(self, category: Any) -> str | None:
        """A category that Jira does not have today counts as in progress, and is told of."""
        if not isinstance(category, dict):
            return None
        key = str(category.get("key") or "")
        phase = CATEGORY_PHASE.get(key) or CATEGORY_PHASE.get(CATEGORY_ID.get(str(category.get("id")), ""))
        if phase is None and key:
            self.unknown_categories.add(key)
            return "doing"
        return phase
