"""Judges what is no Linear issue: projects, initiatives, milestones and cycles, how they hang together, what is said of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from connectors.text import moment
from connectors.ticket import Container, ContainerKind, Relation, Update

Json = dict[str, Any]
Known = Mapping[str, Mapping[str, Json]]
"""Reference nodes by kind of payload and id."""

RELATIONS = {"blocks": "blocks", "duplicate": "duplicates"}
CONTAINERS: dict[str, ContainerKind] = {
    "project": "project", "initiative": "initiative", "milestone": "milestone", "cycle": "cycle",
}  # fmt: skip
UPDATES = (("project_update", "project"), ("initiative_update", "initiative"))
HALF = re.compile(r"(?<=[a-z])(?=[A-Z])")


def ident(value: Any) -> str | None:
    """An id given bare or as an object; a state or label without id goes by its name."""
    if isinstance(value, dict):
        value = value.get("id") or value.get("name")
    return str(value) if value not in (None, "") else None


def container(tracker: str, kind: ContainerKind, data: Json, person: Callable[[Any], str | None]) -> Container:
    state = data.get("status")
    texts = [str(data[key]) for key in ("description", "content") if data.get(key)]
    return Container(
        id=f"{tracker}:{kind}:{data.get('id')}",
        tracker=tracker,
        kind=kind,
        name=str(data.get("name") or (f"Cycle {data['number']}" if data.get("number") else data.get("id"))),
        url=str(data.get("url") or ""),
        state=str((state or {}).get("type") if isinstance(state, dict) else state or "").lower(),
        start=moment(data.get("startsAt") or data.get("startedAt") or data.get("startDate")),
        end=moment(data.get("endsAt") or data.get("targetDate")),
        completed=moment(data.get("completedAt") or data.get("canceledAt")),
        created=moment(data.get("createdAt")),
        owner=person(data.get("owner") or data.get("lead")) or "",
        text="\n\n".join(texts),
    )


def relations(tracker: str, known: Known) -> Iterator[Relation]:
    """What is part of what, and what blocks or duplicates what. A tie holds until it is archived."""

    def part(kind: str, data: Json, whole: str, of: Any, tie: Json) -> Iterator[Relation]:
        own, other = ident(data), ident(of)
        if own and other:
            yield Relation(f"{tracker}:{kind}:{own}", f"{tracker}:{whole}:{other}", "part_of", *_stay(tie))

    for data in known.get("initiative_to_project", {}).values():
        yield from part("project", data.get("project") or {}, "initiative", data.get("initiative"), data)
    for data in known.get("initiative", {}).values():
        yield from part("initiative", data, "initiative", data.get("parentInitiative"), {})
    for data in known.get("relation", {}).values():
        source, target = ident(data.get("issue")), ident(data.get("relatedIssue"))
        if source and target:
            kind = RELATIONS.get(str(data.get("type")), "relates")
            yield Relation(f"{tracker}:{source}", f"{tracker}:{target}", kind, *_stay(data))  # type: ignore[arg-type]


def _stay(tie: Json) -> tuple[datetime | None, datetime | None]:
    return moment(tie.get("createdAt")), moment(tie.get("archivedAt"))


def updates(tracker: str, known: Known, person: Callable[[Any], str | None]) -> Iterator[Update]:
    """Health as Linear has it, in one spelling: onTrack is ``on_track``."""
    for kind, about in UPDATES:
        for data in known.get(kind, {}).values():
            whole, at = ident(data.get(about)), moment(data.get("createdAt"))
            if whole and at:
                yield Update(
                    id=f"{tracker}:update:{data.get('id')}", container=f"{tracker}:{about}:{whole}", moment=at,
                    health=HALF.sub("_", str(data.get("health") or "")).lower(), body=str(data.get("body") or ""),
                    author=person(data.get("user")),
                )  # fmt: skip
