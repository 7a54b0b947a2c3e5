"""How often the interval of a plan's shares covers what came. Run as ``python -m benchmarks.plan_interval [companies] [first]``.

Calm made-up companies plan in sprints and cycles. At three moments of each a plan is drawn up from what its trackers knew then:
what is in progress goes on, and what the coming sprints were to hold is taken as far as somebody had written it; once without and
once with the tickets that teams without sprints were to begin. What the company did in the weeks after is the fact.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest import mock

from analyzer import plan_past, planning
from analyzer.board import Board, Options
from analyzer.calendar import Calendar, day_number, week_of_day
from analyzer.plan import Plan
from analyzer.statistics import wilson
from analyzer.store import Store
from analyzer.strategy import Strategy
from benchmarks import calm
from connectors.example.company import Company, company
from connectors.example.days import FIRST_MONDAY, WEEK, moment

LEVELS = (0.95, 0.8)
NEAR = 0.03
"""The bar: no further below its level than three points."""

WEEKS = 40
LOOKS = ((28, 4), (32, 4), (36, 4), (28, 8), (32, 8), (28, 12))
"""Weeks that were over when the plan was made, and the weeks it is for."""

ALL = "in progress, and what sprints were to hold"
CALENDAR = Calendar("Europe/Berlin")
FACTS = """
SELECT target, sum(units)::DOUBLE / sum(sum(units)) OVER () AS share FROM share_of
WHERE basis = 'days' AND in_force AND week BETWEEN ? AND ? GROUP BY target
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One share of one plan: what was planned, expected and done, and whether each interval held it."""

    weeks: int
    listed: bool
    target: str
    planned: float
    expected: float
    fact: float
    inside: tuple[bool, ...]
    half: float


def _day(week: int) -> date:
    return FIRST_MONDAY + timedelta(weeks=week)


def _at(week: int) -> datetime:
    return CALENDAR.midnight(day_number(_day(week))).replace(tzinfo=UTC)


def drawn_up(made: Company, over: int, weeks: int, listed: bool) -> Plan:
    """The plan that somebody who knows what the teams mean to do writes down when ``over`` weeks are over."""
    now, end = over * WEEK, (over + weeks) * WEEK
    numbers = [n for s in made.sprints if now <= s.start < end for n in s.planned]
    if listed:
        fortnights = {t.name for t in made.teams if t.sprints} | {t.key for t in made.teams if t.sprints}
        numbers += [
            t.number for t in made.tickets
            if t.home not in fortnights and t.held and now <= t.held[0][1] < end
        ]  # fmt: skip
    known = [made.by_number[n] for n in dict.fromkeys(numbers) if n in made.by_number]
    take = [t.keys[0] for t in known if t.created < moment(now - 1e-6)]
    period = {"from": _day(over), "to": _day(over + weeks) - timedelta(days=3)}
    return Plan.model_validate({"plan": "Drawn", "period": period, "take": take})


def company_held(seed: int) -> list[Held]:
    """Every share of every plan of one company."""
    made = company(seed, WEEKS, calm=True)
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(calm, "AS_OF", _at(WEEKS)):
        store = Store(Path(folder) / "calm.duckdb")
        calm.fill(store, made)
        strategies = calm.strategies(made)
        with store.reading() as con:
            con.execute("SET threads = 1")
            late = Board(con, strategies, Options(calendar=CALENDAR), _at(WEEKS))
            facts = {look: _facts(late, *look) for look in LOOKS}
        return [one for over in sorted({o for o, _ in LOOKS}) for one in _looked(store, strategies, made, over, facts)]


def _facts(late: Board, over: int, weeks: int) -> dict[str, float]:
    first = week_of_day(day_number(_day(over)))
    return {r.target: r.share for r in late.rows(FACTS, first, first + weeks - 1)}


def _looked(
    store: Store, strategies: tuple[Strategy, ...], made: Company, over: int, facts: dict[tuple[int, int], dict[str, float]]
) -> Iterator[Held]:  # fmt: skip
    with store.reading() as con:
        con.execute("SET threads = 1")
        options = Options(calendar=CALENDAR, ahead=week_of_day(day_number(_day(over))))
        board = Board(con, strategies, options, _at(over))
        past = board.once(plan_past.read)
        for _, weeks in (look for look in LOOKS if look[0] == over):
            for listed in (False, True):
                planned = planning.read(board, drawn_up(made, over, weeks, listed))
                for target, fact in facts[over, weeks].items():
                    gap = past.gap(target)
                    if gap is None or target == "mobile-redesign":  # parked, and hardly ever touched: of no interest
                        continue
                    share = planned.share(target)
                    spans = [gap.interval(share, level) for level in LEVELS]
                    inside = tuple(low <= fact <= high for low, high in spans)
                    half = (spans[0][1] - spans[0][0]) / 2
                    yield Held(weeks, listed, target, share, share + gap.mean, fact, inside, half)


def main(arguments: list[str]) -> int:
    companies = int(arguments[0]) if arguments else 40
    first = int(arguments[1]) if len(arguments) > 1 else 1
    with ProcessPoolExecutor(2) as pool:
        seen = [one for held in pool.map(company_held, range(first, first + companies)) for one in held]
    print(f"{'plans':44} {'shares':>6} " + " ".join(f"{f'{level:.0%} interval':>22}" for level in LEVELS)
          + f" {'off by':>7} {'half':>6}")  # fmt: skip
    missed = False
    for name, rows in _groups(seen):
        rates = [sum(one.inside[n] for one in rows) / len(rows) for n in range(len(LEVELS))]
        told = [(rate, *wilson(rate, companies * len({one.weeks for one in rows}))) for rate in rates]
        missed |= name == ALL and any(rate < level - NEAR for rate, level in zip(rates, LEVELS, strict=True))
        off, half = (
            sum(v) / len(rows) for v in ([one.fact - one.expected for one in rows], [one.half for one in rows])
        )
        print(f"{name:44} {len(rows):6} " + " ".join(f"{f'{r:.1%} ({a:.1%}–{b:.1%})':>22}" for r, a, b in told)
              + f" {100 * off:7.1f} {100 * half:6.1f}")  # fmt: skip
    print(
        "\nIn brackets Wilson's 95 % interval, one observation for a company and length: its shares depend on each other."
    )
    print(f"Bar: of the first line, at most {100 * NEAR:.0f} points below the level: {'MISSED' if missed else 'met'}.")
    return int(missed)


def _groups(seen: list[Held]) -> Iterator[tuple[str, list[Held]]]:
    usual = [one for one in seen if not one.listed]
    yield ALL, usual
    for weeks in sorted({one.weeks for one in usual}):
        yield f"  for {weeks} weeks", [one for one in usual if one.weeks == weeks]
    for target in sorted({one.target for one in usual}):
        yield f"  {target or 'no priority (unlinked)'}", [one for one in usual if one.target == target]
    yield "and what teams without sprints will begin", [one for one in seen if one.listed]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
