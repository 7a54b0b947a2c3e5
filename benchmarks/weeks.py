"""Weeks of made-up tickets whose true shares are known, judged by the program's own statistics.

Weekly mixes are Dirichlet draws around the true shares (so tickets of one week are correlated by ``rho``), tickets are
categories drawn from the week's mix, their effort is log-normal, and some draw it over two or three weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzer import statistics

HISTORY, WINDOW, QUARTER = 52, 8, 13
LONG = 0.3
"""Part of the tickets that draw effort over more than the week they are finished in."""

SPREAD = 0.7
"""Of log effort, as in the example company: 20 tickets then say as much as 12 of one size."""

Floats = npt.NDArray[np.float64]
Range = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Site:
    """``shares`` true in the past, the last of them unlinked work; ``later`` true in the last ``WINDOW`` weeks.

    ``tickets`` a week; ``spread`` is the standard deviation of the logarithm of their effort, 0 for tickets alike.
    """

    shares: tuple[float, ...]
    ranges: tuple[Range, ...]
    tickets: float
    rho: float
    spread: float = SPREAD
    later: tuple[float, ...] | None = None
    allowance: float = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """One report: a verdict a priority, one of unlinked work, and the effective number of tickets they rest on."""

    drift: list[str]
    unlinked: str
    effective: float

    @property
    def signal(self) -> bool:
        """Whether ``priority_drift`` would say so."""
        return self.effective >= statistics.LEAST and "signal" in self.drift

    @property
    def any_signal(self) -> bool:
        """Whether ``priority_drift`` or ``unlinked_work`` would."""
        return self.signal or (self.effective >= statistics.LEAST and self.unlinked == "signal")


@dataclass(frozen=True, slots=True)
class Past:
    """Tickets of all weeks: the week finished, category, effort, and the number of weeks it was drawn over."""

    week: npt.NDArray[np.int64]
    category: npt.NDArray[np.int64]
    effort: Floats
    length: npt.NDArray[np.int64]


def draw(site: Site, rng: np.random.Generator) -> Past:
    """One company's weeks; two more than are known, for tickets still in progress."""
    weeks = HISTORY + WINDOW + 2
    now, later = np.asarray(site.shares), np.asarray(site.later or site.shares)
    mixes = np.array([_mix(later if w >= HISTORY else now, site.rho, rng) for w in range(weeks)])
    week = np.repeat(np.arange(weeks), rng.poisson(site.tickets, weeks))
    above = rng.random(len(week))[:, None] > np.cumsum(mixes, axis=1)[week]
    length = np.where(rng.random(len(week)) < LONG, rng.integers(2, 4, len(week)), 1)
    effort = np.exp(site.spread * rng.standard_normal(len(week)))
    return Past(week, above.sum(axis=1).clip(max=len(now) - 1), effort, length)


def _mix(shares: Floats, rho: float, rng: np.random.Generator) -> Floats:
    """One week's mix: Dirichlet with intra-class correlation ``rho`` = 1 / (1 + sum of its parameters)."""
    return rng.dirichlet(np.maximum(shares, 1e-9) * (1 - rho) / rho) if rho > 0 else shares


@dataclass(frozen=True, slots=True)
class Seen:
    """What the tracker shows of ``WINDOW`` weeks: shares, Kish's number of tickets, and finished tickets by week and category."""

    shares: list[float]
    total: float
    squares: float
    finished: Floats


def seen(site: Site, past: Past, last: int) -> Seen:
    """The ``WINDOW`` weeks that end with ``last``."""
    wide, first = len(site.shares), last - WINDOW + 1
    inside = np.minimum(past.week, last) - np.maximum(past.week - past.length + 1, first) + 1
    drawn = past.effort * np.clip(inside, 0, None) / past.length
    shares = (np.bincount(past.category, drawn, wide) / max(drawn.sum(), 1e-9)).tolist()
    finished = np.zeros((last + 1, wide))
    np.add.at(finished, (past.week[past.week <= last], past.category[past.week <= last]), 1)
    return Seen(shares, float(drawn.sum()), float((drawn**2).sum()), finished)


def clusters(finished: Floats, last: int, team: int = 0) -> list[statistics.Cluster]:
    """The weeks of the history at hand, a quarter a block; teams share no block."""
    weeks = range(max(0, last - HISTORY - WINDOW + 1), last + 1)
    return [statistics.Cluster(tuple(finished[w]), team * 10_000 + (last - w) // QUARTER) for w in weeks]


def report(site: Site, past: Past, last: int) -> Told:
    """What the report of week ``last`` says about the ``WINDOW`` weeks that end with it, as the measures work it out."""
    found = seen(site, past, last)
    shares = found.shares
    n = statistics.weigh(found.total, found.squares, WINDOW, clusters(found.finished, last)).effective
    unlinked = statistics.verdict(statistics.outside(shares[-1], 0.0, site.allowance, n))
    return Told(statistics.verdicts(shares, site.ranges, n), unlinked, n)


def sure(rate: float, reports: int) -> str:
    """A rate in percent with its 95 % interval (Wilson) over so many independent companies."""
    low, high = statistics.wilson(rate, reports)
    return f"{100 * rate:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def shares_of(count: int) -> tuple[float, ...]:
    """True shares of ``count`` priorities, the first the largest, and of unlinked work (10 %)."""
    weights = np.arange(count, 0, -1) + 1.0
    return (*(0.9 * weights / weights.sum()).tolist(), 0.1)


def intended(shares: Sequence[float], place: str) -> tuple[Range, ...]:
    """What the strategy states: ranges of ten points with the truth in their ``middle``, at an ``edge`` (upper and lower by
    turns), or a ``number``. Unlinked work has none."""

    def one(n: int, share: float) -> tuple[float, float]:
        below, above = {"middle": (5, 5), "edge": ((10, 0), (0, 10))[n % 2], "number": (0, 0)}[place]
        return max(0.0, share - below / 100), min(1.0, share + above / 100)

    return (*(one(n, share) for n, share in enumerate(shares[:-1])), None)


def shifted(shares: Sequence[float], at: int, by: float) -> tuple[float, ...]:
    """The shares after one has gained ``by``; the others lose in proportion."""
    rest = 1 - shares[at]
    return tuple(share + by if n == at else share * (rest - by) / rest for n, share in enumerate(shares))
