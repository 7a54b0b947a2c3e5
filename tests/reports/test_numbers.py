"""Numbers carry no digits they do not have, and days are said as people say them."""

from __future__ import annotations

from typing import Any

import pytest

from reports import numbers


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.224, "share", "22 %"),
        (0.0, "share", "0 %"),
        (-0.0, "share", "0 %"),
        (-0.001, "share", "0 %"),
        (0.003, "share", "<1 %"),
        (1.28, "share", "128 %"),
        (-0.12, "share", "−12 %"),
        (41.52, "person_days", "41.5 person-days"),
        (-0.04, "person_days", "0.0 person-days"),
        (1204.5, "person_days", "1,204.5 person-days"),
        (1, "tickets", "1 ticket"),
        (12.0, "tickets", "12 tickets"),
        (3.42, "count", "3.4"),
        (12, "percent_points", "12 percentage points"),
        (None, "share", "–"),
        (float("nan"), "count", "–"),
        (float("inf"), "share", "–"),
        ("2026-11-15", "date", "15 Nov 2026"),
        ("soon", "date", "soon"),
        ("as it is", "share", "as it is"),
    ],
)
def test_amounts(value: Any, unit: str, said: str) -> None:
    assert numbers.amount(value, unit).replace(numbers.SPACE, " ") == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.14, 0.31, "14–31 %"), (-0.03, 0.05, "−3 to 5 %"), (0.2, 0.2, "20 %"), (0.0, 0.004, "0 %")],
)
def test_spans(low: float, high: float, said: str) -> None:
    assert numbers.span(low, high, "share").replace(numbers.SPACE, " ") == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-09-21", "2026-11-15", "21 September to 15 November 2026"),
        ("2026-11-02", "2026-11-29", "2 to 29 November 2026"),
        ("2025-12-15", "2026-02-08", "15 December 2025 to 8 February 2026"),
        ("", "later", " to later"),
    ],
)
def test_days(first: str, last: str, said: str) -> None:
    assert numbers.days(first, last).replace(numbers.SPACE, " ") == said


def test_weeks_and_moments() -> None:
    assert numbers.week("2026-W43").replace(numbers.SPACE, " ") == "2026-W43, the week of 19 October 2026"
    assert numbers.week("2026-W99") == "2026-W99"
    assert numbers.moment("2026-11-16T05:00:00Z", "Europe/Berlin").endswith("2026, 06:00")
    assert numbers.moment("2026-11-16T05:00:00Z", "Nowhere/At all").endswith("05:00\N{NO-BREAK SPACE}+0000")
