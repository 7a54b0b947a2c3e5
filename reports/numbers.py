"""Numbers, weeks and days are written with no more digits than they carry, and nothing is a dash."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reports import words

SPACE = "\N{NO-BREAK SPACE}"
JOINER = "\u2060"  # no line breaks here, nothing is seen
MINUS = "\N{MINUS SIGN}"
DECIMALS = {"person_days": 1}  # every other unit is whole, or has one decimal where it is not


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def figure(value: float, unit: str) -> str:
    """The digits alone, without a unit: ``0.224`` of unit share is ``22``."""
    if unit == "share":
        text = f"{value * 100:,.0f}"
    elif unit in DECIMALS:
        text = f"{value:,.{DECIMALS[unit]}f}"
    else:
        text = f"{value:,.1f}".removesuffix(".0")
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def cell(value: object, unit: str) -> str:
    """A value as a table shows it: ``22 %``, ``41.5``, ``15 Nov 2026``; nothing is a dash."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return words.DASH
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if unit != "share":
            return figure(value, unit)
        if 0 < value < 0.005:
            return f"<1{SPACE}%"
        return f"{figure(value, unit)}{SPACE}%"
    return day(str(value), short=True) if unit == "date" else str(value)


def amount(value: object, unit: str) -> str:
    """A value with its unit in words: ``41.5 person-days``."""
    one, many = words.UNITS[unit]
    text = cell(value, unit)
    if not is_number(value) or not many:
        return text
    return f"{text}{SPACE}{one if text == '1' else many}"


def span(low: float, high: float, unit: str) -> str:
    """``14–31 %``; with a minus sign anywhere, ``−3 to 5 %``."""
    first, last = figure(low, unit), figure(high, unit)
    sign = f"{SPACE}%" if unit == "share" else ""
    if first == last:
        return first + sign
    between = f"{SPACE}to{SPACE}" if MINUS in first + last else "–"
    return first + between + last + sign


def interval(finding: dict[str, Any]) -> str:
    """``95 % interval 14–31 %``, or nothing where the finding has none."""
    bounds = finding["interval"]
    if not bounds or not all(is_number(bound) for bound in bounds):
        return ""
    return words.interval(span(bounds[0], bounds[1], finding["unit"]))


def value(finding: dict[str, Any]) -> str:
    """``22 % (95 % interval 14–31 %)``; nothing where there is no value."""
    if finding["value"] is None:
        return ""
    between = interval(finding)
    return amount(finding["value"], finding["unit"]) + (f" ({between})" if between else "")


def tied(text: str) -> str:
    """Text in which no line breaks between a number and its ``%``, nor inside a range of numbers."""
    text = re.sub(r"(?<=\d)([–-])(?=\d)|(?<=\d{4})(-)(?=W\d)", lambda m: f"{JOINER}{m[0]}{JOINER}", text)
    return re.sub(r"(?<=\d) (?=%)", SPACE, text)


def share_range(share: Sequence[float] | None) -> str:
    return span(share[0], share[1], "share") if share else ""


def column_unit(column: dict[str, Any]) -> str:
    """The unit a column head must add because its label does not say it."""
    many = words.UNITS[column["unit"]][1]
    return "" if not many or many.split("-")[-1] in column["label"].lower() else many


def day(text: str, *, short: bool = False) -> str:
    """``2026-11-15`` (or a moment of that day) as ``15 November 2026``; what is no date stays as it is."""
    try:
        when = date.fromisoformat(text[:10])
    except ValueError:
        return text
    month = words.MONTHS[when.month - 1]
    return f"{when.day}{SPACE}{month[:3] if short else month}{SPACE}{when.year}"


def days(first: str, last: str) -> str:
    """``21 September to 15 November 2026``: what both days share is said once."""
    try:
        start, end = date.fromisoformat(first[:10]), date.fromisoformat(last[:10])
    except ValueError:
        return words.span(first, last)
    begin = day(first)
    if start.year == end.year:
        begin = begin.removesuffix(f"{SPACE}{start.year}")
        if start.month == end.month:
            begin = str(start.day)
    return words.span(begin, day(last))


def week(name: str) -> str:
    """``2026-W43, the week of 19 October 2026``; what is no week stays as it is."""
    try:
        monday = datetime.strptime(f"{name}-1", "%G-W%V-%u").date()
    except ValueError:
        return name
    return words.week_from(name, day(monday.isoformat()))


def window(result: dict[str, Any]) -> str:
    """``8 weeks, 21 September to 15 November 2026``."""
    judged = result["window"]
    return words.window(len(judged["weeks"]), days(judged["first_day"], judged["last_day"]))


def moment(text: str, zone: str) -> str:
    """A moment in the organisation's time zone: ``16 November 2026, 07:00``."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) <= len("2026-11-16"):
        return day(text)
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    try:
        when = when.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{day(when.isoformat())}, {when:%H:%M}{SPACE}{when:%z}"
    return f"{day(when.isoformat())}, {when:%H:%M}"
