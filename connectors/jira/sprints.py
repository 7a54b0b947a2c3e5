"""A sprint as an object, whether Jira sent an object or GreenHopper's text ``…Sprint@1a2b[id=444,name=…]``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from connectors.jira.values import ids, mapping, objects

SPRINT_TEXT = "com.atlassian.greenhopper.service.sprint.Sprint@"
STATED = {
    "id": r"\d+", "rapidViewId": r"\d+", "sequence": r"\d+", "state": r"[A-Za-z]+", "autoStartStop": r"true|false",
    "synced": r"true|false", "closed": r"true|false",
    "startDate": r"[0-9T:.+Z-]+", "endDate": r"[0-9T:.+Z-]+", "completeDate": r"[0-9T:.+Z-]+",
    "activatedDate": r"[0-9T:.+Z-]+", "incompleteIssuesDestinationId": r"-?\d+",
}  # fmt: skip
"""Parts with values of one form; ``name`` and ``goal`` are whatever people wrote, commas and equals signs included."""

PART = re.compile(
    rf"(?:^|,)(?:(?P<free>name|goal)=|(?:{'|'.join(f'(?P<{n}>{n}=(?:{form}|<null>))' for n, form in STATED.items())})(?=,|$))"
)


def sprint_object(value: Any) -> dict[str, Any] | None:
    """The sprint, ``None`` if it is none."""
    if isinstance(value, dict):
        return value if value.get("id") not in (None, "") else None
    _, mark, rest = str(value).partition(SPRINT_TEXT)
    inside = rest.partition("[")[2].rstrip()
    if not mark or not inside:
        return None
    found = _parts(inside.removesuffix("]"))
    return found if "id" in found else None


def _parts(text: str) -> dict[str, str]:
    """What stands before the first free text is sure; of what stands behind it, the last of each part: a name may imitate it."""
    hits = list(PART.finditer(text))
    last: dict[str | None, int] = {
        hit.lastgroup if hit.lastgroup != "free" else hit["free"]: n for n, hit in enumerate(hits)
    }
    first: dict[str | None, int] = {}
    for n, hit in enumerate(hits):
        if hit.lastgroup == "free":
            break
        first.setdefault(hit.lastgroup, n)
    names = [n for n, hit in enumerate(hits) if hit["free"] == "name"]
    chosen = {**last, **first}
    if names:
        chosen["name"] = names[0]
    starts = sorted((hits[n].start(), hits[n].end(), part, hits[n]) for part, n in chosen.items() if part)
    ends = [start for start, *_ in starts[1:]] + [len(text)]
    found = {
        part: text[begin:end] if hit.lastgroup == "free" else hit[part].partition("=")[2]
        for (_, begin, part, hit), end in zip(starts, ends, strict=True)
    }
    return {part: value for part, value in found.items() if value != "<null>"}


def is_sprint_list(value: Any) -> bool:
    """Whether a field's value can only be sprints: how the sprint field is found where no field list came along."""
    first = value[0] if isinstance(value, list) and value else None
    if isinstance(first, dict):
        return "boardId" in first and "state" in first
    return isinstance(first, str) and SPRINT_TEXT in first


class SprintsSeen:
    """Which sprints a scan met in change logs, and which of them some issue described."""

    def __init__(self) -> None:
        self.described: set[str] = set()
        self.mentioned: set[str] = set()

    def note(self, issue: dict[str, Any], histories: Iterable[Any]) -> None:
        for value in mapping(issue.get("fields")).values():
            if is_sprint_list(value):
                self.described |= {str(s["id"]) for s in map(sprint_object, value) if s}
        for entry in histories:
            for item in objects(mapping(entry).get("items")):
                if item.get("field") == "Sprint":
                    for side in ("from", "to"):
                        self.mentioned |= {i for i in ids(str(item.get(side) or "")) if i.isdecimal()}

    def missing(self) -> list[str]:
        """The newest first."""
        return sorted(self.mentioned - self.described, key=int, reverse=True)
