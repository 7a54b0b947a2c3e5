"""The statistics agree with published figures, with definitions spelled out in plain Python, and are never NaN."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from analyzer import statistics
from analyzer.statistics import Cluster

shares = st.floats(0, 1)
percent = st.integers(0, 100)
sizes = st.just(0.0) | st.floats(1e-6, 1e6)
counts = st.lists(st.integers(0, 30), min_size=3, max_size=3)
weeks = st.lists(st.tuples(counts, st.integers(0, 3)), max_size=30)


def clusters(drawn: list[tuple[list[int], int]]) -> list[Cluster]:
    return [Cluster(tuple(map(float, line)), block) for line, block in drawn]


# ---------------------------------------------------------------- intervals and tests


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [
        (6, 10, 0.3127, 0.8318),  # worked example of many textbooks
        (81, 263, 0.2553, 0.3662),  # the rest: Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(found: int, of: int, low: float, high: float) -> None:
    assert list(statistics.wilson(found / of, of)) == pytest.approx([low, high], abs=5e-5)


@given(share=shares, n=st.floats(0.5, 1e5), high=shares, width=shares)
def test_p_is_a_twentieth_where_the_interval_touches_the_range(
    share: float, n: float, high: float, width: float
) -> None:
    touching, _ = statistics.wilson(share, n)
    assume(n * min(touching, 1 - touching) >= statistics.FEW and touching < share - 1e-6)
    assert statistics.outside(share, max(0.0, touching - width), touching, n) == pytest.approx(0.05, abs=1e-6)


@given(share=percent, ends=st.tuples(percent, percent), n=st.integers(1, 500).map(lambda n: n + 0.3))
def test_more_and_less_are_alike(share: int, ends: tuple[int, int], n: float) -> None:
    low, high = sorted(ends)
    there = statistics.outside(share / 100, low / 100, high / 100, n)
    assert there == pytest.approx(statistics.outside(1 - share / 100, 1 - high / 100, 1 - low / 100, n), abs=1e-9) or (
        share in ends  # 1 - 0.7 is not quite 0.3
    )


def test_a_rare_edge_is_tested_by_the_binomial_tail() -> None:
    n, edge, seen = 40, 0.05, 6
    tail = stats.binom.sf(seen, n, edge) + stats.binom.pmf(seen, n, edge) / 2
    assert statistics.outside(seen / n, 0.0, edge, n) == pytest.approx(2 * tail)
    assert statistics.outside(1 - seen / n, 1 - edge, 1.0, n) == pytest.approx(2 * tail)
    normal = 2 * stats.norm.sf((seen / n - edge) / math.sqrt(edge * (1 - edge) / n))
    assert 2 * tail > 3 * normal


def test_what_was_not_intended_at_all_is_contradicted_by_one_ticket() -> None:
    assert statistics.outside(0.01, 0.0, 0.0, 50) == 0.0 == statistics.outside(0.99, 1.0, 1.0, 50)


def test_benjamini_and_hochberg_own_example() -> None:
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.759,
        1,
    ]
    adjusted = statistics.adjust(p)
    assert adjusted[:5] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625, 0.0603])
    assert adjusted[5] == pytest.approx(0.0298 * 15 / 7)  # not 0.0278 * 15 / 6: adjusted values never fall
    assert sum(q <= 0.05 for q in adjusted) == 4  # as in the paper
    assert statistics.adjust([]) == []


def test_only_priorities_outside_their_range_are_corrected_for() -> None:
    """share   0.58      0.10     0.20      0.12
    intended   0.3-0.4   0-0.2    0.1-0.3   -
    """
    ranges = [(0.3, 0.4), (0.0, 0.2), (0.1, 0.3), None]
    p = statistics.outside(0.58, 0.3, 0.4, 40.8)
    assert 0.0125 < p < 0.05
    assert statistics.verdicts([0.58, 0.10, 0.20, 0.12], ranges, 40.8) == ["signal", "noise", "noise", ""]
    three_outside = [(0.3, 0.4), (0.11, 0.2), (0.1, 0.19), None]
    assert statistics.verdicts([0.58, 0.10, 0.20, 0.12], three_outside, 40.8) == ["watch", "noise", "noise", ""]


def test_among_many_shares_those_outside_by_a_little_do_not_drown_one_far_outside() -> None:
    """24 shares on 100 tickets: one lies 11 points over its range, 23 lie half a standard error over theirs.

    The trap: corrected for all that lie outside, p of 0.016 becomes 0.39. Of 24 shares only those with a one-sided p below 6 / 24
    count: that is one share here, and 0.0082 x 4 = 0.033.
    """
    near, little = [0.326] * 23, [(0.2, 0.303)] * 23
    ranges = [(0.2, 0.3), *little]
    p = 2 * stats.norm.sf(0.11 / math.sqrt(0.3 * 0.7 / 100))
    assert statistics.adjust([p, *[statistics.outside(0.326, 0.2, 0.303, 100)] * 23])[0] == pytest.approx(24 * p)
    assert p / 2 * 4 < 0.05 < 24 * p
    assert statistics.verdicts([0.41, *near], ranges, 100) == ["signal"] + ["noise"] * 23
    assert statistics.verdicts([0.40, *near], ranges, 100)[0] == "watch"  # 0.0145 x 4 = 0.058
    assert statistics.verdicts([0.36, *near], ranges, 100)[0] == "noise"  # 0.095 x 4 = 0.38


# ---------------------------------------------------------------- how much the tickets say


def test_kish() -> None:
    assert statistics.kish(10 * 3, 10 * 9) == pytest.approx(10)  # ten tickets alike
    assert statistics.kish(100 + 1, 100**2 + 1) == pytest.approx(1.02, abs=0.01)  # one does nearly everything
    assert statistics.kish(0, 0) == 0


def test_effective() -> None:
    assert statistics.effective(240, 8, 0.0) == 240
    assert statistics.effective(240, 8, 0.07) == pytest.approx(240 / (1 + 29 * 0.07))
    assert statistics.effective(240, 8, 1.0) == pytest.approx(8)  # every week is one draw
    assert statistics.effective(5, 8, 0.07) == 5  # fewer than one a week: none resembles another
    assert statistics.effective(5, 0, 0.07) == statistics.effective(0, 8, 0.07) == 0


def brute_force(given_weeks: list[Cluster]) -> float | None:
    """One-way ANOVA of 0/1 indicators, ticket by ticket, weeks within blocks, mean squares summed over categories."""
    between = within = df_between = df_within = size = 0.0
    for block in {w.block for w in given_weeks}:
        alike = [w.counts for w in given_weeks if w.block == block and any(w.counts)]
        if len(alike) < 2:
            continue
        tickets = [[c for c, n in enumerate(w) for _ in range(int(n))] for w in alike]
        everyone = [t for week in tickets for t in week]
        for c in range(len(alike[0])):
            grand = sum(t == c for t in everyone) / len(everyone)
            for week in tickets:
                mean = sum(t == c for t in week) / len(week)
                between += len(week) * (mean - grand) ** 2
                within += sum(((t == c) - mean) ** 2 for t in week)
        df_between += len(alike) - 1
        df_within += len(everyone) - len(alike)
        size += len(everyone) - sum(len(w) ** 2 for w in tickets) / len(everyone)
    if df_between < 8 or df_within <= 0:
        return None
    msb, msw, m = between / df_between, within / df_within, size / df_between
    below = msb + (m - 1) * msw
    return min(1.0, max(0.0, (msb - msw) / below)) if below > 0 else None


@given(weeks)
def test_intraclass_is_the_anova_estimator(drawn: list[tuple[list[int], int]]) -> None:
    expected = brute_force(clusters(drawn))
    found = statistics.intraclass(clusters(drawn))
    assert (found is None) == (expected is None)
    assert found is None or expected is None or found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.05, 0.2])
def test_intraclass_finds_the_truth(rho: float) -> None:
    """400 quarters of 13 weeks around mixes of their own."""
    rng = np.random.default_rng(3)
    drawn = []
    for block in range(400):
        shares_now = rng.dirichlet([6, 3, 2, 1])
        for _ in range(13):
            mix = rng.dirichlet(shares_now * (1 - rho) / rho) if rho else shares_now
            drawn.append(Cluster(tuple(map(float, rng.multinomial(rng.poisson(20) + 1, mix))), block))
    found = statistics.intraclass(drawn)
    assert found == pytest.approx(rho, abs=0.01)


def test_the_sites_own_correlation_is_drawn_to_the_prior() -> None:
    assert statistics.shrunk(None, 0) == statistics.PRIOR_RHO
    assert statistics.shrunk(0.0, 26) == pytest.approx(statistics.PRIOR_RHO / 2)
    assert statistics.shrunk(0.01, 10**6) == pytest.approx(0.01, abs=1e-4)


def test_weigh_is_the_steps_in_order() -> None:
    history = [Cluster((float(5 + n % 4), float(9 - n % 5)), 0) for n in range(20)]
    told = statistics.weigh(220, 820, 8, history)
    rho = statistics.shrunk(statistics.intraclass(history), 20)
    assert (told.rho, told.effective) == (rho, statistics.effective(220 * 220 / 820, 8, rho))


# ---------------------------------------------------------------- drift and growth


@given(st.lists(st.tuples(shares, shares, shares), min_size=1, max_size=8))
def test_drift_is_what_would_have_to_move(rows: list[tuple[float, float, float]]) -> None:
    seen, low, high = zip(*((s, min(a, b), max(a, b)) for s, a, b in rows), strict=True)
    over = sum(max(0.0, s - h) for s, h in zip(seen, high, strict=True))
    under = sum(max(0.0, w - s) for s, w in zip(seen, low, strict=True))
    assert float(statistics.drift(np.array(seen), np.array(low), np.array(high))) == pytest.approx(max(over, under))


def test_drift_interval_holds_the_drift_and_repeats() -> None:
    given_ = ([0.5, 0.3], [0.3, 0.3], [0.35, 0.4], 60.0)
    low, high = statistics.drift_interval(*given_)
    assert low < 0.15 < high and statistics.drift_interval(*given_) == (low, high)


def test_growth_like_chance_is_a_poisson_tail() -> None:
    """Ten deliverables with 20 planned each and 4 added each: no more spread than chance, 0.2 per planned item."""
    p = statistics.excess([20] * 10, [4] * 10, [10, 30], [5, 6])
    assert p == pytest.approx([stats.poisson.sf(4, 2.0), stats.poisson.sf(5, 6.0)])


def test_growth_that_always_varied_is_less_surprising() -> None:
    tame, wild = (statistics.excess([20] * 10, added, [20], [12]) for added in ([4] * 10, [0] * 8 + [20, 20]))
    assert tame and wild and wild[0] > 5 * tame[0]
    assert statistics.excess([20] * 9, [4] * 9, [20], [12]) is None


# ---------------------------------------------------------------- never NaN


@given(share=shares, n=sizes, low=shares, width=shares, level=st.floats(0.5, 0.999))
def test_shares_are_never_nan(share: float, n: float, low: float, width: float, level: float) -> None:
    low_, high_ = statistics.wilson(share, n, level)
    assert 0 <= low_ <= share + 1e-9 and share - 1e-9 <= high_ <= 1
    assert 0 <= statistics.outside(share, low, min(1.0, low + width), n) <= 1


@given(weights=st.lists(st.integers(0, 10**9)), weeks_=st.integers(0, 60), drawn=weeks)
def test_samples_are_never_nan(weights: list[int], weeks_: int, drawn: list[tuple[list[int], int]]) -> None:
    told = statistics.weigh(float(sum(weights)), float(sum(w * w for w in weights)), weeks_, clusters(drawn))
    assert 0 <= told.effective < math.inf and 0 <= told.rho <= 1
    assert told.own_rho is None or 0 <= told.own_rho <= 1


@given(st.lists(st.tuples(shares, st.none() | st.tuples(shares, shares)), max_size=9), sizes)
def test_every_priority_with_a_range_gets_a_verdict(
    rows: list[tuple[float, tuple[float, float] | None]], n: float
) -> None:
    ranges = [None if r is None else (min(r), max(r)) for _, r in rows]
    found = statistics.verdicts([s for s, _ in rows], ranges, n)
    assert [v == "" for v in found] == [r is None for r in ranges]
    assert set(found) <= {"signal", "watch", "noise", ""}


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=20), st.integers(0, 50), st.integers(0, 50))
def test_growth_is_never_nan(past: list[tuple[int, int]], n: int, x: int) -> None:
    p = statistics.excess([a for a, _ in past], [b for _, b in past], [n], [x])
    assert p is None or 0 <= p[0] <= 1


@given(st.lists(shares, min_size=1, max_size=6), sizes)
def test_drift_intervals_are_never_nan(parts: list[float], n: float) -> None:
    whole = max(1.0, sum(parts))
    seen = [p / whole for p in parts]
    low, high = statistics.drift_interval(seen, [0.1] * len(seen), [0.2] * len(seen), n)
    assert 0 <= low <= high <= 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusted_p_keeps_its_order(p: list[float]) -> None:
    ordered = [q for _, q in sorted(zip(p, statistics.adjust(p), strict=True))]
    assert all(a <= b + 1e-12 for a, b in pairwise(ordered)) and all(0 <= q <= 1 for q in ordered)
