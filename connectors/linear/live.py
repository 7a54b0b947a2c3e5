"""Fetches a live Linear workspace: reference lists in one request, issues by filter, their histories in pages that fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

from connectors.connector import Checkpoint, Fatal, Missing, ParseOptions, Parser, Payload, Shown
from connectors.linear import sweep, tags
from connectors.linear.depths import Depth
from connectors.linear.pages import follow
from connectors.linear.site import NotOpen, Site, TooComplex
from connectors.text import moment
from connectors.ticket import Problem
from connectors.writing import Change, Held

REFERENCE = (  # kind of payload, operation, name of the connection
    ("team", "Teams", "teams"), ("state", "WorkflowStates", "workflowStates"), ("user", "Users", "users"),
    ("label", "IssueLabels", "issueLabels"), ("initiative", "Initiatives", "initiatives"),
    ("initiative_to_project", "InitiativeToProjects", "initiativeToProjects"), ("project", "Projects", "projects"),
    ("milestone", "ProjectMilestones", "projectMilestones"), ("project_update", "ProjectUpdates", "projectUpdates"),
    ("initiative_update", "InitiativeUpdates", "initiativeUpdates"),
    ("cycle", "Cycles", "cycles"), ("relation", "IssueRelations", "issueRelations"),
)  # fmt: skip
NEEDED = ("team", "state")
"""Without these nothing can be read; a plan or key that has no initiatives still gives the rest."""


class LiveLinear:
    """One workspace as a connector. ``teams``: keys to read, all that the key sees if empty.

    ``history``: ``full`` change logs, or only the ``states`` an issue was in, at a fifth of the points.
    """

    kind = "linear"
    live = True
    batch = tags.BATCH

    def __init__(
        self, name: str, site: Site, teams: Sequence[str] = (), history: Literal["full", "states"] = "full"
    ) -> None:
        self.name, self.site, self.teams = name, site, tuple(teams)
        self.source = "Linear"
        self.page = 250
        self.depth = Depth(site, history)
        self._labels: tags.Labels | None = None

    @property
    def scope(self) -> str:
        """What is asked for: a scan of other teams says nothing of these."""
        return ",".join(sorted(self.teams))

    def parser(self, reference: Iterable[Payload], options: ParseOptions) -> Parser:
        from connectors.linear.parse import LinearParser

        return LinearParser(self.name, reference, options)

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem | Checkpoint]:
        if not cursor:
            yield from self._reference(since)
        yield from self._issues(since, cursor)

    def shown(self, known: Iterable[str], cursor: str = "") -> Iterator[Shown | Checkpoint]:
        yield from sweep.shown_ids(self, known)

    def confirm(self, ids: Sequence[str]) -> Iterator[Missing]:
        yield from sweep.missing(self, ids)

    # ---------------------------------------------------------------- writing tags

    @property
    def labels(self) -> tags.Labels:
        """The workspace's labels, read the first time that tags are written."""
        self._labels = self._labels or tags.Labels(self)
        return self._labels

    def held(self, ids: Sequence[str]) -> dict[str, Held]:
        return tags.held(self, ids, self.labels)

    def lacking(self, places: Iterable[str]) -> dict[str, str]:
        """Linear does not tell what a key may write before it is tried."""
        return {}

    def new_labels(self, changes: Sequence[Change]) -> list[str]:
        return sorted({tag for c in changes for tag in c.add if not self.labels.called(tag, c.place)})

    def write(self, changes: Sequence[Change]) -> dict[str, str]:
        return tags.write(self, changes, self.labels)

    # ---------------------------------------------------------------- reference lists

    def _reference(self, since: datetime | None) -> Iterator[Payload | Problem]:
        """All lists, each to its end; in later pulls only as far as something changed since.

        A first scan is ordered by creation, so that no row moves while it runs. Later ones are ordered by update: what
        moves then is newer than the scan and is seen by the next one.
        """
        order = "createdAt" if since is None else "updatedAt"
        try:
            first = self.site.ask("Reference", orderBy=order)
        except (TooComplex, NotOpen):
            first = {}
        for kind, operation, connection in REFERENCE:
            try:
                pages = follow(self.site, operation, connection, first.get(connection), orderBy=order)
                if kind == "team":
                    teams = [node for page in pages for node in page]
                    self._all_seen([str(node["key"]) for node in teams])
                    pages = iter([teams])
                for page in pages:
                    yield from (Payload(kind, str(node["id"]), node) for node in page)
                    if since is not None and page and _older(page[-1], since):
                        break
            except NotOpen as error:
                if kind in NEEDED:
                    raise
                yield Problem("list_refused", operation, str(error))

    def nodes(self, operation: str, connection: str) -> Iterator[dict[str, Any]]:
        """All rows of one list."""
        return (node for page in follow(self.site, operation, connection) for node in page)

    def _all_seen(self, keys: Sequence[str]) -> None:
        """A team that is not there filters everything out without a word. Raises Fatal."""
        missing = sorted(set(self.teams) - set(keys))
        if missing:
            shown = f"{', '.join(sorted(keys)[:6])}{' …' if len(keys) > 6 else ''}"
            raise Fatal(
                f"Linear shows this key no team {', '.join(missing)}. "
                f"Correct teams: to keys that are shown ({shown or 'none'}), or give the key access to it."
            )

    # ---------------------------------------------------------------- issues

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
        for page in self._pages(filter=self._filter(since, cursor)):
            histories = dict(self.depth.of([str(node["id"]) for node in page]))
            for node in page:
                ident = str(node["id"])
                yield Payload("issue", ident, node)
                if ident in histories:
                    yield Payload("history", ident, {"id": ident, **histories[ident]})
                else:
                    yield Problem(
                        "history_missing", str(node.get("identifier")), "its history was not given; it may be gone"
                    )
            if page:
                yield Checkpoint(str(page[-1]["createdAt"]))

    def _pages(self, **variables: Any) -> Iterator[list[dict[str, Any]]]:
        """Pages of issues, halved for good where one is too complex; the first one's cost tells how Linear counts."""
        for page in follow(self.site, "Issues", "issues", None, self._smaller, first=self.page, **variables):
            if 0 < self.site.cost < self.page:  # less than a point a row: rows are not multiplied
                self.depth.unmultiplied()
            yield page

    def _smaller(self) -> dict[str, Any]:
        if self.page <= 1:
            raise Fatal("Linear calls a page of one issue too complex, so nothing can be read.")
        self.page //= 2
        return {"first": self.page}


def _older(node: dict[str, Any], since: datetime) -> bool:
    at = moment(node.get("updatedAt"))
    return at is not None and at < since
