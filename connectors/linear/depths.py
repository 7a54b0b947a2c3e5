"""Fetches what lies inside issues, their change logs or their stays in states, in requests as large as Linear takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from connectors.linear.pages import MOST_PAGES, next_cursor
from connectors.linear.site import CEILING, NotFound, Site, TooComplex

LARGEST = 250
DEEPER = 4
"""How much more is asked of each issue whose log did not fit: many short logs are one request, few are long."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """``area``: issues × entries that one request may ask for by the published rule; ``rest`` pages one issue's log."""

    operation: str
    connection: str
    argument: str
    entries: int
    area: int
    rest: str = ""


PUBLISHED = {
    "full": Kind("IssueHistories", "history", "historyFirst", 30, 600, "IssueHistoryOf"),
    "states": Kind("IssueStateSpans", "stateHistory", "spans", 25, 2_500),
}


class Depth:
    """Starts with what the published rule allows and grows to what ``X-Complexity`` shows that the server counts."""

    def __init__(self, site: Site, history: Literal["full", "states"]) -> None:
        self.site, self.kind = site, PUBLISHED[history]
        self.area = self.kind.area

    def unmultiplied(self) -> None:
        """Linear does not multiply issues by their page, so whole pages of issues are asked for with long logs."""
        self.area = max(self.area, LARGEST * LARGEST)

    def of(self, ids: list[str]) -> Iterator[tuple[str, Json]]:
        """Whole logs by issue id. Those that do not fit are asked for again, longer, and the longest to their end."""
        waiting = ids
        entries = max(self.kind.entries, min(LARGEST, self.area // LARGEST))
        while waiting:
            longer: list[str] = []
            at = 0
            while at < len(waiting):
                rows = max(1, min(LARGEST, self.area // entries))
                part = waiting[at : at + rows]
                nodes = self._asked(part, rows, entries)
                if nodes is None:
                    entries = min(entries, max(1, self.area))
                    continue
                at += len(part)
                for node in nodes:
                    log = node[self.kind.connection]
                    if not log["pageInfo"]["hasNextPage"]:
                        yield str(node["id"]), {self.kind.connection: log}
                    elif entries < min(LARGEST, self.area):
                        longer.append(str(node["id"]))
                    elif ended := self._ended(str(node["id"]), log):
                        yield str(node["id"]), {self.kind.connection: ended}
            waiting, entries = longer, min(LARGEST, entries * DEEPER)

    def _asked(self, ids: list[str], rows: int, entries: int) -> list[Json] | None:
        """``None`` if it was too complex; less is asked for from then on."""
        depth = {self.kind.argument: entries}
        try:
            answer = self.site.ask(self.kind.operation, first=len(ids), filter={"id": {"in": ids}}, **depth)
        except TooComplex:
            if self.area <= 1:
                raise
            self.area = max(1, min(self.area, len(ids) * entries) // 2)
            return None
        if len(ids) == rows and self.site.cost > 0:
            self.area = max(self.area, int(len(ids) * entries * CEILING / self.site.cost))
        nodes: list[Json] = answer["issues"]["nodes"]
        return nodes

    def _ended(self, ident: str, log: Json) -> Json | None:
        """A log with its further pages; cut short as it is where Linear has no way to ask; ``None`` if its issue went."""
        if not self.kind.rest:
            return log
        nodes, info, seen = list(log["nodes"]), log["pageInfo"], set[str]()
        for _ in range(MOST_PAGES):
            if not info["hasNextPage"]:
                break
            try:
                issue = self.site.ask(self.kind.rest, id=ident, after=next_cursor(info, seen))["issue"]
            except NotFound:
                return None
            page = issue[self.kind.connection]
            nodes += page["nodes"]
            info = page["pageInfo"]
        return {"pageInfo": info, "nodes": nodes}
