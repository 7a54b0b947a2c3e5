"""What an issue's links say today, and since when and until when its change log says that they were there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.jira.values import mapping, objects
from connectors.ticket import Relation, RelationType

if TYPE_CHECKING:
    from connectors.jira.reading import Reading

RELATIONS: dict[str, RelationType] = {"block": "blocks", "duplicate": "duplicates", "clone": "duplicates"}
OUTWARD: dict[str, RelationType] = {"blocks": "blocks", "duplicates": "duplicates", "clones": "duplicates"}
"""What Jira's own types of link are called where the issue is their source."""

OPENING = "This issue "


@dataclass(frozen=True, slots=True)
class _Stay:
    since: datetime | None
    until: datetime | None


def relations(reading: Reading) -> Iterator[Relation]:
    """Links of today by the other issue's id, and those that the log saw end by its key (``@PAY-13``).

    Both issues log a link. One that has ended is told by its source alone; one that the log does not know is of unknown age.
    """
    stays = _stays(reading)
    tracker, outward = reading.site.tracker, dict(OUTWARD)
    for link in objects(reading.raw.get("issuelinks")):
        kind, type_ = _kind(link), mapping(link.get("type"))
        outward[str(type_.get("outward") or "").lower()] = kind
        for side, says in (("outwardIssue", "outward"), ("inwardIssue", "inward")):
            other = mapping(link.get(side))
            if not other.get("id"):
                continue
            logged = stays.get((str(type_.get(says) or "").lower(), str(other.get("key") or "")), [])
            since = logged[-1].since if logged and logged[-1].until is None else None
            ends = (reading.id, f"{tracker}:{other['id']}")
            yield Relation(*(ends if side == "outwardIssue" else ends[::-1]), kind, since)
    for (phrase, key), logged in sorted(stays.items()):
        if phrase in outward:
            ended = [s for s in logged if s.until is not None]
            yield from (Relation(reading.id, f"@{key}", outward[phrase], s.since, s.until) for s in ended)


def _kind(link: dict[str, Any]) -> RelationType:
    name = str(mapping(link.get("type")).get("name") or "").lower()
    return next((v for k, v in RELATIONS.items() if name.startswith(k)), "relates")


def _stays(reading: Reading) -> dict[tuple[str, str], list[_Stay]]:
    """By phrase and key, oldest first."""
    found: dict[tuple[str, str], list[_Stay]] = {}
    for at, _, (gone, was, came, now) in reading.log.by_concept.get("link", []):
        if gone and was and (phrase := _phrase(was, gone)):
            held = found.setdefault((phrase, gone), [])
            open_ = held.pop() if held and held[-1].until is None else _Stay(None, None)
            held.append(_Stay(open_.since, max(at, reading.created)))
        if came and now and (phrase := _phrase(now, came)):
            found.setdefault((phrase, came), []).append(_Stay(max(at, reading.created), None))
    return found


def _phrase(said: str, key: str) -> str:
    """*blocks* of ``This issue blocks PAY-13``; empty where Jira was told to say it otherwise."""
    inside = said.removeprefix(OPENING).removesuffix(f" {key}")
    return inside.lower() if len(inside) == len(said) - len(OPENING) - len(key) - 1 else ""
