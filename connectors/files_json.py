"""What a JSON export holds: tickets, statuses and fields, in any of the shapes that people save."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

PartKind = Literal["jira", "linear", "status", "field", "page", "nodes", "other"]

JIRA_MARK = re.compile(r'"(?:fields|names|schema)"\s*:\s*\{')
LINEAR_MARK = re.compile(r'"identifier"\s*:\s*"[A-Z][A-Z0-9_]*-\d+"')
NUL_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
DEEPEST = 6
LONGEST_INT = 18  # digits: what fits 64 bits, so that no later step overflows

STANDARD_NAMES = {
    "summary": "summary", "description": "description", "issue type": "issuetype", "status": "status",
    "project": "project", "created": "created", "updated": "updated", "resolved": "resolutiondate",
    "resolution": "resolution", "priority": "priority", "assignee": "assignee", "reporter": "reporter",
    "creator": "creator", "due date": "duedate", "labels": "labels", "components": "components",
    "fix versions": "fixVersions", "fix version/s": "fixVersions", "linked issues": "issuelinks",
    "sub-tasks": "subtasks", "parent": "parent", "status category changed": "statuscategorychangedate",
}  # fmt: skip
"""English display names of Jira's own fields, for exports keyed by name that come without a field list."""


class Unreadable(ValueError):
    """A text that is no JSON we can keep; ``str()`` says why in half a sentence."""


class Part(NamedTuple):
    """``page`` is a Jira search page without its issues; ``nodes`` a Linear connection without its nodes."""

    kind: PartKind
    data: dict[str, Any]


def load(text: str) -> Any:
    """The JSON value of a text. Raises Unreadable for broken, too deep, or not exactly storable values (NaN …)."""
    if "\\u0000" in text:
        text = NUL_ESCAPE.sub(r"\1", text)
    try:
        value = json.loads(text, parse_constant=_constant, parse_int=_int, parse_float=_float)
        return _whole_characters(value) if SURROGATE_ESCAPE.search(text) else value
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise Unreadable(f"{error.msg} at {where}column {error.colno}") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None


def _constant(name: str) -> Any:
    raise Unreadable(f"{name} is not a JSON number")


def _int(digits: str) -> int:
    if len(digits) > LONGEST_INT:
        raise Unreadable(f"a number of {len(digits)} digits is too large")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unreadable("a number is too large")
    return number


def _whole_characters(value: Any) -> Any:
    """Half an emoji, cut off by the tracker, cannot be written as UTF-8: it becomes a replacement character."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return value


def part_kind(value: dict[str, Any]) -> PartKind | None:
    """What one JSON object is on its own, or ``None``."""
    ident = value.get("id")
    if isinstance(value.get("fields"), dict) and (_is_id(value.get("key")) or _is_id(ident)):
        return "jira"
    if _is_id(value.get("identifier")) and isinstance(value.get("createdAt"), str):
        return "linear"
    if isinstance(value.get("name"), str) and _is_id(ident):
        if isinstance(value.get("statusCategory"), dict):
            return "status"
        if "clauseNames" in value or ("schema" in value and "navigable" in value):
            return "field"
    return None


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def parts(value: Any, depth: int = 0) -> Iterator[Part]:
    """Everything a JSON value holds, in order; what we do not know comes as ``other``, once each."""
    if isinstance(value, list) and depth < DEEPEST:
        for item in value:
            yield from parts(item, depth + 1)
        return
    if not isinstance(value, dict) or depth >= DEEPEST:
        yield Part("other", {})
        return
    kind = part_kind(value)
    issues = value.get("issues")
    if kind:
        yield Part(kind, value)
    elif isinstance(issues, list):
        yield Part("page", {k: v for k, v in value.items() if k != "issues"})
        yield from parts(issues, depth + 1)
    elif isinstance(issues, dict):
        yield from parts(issues, depth + 1)
    elif isinstance(value.get("nodes"), list):
        yield Part("nodes", {"pageInfo": value.get("pageInfo")})
        yield from parts(value["nodes"], depth + 1)
    elif isinstance(value.get("edges"), list):
        yield Part("nodes", {"pageInfo": value.get("pageInfo")})
        yield from parts([e.get("node") for e in value["edges"] if isinstance(e, dict)], depth + 1)
    elif isinstance(value.get("data"), dict):
        yield from parts(value["data"], depth + 1)
    elif value and all(isinstance(v, dict | list) for v in value.values()):  # file names or query names → contents
        for item in value.values():
            known = list(parts(item, depth + 1))
            yield from known if any(p.kind != "other" for p in known) else [Part("other", {})]
    else:
        yield Part("other", {})


class FieldNames:
    """Maps ``fields`` keyed by display name back to ids; ``unclear`` collects names that several fields
    share, ``unknown`` those that no field has."""

    def __init__(self, field_list: Iterable[dict[str, Any]]) -> None:
        self.unclear: set[str] = set()
        self.unknown: set[str] = set()
        self._ids: set[str] = set(STANDARD_NAMES.values())
        self._own: dict[str, str] = {}
        self._custom: dict[str, list[str]] = {}
        for known in field_list:
            ident, name = str(known.get("id")), str(known.get("name")).lower()
            self._ids.add(ident)
            if known.get("custom") or ident.startswith("customfield_"):
                self._custom.setdefault(name, []).append(ident)
            else:
                self._own[name] = ident

    def _candidates(self, name: str) -> list[str]:
        """Jira's own field wins over custom ones that took its name."""
        lower = name.lower()
        if name in self._ids or lower in self._own:
            return [self._own.get(lower, name)]
        standard = STANDARD_NAMES.get(lower)
        return self._custom.get(lower) or ([standard] if standard else [])

    def native(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The same fields under their ids; a name that is unknown or unclear stays as it is."""
        if not fields.keys().isdisjoint(("issuetype", "summary", "status", "created")):
            return fields
        if fields.keys().isdisjoint(("Issue Type", "Summary", "Status", "Created")):
            return fields
        mapped: dict[str, Any] = {}
        for name, value in fields.items():
            ids = self._candidates(name)
            if len(ids) > 1:
                self.unclear.add(name)
            elif not ids:
                self.unknown.add(name)
            mapped[ids[0] if len(ids) == 1 else name] = value
        return mapped
