"""The rows of a CSV export under their column names, with what was malformed."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.csv_row import Order, decide, order_shown
from connectors.files_text import Text
from connectors.jira.csv_export import DATE_COLUMNS as JIRA_DATES
from connectors.linear.csv_export import DATE_COLUMNS as LINEAR_DATES

CsvKind = Literal["jira", "linear"]

LONGEST_CELL = 10_000_000
"""Characters. Python stops at 131,072, less than some descriptions; without a limit, one stray quote takes the file."""


@dataclass(slots=True)
class Row:
    """``id`` is the native id of the ticket; ``line`` where the row begins, counted from 1."""

    line: int
    id: str
    cells: dict[str, Any]


@dataclass(slots=True)
class BadRow:
    line: int
    what: str


@dataclass(slots=True)
class DateOrders:
    """What the dates of each column prove about their order of day and month, over all files of one connector."""

    shown: dict[str, set[Order]] = field(default_factory=dict)

    def see(self, column: str, cell: str) -> None:
        order = order_shown(cell)
        if order:
            self.shown.setdefault(column.lower(), set()).add(order)

    def decided(self) -> dict[str, str]:
        return {column: decide(orders) for column, orders in sorted(self.shown.items())}


@dataclass(frozen=True, slots=True)
class Header:
    kind: CsvKind
    separator: str
    names: list[str]
    skip: int


def header_of(text: str) -> Header | None:
    """What the first lines of a text are the header of; ``None`` if it is no export that we know."""
    lines = text.split("\n", 2)
    if lines[0].startswith("sep=") and len(lines) > 1:  # a hint for Excel, put before the header
        found = _header(lines[1])
        return Header(found.kind, found.separator, found.names, 1) if found else None
    return _header(lines[0])


def _header(line: str) -> Header | None:
    for separator in (",", ";", "\t"):
        try:
            names = [name.strip() for name in next(csv.reader([line], delimiter=separator), [])]
        except csv.Error:
            return None
        lower = {name.lower() for name in names}
        if lower & {"issue key", "issue id"} or {"key", "issue type", "status"} <= lower:
            return Header("jira", separator, names, 0)
        if {"id", "title", "status", "created"} <= lower:
            return Header("linear", separator, names, 0)
    return None


def rows(text: Text, header: Header, orders: DateOrders) -> Iterator[Row | BadRow]:
    """Every row, streamed. Repeated columns become lists; empty cells are dropped.

    A row may be short (Linear leaves out a trailing comma, Excel several), but not at the torn end of a file.
    """
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(text.lines(), delimiter=header.separator, strict=True)
    repeated = {name for name, n in Counter(header.names).items() if n > 1}
    columns = [(name, name in repeated) for name in header.names]
    dates = {name.lower() for name in (JIRA_DATES if header.kind == "jira" else LINEAR_DATES)}
    watched = [(at, name) for at, name in enumerate(header.names) if name.lower() in dates]
    widths: set[int] = set()
    line = 0
    for _ in range(header.skip + 1):
        next(reader, None)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(line, f"the row is not well-formed CSV: {error}")
            continue
        if not any(cells):
            continue
        bad = _misfit(cells, len(columns), widths, text.unterminated)
        if bad:
            yield BadRow(line, bad)
            continue
        widths.add(len(cells))
        named = _named(columns, cells)
        ident = _ident(header.kind, named)
        if not ident:
            yield BadRow(line, "the row has no issue id or key")
            continue
        for at, name in watched:
            if at < len(cells) and cells[at]:
                orders.see(name, cells[at])
        yield Row(line, ident, named)


def _misfit(cells: list[str], width: int, widths: set[int], at_torn_end: bool) -> str:
    if len(cells) > width and any(cells[width:]):
        return f"the row has {len(cells)} cells, the header {width}"
    if len(cells) < width and at_torn_end and len(cells) not in widths:
        return f"the file ends in the middle of the row, after {len(cells)} of {width} cells"
    return ""


def _named(columns: list[tuple[str, bool]], cells: list[str]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for (name, is_list), cell in zip(columns, cells, strict=False):
        if not name or not cell.strip():
            continue
        if is_list:
            named.setdefault(name, []).append(cell)
        else:
            named[name] = cell
    return named


def _ident(kind: CsvKind, named: dict[str, Any]) -> str:
    lower = {name.lower(): cell for name, cell in named.items()}
    for column in ("issue id", "issue key", "key") if kind == "jira" else ("id",):
        cell = lower.get(column)
        if cell:
            return str(cell[0] if isinstance(cell, list) else cell).strip()
    return ""
