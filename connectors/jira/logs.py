"""Reads whole change logs of a Jira Cloud, for up to a thousand issues a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.connector import Malformed, Refused
from connectors.jira.site import ABSENT, Site

LOG_ROWS = 10_000
PAGE = 100
RESTARTS = 3

Entries = list[dict[str, Any]]


def histories(site: Site, ids: Sequence[str]) -> dict[str, Entries]:
    """Histories by issue id, of all that the site gives in bulk; entries that a page repeats are dropped when parsed."""
    for _ in range(RESTARTS):
        try:
            return _all_pages(site, ids)
        except Refused as error:
            if error.status in ABSENT:
                return {}
            if error.status != 400:
                raise
            said = error
    raise Malformed(f"Jira does not go on with its own list of change logs: {said} Pull again later.")


def _all_pages(site: Site, ids: Sequence[str]) -> dict[str, Entries]:
    found: dict[str, Entries] = {}
    seen: set[str] = set()
    token = ""
    while True:
        body: dict[str, Any] = {"issueIdsOrKeys": list(ids), "maxResults": LOG_ROWS}
        if token:
            body["nextPageToken"] = token
        answer = site.post("changelog/bulkfetch", body, "api/3", optional=True)
        for log in answer.get("issueChangeLogs") or []:
            found.setdefault(str(log.get("issueId")), []).extend(log.get("changeHistories") or [])
        token = str(answer.get("nextPageToken") or "")
        if not token:
            return found
        if token in seen:
            raise Malformed("Jira gave the same page token twice for change logs. Pull again later.")
        seen.add(token)


def one_history(site: Site, ident: str) -> Entries | None:
    """The log of one issue, asked for alone; ``None`` if it is not given."""
    found: Entries = []
    try:
        while True:
            page = site.get(f"issue/{ident}/changelog", "api/3", startAt=len(found), maxResults=PAGE)
            values = page.get("values") or []
            found += values
            if page.get("isLast") is True or not values:
                return found
    except Refused:
        return None
