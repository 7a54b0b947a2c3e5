"""How long something lasts, where part of it has not ended yet (Kaplan and Meier 1958)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats


@dataclass(frozen=True, slots=True)
class Quantile:
    """``None`` where too few have ended to know it; ``low``/``high`` the 95 % interval (Brookmeyer and Crowley 1982)."""

    value: float | None
    low: float | None
    high: float | None


def quantile(ended: Sequence[float], lasting: Sequence[float], part: float) -> Quantile:
    """The time within which ``part`` of all have ended. What still lasts counts as longer than it has lasted so far.

    Assumption: what still lasts does not differ from the rest but in when it began.
    """
    return quantiles(ended, lasting, (part,))[0]


def quantiles(ended: Sequence[float], lasting: Sequence[float], parts: Sequence[float]) -> list[Quantile]:
    """``quantile`` of several parts: the curve is fitted once."""
    if not len(ended):
        return [Quantile(None, None, None) for _ in parts]
    found = stats.ecdf(stats.CensoredData(uncensored=np.asarray(ended, float), right=np.asarray(lasting, float)))
    at, rest = found.sf.quantiles, found.sf.probabilities
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # the interval has no bound where all or none are left: that is meant
        wide = found.sf.confidence_interval(0.95, method="log-log")
    below: Any = wide.low
    above: Any = wide.high
    sides = (rest, np.nan_to_num(below.probabilities, nan=0.0), np.nan_to_num(above.probabilities, nan=1.0))
    return [Quantile(*(_first(at, side, 1 - part) for side in sides)) for part in parts]


def _first(at: np.ndarray, rest: np.ndarray, level: float) -> float | None:
    reached = np.flatnonzero(rest <= level + 1e-12)
    return float(at[reached[0]]) if len(reached) else None
