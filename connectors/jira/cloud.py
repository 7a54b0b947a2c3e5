"""Reads a Jira Cloud: ids first, then issues and change logs in bulk by several workers, given on in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from connectors.connector import Checkpoint, Malformed, Payload, Refused
from connectors.jira.logs import histories, one_history
from connectors.jira.questions import conditions, fields, millis
from connectors.jira.site import ABSENT
from connectors.text import moment
from connectors.ticket import Problem

if TYPE_CHECKING:
    from connectors.jira.live import LiveJira

T = TypeVar("T")
Issue = dict[str, Any]

PAGE = 100
"""Issues a call: the limit of ``issue/bulkfetch``, and all that a search with fields gives."""

IDS_A_PAGE = 5_000
LOG_IDS = 1_000
"""Issues whose change logs are asked for in one call; also how many lie between two checkpoints."""

MOST_PAGES = 200_000
"""More pages than any site has: a loop that does not end is a fault of the server, and is named."""

RESTARTS = 3
"""How often a listing whose page token expired is begun again."""


class _NoBulk(Exception):
    """The site offers no ``issue/bulkfetch``."""


class _Expired(Exception):
    """A page token is no longer taken; the argument is what Jira said."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Issues between two checkpoints, in the order of the search; each part is asked for by a worker."""

    ids: Sequence[str]
    parts: list[Future[list[Issue]]]
    logs: Future[dict[str, list[Issue]]]


class Cloud:
    """One scan. ``workers``: how many requests are on their way at once."""

    def __init__(self, jira: LiveJira, workers: int) -> None:
        self.jira, self.site, self.workers = jira, jira.site, workers
        self.since: datetime | None = None
        self.cursor = ""

    def issues(self, since: datetime | None, cursor: str) -> Iterator[Payload | Problem | Checkpoint]:
        self.since, self.cursor = since, cursor
        try:
            yield from self._in_bulk()
        except _NoBulk:
            yield from self._in_pages()

    def _jql(self) -> str:
        return self.jira.jql(*conditions(self.since, self.cursor))

    # ---------------------------------------------------------------- ids, then bulk reads

    def _in_bulk(self) -> Iterator[Payload | Problem | Checkpoint]:
        """All ids are listed before the first issue is read: then it is known how much there is, and no token grows old."""
        ids = self._ids()
        self.jira.expected = len(ids)
        if not ids:
            return
        with _Workers(self.workers, self.site.policy.pace) as workers:
            ahead: list[_Chunk] = []
            for start in range(0, len(ids), LOG_IDS):
                ahead.append(self._begun(workers, ids[start : start + LOG_IDS]))
                if len(ahead) > (self.workers > 1):  # one chunk is on its way while another is saved, never more
                    yield from self._finished(ahead.pop(0))
            for chunk in ahead:
                yield from self._finished(chunk)

    def _ids(self) -> list[str]:
        for _ in range(RESTARTS):
            try:
                pages = self._pages({"jql": self._jql(), "maxResults": IDS_A_PAGE, "fields": ["id"]})
                return list(dict.fromkeys(str(issue["id"]) for page in pages for issue in page))
            except _Expired as error:
                said = error
        raise Malformed(f"Jira does not go on with its own list of issues: {said}. Pull again later.")

    def _begun(self, workers: _Workers, ids: Sequence[str]) -> _Chunk:
        parts = [workers.do(self._bulk, ids[at : at + PAGE]) for at in range(0, len(ids), PAGE)]
        return _Chunk(ids, parts, workers.do(lambda part: histories(self.site, part), ids))

    def _bulk(self, ids: Sequence[str]) -> list[Issue]:
        try:
            answer = self.site.post("issue/bulkfetch", {"issueIdsOrKeys": list(ids), "fields": fields()}, optional=True)
        except Refused as error:
            if error.status in ABSENT:
                raise _NoBulk from error
            raise
        return [issue for issue in answer.get("issues") or [] if isinstance(issue, dict)]

    def _finished(self, chunk: _Chunk) -> Iterator[Payload | Problem | Checkpoint]:
        found = {str(issue["id"]): issue for part in chunk.parts for issue in part.result()}
        for ident in chunk.ids:
            if ident not in found:
                what = "it was listed but not given: deleted meanwhile, or not to be seen by this account"
                yield Problem("not_given", f"{self.jira.name} issue {ident}", what)
        yield from self._given([found[i] for i in chunk.ids if i in found], chunk.logs.result())

    # ---------------------------------------------------------------- pages with fields, where there is no bulk read

    def _in_pages(self) -> Iterator[Payload | Problem | Checkpoint]:
        """``search/jql`` page by page, then the change logs of each thousand issues. After an expired token the list is
        begun again at the last checkpoint."""
        without_headway = 0
        while True:
            before, waiting = self.cursor, list[Issue]()
            try:
                for page in self._pages({"jql": self._jql(), "maxResults": PAGE, "fields": fields()}):
                    waiting += page
                    if len(waiting) >= LOG_IDS:
                        yield from self._with_logs(waiting)
                        waiting = []
            except _Expired as error:
                without_headway = without_headway + 1 if self.cursor == before else 0
                if without_headway >= RESTARTS:
                    raise Malformed(f"Jira does not go on with its own list: {error}. Pull again later.") from error
                continue
            if waiting:
                yield from self._with_logs(waiting)
            return

    def _with_logs(self, issues: list[Issue]) -> Iterator[Payload | Problem | Checkpoint]:
        unique = {str(i["id"]): i for i in issues}
        yield from self._given(list(unique.values()), histories(self.site, list(unique)))

    # ---------------------------------------------------------------- both

    def _given(self, issues: Iterable[Issue], logs: dict[str, list[Issue]]) -> Iterator[Payload | Problem | Checkpoint]:
        last = None
        for issue in issues:
            ident = str(issue["id"])
            yield Payload("issue", ident, issue)
            held = logs.get(ident, [] if _untouched(issue) else None)
            if held is None:  # silently left out of the bulk answer: ask for this one alone
                held = one_history(self.site, ident)
            if held is None:
                what = "its change log was not given; the issue may have been deleted meanwhile"
                yield Problem("history_missing", str(issue.get("key") or ident), what)
            else:
                yield Payload("history", ident, {"issueId": ident, "changeHistories": held})
            last = moment((issue.get("fields") or {}).get("created")) or last
        if last:
            self.cursor = str(millis(last))
            yield Checkpoint(self.cursor)

    def _pages(self, question: dict[str, Any]) -> Iterator[list[Issue]]:
        """Pages until ``isLast`` or no token; an empty page with a token goes on. A token seen before is a fault of the
        server. Raises _Expired."""
        seen: set[str] = set()
        token = ""
        for _ in range(MOST_PAGES):
            try:
                answer = self.site.post("search/jql", {**question, "nextPageToken": token} if token else question)
            except Refused as error:
                if token and error.status == 400:
                    raise _Expired(str(error)) from error
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


class _Workers:
    """Threads that ask; one alone works at once and in this thread. Whatever ends the scan stops them."""

    def __init__(self, number: int, pace: Any) -> None:
        self.pace = pace
        self.pool = ThreadPoolExecutor(number, "jira") if number > 1 else None

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: object) -> None:
        if self.pool is None:
            return
        if kind is not None:
            self.pace.stop()
        self.pool.shutdown(wait=True, cancel_futures=True)
        if kind is not None:
            self.pace.go_on()

    def do(self, work: Callable[[Sequence[str]], T], ids: Sequence[str]) -> Future[T]:
        if self.pool is not None:
            return self.pool.submit(work, ids)
        done: Future[T] = Future()
        done.set_result(work(ids))
        return done


def _untouched(issue: Issue) -> bool:
    """Whether nothing happened to an issue since it was made, so that it has no change log to miss."""
    about = issue.get("fields") or {}
    created, updated = moment(about.get("created")), moment(about.get("updated"))
    return created is not None and updated is not None and (updated - created).total_seconds() < 2
