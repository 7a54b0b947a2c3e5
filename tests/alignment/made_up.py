"""The made-up company, pulled into a store: whole, in another order, or as it was known on an earlier day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from unittest import mock

from alignment.pulling import pull as pulling
from analyzer.board import Options
from analyzer.calendar import Calendar
from analyzer.result import Result
from analyzer.score import score
from analyzer.store import Store
from analyzer.strategy import Strategy
from analyzer.strategy_file import read_strategies
from connectors.connector import Checkpoint, Connector, ParseOptions, Parser, Payload
from connectors.example import ExampleJira, ExampleLinear
from connectors.example import company as playing
from connectors.example.company import Company, company
from connectors.example.days import moment
from connectors.example.tickets import settle
from connectors.ticket import Problem
from tests.analyzer.asked import noted

ROOT = Path(__file__).parents[2]
AS_OF = datetime(2026, 11, 15, 23, tzinfo=UTC)
"""The end of 15 November in Berlin."""

OPTIONS = Options(calendar=Calendar("Europe/Berlin"))


STRATEGY = ROOT / "alignment" / "demo_files" / "strategy"


def strategies() -> tuple[Strategy, ...]:
    found, mistakes = read_strategies(STRATEGY)
    assert not mistakes
    return found


def scored(store: Store, as_of: datetime = AS_OF, threads: int | None = None, told: list[str] | None = None) -> Result:
    """``told`` is given every query that was asked."""
    with store.reading() as con:
        if threads:
            con.execute(f"SET threads = {threads:d}")
        asked = con if told is None else noted(con, told)
        return score(asked, strategies(), OPTIONS, as_of, "Acme", secret=b"test")


def filled(path: Path, made: Company, shuffled: int | None = None) -> Store:
    """A store after a pull of both trackers; ``shuffled`` changes the order and the size of everything."""
    store = Store(path)
    connectors: list[Connector] = [ExampleJira(made), ExampleLinear(made)]
    if shuffled is not None:
        connectors = [_Shuffled(c, shuffled) for c in reversed(connectors)]
    fetch, read = (1_000, 2_000) if shuffled is None else (700, 900)
    with mock.patch.multiple(pulling, FETCH_BATCH=fetch, READ_BATCH=read):
        for connector in connectors:
            pulling.pull(store, connector, ParseOptions(secret=b"test"), AS_OF)
    return store


def until(day: float) -> Company:
    """The company as its trackers would have told it at the end of a working day: later tickets and changes are not there."""
    with mock.patch.object(playing, "settle", lambda seed, drafts, _end: settle(seed, drafts, day)):
        made = company()
    there = {ticket.number for ticket in made.tickets}
    links = tuple(k for k in made.links if k.at < day and {k.source, k.target} <= there)
    return replace(made, end=moment(day) - timedelta(milliseconds=1), links=links)


class _Shuffled:
    """A connector whose payloads come in another order; a tracker promises none."""

    def __init__(self, inner: Connector, seed: int) -> None:
        self.inner, self.seed = inner, seed
        self.name, self.kind, self.source, self.live = inner.name, inner.kind, inner.source, inner.live

    def parser(self, reference: Iterable[Payload], options: ParseOptions) -> Parser:
        return self.inner.parser(reference, options)

    def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem | Checkpoint]:
        payloads = list(self.inner.fetch(since))
        Random(self.seed).shuffle(payloads)
        yield from payloads
