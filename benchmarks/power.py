"""Counts true shifts of 15 points that the weekly reports find. Run as ``python -m benchmarks.power [companies]``."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from benchmarks.weeks import HISTORY, SPREAD, WINDOW, Site, draw, intended, report, shares_of, shifted, sure

BAR = 0.75
SHIFT, TICKETS, AT = 0.15, 20, 1
"""Points gained by the second largest priority; the others lose them in proportion to their size."""

CASES = {
    "from the end of its range": "the other priorities in the middle of theirs",
    "from a number": "the others are numbers too",
    "from the middle of its range": "so ten points outside",
}
COUNTS, CORRELATIONS = (4, 6, 8), (0.0, 0.05, 0.08)


@dataclass(frozen=True, slots=True)
class Found:
    """Parts of the companies in which the shift was found: by the report of week 8, and by any of weeks 1 to 8."""

    eighth: float
    any: float


def found(
    case: str, count: int, rho: float, spread: float, companies: int, tickets: float = TICKETS, seed: int = 7
) -> Found:
    """A signal of ``priority_drift`` for the priority that gained, in the weekly reports after the shift."""
    shares = shares_of(count)
    ranges = list(intended(shares, "number" if case == "from a number" else "middle"))
    if case == "from the end of its range":
        ranges[AT] = max(0.0, shares[AT] - 0.1), shares[AT]
    site = Site(shares, tuple(ranges), tickets, rho, spread, shifted(shares, AT, SHIFT))
    rng = np.random.default_rng(seed)
    seen = []
    for _ in range(companies):
        past = draw(site, rng)
        told = [report(site, past, week) for week in range(HISTORY, HISTORY + WINDOW)]
        seen.append([t.signal and t.drift[AT] == "signal" for t in told])
    return Found(float(np.mean([s[-1] for s in seen])), float(np.mean([any(s) for s in seen])))


def main(arguments: list[str]) -> int:
    companies = int(arguments[0]) if arguments else 200
    print(
        f"A true shift of {100 * SHIFT:.0f} points at {TICKETS} tickets a week, found by the report of week 8 / by any"
    )
    print(f"report of weeks 1 to 8, % ({companies} companies a number).\n")
    sizes = (("tickets alike", 0.0), (f"effort differs (spread {SPREAD})", SPREAD))
    print(f"{'shift':30} {'priorities':>10} {'rho':>5}", *(f"{words:>28}" for words, _ in sizes))
    held: dict[float, list[Found]] = {spread: [] for _, spread in sizes}
    for case, words in CASES.items():
        for count in COUNTS:
            for rho in CORRELATIONS:
                seen = [found(case, count, rho, spread, companies) for _, spread in sizes]
                cells = (f"{100 * f.eighth:.0f} / {100 * f.any:.0f}" for f in seen)
                print(f"{case:30} {count:10} {rho:5.2f}", *(f"{cell:>28}" for cell in cells), flush=True)
                if case == "from the end of its range" and rho > 0:
                    for (_, spread), f in zip(sizes, seen, strict=True):
                        held[spread].append(f)
        print(f"{'':30} ({words})\n")
    met = {s: (float(np.mean([f.eighth for f in fs])), float(np.mean([f.any for f in fs]))) for s, fs in held.items()}
    print("Over 4 to 8 priorities at rho 0.05 and 0.08, 15 points beyond the end of a range:")
    for words, spread in sizes:
        many = companies * len(held[spread])
        print(f"  {words:28} week 8: {sure(met[spread][0], many)}   any of weeks 1 to 8: {sure(met[spread][1], many)}")
    missed = met[0.0][0] < BAR
    print(f"Bar: at least {BAR:.0%} by the report of week 8, tickets alike: {'MISSED' if missed else 'met'}.")
    print(
        f"Held to tickets of unequal effort: {'missed' if met[SPREAD][1] < BAR else 'met'} even by any of the eight reports."
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
