"""One row of a CSV export, by column name, with its dates read in the export's own way of writing them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal
from zoneinfo import ZoneInfo

from connectors.connector import ParseOptions, Payload
from connectors.text import fingerprint
from connectors.ticket import Parsed, Problem, Span, Text

Order = Literal["dmy", "mdy", "unclear"]

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), 1,
    )
    for name in names.split()
}  # fmt: skip
TIME = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?)?"
NAMED = re.compile(r"(\d{1,2})[/\-. ]([^\W\d_]{3,12})\.?[/\-. ](\d{4}|\d{2})" + TIME)
NUMERIC = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})" + TIME)
YEAR_FIRST = re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2})" + TIME)
BROWSER = re.compile(
    r"(?:[A-Za-z]{3} )?([A-Za-z]{3}) (\d{1,2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT([+-])(\d{2}):?(\d{2})\b.*"
)


class Unread(ValueError):
    """A date that cannot be taken at its word; ``kind`` names the Problem, ``str()`` says what."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(what)
        self.kind = kind


def order_shown(text: str) -> Order | None:
    """What one all-number date proves about the order of day and month; ``None`` if it is written otherwise."""
    hit = NUMERIC.fullmatch(_spaced(text))
    if not hit:
        return None
    first, second, year = int(hit[1]), int(hit[3]), hit[4]
    if first > 31 or (first > 12 and len(year) == 2 and hit[2] == "-"):
        return "unclear"  # may be a two-digit year
    return "dmy" if first > 12 else "mdy" if second > 12 else "unclear"


def decide(shown: Iterable[Order]) -> Order:
    """The order of a whole column: proven by one value, and by none that proves the contrary."""
    proofs = set(shown) - {"unclear"}
    return proofs.pop() if len(proofs) == 1 else "unclear"


class Dates:
    """Reads the dates of one export, whose way of writing them its ``export`` payload tells."""

    def __init__(self, reference: Iterable[Payload]) -> None:
        export = next((p.data for p in reference if p.kind == "export"), {})
        self.zone = ZoneInfo(str(export.get("time_zone") or "UTC"))
        orders = export.get("date_orders")
        self.orders: Mapping[str, str] = orders if isinstance(orders, dict) else {}

    def moment(self, column: str, text: str) -> datetime:
        """UTC. Raises Unread."""
        try:
            return self._written(column, text).astimezone(UTC)
        except OverflowError:
            raise Unread("unreadable_date", f"{column} “{text[:40]}” is outside the calendar") from None

    def day(self, column: str, text: str) -> str:
        """The ISO date. Midnight of the offset it was written with is that day anywhere. Raises Unread."""
        try:
            written = self._written(column, text)
            at_midnight = (written.hour, written.minute) == (0, 0)
            return (written if at_midnight else written.astimezone(self.zone)).date().isoformat()
        except OverflowError:
            raise Unread("unreadable_date", f"{column} “{text[:40]}” is outside the calendar") from None

    def _written(self, column: str, text: str) -> datetime:
        spaced = _spaced(text)
        try:
            written = self._read(column, spaced)
        except Unread:
            raise
        except ValueError:
            written = None
        if written is None:
            what = f"{column} “{text[:40]}” is no date we can read: export with ISO dates or in English"
            raise Unread("unreadable_date", what)
        return written if written.tzinfo else written.replace(tzinfo=self.zone)

    def _read(self, column: str, text: str) -> datetime | None:
        if hit := NAMED.fullmatch(text):
            month = MONTHS.get(hit[2].lower())
            if month is None:
                what = f"{column} “{text[:40]}” has a month that is not English: set the export's language to English"
                raise Unread("unreadable_date", what)
            return _at(hit[3], month, hit[1], hit.groups()[3:])
        if hit := NUMERIC.fullmatch(text):
            order = self.orders.get(column.lower(), "unclear")
            if order == "unclear":
                what = f"{column} “{text[:40]}” does not prove whether day or month comes first: export with ISO dates"
                raise Unread("ambiguous_date", what)
            day, month_text = (hit[1], hit[3]) if order == "dmy" else (hit[3], hit[1])
            return _at(hit[4], int(month_text), day, hit.groups()[4:])
        if hit := YEAR_FIRST.fullmatch(text):
            return _at(hit[1], int(hit[3]), hit[4], hit.groups()[4:])
        if hit := BROWSER.fullmatch(text):  # Linear writes dates as JavaScript prints them
            offset = timedelta(hours=int(hit[8]), minutes=int(hit[9])) * (-1 if hit[7] == "-" else 1)
            month = MONTHS.get(hit[1].lower())
            written = _at(hit[3], month, hit[2], (hit[4], hit[5], hit[6], None)) if month else None
            return written and written.replace(tzinfo=timezone(offset))
        return datetime.fromisoformat(text) if len(text) >= 10 and text[4:5] == "-" else None


def _spaced(text: str) -> str:
    """Newer Javas put a narrow no-break space before AM and PM."""
    return " ".join(text.split())


def _at(year: str, month: int, day: str, time: tuple[str | None, ...]) -> datetime:
    hour, minute, second, half = time
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError("no such hour")
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    full_year = int(year) + (2000 if len(year) == 2 else 0)
    return datetime(full_year, month, int(day), hours, int(minute or 0), int(second or 0))


class Row:
    """Cells by column name, whatever its case."""

    def __init__(self, payload: Payload) -> None:
        cells = payload.data.get("csv")
        self._cells: dict[str, list[str]] = {}
        for name, cell in cells.items() if isinstance(cells, dict) else ():
            values = [str(c).strip() for c in (cell if isinstance(cell, list) else [cell])]
            self._cells.setdefault(str(name).lower(), []).extend(v for v in values if v)

    def columns(self) -> Iterable[str]:
        return self._cells

    def all(self, *names: str) -> list[str]:
        """Every cell of the first of these columns that has any."""
        return next((cells for n in names if (cells := self._cells.get(n.lower()))), [])

    def first(self, *names: str) -> str:
        return next(iter(self.all(*names)), "")


class CsvParser:
    """What every parser of a CSV has: the export's date orders, and nothing to say without a row."""

    def __init__(self, tracker: str, reference: Iterable[Payload], options: ParseOptions) -> None:
        self.tracker, self.options = tracker, options
        self.dates = Dates(reference)

    def reference(self) -> Parsed:
        return Parsed()


class RowReading:
    """One row being read. Whoever reads it sets ``id``, ``key`` and ``updated``."""

    id: str
    key: str
    updated: datetime

    def __init__(self, site: CsvParser, issue: Payload) -> None:
        self.site, self.row, self.out = site, Row(issue), Parsed()

    def _problem(self, kind: str, what: str) -> None:
        self.out.problems.append(Problem(kind, self.key, what))

    def _moment(self, column: str) -> datetime | None:
        text = self.row.first(column)
        try:
            return self.site.dates.moment(column, text) if text else None
        except Unread as error:
            self._problem(error.kind, str(error))
            return None

    def _body(self, body: str) -> None:
        if body:
            self._span("body", fingerprint(body))
            self.out.texts.append(Text(fingerprint(body), body))

    def _span(self, field: str, value: str | None, since: datetime | None = None) -> None:
        if value:
            self.out.spans.append(Span(self.id, field, value, since or self.updated, None))


def stated_columns(ids: Iterable[str], *names: str) -> list[str]:
    """Columns that may hold a custom field, those that the settings name first."""
    return [column for name in (*ids, *names) for column in (name, f"Custom field ({name})")]


def plain_label(value: Any) -> str:
    """Text without the apostrophe that Linear puts before what a spreadsheet would take for a formula."""
    text = str(value)
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text
