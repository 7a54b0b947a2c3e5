"""Counts reports that raise a signal though nothing has moved. Run as ``python -m benchmarks.false_alarms [companies]``."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from benchmarks.weeks import HISTORY, WINDOW, Site, draw, intended, report, shares_of, sure

BAR = 0.07
PLACES = {"middle": "in the middle of ranges", "edge": "exactly at the edges", "number": "numbers, not ranges"}
COUNTS, CORRELATIONS, SIZES = (4, 6, 8), (0.0, 0.05, 0.08), (10, 20, 30, 100)


@dataclass(frozen=True, slots=True)
class Rate:
    """Parts of the reports with a signal of ``priority_drift``, and of that or ``unlinked_work``."""

    drift: float
    either: float


def rate(place: str, count: int, rho: float, tickets: float, companies: int, seed: int = 11) -> Rate:
    """Reports of the last week of so many companies without drift; unlinked work is exactly what is allowed."""
    shares = shares_of(count)
    site = Site(shares, intended(shares, place), tickets, rho, allowance=shares[-1])
    rng = np.random.default_rng(seed)
    told = [report(site, draw(site, rng), HISTORY + WINDOW - 1) for _ in range(companies)]
    return Rate(float(np.mean([t.signal for t in told])), float(np.mean([t.any_signal for t in told])))


def main(arguments: list[str]) -> int:
    companies = int(arguments[0]) if arguments else 500
    print(f"Reports with a signal though nothing moved, % ({companies} companies a number).")
    print("Priority drift alone / or unlinked work, which is exactly at its allowance.\n")
    print(f"{'truth lies':26} {'priorities':>10} {'rho':>5}", *(f"{f'{n} a week':>13}" for n in SIZES))
    missed = False
    chance = 3 * float(np.sqrt(BAR * (1 - BAR) / companies))
    for place, words in PLACES.items():
        seen = []
        for count in COUNTS:
            for rho in CORRELATIONS:
                rates = [rate(place, count, rho, n, companies) for n in SIZES]
                seen += rates
                cells = (f"{100 * r.drift:.1f} / {100 * r.either:.1f}" for r in rates)
                print(f"{words:26} {count:10} {rho:5.2f}", *(f"{cell:>13}" for cell in cells), flush=True)
        over, worst = float(np.mean([r.drift for r in seen])), max(r.drift for r in seen)
        either = float(np.mean([r.either for r in seen]))
        many = companies * len(seen)
        print(
            f"{words:26} {'all':>10}       {sure(over, many)} / {sure(either, many)}, worst {sure(worst, companies)} of drift\n"
        )
        missed |= over > BAR or worst > BAR + chance
    print(
        f"Bar: at most {BAR:.0%} (a single number up to {BAR + chance:.1%}, by chance): {'MISSED' if missed else 'met'}."
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
