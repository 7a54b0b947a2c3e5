"""Days and weeks as integers, cut in the organisation's time zone.

A day is the number of days since 1970-01-01 (local); a week the number of Mondays since 1969-12-29. No engine's
calendar takes part: SQL meets these tables through equality joins on the UTC day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1)
DAY_US = 86_400_000_000


def day_number(day: date) -> int:
    return (day - EPOCH).days


def day_of(number: int) -> date:
    return EPOCH + timedelta(days=number)


def week_of_day(day: int) -> int:
    return (day + 3) // 7


def monday(week: int) -> int:
    return week * 7 - 3


def week_name(week: int) -> str:
    """ISO name, e.g. ``2026-W47``."""
    year, number, _ = day_of(monday(week)).isocalendar()
    return f"{year}-W{number:02d}"


def week_number(name: str) -> int:
    """The week of an ISO name. Raises ValueError for one that does not exist."""
    return week_of_day(day_number(date.fromisoformat(f"{name}-1")))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Time zone, working days (0 = Monday) and days off."""

    time_zone: str = "UTC"
    working_days: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = field(default_factory=frozenset)

    def local_day(self, moment: datetime) -> int:
        """Day number of a UTC moment (naive = UTC)."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return day_number(aware.astimezone(ZoneInfo(self.time_zone)).date())

    def midnight(self, day: int) -> datetime:
        """The UTC moment (naive) at which a local day begins."""
        local = datetime.combine(day_of(day), datetime.min.time(), ZoneInfo(self.time_zone))
        return local.astimezone(UTC).replace(tzinfo=None)

    def is_working(self, day: int) -> bool:
        """Not on a day that the time zone skipped, as Samoa did with 30 December 2011."""
        usual = (day + 3) % 7 in self.working_days and day_of(day) not in self.holidays
        return usual and self.midnight(day) < self.midnight(day + 1)

    def utc_days(self, first: int, last: int) -> list[tuple[int, int, int, int, int, int]]:
        """For UTC days ``first`` to ``last``: utc_day, day0, cut1, day1, cut2, day2.

        A UTC day begins in local ``day0``; at microsecond ``cut1`` (since the epoch) local ``day1`` begins and at ``cut2``
        ``day2``. A UTC day holds one local midnight, on days of clock changes none or two.
        """
        starts = [(_us(self.midnight(d)), d) for d in range(first - 2, last + 4)]
        rows, at = [], 0
        for utc_day in range(first, last + 1):
            begin, end = utc_day * DAY_US, (utc_day + 1) * DAY_US
            while starts[at + 1][0] <= begin:
                at += 1
            inside = [s for s in starts[at + 1 : at + 4] if s[0] < end]
            never = (end, inside[-1][1] if inside else starts[at][1])
            (cut1, day1), (cut2, day2) = (*inside, never, never)[:2]
            rows.append((utc_day, starts[at][1], cut1, day1, cut2, day2))
        return rows


def _us(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def local_day_sql(moment: str, alias: str) -> str:
    """SQL for the local day of a moment, given ``alias``, the calendar row joined on its UTC day."""
    us = f"epoch_us({moment})"
    return (
        f"CASE WHEN {us} >= {alias}.cut2 THEN {alias}.day2 WHEN {us} >= {alias}.cut1 THEN {alias}.day1 "
        f"ELSE {alias}.day0 END"
    )


def utc_day_sql(moment: str) -> str:
    """SQL for the UTC day of a moment: what the calendar is joined on."""
    return f"(epoch_us({moment}) // {DAY_US})"
