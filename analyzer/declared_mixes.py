"""What teams declared of their own mix in the strategy, held against what they did: one cell a team and priority."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analyzer import allocation, statistics
from analyzer.board import Board
from analyzer.mixes import Company
from analyzer.written import Share

BY_WEEK = """
SELECT week, shown, target, sum(units)::BIGINT AS units FROM share_of
WHERE basis = ? AND in_force AND shown IN (SELECT unnest(?)) GROUP BY week, shown, target ORDER BY week, shown, target
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One priority of one team over the judged weeks; ``verdict`` is empty where the team has too few tickets."""

    team: str
    target: str
    share: float
    n: float
    interval: tuple[float, float]
    intended: tuple[float, float]
    verdict: str = ""
    since: int | None = None

    @property
    def off(self) -> float:
        """Signed distance outside the range."""
        return max(self.share - self.intended[1], 0.0) + min(self.share - self.intended[0], 0.0)


def named(board: Board) -> dict[str, str]:
    """The teams whose mix a strategy of the judged weeks declares, by their name in small letters."""
    found: dict[str, str] = {}
    for week in reversed(board.judged_weeks):
        regime = board.regimes[week]
        for team in regime.strategy.teams if regime else ():
            found.setdefault(team.lower(), team)
    return found


def cells(board: Board, company: Company) -> list[Cell]:
    """Every declared share of every shown team, corrected together for their number; furthest outside first."""
    mine = {t: n for n, t in enumerate(company.teams) if t.lower() in named(board) and company.now.units[n] > 0}
    if not mine:
        return []
    frame = board.frame(BY_WEEK, board.options.basis, list(mine))
    made: list[Cell] = []
    for team, at in mine.items():
        own = frame[frame["shown"] == team]
        effort = {int(w): float(u) for w, u in own.groupby("week")["units"].sum().items()}  # type: ignore[call-overload]
        for target, intended in _ranges(board, team, effort).items():
            share = float(company.now.shares[at, company.targets.index(target)]) if target in company.targets else 0.0
            n = float(company.now.n[at])
            made.append(Cell(team, target, share, n, statistics.wilson(share, n), intended))
    judged = [c.n >= statistics.LEAST for c in made]
    ranges = [c.intended if ok else None for c, ok in zip(made, judged, strict=True)]
    found = statistics.verdicts([c.share for c in made], ranges, [c.n for c in made])
    known = [replace(c, verdict=v) for c, v in zip(made, found, strict=True)]
    known = [replace(c, since=_since(board, frame, c)) if c.verdict in ("signal", "watch") else c for c in known]
    return sorted(
        known, key=lambda c: (["signal", "watch", "noise", ""].index(c.verdict), -abs(c.off), c.team, c.target)
    )


def would_move(cells: list[Cell], company: Company) -> float:
    """The share of these teams' effort that would have to move to be inside every declared range."""
    moved = whole = 0.0
    for team in sorted({c.team for c in cells}):
        own = [c for c in cells if c.team == team]
        units = float(company.now.units[company.teams.index(team)])
        low, high = (np.asarray([c.intended[n] for c in own]) for n in (0, 1))
        moved += units * float(statistics.drift(np.asarray([c.share for c in own]), low, high))
        whole += units
    return moved / whole if whole else 0.0


def _ranges(board: Board, team: str, effort: dict[int, float]) -> dict[str, tuple[float, float]]:
    """What every judged week's strategy declares for the team, weighted by the team's effort of the week."""
    by_week = {w: _declared(board, w, team) for w in board.judged_weeks}
    whole = sum(effort.get(w, 0.0) for w in by_week)
    ids = set.intersection(*(set(mix) for mix in by_week.values()))
    return {
        i: (
            sum(mix[i].low * effort.get(w, 0.0) for w, mix in by_week.items()) / whole,
            sum(mix[i].high * effort.get(w, 0.0) for w, mix in by_week.items()) / whole,
        )
        for i in sorted(ids)
    }


def _declared(board: Board, week: int, team: str) -> dict[str, Share]:
    regime = board.regimes.get(week)
    mixes = regime.strategy.teams if regime else {}
    return next((mix for name, mix in mixes.items() if name.lower() == team.lower()), {})


def _since(board: Board, frame: object, cell: Cell) -> int:
    own = frame[frame["shown"] == cell.team]  # type: ignore[index]
    weeks = list(range(min(allocation.first_reliable_week(board), board.last_week), board.last_week + 1))
    (line,) = allocation.rolling(board, own, [cell.target], "target", weeks)

    def outside(week: int, share: float) -> bool:
        declared = _declared(board, week, cell.team).get(cell.target)
        return declared is not None and (share > declared.high if cell.off > 0 else share < declared.low)

    return allocation.unbroken(weeks, line, outside)
