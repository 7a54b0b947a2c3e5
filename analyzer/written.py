"""How people write a share, a range, a date or a few names, and what it means to the program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from analyzer.plain_words import quoted, wrong

NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
DASH = "(?:-|\u2013|\u2014|\\bto\\b)"  # a dash of any length: editors lengthen them
RANGE = re.compile(rf"\s*({NUMBER})\s*(%?)\s*(?:{DASH}\s*({NUMBER})\s*(%?)\s*)?")
CONDITION = re.compile(r"\s*([a-z]+)\(\s*([^()]*?)\s*\)\s*(<=|>=|<|>)\s*(\S.*)", re.DOTALL)
FACTS = {"share": "keep-the-lights-on", "unlinked": "", "wip": "Payments", "finished": "fast-checkout"}
"""What a condition may ask, and an example of whom: see ``Condition``."""

SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")


def _range(value: object) -> re.Match[str] | None:
    """A number or range as it was written; a YAML number knows how it was (``2.10`` stays ``2.10``)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = getattr(value, "written", str(value))
    return RANGE.fullmatch(value) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Share:
    """Part of the effort, from ``low`` to ``high``, each in 0..1; a single number has both ends alike."""

    low: float
    high: float

    def __str__(self) -> str:
        low, high = f"{self.low * 100:.10g}", f"{self.high * 100:.10g}"
        return f"{low}%" if low == high else f"{low}-{high}%"

    @classmethod
    def parse(cls, value: object) -> Self:
        """``35-45%``, ``40%`` or a number from 0 to 1. Raises a mistake with its fix on anything else."""
        if isinstance(value, cls):
            return value
        given, match = value, _range(value)
        if match is None:
            raise wrong(f"{quoted(given)} is not a share", "Write a percentage or a range of them, e.g. 40% or 35-45%")
        first, percent, second, percent_after = match.groups()
        low, high = _float(first), _float(second or first)
        tail = first if second is None else f"{first}-{second}"
        if not (percent or percent_after):
            if low > 1 or high > 1:
                raise wrong(f"{quoted(given)} has no percent sign", f"Write {tail}%")
            if high == 1 and "." not in tail and "," not in tail:
                raise wrong(f"{quoted(given)} could mean 1% or 100%", "Write 1% or 100%")
        else:
            low, high = low / 100, high / 100
        if low > high:
            sign = "%" if percent or percent_after else ""
            raise wrong(
                f"{quoted(given)} runs backwards", f"Write the smaller number first, e.g. {second}-{first}{sign}"
            )
        if high > 1:
            raise wrong(f"{quoted(given)} is more than everything", "Write at most 100%")
        return cls(low, high)


@dataclass(frozen=True, slots=True)
class Range:
    """A number of items or points, from ``low`` to ``high`` (inclusive)."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:g}" if self.low == self.high else f"{self.low:g}-{self.high:g}"

    @classmethod
    def parse(cls, value: object) -> Self:
        """``20-40`` or ``30``. Raises a mistake with its fix on anything else."""
        if isinstance(value, cls):
            return value
        given, match = value, _range(value)
        if match is None or match[2] or match[4]:
            raise wrong(f"{quoted(given)} is not a number or a range", "Write e.g. 30 or 20-40")
        low, high = _float(match[1]), _float(match[3] or match[1])
        if low > high:
            raise wrong(
                f"{quoted(given)} runs backwards", f"Write the smaller number first, e.g. {match[3]}-{match[1]}"
            )
        return cls(low, high)


@dataclass(frozen=True, slots=True)
class Condition:
    """What an assumption rests on: a fact against a limit. ``operator``: < <= > >=.

    ``share`` of the priority ``name`` and ``unlinked`` work (no name) are shares in 0..1; ``wip`` is tickets in progress per
    person of the team ``name``, ``finished`` tickets a week of the priority ``name``: without a name, of everything.
    """

    fact: str
    name: str
    operator: str
    limit: float

    def __str__(self) -> str:
        limit = Share(self.limit, self.limit) if self.in_percent else f"{self.limit:g}"
        return f"{self.fact}({self.name}) {self.operator} {limit}"

    @property
    def in_percent(self) -> bool:
        return self.fact in ("share", "unlinked")

    def holds(self, value: float) -> bool:
        """Whether the condition is true at a value."""
        return {
            "<": value < self.limit,
            "<=": value <= self.limit,
            ">": value > self.limit,
            ">=": value >= self.limit,
        }[self.operator]

    @classmethod
    def parse(cls, value: object) -> Self:
        """``share(ID) <= 20%``, ``wip(TEAM) <= 3``. Raises a mistake with its fix on anything else."""
        if isinstance(value, cls):
            return value
        match = CONDITION.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise wrong(f"{quoted(value)} cannot be checked", "Write e.g. share(keep-the-lights-on) <= 20%")
        fact, name, operator, written = match[1], match[2], match[3], match[4].strip()
        if fact not in FACTS:
            known = ", ".join(f"{one}({whom})" for one, whom in FACTS.items())
            raise wrong(f"{quoted(value)} asks for {fact}(…), which is not known", f"Write one of: {known}")
        if (fact == "share" and not name) or (fact == "unlinked" and name):
            raise wrong(f"{quoted(value)} cannot be checked", f"Write e.g. {fact}({FACTS[fact]}) <= 20%")
        limit = Share.parse(written) if fact in ("share", "unlinked") else Range.parse(written)
        if limit.low != limit.high:
            raise wrong(
                f"{quoted(value)} compares with a range",
                f"Write one number, e.g. {operator} {'20%' if type(limit) is Share else 3}",
            )
        return cls(fact, name, operator, limit.low)


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _day(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError:
        raise wrong(f"{quoted(value)} is not in the calendar", "Write a day that exists") from None
    raise wrong(f"{quoted(value)} is not a date", "Write year-month-day, e.g. 2026-12-31")


def _slug(value: str) -> str:
    if SLUG.fullmatch(value):
        return value
    made = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-") or "fast-checkout"
    raise wrong(f"{quoted(value)} may only have small letters, digits and dashes", f"Write e.g. {made[:60]}")


def _as_written(value: Any) -> Any:
    """Text where a number or date was written without quotes, as it was written."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return getattr(value, "written", str(value))
    return value.isoformat() if isinstance(value, date) else value


def _one_or_more(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_as_written(one) for one in value]
    text = _as_written(value)
    if text is None:
        raise wrong("has no value", "Write e.g. PAY or [PAY, SHOP], or delete the line")
    if not isinstance(text, str):
        raise wrong("must be text or a list of texts", "Write e.g. PAY or [PAY, SHOP]")
    return (text,)


def _week(value: str) -> str:
    match = re.fullmatch(r"(\d{4})-W(\d\d)", value, re.ASCII)
    try:
        if match:
            date.fromisocalendar(int(match[1]), int(match[2]), 1)
            return value
    except ValueError:
        raise wrong("is a week that does not exist", "Write a week from W01 to W52 (some years: W53)") from None
    raise wrong("is not a week", "Write year-Wnumber, e.g. 2026-W47")


@cache
def _engine() -> Any:
    import duckdb  # late: the store's engine, needed only where a title rule stands

    return duckdb.connect(":memory:")


def _pattern(value: str) -> str:
    """The pattern, if the engine that will run it (RE2, linear time) understands it."""
    try:
        _engine().cursor().execute("SELECT regexp_matches('', ?)", [value])
    except Exception as error:  # duckdb has one kind a cause; each means: not this pattern
        reason = str(error).splitlines()[0].removeprefix("Invalid Input Error: ")
        raise wrong(
            f"{quoted(value)} is not a pattern: {reason[:120]}",
            "Mend it by https://github.com/google/re2/wiki/Syntax (looking ahead or back is not in it)",
        ) from None
    return value


def _one_or_list(**item: Any) -> dict[str, Any]:
    words = {"type": ["string", "number"], **item}
    return {"anyOf": [words, {"type": "array", "items": words, "minItems": 1}]}


PLAIN = r"\d+([.,]\d+)?"
DASHES = "(-|\u2013|\u2014|to)"
SHARE_TEXT = rf"^\s*{PLAIN}\s*%?\s*({DASHES}\s*{PLAIN}\s*%?\s*)?$"
RANGE_TEXT = rf"^\s*{PLAIN}\s*({DASHES}\s*{PLAIN}\s*)?$"

ASKED = r"(share\(\s*\S+\s*\)|unlinked\(\s*\)|(wip|finished)\([^()]*\))"
CONDITION_TEXT = rf"^\s*{ASKED}\s*(<=|>=|<|>)\s*{PLAIN}\s*%?\s*$"

ShareText = Annotated[
    Share,
    BeforeValidator(Share.parse),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": SHARE_TEXT}, {"type": "number", "minimum": 0, "maximum": 1}]}
    ),
]
RangeText = Annotated[
    Range,
    BeforeValidator(Range.parse),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": RANGE_TEXT}, {"type": "number", "minimum": 0}]}),
]
ConditionText = Annotated[
    Condition,
    BeforeValidator(Condition.parse),
    WithJsonSchema({"type": "string", "pattern": CONDITION_TEXT}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Slug = Annotated[str, AfterValidator(_slug), WithJsonSchema({"type": "string", "pattern": f"^{SLUG.pattern}$"})]
Words = Annotated[str, BeforeValidator(_as_written), WithJsonSchema({"type": ["string", "number"]})]
Filled = Annotated[str, Field(min_length=1)]
OneOrMore = Annotated[
    tuple[Filled, ...], Field(min_length=1), BeforeValidator(_one_or_more), WithJsonSchema(_one_or_list())
]
Patterns = Annotated[
    tuple[Annotated[Filled, AfterValidator(_pattern)], ...],
    Field(min_length=1),
    BeforeValidator(_one_or_more),
    WithJsonSchema(_one_or_list(format="regex")),
]
WeekName = Annotated[str, AfterValidator(_week), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-W[0-5]\d$"})]
