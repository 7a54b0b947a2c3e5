"""Fetches a live Jira: Cloud by token search and change logs in bulk, Data Center by windows of creation dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from connectors.connector import Checkpoint, Fatal, Missing, ParseOptions, Parser, Payload, Refused, Shown
from connectors.jira import boards, sweep, tags
from connectors.jira.cloud import Cloud
from connectors.jira.fields import field_map
from connectors.jira.questions import conditions, fields, millis
from connectors.jira.site import Site
from connectors.jira.sprints import SprintsSeen
from connectors.jira.values import mapping
from connectors.ticket import Problem
from connectors.writing import Change, Held

PAGE = 100
WINDOW = 10_000
"""Most results that Data Center lists for one search."""


class LiveJira:
    """One Jira site as a connector. ``projects``: keys to read, all visible ones if empty.

    ``workers``: requests at once, on Cloud. ``expected``: tickets that the scan will give, 0 until that is known.
    ``notify``: whether watchers hear of a label that is written; without, only an administrator may write.
    """

    kind = "jira"
    live = True

    def __init__(
        self, name: str, site: Site, cloud: bool, projects: Sequence[str] = (), workers: int = 4, notify: bool = True
    ) -> None:
        self.name, self.site, self.cloud, self.projects, self.workers = name, site, cloud, tuple(projects), workers
        self.notify = notify
        self.batch = 50 if cloud else 10
        self.expected = 0
        self.source = site.access.url

    @property
    def scope(self) -> str:
        """What is asked for: a scan of other projects says nothing of these."""
        return ",".join(sorted(self.projects))

    def parser(self, reference: Iterable[Payload], options: ParseOptions) -> Parser:
        from connectors.jira.parse import JiraParser

        return JiraParser(self.name, reference, options)

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem | Checkpoint]:
        if since is None and not cursor:
            yield from self._reference()
        self.expected = 0
        scan = Cloud(self, self.workers) if self.cloud else _DataCenter(self)
        sprints = SprintsSeen()
        for one in scan.issues(since, cursor):
            if since is None and isinstance(one, Payload):
                log = one.data.get("changeHistories") or mapping(one.data.get("changelog")).get("histories") or []
                sprints.note(one.data, log)
            yield one
        if since is None:
            yield from boards.sprints(self.site, self.name, sprints.missing())

    def shown(self, known: Iterable[str], cursor: str = "") -> Iterator[Shown | Checkpoint]:
        if self.cloud:
            yield from sweep.cloud_ids(self, cursor)
        else:
            yield from sweep.data_center_ids(self, _DataCenter(self).windows(None, cursor))

    def confirm(self, ids: Sequence[str]) -> Iterator[Missing]:
        yield from sweep.missing(self, ids)

    def held(self, ids: Sequence[str]) -> dict[str, Held]:
        return tags.held(self, ids)

    def lacking(self, places: Iterable[str]) -> dict[str, str]:
        return tags.lacking(self, places)

    def new_labels(self, changes: Sequence[Change]) -> list[str]:
        """Jira makes a label when the first ticket gets it."""
        return []

    def write(self, changes: Sequence[Change]) -> dict[str, str]:
        return tags.write(self, changes)

    def _reference(self) -> Iterator[Payload | Problem]:
        listed = [Payload("field", str(one.get("id")), one) for one in self.site.get("field")]
        yield from listed
        for one in self.site.get("status"):
            yield Payload("status", str(one.get("id")), one)
        if not field_map(listed, ParseOptions()).ids.get("estimate"):
            yield from boards.estimates(self.site, self.name, self.projects)

    def jql(self, *conditions: str) -> str:
        """Bounded, as Cloud demands; epoch milliseconds, because quoted dates are read in the account's time zone."""
        parts = [f"project in ({', '.join(_quoted(p) for p in self.projects)})"] if self.projects else []
        parts += [c for c in conditions if c]
        return f"{' AND '.join(parts) or 'created >= 0'} ORDER BY created ASC, key ASC"

    def search_error(self, error: Refused) -> Exception:
        """A search that was refused, as what the user can mend."""
        if any("project" in m for m in error.messages):
            return Fatal(
                f"Jira does not show a project of the settings: {error.messages[0]} Check its key and this account's access."
            )
        return Fatal(f"{error} Check the settings of tracker {self.name}.")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _DataCenter:
    """``search`` with embedded change logs, in windows of creation dates that stay under the server's limit."""

    def __init__(self, jira: LiveJira) -> None:
        self.jira, self.site = jira, jira.site

    def issues(self, since: datetime | None, cursor: str) -> Iterator[Payload | Problem | Checkpoint]:
        for low, high in self.windows(since, cursor):
            yield from self._pages(since, low, high)
            yield Checkpoint(str(high))

    def windows(self, since: datetime | None, cursor: str) -> Iterator[tuple[int, int]]:
        """Ranges [low, high) of creation dates in milliseconds that have issues; one with too many is halved."""
        stack = [(int(cursor) if cursor else 0, millis(self.site.policy.clock()) + 86_400_000)]
        while stack:
            low, high = stack.pop()
            page = self._page(since, low, high, 0, 1)
            total = int(page.get("total") or 0)
            self.jira.expected = self.jira.expected or total
            if total >= WINDOW and high - low > 1:
                middle = (low + high) // 2
                stack += [(middle, high), (low, middle)]
            elif total:
                yield low, high

    def _pages(self, since: datetime | None, low: int, high: int) -> Iterator[Payload | Problem]:
        """All of a window; where the total moves between pages the window is read again, so that nothing slips through."""
        for _ in range(5):
            read, total, moved = 0, -1, False
            while not moved:
                page = self._page(since, low, high, read, PAGE)
                issues = page.get("issues") or []
                moved = total not in (-1, page.get("total"))
                total = int(page.get("total") or 0)
                for issue in issues:
                    yield Payload("issue", str(issue["id"]), issue)
                read += len(issues)
                if not issues or read >= total:
                    break
            if not moved:
                return
        yield Problem(
            "moving_total", self.jira.name, "the number of issues kept changing while it was read; pull again"
        )

    def _page(self, since: datetime | None, low: int, high: int, start: int, size: int) -> dict[str, Any]:
        updated, _ = conditions(since, "")
        body = {
            "jql": self.jira.jql(updated, f"created >= {low}", f"created < {high}"), "startAt": start, "maxResults": size,
            "fields": fields() if size > 1 else ["id"],
        }  # fmt: skip
        if size > 1:
            body["expand"] = ["changelog"]
        try:
            answer = self.site.post("search", body)
        except Refused as error:
            raise self.jira.search_error(error) from error
        return answer if isinstance(answer, dict) else {}
