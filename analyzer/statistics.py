"""How sure one can be of a share, given that tickets of one week resemble each other and tickets differ in size.

Assumptions, for every function here: weeks are exchangeable clusters within a quarter; a ticket is one draw, weighted by the
effort it took; weights do not depend on the priority. ``rho`` is the intra-class correlation of tickets in one week.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Array = npt.NDArray[np.float64]

PRIOR_RHO = 0.07
PRIOR_WEEKS = 26
"""The prior counts as much as half a year of the site's own weeks. DESIGN §7; research/field.md measured 0.04-0.08."""

LEAST = 10.0
"""Shares resting on fewer effective tickets are not judged."""

FEW = 10.0
"""With fewer effective tickets expected at an edge, or at what is left of it, the normal curve is too thin in the tail."""

SURE, LIKELY = 0.05, 0.20
"""Adjusted p at or below which a verdict is a signal (95 %) or worth watching (80 %)."""


KEPT = 6.0
"""Shares of any number that chance alone puts beyond the bound of the conditional test, were all exactly at an edge."""


def array(values: Iterable[float]) -> Array:
    return np.asarray([*values], dtype=np.float64)


def kish(total: float, squares: float) -> float:
    """Effective number of equally weighted tickets: (sum of weights)^2 / sum of squared weights (Kish 1965)."""
    return total * total / squares if squares > 0 else 0.0


def effective(tickets: float, weeks: int, rho: float) -> float:
    """Tickets divided by the design effect 1 + (m - 1) rho, m tickets a week (Kish 1965, ch. 5)."""
    if weeks < 1 or tickets <= 0:
        return 0.0
    return tickets / (1.0 + max(tickets / weeks - 1.0, 0.0) * rho)


def wilson(share: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Score interval of a share on ``n`` effective tickets (Wilson 1927)."""
    if n <= 0:
        return 0.0, 1.0
    z = float(stats.norm.ppf(0.5 + level / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    return max(0.0, middle - half), min(1.0, middle + half)


def outside(share: float, low: float, high: float, n: float) -> float:
    """Two-sided p of seeing ``share`` if the truth lies within [low, high]: the score test at the nearer end.

    The p that belongs to the Wilson interval: it is 0.05 just where the 95 % interval touches the range. Where the edge is so
    close to 0 or 1 that fewer than ``FEW`` tickets are expected (the rule of Cochran 1954, with 10 for his 5), the tail of the
    binomial itself is taken, as mid-p (Lancaster 1961) on the effective number (Korn and Graubard 1998).
    """
    if low <= share <= high or n <= 0:
        return 1.0
    edge, share = (1 - low, 1 - share) if share < low else (high, share)  # either way: too much against the edge
    if edge <= 0.0:
        return 0.0  # nothing was intended, or everything: a single ticket outside contradicts it
    if n * min(edge, 1 - edge) < FEW:
        return _twice_the_tail(share, edge, n)
    return float(2 * stats.norm.sf((share - edge) / np.sqrt(edge * (1 - edge) / n)))


def _twice_the_tail(share: float, edge: float, n: float) -> float:
    """2 (P(X > x) + P(X = x) / 2) of a binomial share, for any real ``n`` by way of the beta distribution."""
    x = share * n
    reached = float(special.betainc(x, n - x + 1, edge))
    passed = float(special.betainc(x + 1, n - x, edge)) if n - x > 1e-9 else 0.0
    return min(1.0, reached + passed)


def adjust(p: Sequence[float]) -> list[float]:
    """p values corrected for their number (Benjamini and Hochberg 1995)."""
    return [float(v) for v in stats.false_discovery_control(np.asarray(p))] if len(p) else []


def verdict(adjusted: float) -> str:
    return "signal" if adjusted <= SURE else "watch" if adjusted <= LIKELY else "noise"


@dataclass(frozen=True, slots=True)
class Cluster:
    """One week: tickets per category (columns of one order) and the block of weeks that are alike but for chance."""

    counts: tuple[float, ...]
    block: int


def intraclass(clusters: Sequence[Cluster]) -> float | None:
    """Intra-class correlation of categories within weeks, the ANOVA estimator pooled over categories.

    One-way analysis of variance of the 0/1 indicator of each category, weeks nested in blocks (quarters, so that slow change
    is not taken for week-to-week chance), mean squares summed over categories (Ridout, Demetrio and Firth 1999, "AOV";
    Donner 1986). ``None`` with fewer than 8 degrees of freedom between weeks.
    """
    between = within = 0.0
    df_between = df_within = 0.0
    size_numerator = 0.0
    blocks: dict[int, list[tuple[float, ...]]] = {}
    for cluster in clusters:
        if sum(cluster.counts) > 0:
            blocks.setdefault(cluster.block, []).append(cluster.counts)
    for weeks in blocks.values():
        if len(weeks) < 2:
            continue
        counts = np.asarray(weeks, dtype=float)
        n = counts.sum(axis=1)
        total = float(n.sum())
        mean = counts.sum(axis=0) / total
        share = counts / n[:, None]
        between += float((n[:, None] * (share - mean) ** 2).sum())
        within += float((n[:, None] * share * (1 - share)).sum())
        df_between += len(n) - 1
        df_within += total - len(n)
        size_numerator += total - float((n * n).sum()) / total
    if df_between < 8 or df_within <= 0:
        return None
    size = size_numerator / df_between
    msb, msw = between / df_between, within / df_within
    below = msb + (size - 1) * msw
    return float(np.clip((msb - msw) / below, 0.0, 1.0)) if below > 0 else None


def shrunk(rho: float | None, weeks: int) -> float:
    """The site's own correlation drawn towards ``PRIOR_RHO`` by ``PRIOR_WEEKS`` weeks' worth."""
    return PRIOR_RHO if rho is None else (weeks * rho + PRIOR_WEEKS * PRIOR_RHO) / (weeks + PRIOR_WEEKS)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The effective number of tickets, the correlation it was reduced by, and the site's own part in that."""

    effective: float
    rho: float
    own_rho: float | None


def weigh(total: float, squares: float, weeks: int, clusters: Sequence[Cluster]) -> Weighed:
    """How much ``weeks`` judged weeks say: sum and sum of squares of their tickets' weights, and the history to learn from."""
    own = intraclass(clusters)
    rho = shrunk(own, len(clusters))
    return Weighed(effective(kish(total, squares), weeks, rho), rho, own)


def verdicts(
    shares: Sequence[float], ranges: Sequence[tuple[float, float] | None], n: float | Sequence[float]
) -> list[str]:
    """The verdict of each share on ``n`` effective tickets (one number, or one a share); empty where no range is declared.

    Only those far enough outside their range are corrected together for their number; the others are noise and do not count. That
    is the conditional test of interval hypotheses (Zhao, Small and Su 2019; Ellis, Pecanka and Goeman 2020): of the one-sided p
    values those above a bound are set aside and the others divided by it. The bound is 1/2 (all outside) up to 12 shares and
    ``KEPT`` a share beyond, fixed by their number alone: among many shares most lie outside by a little, and would drown the rest
    (benchmarks/team_priority.py).
    """
    sizes = [n] * len(shares) if isinstance(n, int | float) else n
    p = [1.0 if r is None else outside(s, *r, m) / 2 for s, r, m in zip(shares, ranges, sizes, strict=True)]
    bound = min(0.5, KEPT / max(1, sum(r is not None for r in ranges)))
    found = iter(adjust([q / bound for q in p if q < bound]))
    return ["" if r is None else verdict(next(found)) if q < bound else "noise" for q, r in zip(p, ranges, strict=True)]


def drift(shares: Array, low: Array, high: Array) -> Array:
    """What would have to move: max(sum over the upper ends, sum under the lower ends), along the last axis."""
    over = np.clip(shares - high, 0, None).sum(axis=-1)
    under = np.clip(low - shares, 0, None).sum(axis=-1)
    return np.asarray(np.maximum(over, under), dtype=np.float64)


def drift_interval(
    shares: Sequence[float], low: Sequence[float], high: Sequence[float], n: float
) -> tuple[float, float]:
    """95 % interval of the drift: parametric bootstrap, 4,000 multinomial draws of ``n`` effective tickets, fixed seed.

    Drift cannot fall below 0, so on a site without any the interval begins at 0 and chance alone gives it some width.
    """
    rest = max(0.0, 1.0 - float(np.sum(shares)))
    p = np.asarray([*shares, rest])
    draws = np.random.default_rng(20260101).multinomial(max(1, round(n)), p / p.sum(), size=4000)[:, :-1] / max(
        1, round(n)
    )
    values = drift(draws, np.asarray(low), np.asarray(high))
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


def excess(
    planned: Iterable[float], added: Iterable[float], n: Iterable[float], x: Iterable[float]
) -> list[float] | None:
    """p of ``x`` or more additions to ``n`` planned items (one p each), given past deliverables' own rates.

    Additions as over-dispersed counts: rate = sum added / sum planned, dispersion from Pearson's chi-square (Wedderburn 1974,
    quasi-Poisson), tail of the negative binomial with that mean and variance. ``None`` with fewer than 10 past deliverables.
    Where nothing was planned there is no rate: such a past does not count, and such a present has p = 1.
    """
    past, grown = np.asarray([*planned], dtype=float), np.asarray([*added], dtype=float)
    past, grown = past[past > 0], grown[past > 0]
    if len(past) < 10:
        return None
    rate = max(float(grown.sum()), 0.5) / float(past.sum())
    dispersion = max(1.0, float((((grown - rate * past) ** 2) / (rate * past)).sum()) / (len(past) - 1))
    mean, seen = rate * np.asarray([*n], dtype=float), np.asarray([*x], dtype=float)
    if dispersion <= 1.0 + 1e-9:
        p = stats.poisson.sf(seen - 1, mean)
    else:
        p = stats.nbinom.sf(seen - 1, np.maximum(mean, 1e-9) / (dispersion - 1.0), 1.0 / dispersion)
    return [float(v) for v in np.where(mean > 0, p, 1.0)]
