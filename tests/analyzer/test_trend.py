"""A rate is told from the site's own past at the rate of error promised, and never by a handful of weeks."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import trend

PAST, RECENT = range(52), range(52, 60)
EVEN = dict.fromkeys(range(60), 20.0)


def weekly(past: float, recent: float) -> dict[int, float]:
    return {w: past if w in PAST else recent for w in range(60)}


def test_by_hand() -> None:
    """52 weeks of 20, of which 4, and 8 weeks of 20, of which 6: dispersion 1, deviation √(0.2 (1/160 + 1/1040))."""
    found = trend.shift(weekly(4.0, 6.0), EVEN, RECENT, PAST)
    assert found is not None and [found.recent, found.usual] == pytest.approx([0.3, 0.2])
    t = 0.1 / math.sqrt(0.2 * (1 / 160 + 1 / 1040))
    assert t == pytest.approx(2.633, abs=1e-3)
    assert found.p == pytest.approx(0.0218, abs=2e-4)  # t with 12 degrees of freedom
    assert trend.verdict(found.p) == "watch"


def test_a_share_has_less_room_near_all() -> None:
    count = trend.shift(weekly(19.0, 20.0), EVEN, RECENT, PAST)
    share = trend.shift(weekly(19.0, 20.0), EVEN, RECENT, PAST, share=True)
    assert count is not None and share is not None
    assert share.p < count.p and share.high < 1.0 < count.high


def test_what_always_swings_is_no_news() -> None:
    swinging = {w: 20.0 if (w // 4) % 2 else 2.0 for w in range(60)} | dict.fromkeys(RECENT, 20.0)
    calm = weekly(11.0, 20.0)
    a, b = (trend.shift(events, EVEN, RECENT, PAST) for events in (swinging, calm))
    assert a is not None and b is not None and a.p > 0.05 > trend.SURE > b.p


def test_too_little_past_is_not_judged() -> None:
    assert trend.shift(weekly(4.0, 6.0), EVEN, RECENT, range(36, 52)) is None
    assert trend.shift(weekly(0.0, 6.0), EVEN, RECENT, PAST) is None
    assert trend.shift(weekly(4.0, 6.0), dict.fromkeys(PAST, 20.0), RECENT, PAST) is None


def test_without_a_change_a_signal_is_rare() -> None:
    """4,000 sites whose weeks differ by more than chance (gamma-Poisson, variance twice the mean)."""
    rng, signals, watches = np.random.default_rng(5), 0, 0
    for _ in range(4_000):
        drawn = rng.poisson(rng.gamma(5.0, 1.0, 60))
        found = trend.shift(dict(enumerate(map(float, drawn))), dict.fromkeys(range(60), 1.0), RECENT, PAST)
        assert found is not None
        signals += found.p <= trend.SURE
        watches += found.p <= trend.LIKELY
    assert signals <= 4_000 * 0.01 and watches <= 4_000 * 0.065


def test_a_trace_of_exposure_is_none() -> None:
    """What rounding leaves of a week without work makes no rate, and no overflow."""
    traces = EVEN | dict.fromkeys(range(0, 8), 5e-324)
    busy = weekly(4.0, 6.0) | {0: 900_000.0}
    with warnings.catch_warnings(action="error"):
        assert trend.shift(busy, traces, RECENT, PAST) == trend.shift(weekly(4.0, 6.0), EVEN, RECENT, PAST[8:])
        assert trend.shift(busy, dict.fromkeys(range(60), 5e-324), RECENT, PAST) is None


@given(
    events=st.dictionaries(st.integers(0, 59), st.floats(0, 1e6), max_size=60),
    exposure=st.dictionaries(st.integers(0, 59), st.floats(0, 1e6), max_size=60),
)
def test_never_a_nan(events: dict[int, float], exposure: dict[int, float]) -> None:
    with warnings.catch_warnings(action="error"):
        found = trend.shift(events, exposure, RECENT, PAST)
    if found is not None:
        assert 0.0 <= found.p <= 1.0 and 0.0 <= found.low <= found.high
