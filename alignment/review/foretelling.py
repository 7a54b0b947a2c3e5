"""What the next report will say once this is decided: the whole report is scored without the decision and with it.

Nothing is estimated. Both are what ``analyzer.score`` makes of the store at the moment that a report made now looks from, the
second with the decision laid over the ledger, so the next report says the same as long as nothing else changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from alignment.review.shadow import shadowed
from analyzer.board import Options
from analyzer.decisions import Word, decide, linkable
from analyzer.result import Finding, Result, Table
from analyzer.score import score
from analyzer.store import Connection
from analyzer.strategy import Strategy
from reports.story import LEADING
from reports.words import SCORE_NAMES

PRECISION = "Suggestions taken as offered"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a report is scored from. ``con`` is a store open for reading."""

    con: Connection
    strategies: Sequence[Strategy]
    options: Options
    as_of: datetime
    organisation: str
    secret: bytes

    def result(self) -> Result:
        return score(self.con, self.strategies, self.options, self.as_of, self.organisation, secret=self.secret)


@dataclass(frozen=True, slots=True)
class Line:
    """One number of the report, now and then. Shares are fractions of 1, scores out of 100; ``None``: not judged."""

    name: str
    unit: str
    now: float | None
    then: float | None

    @property
    def moves(self) -> bool:
        return self.now != self.then


@dataclass(frozen=True, slots=True)
class Foretold:
    """The headline and every line that a decision could move, now and then; ``scores`` always, of shares those that move."""

    headline_now: str
    headline_then: str
    scores: tuple[Line, ...]
    shares: tuple[Line, ...]


def foretell(
    numbers: Numbers, words: Sequence[Word], author: str, now: Result | None = None
) -> tuple[Foretold, Result]:
    """Also the Result of now, to be handed in the next time as long as the store is the same. Raises analyzer.decisions.Refused."""
    with shadowed(numbers.con):
        before = now if now is not None else numbers.result()
        decide(numbers.con, words, author, numbers.as_of, None, linkable(numbers.strategies))
        after = numbers.result()
    old, new = shares_of(before), shares_of(after)
    told = Foretold(
        headline_now=before.headline, headline_then=after.headline,
        scores=tuple(Line(SCORE_NAMES[m], "score", _score(before, m), _score(after, m)) for m in LEADING),
        shares=tuple(
            line for name in dict.fromkeys([*old, *new]) if (line := Line(name, "share", old.get(name), new.get(name))).moves
        ),
    )  # fmt: skip
    return told, before


def shares_of(result: Result) -> dict[str, float]:
    """The unlinked share, each priority's, and the part of suggestions taken as offered, as the report's own tables say them."""
    found = dict(_cells(result, "priority_drift", "priorities", "share"))
    taken = dict(_cells(result, "data_quality", "suggestions", "precision"))
    found |= {PRECISION: taken["All"]} if "All" in taken else {}
    unlinked = _finding(result, "unlinked_work")
    if unlinked is not None and unlinked.value is not None:
        found = {"Unlinked work": float(unlinked.value), **found}
    return found


def _cells(result: Result, measure: str, table: str, column: str) -> Iterator[tuple[str, float]]:
    """First column and one more of a table, where there is a number."""
    finding = _finding(result, measure)
    tables = [d for d in finding.details if isinstance(d, Table) and d.id == table] if finding else []
    for row in (r for t in tables for r in t.rows):
        value = row.cells.get(column)
        if isinstance(value, float | int):
            yield str(row.cells["priority"]), float(value)


def _score(result: Result, measure: str) -> float | None:
    found = _finding(result, measure)
    return found.score.value if found and found.score else None


def _finding(result: Result, measure: str) -> Finding | None:
    return next((f for f in result.findings if f.meta.id == measure), None)
