"""Every table of a Result is a CSV file a spreadsheet opens without executing any of its text."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from reports.safety import plain, short, slug
from reports.story import Data, at

Value = str | int | float | None
Lines = Iterable[list[Value]]

# What Excel, LibreOffice and Google Sheets take for a formula, full-width forms included (OWASP, "CSV injection").
EXECUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def render(result: Data) -> dict[str, str]:
    """CSV text by file name: ``findings.csv``, ``coverage.csv``, ``tickets.csv`` and one file for each detail."""
    result = plain(result)
    files = {
        "findings.csv": _text(_findings(result)),
        "coverage.csv": _text(_coverage(result)),
        "tickets.csv": _text(_tickets(result)),
    }
    for finding in result["findings"]:
        for detail in finding["details"]:
            stem = f"{slug(finding['meta']['id'])}.{slug(detail['id'])}"
            name, again = f"{stem}.csv", 2
            while name in files:
                name, again = f"{stem}-{again}.csv", again + 1
            files[name] = _text(SHAPES[detail["shape"]](detail, result["tickets"]))
    return files


def safe_cell(value: Value) -> Value:
    """A number stays a number (no negative zero, no binary noise); text that would be executed gets an apostrophe."""
    if isinstance(value, str):
        line = value if len(value.splitlines()) < 2 else " ".join(value.split())
        return f"'{line}" if line.startswith(EXECUTED) or value.startswith(EXECUTED) else line
    if isinstance(value, float):
        return round(value, 6) + 0.0 if math.isfinite(value) else None
    return value


def _text(lines: Lines) -> str:
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\n").writerows([safe_cell(value) for value in line] for line in lines)
    return sheet.getvalue()


def _findings(result: Data) -> Iterator[list[Value]]:
    yield ["id", "question", "verdict", "value", "unit", "low_95", "high_95", "since",
           "score", "arithmetic", "sentence", "reason"]  # fmt: skip
    for finding in result["findings"]:
        low, high = finding["interval"] or (None, None)
        score = finding["score"] or {"value": None, "arithmetic": None}
        yield [
            finding["meta"]["id"], finding["meta"]["question"], finding["verdict"], finding["value"], finding["unit"],
            low, high, finding["since"], score["value"], score["arithmetic"], finding["sentence"], finding["reason"],
        ]  # fmt: skip


def _coverage(result: Data) -> Iterator[list[Value]]:
    columns = ["name", "kind", "source", "tickets", "with_history", "skipped", "newest_change"]
    yield [*columns]
    for tracker in result["coverage"]:
        yield [tracker[column] for column in columns]


def _tickets(result: Data) -> Iterator[list[Value]]:
    yield ["id", "key", "title", "url"]
    for name, ticket in result["tickets"].items():
        yield [name, ticket["key"], short(ticket["title"], 500), ticket["url"]]


def _keys(names: list[str], tickets: Data) -> str:
    return " ".join(str(tickets[name]["key"]) if name in tickets else name for name in names)


def _table(table: Data, tickets: Data) -> Iterator[list[Value]]:
    columns = [column["id"] for column in table["columns"]]
    yield [*columns, "tickets", "more_tickets"]
    for row in table["rows"]:
        cells = [row["cells"].get(column) for column in columns]
        yield [*cells, _keys(row["tickets"], tickets), row["more"]]


def _series(series: Data, tickets: Data) -> Iterator[list[Value]]:
    yield ["week", "line", "label", "value", "low", "high", "set_apart"]
    for line in series["lines"]:
        for index, week in enumerate(series["x"]):
            at_week = [at(line[part], index) for part in ("values", "low", "high")]
            yield [week, line["id"], line["label"], *at_week, int(week in series["set_apart"])]


def _flow(flow: Data, tickets: Data) -> Iterator[list[Value]]:
    yield ["source", "target", "value"]
    for link in flow["links"]:
        yield [link["source"], link["target"], link["value"]]


def _matrix(matrix: Data, tickets: Data) -> Iterator[list[Value]]:
    yield ["row", "column", "value"]
    for row, values in zip(matrix["rows"], matrix["values"], strict=True):
        for column, value in zip(matrix["columns"], values, strict=True):
            yield [row, column, value]


def _burn_up(burn_up: Data, tickets: Data) -> Iterator[list[Value]]:
    yield ["x", "scope", "done", "planned", "low", "high"]
    for index, moment in enumerate(burn_up["x"]):
        drawn = [at(burn_up[part], index) for part in ("scope", "done")]
        yield [moment, *drawn, burn_up["planned"], burn_up["low"], burn_up["high"]]


SHAPES: dict[str, Callable[[Any, Any], Lines]] = {
    "table": _table,
    "series": _series,
    "flow": _flow,
    "matrix": _matrix,
    "burn_up": _burn_up,
}
