"""Time in the made-up company runs in working days: 0.0 is 09:00 in Berlin on Monday 2026-02-09, 5.0 a week later."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
FIRST_MONDAY = date(2026, 2, 9)
WEEK = 5.0
OFFICE_OPENS, OFFICE_HOURS = 9, 8.0


@cache
def office_opens(working_day: int) -> datetime:
    """The UTC moment at which the office opens; daylight saving never starts or ends on a working day."""
    week, weekday = divmod(working_day, 5)
    local = datetime.combine(FIRST_MONDAY + timedelta(days=7 * week + weekday), time(OFFICE_OPENS), BERLIN)
    return local.astimezone(UTC)


def moment(when: float) -> datetime:
    """The UTC moment of a point in working time, to the millisecond, which is as fine as either tracker goes."""
    working_day = math.floor(when)
    return office_opens(working_day) + timedelta(milliseconds=round((when - working_day) * OFFICE_HOURS * 3_600_000))


def calendar_day(when: float) -> date:
    week, weekday = divmod(math.floor(when), 5)
    return FIRST_MONDAY + timedelta(days=7 * week + weekday)


def week_of(when: float) -> int:
    """1 for the first week."""
    return int(when // WEEK) + 1
