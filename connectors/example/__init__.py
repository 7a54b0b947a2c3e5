"""The made-up company answers like a Jira and a Linear would, with no account and no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from connectors.connector import ParseOptions, Parser, Payload
from connectors.ticket import Problem

if TYPE_CHECKING:
    from connectors.example.company import Company

JIRA_URL, LINEAR_URL = "https://acme.atlassian.net", "https://linear.app/acme"


@cache
def _company() -> Company:
    """Played once a process, and only when somebody fetches: importing the connector costs nothing."""
    from connectors.example.company import company

    return company()


class ExampleJira:
    """Half of the made-up company, in Jira Cloud."""

    name = "jira"
    kind = "jira"
    source = "made-up company"
    live = False
    base_url = JIRA_URL

    def __init__(self, made: Company | None = None) -> None:
        self._made = made

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem]:
        from connectors.example.jira_wire import JiraWire

        wire = JiraWire(self._made or _company())
        yield from wire.reference()
        yield from wire.issues(since)

    def parser(self, reference: Iterable[Payload], options: ParseOptions) -> Parser:
        from connectors.jira.parse import JiraParser

        return JiraParser(self.name, reference, options)


class ExampleLinear:
    """The other half, in Linear."""

    name = "linear"
    kind = "linear"
    source = "made-up company"
    live = False
    base_url = LINEAR_URL

    def __init__(self, made: Company | None = None) -> None:
        self._made = made

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem]:
        from connectors.example.linear_wire import LinearWire

        wire = LinearWire(self._made or _company())
        yield from wire.reference()
        yield from wire.issues(since)

    def parser(self, reference: Iterable[Payload], options: ParseOptions) -> Parser:
        from connectors.linear.parse import LinearParser

        return LinearParser(self.name, reference, options)
