"""Of several mentions of one container, the one that tells most is kept."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.ticket import Container


def richest(containers: Iterable[Container]) -> Iterable[Container]:
    """One container an id: the one that tells most (an issue names a sprint without the dates the sprint list has)."""
    best: dict[str, Container] = {}
    for c in containers:
        held = best.get(c.id)
        if held is None or _told(c) >= _told(held):
            best[c.id] = c
    return best.values()


def _told(c: Container) -> int:
    return sum(
        v not in (None, "") for v in (c.start, c.end, c.completed, c.state, c.key, c.url, c.created, c.owner, c.text)
    )
