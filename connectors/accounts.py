"""Everyone a payload names, whatever tracker it came from: people are told from things by the shape they are sent in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from connectors.connector import Payload
from connectors.jira.values import mapping
from connectors.ticket import Account

ROLES = frozenset(
    {
        "assignee", "reporter", "creator", "author", "updateauthor", "user", "lead", "owner", "actor", "approver", "subscriber",
        "snoozedby",
    }
)  # fmt: skip
"""Keys under which a bare ``{id, name}`` is someone."""

NO_ONE = frozenset({"fieldId", "projectId", "projectKey", "schema", "hierarchyLevel", "statusCategory"})
"""Keys that no user has, though fields, boards and places have a displayName too."""

HANDLES = ("emailAddress", "email", "accountId", "key", "id", "userId")
COLUMNS = frozenset(
    column for role in ("assignee", "reporter", "creator", "watchers", "approvers", "project lead", "owner", "subscribers")
    for column in (role, f"{role} id")
)  # fmt: skip
"""Columns of a CSV, in small letters, that hold people."""


class Accounts:
    """Reads accounts out of payloads. ``reference`` tells which fields of a Jira hold users."""

    def __init__(self, reference: Iterable[Payload]) -> None:
        self.reference = list(reference)
        self.user_fields = set(ROLES)
        for payload in self.reference:
            if payload.kind == "field":
                schema = mapping(payload.data.get("schema"))
                if "user" in (schema.get("type"), schema.get("items")):
                    self.user_fields |= {payload.id.lower(), str(payload.data.get("name") or "").lower()}

    def listed(self) -> set[Account]:
        """Those that the reference payloads name; a payload of kind ``user`` is one."""
        found: set[Account] = set()
        for payload in self.reference:
            if payload.kind == "user":
                found |= set(_someone(payload.data, True))
            found |= self.named(payload)
        return found

    def named(self, payload: Payload) -> set[Account]:
        """Those that one payload names, each once."""
        row = payload.data.get("csv")
        if isinstance(row, dict):
            return set(_of_row(row))
        found: set[Account] = set()
        stack: list[tuple[str, Any]] = [("", payload.data)]
        while stack:
            key, value = stack.pop()
            if isinstance(value, dict):
                if "displayName" in value or "name" in value or "emailAddress" in value:
                    found.update(_someone(value, key.lower() in self.user_fields))
                if "toString" in value and self._is_user_field(value):
                    found.update(_of_change(value))
                stack.extend((k, v) for k, v in value.items() if isinstance(v, dict | list))
            else:
                stack.extend((key, v) for v in value if isinstance(v, dict | list))
        return found

    def _is_user_field(self, item: dict[str, Any]) -> bool:
        return any(str(item.get(k) or "").lower() in self.user_fields for k in ("fieldId", "field"))


def _someone(data: dict[str, Any], expected: bool) -> Iterator[Account]:
    """A user object. Programs that say that they are one (Jira's ``accountType``, Linear's ``app``) are nobody."""
    looks = "displayName" in data or "emailAddress" in data or ("email" in data and "name" in data)
    if not (looks or expected) or NO_ONE & data.keys() or data.get("accountType") == "app" or data.get("app") is True:
        return
    name, shown = _text(data.get("name")), _text(data.get("displayName"))
    handles = [_text(data.get(k)) for k in HANDLES]
    # Jira DC: name is the user name; Linear: displayName is. Whatever has no space is taken for one.
    names = [n for n in (name, shown) if n and not _is_handle(n)]
    handles += [n for n in (name, shown) if n and _is_handle(n)]
    yield Account(tuple(names), tuple(h for h in dict.fromkeys(handles) if h))


def _of_change(item: dict[str, Any]) -> Iterator[Account]:
    for ident, text in (("from", "fromString"), ("to", "toString")):
        given = [_text(item.get(text)), _text(item.get(ident))]
        yield _called([g for g in given if g])


def _of_row(row: dict[str, Any]) -> Iterator[Account]:
    for column, cell in row.items():
        if str(column).lower() in COLUMNS:
            for value in cell if isinstance(cell, list) else [cell]:
                yield _called([_text(value)])


def _called(given: list[str]) -> Account:
    names = [g for g in given if g and not _is_handle(g)]
    return Account(tuple(names), tuple(g for g in given if g and _is_handle(g)))


def _is_handle(text: str) -> bool:
    """Names that are displayed have a space in them, or are written without any in scripts that know none."""
    return text.isascii() and " " not in text.strip()


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
