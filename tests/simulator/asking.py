"""How the tests of the simulated Jira put their questions to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

from tests.simulator.issue import Json
from tests.simulator.jira_site import JiraSite
from tests.simulator.server import Server


@dataclass
class Asking:
    """A session with the account's own credentials, and what the official documents say against the answers."""

    site: JiraSite
    server: Server
    session: requests.Session = field(default_factory=requests.Session)

    def __call__(self, method: str, path: str, body: Any = None, *, status: int = 200, **query: Any) -> Any:
        url = self.server.url + path
        answer = self.session.request(method, url, json=body, params=query, timeout=20, allow_redirects=False)
        assert answer.status_code == status, answer.text[:300]
        return answer.json() if answer.content and "json" in answer.headers["Content-Type"] else answer.text

    def refused(self, method: str, path: str, body: Any = None, *, status: int = 400, **query: Any) -> str:
        told = self(method, path, body, status=status, **query)
        return str([*told["errorMessages"], *told["errors"].values()][0])

    def pages(self, body: Json) -> list[Json]:
        """All pages of a token search."""
        pages = [self("POST", "/rest/api/2/search/jql", body)]
        while "nextPageToken" in pages[-1] and len(pages) < 200:
            pages.append(self("POST", "/rest/api/2/search/jql", {**body, "nextPageToken": pages[-1]["nextPageToken"]}))
        return pages


def ids(pages: list[Json]) -> list[str]:
    return [issue["id"] for page in pages for issue in page["issues"]]
