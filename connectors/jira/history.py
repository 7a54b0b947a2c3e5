"""One issue's change log, from any of the shapes Jira sends it in, oldest entry first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.connector import Payload
from connectors.jira.fields import FieldMap
from connectors.jira.values import ids, objects
from connectors.replay import SetStep, Step
from connectors.text import moment
from connectors.ticket import History

Item = tuple[str | None, str | None, str | None, str | None]
"""from, fromString, to, toString."""


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    at: datetime
    author: Any
    items: list[dict[str, Any]]

    def concepts(self, fields: FieldMap) -> Iterator[str]:
        for item in self.items:
            known = fields.of(item)
            if known and known[0] not in ("key", "link"):
                yield "body" if known[0] == "criteria" else known[0]


@dataclass(slots=True)
class Log:
    """The change log; ``total`` as the source counts it, ``keys`` all keys the ticket ever had."""

    entries: list[Entry]
    completeness: History
    total: int
    keys: frozenset[str] = frozenset()
    by_concept: dict[str, list[tuple[datetime, str, Item]]] = field(default_factory=dict)

    def index(self, fields: FieldMap) -> None:
        keys: set[str] = set()
        for entry in self.entries:
            for item in entry.items:
                known = fields.of(item)
                if known is None:
                    continue
                sides = tuple(_text(item.get(k)) for k in ("from", "fromString", "to", "toString"))
                if known[0] == "key":
                    keys.update(s for s in (sides[1], sides[3]) if s)
                self.by_concept.setdefault(known[0], []).append((entry.at, known[1], sides))  # type: ignore[arg-type]
        self.keys = frozenset(keys)

    def _of(self, concept: str, field_id: str = "") -> list[tuple[datetime, Item]]:
        rows = self.by_concept.get(concept, [])
        return [(at, item) for at, own, item in rows if not field_id or not own or own == field_id]

    def steps(
        self, concept: str, field_id: str, read: Callable[[str, str | None, str | None], str | None]
    ) -> list[Step]:
        return [Step(at, read(concept, i[0], i[1]), read(concept, i[2], i[3])) for at, i in self._of(concept, field_id)]

    def wholes(self, concept: str, read: Callable[[str | None, str | None], Iterable[str]]) -> list[SetStep]:
        """Steps of a field that logs its full contents before and after."""
        return [
            SetStep(at, whole=(frozenset(read(i[0], i[1])), frozenset(read(i[2], i[3])))) for at, i in self._of(concept)
        ]

    def deltas(self, concept: str, read: Callable[[str | None, str | None], str]) -> list[SetStep]:
        """Steps of a field that logs one value leaving or coming."""
        return [
            SetStep(
                at,
                removed=frozenset([read(i[0], i[1])] if i[0] or i[1] else []),
                added=frozenset([read(i[2], i[3])] if i[2] or i[3] else []),
            )
            for at, i in self._of(concept)
        ]

    def nameless(self, concept: str) -> bool:
        """Whether some entry does not say which field it means."""
        return any(not own for _, own, _ in self.by_concept.get(concept, []))

    def named(self, concept: str) -> list[tuple[str, str]]:
        """Ids and the latest name the log gives each: what is left of deleted versions."""
        names: dict[str, str] = {}
        for _, item in self._of(concept):
            for ident, text in (item[:2], item[2:]):
                if ident and text:
                    names[ident] = text
        return sorted(names.items())

    def sprint_names(self) -> dict[str, str]:
        """What the log calls each sprint, where its list of names can be told apart: a name may hold commas."""
        found: dict[str, str] = {}
        for _, item in self._of("sprint"):
            for ident, text in (item[:2], item[2:]):
                idents, names = ids(ident), ids(text)
                if len(idents) == 1 and text:
                    found[idents[0]] = text
                elif len(idents) == len(names):
                    found.update(zip(idents, names, strict=True))
        return found

    def last_target(self, concept: str) -> tuple[str | None, str | None] | None:
        rows = self._of(concept)
        return (rows[-1][1][2], rows[-1][1][3]) if rows else None


def read_log(issue: dict[str, Any], history: Payload | None, fields: FieldMap) -> Log:
    """The log of an issue: its ``history`` payload if there is one, else what is embedded in the issue."""
    source = history.data if history is not None else issue.get("changelog")
    if source is None:
        return Log([], "none", 0)
    raw = (
        source.get("changeHistories", source.get("histories", source.get("values")))
        if isinstance(source, dict)
        else source
    )
    raw = raw if isinstance(raw, list) else []
    total = source.get("total") if isinstance(source, dict) else None
    entries: dict[str, Entry] = {}
    for number, h in enumerate(raw):
        at = moment(h.get("created")) if isinstance(h, dict) else None
        if at is not None:
            ident = str(h.get("id") or f"#{number}")
            items = objects(h.get("items"))
            entries[ident] = Entry(
                ident, at, h.get("author"), items
            )  # a page may repeat the last entry of the one before
    ordered = sorted(entries.values(), key=lambda e: (e.at, len(e.id), e.id))
    complete = not isinstance(total, int) or total <= len(raw)
    log = Log(ordered, "full" if complete else "partial", total if isinstance(total, int) else len(raw))
    log.index(fields)
    return log


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None
