"""Counts false alarms and true shifts found among teams × priorities. Run as ``python -m benchmarks.team_priority [companies]``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

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
TEAMS, CORRELATIONS = (4, 12), (0.0, 0.05, 0.08)


def report(sites: Sequence[Site], pasts: Sequence[Past], last: int) -> list[list[str]]:
    """The verdicts of each team's priorities in one report, all corrected together, as ``team_divergence`` works them out."""
    found = [seen(site, past, last) for site, past in zip(sites, pasts, strict=True)]
    history = [c for team, f in enumerate(found) for c in clusters(f.finished, last, team)]
    n = [statistics.weigh(f.total, f.squares, WINDOW, history).effective for f in found]
    cells = [
        (share, declared if size >= statistics.LEAST else None, size)
        for site, f, size in zip(sites, found, n, strict=True)
        for share, declared in zip(f.shares, site.ranges, strict=True)
    ]
    told = statistics.verdicts(*map(list, zip(*cells, strict=True)))  # type: ignore[arg-type]
    wide = len(sites[0].shares)
    return [told[at : at + wide] for at in range(0, len(told), wide)]


def mixes(teams: int) -> list[tuple[float, ...]]:
    """Teams differ: each has the priorities in another order; unlinked work stays the last."""
    *shares, unlinked = shares_of(PRIORITIES)
    return [(*shares[t % PRIORITIES :], *shares[: t % PRIORITIES], unlinked) for t in range(teams)]


def alarms(place: str, teams: int, rho: float, companies: int, spread: float = SPREAD, seed: int = 5) -> float:
    """The part of the reports with a signal in any team and priority though nothing moved."""
    sites = [Site(shares, intended(shares, place), TICKETS, rho, spread) for shares in mixes(teams)]
    rng = np.random.default_rng(seed)
    told = (report(sites, [draw(site, rng) for site in sites], HISTORY + WINDOW - 1) for _ in range(companies))
    return float(np.mean([any("signal" in team for team in verdicts) for verdicts in told]))


def found(teams: int, rho: float, spread: float, companies: int, seed: int = 3) -> float:
    """The part of the companies in which 15 points more of one priority in one team are found by the report of week 8.

    That priority was at the end of its range, every other share of every team in the middle of its own.
    """
    sites = [Site(shares, intended(shares, "middle"), TICKETS, rho, spread) for shares in mixes(teams)]
    first = sites[0]
    ranges = list(first.ranges)
    ranges[AT] = max(0.0, first.shares[AT] - 0.1), first.shares[AT]
    sites[0] = Site(first.shares, tuple(ranges), TICKETS, rho, spread, shifted(first.shares, AT, SHIFT))
    rng = np.random.default_rng(seed)
    told = (report(sites, [draw(site, rng) for site in sites], HISTORY + WINDOW - 1) for _ in range(companies))
    return float(np.mean([verdicts[0][AT] == "signal" for verdicts in told]))


def main(arguments: list[str]) -> int:
    companies = int(arguments[0]) if arguments else 200
    print(
        f"{PRIORITIES} priorities a team, {TICKETS} tickets a week in a team; 95 % intervals; {companies} companies a number.\n"
    )
    print("Reports with a signal in any team and priority though nothing moved:")
    missed = False
    for place, words in PLACES.items():
        rates = []
        for teams in TEAMS:
            for rho in CORRELATIONS:
                rates.append(alarms(place, teams, rho, companies))
                print(f"  {words:26} {teams:3} teams, rho {rho:.2f}: {sure(rates[-1], companies)}", flush=True)
        over = float(np.mean(rates))
        print(f"  {words:26} all: {sure(over, companies * len(rates))}\n")
        missed |= over > ALARMS
    print(
        f"A true shift of {100 * SHIFT:.0f} points in one team, from the end of its range, found by the report of week 8:"
    )
    seen_alike = []
    for words, spread in (("tickets alike", 0.0), (f"effort differs ({SPREAD})", SPREAD)):
        for teams in TEAMS:
            for rho in CORRELATIONS:
                rate = found(teams, rho, spread, companies)
                print(f"  {words:26} {teams:3} teams, rho {rho:.2f}: {sure(rate, companies)}", flush=True)
                seen_alike += [rate] if spread == 0 and rho > 0 else []
    power = float(np.mean(seen_alike))
    print(
        f"\nBars: alarms at most {ALARMS:.0%}: {'MISSED' if missed else 'met'}; found at least {POWER:.0%} (tickets alike, rho 0.05"
    )
    print(f"and 0.08): {sure(power, companies * len(seen_alike))}: {'MISSED' if power < POWER else 'met'}.")
    return int(missed or power < POWER)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
