"""The Linear connector's documents and a bare client that shows status, headers and body as they came."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from graphql import parse, print_ast
from graphql.utilities import separate_operations

from tests.simulator.linear import KEY
from tests.simulator.linear_errors import Json

QUERIES = Path(__file__).resolve().parents[2] / "connectors" / "linear" / "queries.graphql"
PAGES = 10_000


@cache
def documents() -> dict[str, str]:
    """Each operation of ``connectors/linear/queries.graphql`` with the fragments it needs."""
    whole = parse(QUERIES.read_text(encoding="utf-8"))
    return {name: print_ast(document) for name, document in separate_operations(whole).items()}


@dataclass(frozen=True, slots=True)
class Reply:
    """Header names are in lower case; ``body`` is the bytes if they are no JSON."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def data(self) -> Json:
        assert "errors" not in self.body, self.body
        found: Json = self.body["data"]
        return found

    @property
    def error(self) -> Json:
        found: Json = self.body["errors"][0]
        return found


class LinearClient:
    """Asks by operation name or with a text of its own; one connection, no retries."""

    def __init__(self, url: str, authorization: str = KEY) -> None:
        self.authorization = authorization
        self._http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

    def ask(self, name: str, **variables: Any) -> Reply:
        return self.send({"query": documents()[name], "operationName": name, "variables": variables})

    def text(self, query: str, **variables: Any) -> Reply:
        return self.send({"query": query, "variables": variables})

    def send(self, body: Json) -> Reply:
        headers = {"Content-Type": "application/json"}
        if self.authorization:
            headers["Authorization"] = self.authorization
        self._http.request("POST", "/graphql", json.dumps(body), headers)
        answer = self._http.getresponse()
        raw = answer.read()
        try:
            found = json.loads(raw)
        except ValueError:
            found = raw
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, found)

    def nodes(self, name: str, field: str, **variables: Any) -> list[Json]:
        """All rows of a root connection, page after page."""
        rows: list[Json] = []
        after: str | None = None
        for _ in range(PAGES):
            page = self.ask(name, **variables, after=after).data[field]
            rows += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return rows
            after = page["pageInfo"]["endCursor"]
        raise AssertionError(f"{name} has no end.")
