"""Connections as Linear pages them: newest first, 1 to 250 rows, cursors that mean nothing to the caller."""

from __future__ import annotations

import base64
import json
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.simulator.linear_errors import Json, argument_error, input_error
from tests.simulator.linear_filters import Match
from tests.simulator.linear_world import Key, LinearWorld

Style = Literal["key", "id"]
LARGEST = 250
DEFAULT = 50


@dataclass(frozen=True, slots=True)
class Cursors:
    """``key``: base64 of where the page ended. ``id``: the bare id of its last row, so the next page starts where that
    row stands by then. Both were seen in real workspaces."""

    style: Style = "key"

    def write(self, key: Key) -> str:
        if self.style == "id":
            return key[1]
        return base64.b64encode(json.dumps({"key": key[0], "id": key[1]}).encode()).decode()

    def read(self, cursor: str, world: LinearWorld, kind: str, by: str) -> Key:
        try:
            if self.style == "key":
                found = json.loads(base64.b64decode(cursor, validate=True))
                return str(found["key"]), str(found["id"])
            return world.key(world.of(kind).get(cursor) or world.gone[cursor], by)
        except (ValueError, KeyError, TypeError):
            raise input_error("Invalid cursor", "The cursor is not valid.") from None


def rows_asked(arguments: Json) -> int:
    """``first``, checked at both ends."""
    first = arguments.get("first")
    if first is None:
        return DEFAULT
    if first > LARGEST:
        raise argument_error(dict(arguments), "first", "max", f"first must not be greater than {LARGEST}")
    if first < 1:
        raise argument_error(dict(arguments), "first", "min", "first must not be less than 1")
    return int(first)


def root_page(world: LinearWorld, cursors: Cursors, kind: str, match: Match, arguments: Json) -> Json:
    """One page of a root connection; archived rows only where they are asked for."""
    first, by = rows_asked(arguments), arguments.get("orderBy") or "createdAt"
    archived, after = arguments.get("includeArchived"), arguments.get("after")
    keys = world.order(kind, by)
    end = bisect_left(keys, cursors.read(after, world, kind, by)) if after else len(keys)
    found: list[Json] = []
    for node in _down(world, kind, keys, end):
        if (archived or node.get("archivedAt") is None) and world.visible(kind, node) and match(node):
            found.append(node)
            if len(found) > first:
                break
    page = found[:first]
    last = cursors.write(world.key(page[-1], by)) if page else None
    return {"nodes": page, "pageInfo": {"hasNextPage": len(found) > first, "endCursor": last}}


def nested_page(rows: list[Json], arguments: Json) -> Json:
    """One page of a connection inside a node; its rows come in their order and its cursors are bare ids."""
    first, after, start = rows_asked(arguments), arguments.get("after"), 0
    if after:
        start = 1 + next((at for at, row in enumerate(rows) if row["id"] == after), -2)
        if start < 0:
            raise input_error("Invalid cursor", "The cursor is not valid.")
    page = rows[start : start + first]
    return {
        "nodes": page,
        "pageInfo": {"hasNextPage": start + first < len(rows), "endCursor": page[-1]["id"] if page else None},
    }


def _down(world: LinearWorld, kind: str, keys: list[Key], end: int) -> Iterator[Json]:
    nodes = world.of(kind)
    for at in range(end - 1, -1, -1):
        yield nodes[keys[at][1]]
