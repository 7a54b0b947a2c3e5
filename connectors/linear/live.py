"""Fetches a live Linear workspace: reference data whole, issues by filter, their histories in pages that fit the limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from connectors.connector import Checkpoint, Fatal, Malformed, ParseOptions, Parser, Payload
from connectors.linear.site import CEILING, Site, TooComplex
from connectors.ticket import Problem

REFERENCE = (  # kind of payload, operation, name of the connection
    ("team", "Teams", "teams"), ("state", "WorkflowStates", "workflowStates"), ("user", "Users", "users"),
    ("label", "IssueLabels", "issueLabels"), ("initiative", "Initiatives", "initiatives"),
    ("initiative_to_project", "InitiativeToProjects", "initiativeToProjects"), ("project", "Projects", "projects"),
    ("milestone", "ProjectMilestones", "projectMilestones"), ("project_update", "ProjectUpdates", "projectUpdates"),
    ("cycle", "Cycles", "cycles"), ("relation", "IssueRelations", "issueRelations"),
)  # fmt: skip
MOST_PAGES = 200_000


class LiveLinear:
    """One workspace as a connector. ``teams``: keys to read, all that the key sees if empty."""

    kind = "linear"
    live = True

    def __init__(self, name: str, site: Site, teams: Sequence[str] = ()) -> None:
        self.name, self.site, self.teams = name, site, tuple(teams)
        self.source = "Linear"
        self.sizes = {"Issues": 250, "IssueHistories": 20}

    def parser(self, reference: Iterable[Payload], options: ParseOptions) -> Parser:
        from connectors.linear.parse import LinearParser

        return LinearParser(self.name, reference, options)

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem | Checkpoint]:
        if not cursor:
            for kind, operation, connection in REFERENCE:
                nodes = list(self._nodes(operation, connection))
                if kind == "team":
                    self._all_seen([str(node["key"]) for node in nodes])
                yield from (Payload(kind, str(node["id"]), node) for node in nodes)
        yield from self._issues(since, cursor)

    def _all_seen(self, keys: Sequence[str]) -> None:
        """A team that is not there filters everything out without a word. Raises Fatal."""
        missing = sorted(set(self.teams) - set(keys))
        if missing:
            shown = f"{', '.join(sorted(keys)[:6])}{' …' if len(keys) > 6 else ''}"
            raise Fatal(
                f"Linear shows this key no team {', '.join(missing)}. "
                f"Correct teams: to keys that are shown ({shown or 'none'}), or give the key access to it."
            )

    def _filter(self, since: datetime | None, cursor: str) -> dict[str, Any]:
        """Archiving and trashing do not touch updatedAt, so both are asked for."""
        wanted: dict[str, Any] = {}
        if since is not None:
            at = since.isoformat()
            wanted["or"] = [{"updatedAt": {"gte": at}}, {"archivedAt": {"gte": at}}]
        if cursor:
            wanted["createdAt"] = {"lte": cursor}
        if self.teams:
            wanted["team"] = {"key": {"in": list(self.teams)}}
        return wanted

    def _issues(self, since: datetime | None, cursor: str) -> Iterator[Payload | Problem | Checkpoint]:
        """Newest first by creation, which never changes, so that pages do not shift while the scan runs."""
        for page in self._pages("Issues", "issues", filter=self._filter(since, cursor)):
            histories = dict(self._histories([str(node["id"]) for node in page]))
            for node in page:
                ident = str(node["id"])
                yield Payload("issue", ident, node)
                if ident in histories:
                    yield Payload("history", ident, {"id": ident, "history": {"nodes": histories[ident]}})
                else:
                    yield Problem(
                        "history_missing", str(node.get("identifier")), "its history was not given; it may be gone"
                    )
            if page:
                yield Checkpoint(str(page[-1]["createdAt"]))

    def _histories(self, ids: list[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Whole histories of issues: a page for many, then the rest of those that have more."""
        at = 0
        while at < len(ids):
            part = ids[at : at + self.sizes["IssueHistories"]]
            answer = self._sized("IssueHistories", len(part), filter={"id": {"in": part}})
            if answer is None:
                continue  # the page was too dear and is smaller now
            at += len(part)
            for node in answer["issues"]["nodes"]:
                history = node["history"]
                nodes = list(history["nodes"])
                if history["pageInfo"]["hasNextPage"]:
                    nodes += self._rest(str(node["id"]), history["pageInfo"]["endCursor"])
                yield str(node["id"]), nodes

    def _rest(self, ident: str, after: str | None) -> Iterator[dict[str, Any]]:
        while after:
            history = self.site.ask("IssueHistoryOf", id=ident, after=after)["issue"]["history"]
            yield from history["nodes"]
            info = history["pageInfo"]
            after = _next(info, {after}) if info["hasNextPage"] else None

    def _sized(self, operation: str, size: int, **variables: Any) -> dict[str, Any] | None:
        """An answer with a page of ``size``; ``None`` if that was too complex, and the page is halved for the next try.

        Where the server counts less than the published rule, pages grow to what it would still take.
        """
        try:
            answer = self.site.ask(operation, first=size, **variables)
        except TooComplex:
            if self.sizes[operation] <= 1:
                raise
            self.sizes[operation] = max(1, size // 2)
            return None
        if size == self.sizes[operation] and self.site.cost > 0:
            self.sizes[operation] = max(size, min(250, int(size * CEILING / self.site.cost)))
        return answer

    def _nodes(self, operation: str, connection: str) -> Iterator[dict[str, Any]]:
        after, seen = None, set[str]()
        for _ in range(MOST_PAGES):
            found = self.site.ask(operation, **({"after": after} if after else {}))[connection]
            yield from found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = _next(found["pageInfo"], seen)

    def _pages(self, operation: str, connection: str, **variables: Any) -> Iterator[list[dict[str, Any]]]:
        after, seen = None, set[str]()
        for _ in range(MOST_PAGES):
            more: dict[str, Any] = {"after": after} if after else {}
            answer = self._sized(operation, self.sizes[operation], **variables, **more)
            if answer is None:
                continue
            found = answer[connection]
            yield found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = _next(found["pageInfo"], seen)


def _next(info: dict[str, Any], seen: set[str]) -> str:
    """The next cursor. One that is missing or was seen before is a fault of the server."""
    cursor = info.get("endCursor")
    if not cursor or cursor in seen:
        raise Malformed("Linear gave no new page cursor, so the list would never end. Pull again later.")
    seen.add(str(cursor))
    return str(cursor)
