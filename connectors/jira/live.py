"""Fetches a live Jira: Cloud by token search and change logs in bulk, Data Center by windows of creation dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from connectors.connector import Checkpoint, Fatal, Malformed, Missing, ParseOptions, Parser, Payload, Refused, Shown
from connectors.jira import boards, sweep
from connectors.jira.fields import field_map
from connectors.jira.site import Site
from connectors.jira.sprints import SprintsSeen
from connectors.jira.values import mapping
from connectors.text import moment
from connectors.ticket import Problem

PAGE = 100
IDS_A_PAGE = 5_000
LOG_IDS = 1_000
LOG_ROWS = 10_000
WINDOW = 10_000
"""Most results that Data Center lists for one search."""

MOST_PAGES = 200_000
"""More pages than any site has: a loop that does not end is a fault of the server, and is named."""

OMITTED = {"comment", "worklog", "attachment", "watches", "votes", "thumbnail", "lastViewed", "workratio", "progress"}


class LiveJira:
    """One Jira site as a connector. ``projects``: keys to read, all visible ones if empty."""

    kind = "jira"
    live = True

    def __init__(self, name: str, site: Site, cloud: bool, projects: Sequence[str] = ()) -> None:
        self.name, self.site, self.cloud, self.projects = name, site, cloud, tuple(projects)
        self.source = site.access.url

    def parser(self, reference: Iterable[Payload], options: ParseOptions) -> Parser:
        from connectors.jira.parse import JiraParser

        return JiraParser(self.name, reference, options)

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem | Checkpoint]:
        if since is None and not cursor:
            yield from self._reference()
        scan = _Cloud(self) if self.cloud else _DataCenter(self)
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

    def _reference(self) -> Iterator[Payload | Problem]:
        fields = [Payload("field", str(one.get("id")), one) for one in self.site.get("field")]
        yield from fields
        for one in self.site.get("status"):
            yield Payload("status", str(one.get("id")), one)
        if not field_map(fields, ParseOptions()).ids.get("estimate"):
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


def _untouched(issue: dict[str, Any]) -> bool:
    """Whether nothing happened to an issue since it was made, so that it has no change log to miss."""
    fields = issue.get("fields") or {}
    created, updated = moment(fields.get("created")), moment(fields.get("updated"))
    return created is not None and updated is not None and (updated - created).total_seconds() < 2


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _conditions(since: datetime | None, cursor: str) -> tuple[str, str]:
    return (f"updated >= {_millis(since)}" if since else "", f"created >= {int(cursor)}" if cursor else "")


class _Cloud:
    """``search/jql`` page by page, then the change logs of each thousand issues in bulk."""

    def __init__(self, jira: LiveJira) -> None:
        self.jira, self.site = jira, jira.site

    def issues(self, since: datetime | None, cursor: str) -> Iterator[Payload | Problem | Checkpoint]:
        waiting: list[dict[str, Any]] = []
        for page in self._pages(self.jira.jql(*_conditions(since, cursor))):
            waiting += page
            if len(waiting) >= LOG_IDS:
                yield from self._with_logs(waiting)
                waiting = []
        if waiting:
            yield from self._with_logs(waiting)

    def _pages(self, jql: str) -> Iterator[list[dict[str, Any]]]:
        """Pages until ``isLast`` or no token. A token seen before is a fault of the server."""
        seen: set[str] = set()
        token = ""
        for _ in range(MOST_PAGES):
            body: dict[str, Any] = {
                "jql": jql,
                "maxResults": PAGE,
                "fields": ["*all", *(f"-{f}" for f in sorted(OMITTED))],
            }
            if token:
                body["nextPageToken"] = token
            try:
                answer = self.site.post("search/jql", body)
            except Refused as error:
                raise self.jira.search_error(error) from error
            yield [i for i in answer.get("issues") or [] if isinstance(i, dict)]
            token = str(answer.get("nextPageToken") or "")
            if answer.get("isLast") is True or not token:
                return
            if token in seen:
                raise Malformed(
                    "Jira gave the same page token twice, so the list of issues would never end. Pull again later."
                )
            seen.add(token)
        raise Malformed("Jira's list of issues does not end. Pull again later.")

    def _with_logs(self, issues: list[dict[str, Any]]) -> Iterator[Payload | Problem | Checkpoint]:
        issues = list({str(i["id"]): i for i in issues}.values())
        logs = self._logs([str(i["id"]) for i in issues])
        for issue in issues:
            ident = str(issue["id"])
            yield Payload("issue", ident, issue)
            histories = logs.get(ident, [] if _untouched(issue) else None)
            if histories is None:  # silently left out of the bulk answer: ask for this one alone
                histories, problem = self._one_log(ident, str(issue.get("key") or ident))
                if problem:
                    yield problem
                    continue
            yield Payload("history", ident, {"issueId": ident, "changeHistories": histories})
        last = moment((issues[-1].get("fields") or {}).get("created"))
        if last:
            yield Checkpoint(str(_millis(last)))

    def _logs(self, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
        """Histories by issue id; entries that a page repeats are dropped by their id when parsed."""
        found: dict[str, list[dict[str, Any]]] = {}
        seen: set[str] = set()
        token = ""
        while True:
            body: dict[str, Any] = {"issueIdsOrKeys": ids, "maxResults": LOG_ROWS}
            if token:
                body["nextPageToken"] = token
            answer = self.site.post("changelog/bulkfetch", body, "api/3")
            for log in answer.get("issueChangeLogs") or []:
                found.setdefault(str(log.get("issueId")), []).extend(log.get("changeHistories") or [])
            token = str(answer.get("nextPageToken") or "")
            if not token:
                return found
            if token in seen:
                raise Malformed("Jira gave the same page token twice for change logs. Pull again later.")
            seen.add(token)

    def _one_log(self, ident: str, key: str) -> tuple[list[dict[str, Any]], Problem | None]:
        found: list[dict[str, Any]] = []
        try:
            while True:
                page = self.site.get(f"issue/{ident}/changelog", "api/3", startAt=len(found), maxResults=PAGE)
                values = page.get("values") or []
                found += values
                if page.get("isLast") is True or not values:
                    return found, None
        except Refused:
            return [], Problem(
                "history_missing", key, "its change log was not given; the issue may have been deleted meanwhile"
            )


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
        stack = [(int(cursor) if cursor else 0, _millis(self.site.policy.clock()) + 86_400_000)]
        while stack:
            low, high = stack.pop()
            page = self._page(since, low, high, 0, 1)
            total = int(page.get("total") or 0)
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
        updated, _ = _conditions(since, "")
        body = {
            "jql": self.jira.jql(updated, f"created >= {low}", f"created < {high}"), "startAt": start, "maxResults": size,
            "fields": ["*all", *(f"-{f}" for f in sorted(OMITTED))] if size > 1 else ["id"],
        }  # fmt: skip
        if size > 1:
            body["expand"] = ["changelog"]
        try:
            answer = self.site.post("search", body)
        except Refused as error:
            raise self.jira.search_error(error) from error
        return answer if isinstance(answer, dict) else {}
