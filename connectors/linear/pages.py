"""Follows a connection page by page to its end; a list that would never end is a fault of the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from connectors.connector import Malformed
from connectors.linear.site import Site, TooComplex

MOST_PAGES = 200_000
Json = dict[str, Any]


def follow(
    site: Site,
    operation: str,
    connection: str,
    fetched: Json | None = None,
    smaller: Callable[[], Json] | None = None,
    **variables: Any,
) -> Iterator[list[Json]]:
    """Rows of a root connection, a page at a time. ``fetched`` is its first page if that is there already.

    ``smaller`` gives the variables of the next try where a page was too complex. Raises TooComplex without it.
    """
    after, seen = None, set[str]()
    for _ in range(MOST_PAGES):
        more: Json = {"after": after} if after else {}
        try:
            found = fetched or site.ask(operation, **variables, **more)[connection]
        except TooComplex:
            if smaller is None:
                raise
            variables |= smaller()
            continue
        fetched = None
        yield found["nodes"]
        if not found["pageInfo"]["hasNextPage"]:
            return
        after = next_cursor(found["pageInfo"], seen)


def next_cursor(info: Json, seen: set[str]) -> str:
    """The next cursor. Raises Malformed for one that is missing or was seen before."""
    cursor = info.get("endCursor")
    if not cursor or cursor in seen:
        raise Malformed("Linear gave no new page cursor, so the list would never end. Pull again later.")
    seen.add(str(cursor))
    return str(cursor)
