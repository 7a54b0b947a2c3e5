"""What each shown team divides its effort among, over the window and stretches of four weeks, and how sure such a mix is.

A mix read from few tickets looks more lopsided and less scattered than it is: it misses priorities by chance. So mixes are only
compared after each was thinned to the same effective number of tickets: with ``n`` known and ``m`` wanted, ``n m / (n - m)``
tickets are drawn from the mix, which makes its variance 1/n + (n - m)/(n m) = 1/m (after rarefaction; Hurlbert 1971).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np
import pandas as pd
from scipy import stats

from analyzer import privacy, statistics
from analyzer.allocation import MILLI
from analyzer.board import Board
from analyzer.statistics import Array
from analyzer.trend import BLOCK, LEAST_BLOCKS

Statistic = Callable[[Array], Array]
"""Maps mixes (draws, teams, targets) to one number a draw."""

SEED = 20260101
DRAWS = 20_000
"""Thinned mixes drawn in all, shared among the teams (at least 20, at most 400 each)."""

LAY_OUT = f"""
CREATE OR REPLACE TEMP TABLE team_mix AS
WITH one AS (
    SELECT b.block, s.shown, s.target, s.ticket, sum(s.units) AS units FROM share_of s JOIN block_of b ON b.week = s.week
    WHERE s.basis = $1 AND s.in_force GROUP BY b.block, s.shown, s.target, s.ticket
), whole AS (SELECT block, shown, ticket, sum(units) // {MILLI} AS w FROM one GROUP BY block, shown, ticket),
size AS (
    SELECT block, shown, sum(w)::DOUBLE AS total, sum(w * w)::DOUBLE AS squares, count(*) AS tickets
    FROM whole GROUP BY block, shown
)
SELECT o.block, o.shown, o.target, sum(o.units)::BIGINT AS units, any_value(z.total) AS total, any_value(z.squares) AS squares,
    any_value(z.tickets) AS tickets
FROM one o JOIN size z ON z.block = o.block AND z.shown = o.shown GROUP BY o.block, o.shown, o.target
"""
CLUSTERS = """
SELECT shown, week, target, count(DISTINCT ticket) AS n FROM share_of WHERE basis = 'count' AND in_force
GROUP BY shown, week, target ORDER BY shown, week, target
"""


@dataclass(frozen=True, slots=True)
class Mixes:
    """Shares by team and target in one block (rows add up to 1); ``n`` effective tickets and ``tickets`` seen, a team each.

    ``units`` is each team's effort.
    """

    shares: Array
    n: Array
    tickets: Array
    units: Array


@dataclass(frozen=True, slots=True)
class Company:
    """``blocks`` as ``blocks()`` numbers them, 0 the window. ``rho`` is the correlation of tickets in one team's week."""

    teams: tuple[str, ...]
    targets: tuple[str, ...]
    blocks: dict[int, Mixes]
    rho: float

    @property
    def now(self) -> Mixes:
        return self.blocks[0]


def lay_out(board: Board) -> None:
    """``block_of(week, block)`` and ``team_mix`` by block: see ``blocks``."""
    rows = [(week, block) for block, weeks in blocks(board).items() for week in weeks]
    board.lay("block_of", pd.DataFrame(rows, columns=["week", "block"], dtype="int64"))
    board.con.execute(LAY_OUT, [board.options.basis])
    hidden = privacy.hidden_stretches(board.con, board.options.at_least)
    if hidden:
        board.lay("hidden_stretch", pd.DataFrame(sorted(hidden), columns=["shown", "block"]))
        board.con.execute(
            "DELETE FROM team_mix USING hidden_stretch h WHERE team_mix.shown = h.shown AND team_mix.block = h.block"
        )


def blocks(board: Board) -> dict[int, list[int]]:
    """Weeks by block, those set apart left out: 0 is the whole window, −1, −2 … its stretches of four weeks (the last first),
    1, 2 … those before it. A stretch in which the strategy named other priorities than before is left out: its mix would hold the
    priorities of both."""
    found = {0: board.judged}
    size = length(board)
    for block in range(1, max(board.options.weeks, board.options.history_weeks) // size + 1):
        for sign, first_of_all in ((-1, board.first_week), (1, board.history_week)):
            last = end(board, sign * block)
            weeks = [w for w in range(last - size + 1, last + 1) if w not in board.set_apart]
            regimes = [board.regimes.get(w) for w in weeks]
            named = {frozenset(t.id for t in r.targets if t.kind != "parked") for r in regimes if r is not None}
            if weeks and last - size + 1 >= first_of_all and len(named) == 1 and None not in regimes:
                found[sign * block] = weeks
    return found


def length(board: Board) -> int:
    """Weeks in a stretch: four, or as many more as let whole stretches fill the window."""
    return board.options.weeks // max(1, board.options.weeks // BLOCK)


def end(board: Board, block: int) -> int:
    """The last week of a stretch."""
    newest = board.last_week if block <= 0 else board.first_week - 1
    return newest - max(0, abs(block) - 1) * length(board)


def company(board: Board) -> Company | None:
    """The mixes of all shown teams; ``None`` where no effort was seen in the window."""
    board.once(lay_out)
    rows = board.rows("SELECT * FROM team_mix ORDER BY block, shown, target")
    if not any(r.block == 0 for r in rows):
        return None
    teams = tuple(sorted({r.shown for r in rows}))
    targets = tuple(sorted({r.target for r in rows}))
    clusters = _clusters(board, {t: n for n, t in enumerate(targets)})
    rho = statistics.shrunk(statistics.intraclass(clusters), len(clusters))
    held = blocks(board)
    place = {t: n for n, t in enumerate(teams)}, {t: n for n, t in enumerate(targets)}
    made: dict[int, Mixes] = {}
    for block, those in groupby(rows, key=attrgetter("block")):
        units, n, seen = np.zeros((len(teams), len(targets))), np.zeros(len(teams)), np.zeros(len(teams))
        for r in those:
            units[place[0][r.shown], place[1][r.target]] = r.units
            kish = statistics.kish(r.total, r.squares)
            n[place[0][r.shown]] = statistics.effective(kish, len(held[block]), rho)
            seen[place[0][r.shown]] = r.tickets
        whole = units.sum(axis=1)
        made[block] = Mixes(units / np.maximum(whole, 1.0)[:, None], n, seen, whole)
    return Company(teams, targets, made, rho)


def _clusters(board: Board, place: dict[str, int]) -> list[statistics.Cluster]:
    """Finished tickets by target, a team's week a cluster; a team's quarter is a block."""
    counts: dict[tuple[str, int], list[float]] = {}
    for r in board.rows(CLUSTERS):
        if r.week not in board.set_apart and r.target in place:
            counts.setdefault((r.shown, r.week), [0.0] * len(place))[place[r.target]] = r.n
    team = {shown: n for n, shown in enumerate(sorted({shown for shown, _ in counts}))}
    return [
        statistics.Cluster(tuple(line), team[shown] * 10_000 + (board.last_week - week) // 13)
        for (shown, week), line in sorted(counts.items())
    ]


def thinned(shares: Array, n: Array, to: Array, draws: int, rng: np.random.Generator) -> Array:
    """(draws, teams, targets): each team's mix as it may have looked on ``to`` effective tickets instead of ``n``."""
    made = np.empty((draws, *shares.shape))
    for team, (share, known, wanted) in enumerate(zip(shares, n, to, strict=True)):
        if known - wanted < 1e-9 or share.sum() <= 0:
            made[:, team] = share
        else:
            m = max(1, round(known * wanted / (known - wanted)))
            made[:, team] = rng.multinomial(m, share / share.sum(), size=draws) / m
    return made


@dataclass(frozen=True, slots=True)
class Against:
    """A number in the stretches of the window and in those before, all thinned alike; ``p`` two-sided."""

    recent: dict[int, float]
    past: dict[int, float]
    p: float

    @property
    def now(self) -> float:
        return float(np.mean([*self.recent.values()]))

    @property
    def usual(self) -> float:
        return float(np.mean([*self.past.values()]))

    @property
    def higher(self) -> bool:
        return self.now > self.usual


def against_past(mixes: dict[int, Mixes], teams: Sequence[int], statistic: Statistic, among: int = 1) -> Against | None:
    """The stretches of the window against those before: t with past stretches − 1 degrees of freedom; the deviation is that of the
    past, at least that of a thinned draw. ``None`` with fewer than five past stretches in which every one of these teams has
    ``statistics.LEAST`` effective tickets, or none in the window. ``among`` so many such questions of one report.
    """
    chosen = list(teams)
    kept = {b: m for b, m in mixes.items() if b and (m.n[chosen] >= statistics.LEAST).all()}
    if sum(b > 0 for b in kept) < LEAST_BLOCKS or min(kept) > 0:
        return None
    to = np.min([m.n[chosen] for m in kept.values()], axis=0)
    rng = np.random.default_rng(SEED)
    draws = min(400, max(20, DRAWS // max(1, len(chosen) * among)))
    level = {
        b: float(statistic(thinned(m.shares[chosen], m.n[chosen], to, draws, rng)).mean()) for b, m in kept.items()
    }
    recent, past = ({b: v for b, v in level.items() if (b > 0) == before} for before in (False, True))
    chance = float(statistic(by_chance(kept[max(recent)].shares[chosen], to, draws, rng)).std(ddof=1))
    spread = max(float(np.std([*past.values()], ddof=1)), chance, 1e-9) * float(
        np.sqrt(1 / len(recent) + 1 / len(past))
    )
    apart = abs(float(np.mean([*recent.values()])) - float(np.mean([*past.values()])))
    return Against(recent, past, float(2 * stats.t.sf(apart / spread, len(past) - 1)))


def by_chance(shares: Array, n: Array, draws: int, rng: np.random.Generator) -> Array:
    """(draws, teams, targets): mixes of ``n`` effective tickets a team that chance makes of the given ones."""
    made = np.empty((draws, *shares.shape))
    for team, (share, size) in enumerate(zip(shares, n, strict=True)):
        m = max(1, round(size))
        made[:, team] = rng.multinomial(m, share / max(share.sum(), 1e-12), size=draws) / m
    return made


def effective_number(mixes: Array) -> Array:
    """e^entropy along the last axis: how many priorities of equal size would scatter as much (Hill 1973, order 1)."""
    safe = np.where(mixes > 0, mixes, 1.0)
    return np.asarray(np.exp(-(mixes * np.log(safe)).sum(axis=-1)), dtype=np.float64)


def scattered(amounts: Sequence[float]) -> float:
    """The same of amounts that need not add up to 1; 0 where there are none."""
    whole = sum(amounts)
    return float(effective_number(np.asarray(amounts, dtype=np.float64) / whole)) if whole else 0.0


def distance(a: Array, b: Array) -> Array:
    """Total variation along the last axis: the share of effort that one mix would have to move to be the other."""
    return np.asarray(np.abs(a - b).sum(axis=-1) / 2, dtype=np.float64)
