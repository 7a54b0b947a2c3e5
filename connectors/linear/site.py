"""Talks to Linear's GraphQL endpoint through ``gql``, one operation a request, and keeps under its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from gql import Client, GraphQLRequest
from gql.transport.exceptions import (
    TransportError,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.requests import RequestsHTTPTransport
from graphql import DocumentNode, parse
from graphql.utilities import separate_operations

from connectors.calls import Policy, seconds_until
from connectors.connector import Fatal, NotLetIn, Refused, Retry
from connectors.reaching import moved, unreached

URL = "https://api.linear.app/graphql"
TIMEOUT = (10, 60)
TRANSIENT = {"ratelimited", "internal error", "network error", "lock timeout", "bootstrap error"}
NEW_KEY = "Linear does not accept the token. Make a new key in Linear's settings, under Security & access."
DOCUMENTS = ("queries.graphql", "writes.graphql")
CEILING = 8_000
"""Points a query may cost before its page is no longer grown; Linear refuses above 10,000."""


class TooComplex(Refused):
    """The query costs more than Linear allows: ask for a smaller page."""


class NotFound(Refused):
    """What was named is not there, or not for this key."""


class NotOpen(Fatal):
    """This key, or this plan of Linear's, may not read that."""


@dataclass(frozen=True, slots=True)
class Access:
    """``token``: a personal key (``lin_api_…``, sent as it is) or an OAuth token (sent as Bearer)."""

    token: str = field(repr=False)
    url: str = URL
    ca_bundle: str = ""

    @property
    def authorization(self) -> str:
        return self.token if self.token.startswith("lin_api_") else f"Bearer {self.token}"


@cache
def documents() -> dict[str, DocumentNode]:
    """Every operation of the two files by name, each a document of its own."""
    texts = ((files("connectors") / "linear" / name).read_text(encoding="utf-8") for name in DOCUMENTS)
    return {name: one for text in texts for name, one in separate_operations(parse(text)).items()}


class Site:
    """One workspace. ``requests`` counts what was asked; ``cost`` is what the last query cost in points, 0 if unknown."""

    def __init__(self, access: Access, policy: Policy) -> None:
        self.access, self.policy = access, policy
        self.requests, self.cost = 0, 0.0

    @cached_property
    def transport(self) -> RequestsHTTPTransport:
        return RequestsHTTPTransport(
            url=self.access.url, headers={"Authorization": self.access.authorization}, timeout=TIMEOUT, retries=0,  # type: ignore[arg-type]
            verify=self.access.ca_bundle or True, allow_redirects=False,
        )  # fmt: skip

    @cached_property
    def session(self) -> Any:
        """One connection for all requests; the schema is never fetched (Linear refuses introspection as too complex)."""
        return Client(transport=self.transport, fetch_schema_from_transport=False).__enter__()  # type: ignore[no-untyped-call]

    def ask(self, operation: str, **variables: Any) -> dict[str, Any]:
        """The data of one operation. Raises TooComplex, Refused, Fatal, ComeBack."""
        request = GraphQLRequest(documents()[operation], variable_values=variables, operation_name=operation)
        return self.policy.ask(lambda: self._once(request))

    def _once(self, request: GraphQLRequest) -> dict[str, Any]:
        self.requests += 1
        try:
            data: dict[str, Any] = self.session.execute(request)
        except TransportQueryError as error:
            raise self._sorted(error.errors or []) from None
        except TransportServerError as error:
            raise self._http(error.code or 0) from None
        except TransportProtocolError as error:
            raise self._no_data(str(error)) from None
        except TransportError as error:
            raise unreached(error, self._place, self.access.url, bool(self._headers())) from None
        headers = self._headers()
        self.cost = float(headers.get("x-complexity") or 0)
        return data

    def _headers(self) -> dict[str, str]:
        given = getattr(self.transport, "response_headers", None) or {}
        return {str(k).lower(): str(v) for k, v in dict(given).items()}

    @property
    def _place(self) -> str:
        return "Linear" if self.access.url == URL else f"Linear at {self.access.url}"

    def _no_data(self, said: str) -> Exception:
        """An answer that is no GraphQL: a page of somebody else, or ours cut short."""
        headers = self._headers()
        if headers.get("location"):
            return moved(302, headers["location"], self._place, self.access.url)
        if "html" in headers.get("content-type", "").lower() or "<html" in said.lower():
            return Fatal(
                f"{self._place} sent a web page where data was expected, probably a log-in page. "
                "Check base_url (Linear's own is used if it is left out) and the proxy."
            )
        return Retry(f"{self._place} sent an answer that was cut short.")

    def _http(self, status: int) -> Exception:
        if status == 429:
            return Retry("Linear limits the rate of requests.", self._reset())
        if status in (401, 403):
            return NotLetIn(NEW_KEY)
        if status >= 500:
            return Retry(f"Linear failed ({status}).")
        return NotLetIn(
            f"There is no Linear at {self.access.url} ({status}). Leave base_url out, or write {URL}, and check the proxy."
        )

    def _reset(self) -> float | None:
        """Seconds until the exhausted budget is full again."""
        headers, now = self._headers(), self.policy.clock()
        if headers.get("retry-after"):
            return seconds_until(headers["retry-after"], now)
        for budget in ("requests", "complexity"):
            if headers.get(f"x-ratelimit-{budget}-remaining", "").split(".")[0] == "0":
                return seconds_until(headers.get(f"x-ratelimit-{budget}-reset"), now)
        return None

    def _sorted(self, errors: list[Any]) -> Exception:
        """The right error of ours; Linear often says no with HTTP 200."""
        first = errors[0] if errors and isinstance(errors[0], dict) else {}
        extensions = first.get("extensions") or {}
        kind, code = str(extensions.get("type") or "").lower(), str(extensions.get("code") or "").upper()
        message = str(extensions.get("userPresentableMessage") or first.get("message") or "no reason given")
        if "too complex" in str(first.get("message", "")).lower():
            return TooComplex(400, [message])
        if kind == "ratelimited" or code == "RATELIMITED":
            return Retry("Linear limits the rate of requests.", self._reset())
        if kind in TRANSIENT:
            return Retry(f"Linear failed ({kind}).")
        if kind == "authentication error" or code == "AUTHENTICATION_ERROR":
            return NotLetIn(NEW_KEY)
        if kind in ("forbidden", "feature not accessible") or code == "FORBIDDEN":
            return NotOpen(f"This key may not read that: {message}. Give it access to the teams, or leave them out.")
        if str(first.get("message", "")).lower().startswith("entity not found"):
            return NotFound(404, [message])
        return Refused(int(extensions.get("statusCode") or 400), [message])
