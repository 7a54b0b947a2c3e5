"""Counts false alarms and true shifts found among teams × priorities. Run as ``python -m benchmarks.team_priority [companies]``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from scipy import optimize, stats

from analyzer import statistics
from benchmarks.weeks import (
    HISTORY,
    SPREAD,
    WINDOW,
    Past,
    Site,
    clusters,
    draw,
    intended,
    seen,
    shares_of,
    shifted,
    sure,
)

ALARMS, POWER = 0.07, 0.75
SHIFT, TICKETS, PRIORITIES, AT = 0.15, 20, 4, 1
PLACES = {"middle": "in the middle of ranges", "edge": "exactly at the edges", "number": "numbers, not ranges"}
TEAMS, COUNTS, CORRELATIONS = (1, 4, 12), (4, 6, 8), (0.0, 0.05, 0.08)
"""Teams that declare a mix, priorities of each, and how much tickets of one week resemble each other."""

EFFECTIVE = 72.0
"""Tickets that ``WINDOW`` weeks of ``TICKETS`` say as much as, with ``rho`` between 0.05 and 0.08."""


def report(sites: Sequence[Site], pasts: Sequence[Past], last: int) -> list[list[str]]:
    """The verdicts of each team's priorities in one report, all corrected together, as ``team_divergence`` works them out."""
    found = [seen(site, past, last) for site, past in zip(sites, pasts, strict=True)]
    history = [c for team, f in enumerate(found) for c in clusters(f.finished, last, team)]
    rho = statistics.shrunk(statistics.intraclass(history), len(history))
    shares: list[float] = []
    ranges: list[tuple[float, float] | None] = []
    sizes: list[float] = []
    for site, f in zip(sites, found, strict=True):
        n = statistics.effective(statistics.kish(f.total, f.squares), WINDOW, rho)
        shares += f.shares
        ranges += site.ranges if n >= statistics.LEAST else [None] * len(site.ranges)
        sizes += [n] * len(f.shares)
    told, wide = statistics.verdicts(shares, ranges, sizes), len(sites[0].shares)
    return [told[at : at + wide] for at in range(0, len(told), wide)]


def mixes(teams: int, count: int) -> list[tuple[float, ...]]:
    """Teams differ: each has the priorities in another order; unlinked work stays the last."""
    *shares, unlinked = shares_of(count)
    return [(*shares[t % count :], *shares[: t % count], unlinked) for t in range(teams)]


def alarms(place: str, teams: int, rho: float, companies: int, spread: float = SPREAD, seed: int = 5) -> float:
    """The part of the reports with a signal in any team and priority though nothing moved."""
    sites = [Site(shares, intended(shares, place), TICKETS, rho, spread) for shares in mixes(teams, PRIORITIES)]
    rng = np.random.default_rng(seed)
    told = (report(sites, [draw(site, rng) for site in sites], HISTORY + WINDOW - 1) for _ in range(companies))
    return float(np.mean([any("signal" in team for team in verdicts) for verdicts in told]))


def found(teams: int, count: int, rho: float, spread: float, companies: int, seed: int = 3) -> tuple[float, float]:
    """The part of the companies in which 15 points more of one priority in one team are found: by the report of week 8, and by any
    of weeks 1 to 8. That priority was at the end of its range, every other share of every team in the middle of its own.
    """
    sites = [Site(shares, intended(shares, "middle"), TICKETS, rho, spread) for shares in mixes(teams, count)]
    first = sites[0]
    ranges = list(first.ranges)
    ranges[AT] = max(0.0, first.shares[AT] - 0.1), first.shares[AT]
    sites[0] = Site(first.shares, tuple(ranges), TICKETS, rho, spread, shifted(first.shares, AT, SHIFT))
    rng = np.random.default_rng(seed)
    eighth, ever = 0, 0
    for _ in range(companies):
        pasts = [draw(site, rng) for site in sites]
        told = [report(sites, pasts, week)[0][AT] == "signal" for week in range(HISTORY, HISTORY + WINDOW)]
        eighth, ever = eighth + told[-1], ever + any(told)
    return eighth / companies, ever / companies


def best(teams: int, count: int, spent: float = ALARMS, n: float = EFFECTIVE) -> float:
    """How often the report of week 8 could find that shift at best, by weighted tests of every end of every range that spend
    ``spent`` in all.

    The weights are those that find most shifts of that size, each share's true place known (Spjøtvoll 1972; Roeder and
    Wasserman 2009).
    """
    size: list[float] = []
    moved = 0
    for team, shares in enumerate(mixes(teams, count)):
        for at, share in enumerate(shares[:-1]):
            own = team == 0 and at == AT
            low, high = (max(0.0, share - 0.1), share) if own else (max(0.0, share - 0.05), share + 0.05)
            moved = len(size) if own else moved
            size += [(SHIFT - abs(end - share)) / np.sqrt(end * (1 - end) / n) for end in (high, low) if end > 0]
    away = np.asarray(size)

    def p(c: float) -> statistics.Array:
        return np.asarray(stats.norm.sf(away / 2 + c / away), dtype=np.float64)

    level = p(float(optimize.brentq(lambda c: p(c).sum() - spent, -5, 60)))
    return float(stats.norm.sf(stats.norm.isf(level[moved]) - away[moved]))


def main(arguments: list[str]) -> int:
    companies = int(arguments[0]) if arguments else 100
    print(f"{TICKETS} tickets a week in a team; % with 95 % intervals; {companies} companies a number.\n")
    print(f"Reports with a signal in any team and priority though nothing moved ({PRIORITIES} priorities):")
    missed = False
    for place, words in PLACES.items():
        rates = []
        for teams in TEAMS[1:]:
            for rho in CORRELATIONS:
                rates.append(alarms(place, teams, rho, companies))
                print(f"  {words:26} {teams:3} teams, rho {rho:.2f}: {sure(rates[-1], companies)}", flush=True)
        over = float(np.mean(rates))
        print(f"  {words:26} all: {sure(over, companies * len(rates))}\n")
        missed |= over > ALARMS
    print(f"Bar: at most {ALARMS:.0%}: {'MISSED' if missed else 'met'}.\n")
    counts = ", ".join(map(str, COUNTS))
    print(f"A true shift of {100 * SHIFT:.0f} points in one team, from the end of its range; {counts} priorities,")
    print("rho 0.05 and 0.08; by the report of week 8 / by any of weeks 1 to 8:")
    held = {}
    for words, spread in (("tickets alike", 0.0), (f"effort differs ({SPREAD})", SPREAD)):
        for teams in TEAMS:
            seen_all = [
                found(teams, count, rho, spread, companies) for count in COUNTS for rho in CORRELATIONS if rho > 0
            ]
            week8, ever = np.mean(seen_all, axis=0)
            many = companies * len(seen_all)
            print(
                f"  {words:26} {teams:3} declared: {sure(float(week8), many)} / {sure(float(ever), many)}", flush=True
            )
            held[spread, teams] = float(ever)
    for teams in TEAMS:
        could = ", ".join(f"{100 * best(teams, count):.0f}" for count in COUNTS)
        print(f"  the best weights for {teams} declared, every share's place known, by the report of week 8: {could} %")
    for teams in TEAMS:
        met = "MISSED" if held[0.0, teams] < POWER else "met"
        print(f"Bar: at least {POWER:.0%} within 8 weeks, tickets alike, {teams} declared: {met}.")
    return int(missed or held[0.0, 1] < POWER)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
