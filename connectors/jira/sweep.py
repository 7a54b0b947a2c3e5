"""Asks a live Jira which issues it still lists, and of those it does not, whether they can still be read by id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from connectors.connector import Checkpoint, Malformed, Missing, Refused, Shown

if TYPE_CHECKING:
    from connectors.jira.live import LiveJira

CLOUD_PAGE = 5_000
"""Jira Cloud gives pages of this size where nothing but the id is asked for."""

DATA_CENTER_PAGE = 1_000
ASKED_AT_ONCE = 100
REREAD = 5


def cloud_ids(jira: LiveJira, cursor: str) -> Iterator[Shown | Checkpoint]:
    """All ids page by page; the page token is the cursor, and works for seven days."""
    token, seen = cursor, set[str]()
    while True:
        body: dict[str, Any] = {"jql": jira.jql("created >= 0"), "maxResults": CLOUD_PAGE, "fields": ["id"]}
        try:
            answer = jira.site.post("search/jql", body | ({"nextPageToken": token} if token else {}))
        except Refused as error:
            if token and token == cursor:  # it has expired meanwhile: list from the start
                token = cursor = ""
                continue
            raise jira.search_error(error) from error
        yield Shown(_ids(answer))
        token = str(answer.get("nextPageToken") or "")
        if answer.get("isLast") is True or not token:
            return
        if token in seen:
            raise Malformed("Jira gave the same page token twice, so the list of issues would never end.")
        seen.add(token)
        yield Checkpoint(token)


def data_center_ids(jira: LiveJira, windows: Iterator[tuple[int, int]]) -> Iterator[Shown | Checkpoint]:
    """All ids, window of creation dates by window. A window whose total moves is read again."""
    for low, high in windows:
        for _ in range(REREAD):
            read, total, moved = 0, -1, False
            while not moved:
                page = _search(jira, jira.jql(f"created >= {low}", f"created < {high}"), read)
                ids = _ids(page)
                moved = total not in (-1, page.get("total"))
                total = int(page.get("total") or 0)
                yield Shown(ids)
                read += len(ids)
                if not ids or read >= total:
                    break
            if not moved:
                break
        else:
            raise Malformed("The number of issues kept changing while they were listed.")
        yield Checkpoint(str(high))


def _search(jira: LiveJira, jql: str, start: int = 0, strict: bool = True) -> dict[str, Any]:
    """A page of ids. ``strict=False``: ids in the query that do not exist are passed over instead of refused."""
    body = {"jql": jql, "startAt": start, "maxResults": DATA_CENTER_PAGE, "fields": ["id"], "validateQuery": strict}
    try:
        answer = jira.site.post("search", body)
    except Refused as error:
        raise jira.search_error(error) from error
    return answer if isinstance(answer, dict) else {}


def missing(jira: LiveJira, ids: Sequence[str]) -> Iterator[Missing]:
    """What became of issues that were not listed: read by id, in bulk where the site can."""
    own = [i for i in ids if i.isdigit()]
    for at in range(0, len(own), ASKED_AT_ONCE):
        part = own[at : at + ASKED_AT_ONCE]
        listed = set() if jira.cloud else set(_ids(_search(jira, jira.jql(f"id in ({', '.join(part)})"), strict=False)))
        part = [i for i in part if i not in listed]
        found = (_in_bulk(jira, part) if jira.cloud else None) or {i: _alone(jira, i) for i in part}
        for ident in part:
            issue = found.get(ident)
            yield Missing(ident, "gone" if issue is None else "archived" if _is_read(jira, issue) else "outside")


def _in_bulk(jira: LiveJira, ids: list[str]) -> dict[str, dict[str, Any] | None] | None:
    """The issues that can be read, by id; ``None`` where the site does not answer such a question."""
    try:
        answer = jira.site.post("issue/bulkfetch", {"issueIdsOrKeys": ids, "fields": ["project"]})
    except Refused:
        return None
    found = {str(i.get("id")): i for i in answer.get("issues") or []}
    return {ident: found.get(ident) for ident in ids}


def _alone(jira: LiveJira, ident: str) -> dict[str, Any] | None:
    """One issue, or ``None`` where the site says that there is none for this account."""
    try:
        answer = jira.site.get(f"issue/{ident}", fields="project")
    except Refused as error:
        if error.status in (404, 410):
            return None
        raise
    return answer if isinstance(answer, dict) else None


def _is_read(jira: LiveJira, issue: dict[str, Any]) -> bool:
    """Whether the settings read the project that an issue is in now."""
    project = (issue.get("fields") or {}).get("project") or {}
    names = {str(project.get(k)).lower() for k in ("key", "id", "name")}
    return not jira.projects or bool(names & {p.lower() for p in jira.projects})


def _ids(answer: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(i["id"]) for i in answer.get("issues") or [] if isinstance(i, dict) and i.get("id"))
