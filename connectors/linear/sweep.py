"""Asks a live Linear workspace which of the issues once seen it still shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from connectors.connector import Checkpoint, How, Missing, Shown

if TYPE_CHECKING:
    from connectors.linear.live import LiveLinear

ASKED_AT_ONCE = 250
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""One entry of another shape, and Linear refuses the whole question."""


def shown_ids(linear: LiveLinear, known: Iterable[str]) -> Iterator[Shown | Checkpoint]:
    """Known ids that are shown today; the last one asked for is the cursor."""
    asked = iter(known)
    while part := list(islice(asked, ASKED_AT_ONCE)):
        yield Shown(tuple(i for i, node in _nodes(linear, part).items() if _how(linear, node) is None))
        yield Checkpoint(part[-1])


def missing(linear: LiveLinear, ids: Sequence[str]) -> Iterator[Missing]:
    """What became of issues that were not shown."""
    for at in range(0, len(ids), ASKED_AT_ONCE):
        part = [i for i in ids[at : at + ASKED_AT_ONCE] if UUID.fullmatch(i)]
        found = _nodes(linear, part)
        for ident in part:
            how = _how(linear, found[ident]) if ident in found else "gone"
            if how is not None:
                yield Missing(ident, how)


def _nodes(linear: LiveLinear, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The issues that Linear still gives, archived ones among them, by id."""
    ids = [i for i in ids if UUID.fullmatch(i)]
    if not ids:
        return {}
    answer = linear.site.ask("ReconcileIssues", ids=ids, first=len(ids))
    return {str(node["id"]): node for node in answer["issues"]["nodes"]}


def _how(linear: LiveLinear, node: dict[str, Any]) -> How | None:
    """Archived is no reason: Linear goes on showing such an issue, and its history says since when."""
    if node.get("trashed"):
        return "trashed"
    team = str(node.get("identifier")).rpartition("-")[0]
    return "outside" if linear.teams and team.lower() not in {t.lower() for t in linear.teams} else None
