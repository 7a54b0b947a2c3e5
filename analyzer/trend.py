"""Whether a rate left the site's own past, for measures to which no strategy declares a range.

Assumptions: without a change, four-week blocks have one rate and differ by more than chance by a constant factor (over-dispersion);
what weeks owe each other within a block is in that factor. Slow drift over the whole history counts as dispersion, so a site
that always moved raises no signal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

BLOCK = 4
"""Weeks pooled before dispersion is estimated: a change of a month's length is not taken for news."""

LEAST_BLOCKS = 5
"""Fewer past blocks know too little of what is usual."""

TRACE = 1e-6
"""An exposure below this is what rounding leaves, and no week of work: a rate over it has no bound."""

SURE, LIKELY = 0.005, 0.05
"""p at or below which an undeclared measure is a signal, or worth watching. A tenth of the 0.05 of declared ranges: about ten
measures have no declared range, and together they may cry wolf no more than one of the others (Bonferroni)."""


@dataclass(frozen=True, slots=True)
class Shift:
    """``recent`` and ``usual`` are rates (events per exposure); ``low``/``high`` the 95 % interval in which the recent rate was to
    be expected; ``p`` two-sided."""

    recent: float
    usual: float
    low: float
    high: float
    p: float

    @property
    def higher(self) -> bool:
        return self.recent > self.usual


def shift(
    events: Mapping[int, float],
    exposure: Mapping[int, float],
    recent: Sequence[int],
    past: Sequence[int],
    share: bool = False,
) -> Shift | None:
    """The rate of the ``recent`` weeks against the ``past`` ones (week numbers; weeks without exposure count for nothing).

    Quasi-Poisson two-sample test (Wedderburn 1974; McCullagh and Nelder 1989, ch. 9), quasi-binomial where events are a ``share``
    of the exposure: dispersion is Pearson's chi-square of past blocks of four weeks, at least 1, the reference distribution t with
    blocks − 1 degrees of freedom. ``None`` with fewer than ``LEAST_BLOCKS`` past blocks, fewer than 5 past events, or no recent
    exposure.
    """
    blocks: dict[int, list[float]] = {}
    newest = max(past, default=0)
    for week in past:
        if exposure.get(week, 0.0) > TRACE:
            held = blocks.setdefault((newest - week) // BLOCK, [0.0, 0.0])
            held[0] += events.get(week, 0.0)
            held[1] += exposure[week]
    x0, n0 = (sum(b[i] for b in blocks.values()) for i in (0, 1))
    x1, n1 = (
        float(sum(side.get(w, 0.0) for w in recent if exposure.get(w, 0.0) > TRACE)) for side in (events, exposure)
    )
    if len(blocks) < LEAST_BLOCKS or x0 < 5 or n1 <= 0:
        return None
    usual = x0 / n0
    spread = 1 - min(usual, 1.0) if share else 1.0
    seen, size = (np.asarray([b[i] for b in blocks.values()]) for i in (0, 1))
    free = len(blocks) - 1
    unit = usual * max(spread, 1e-9)
    dispersion = max(1.0, float((((seen - usual * size) ** 2) / (unit * size)).sum()) / free)
    deviation = float(np.sqrt(dispersion * unit * (1 / n1 + 1 / n0)))
    recent_rate = x1 / n1
    p = float(2 * special.stdtr(free, -abs(recent_rate - usual) / deviation))  # stats.t, which is slow for one number
    half = float(special.stdtrit(free, 0.975)) * deviation
    top = min(1.0, usual + half) if share else usual + half
    return Shift(recent_rate, usual, max(0.0, usual - half), top, p)


def verdict(p: float) -> str:
    return "signal" if p <= SURE else "watch" if p <= LIKELY else "noise"
