"""Where each priority stands over the judged weeks: its share, how sure, what was intended, and whether that is chance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from analyzer import allocation, statistics
from analyzer.board import Board
from analyzer.effort import UNIT
from analyzer.mapping import UNMATCHED


@dataclass(frozen=True, slots=True)
class Standing:
    """One priority over the judged weeks; ``verdict`` is empty where no range is declared."""

    id: str
    name: str
    kind: str
    share: float
    days: float
    interval: tuple[float, float]
    intended: tuple[float, float] | None
    verdict: str = ""

    @property
    def off(self) -> float:
        """Signed distance outside the range."""
        if self.intended is None:
            return 0.0
        return max(self.share - self.intended[1], 0.0) + min(self.share - self.intended[0], 0.0)


def judge(board: Board, frame: pd.DataFrame, sample: allocation.Sample) -> list[Standing]:
    """Every target with its share, interval, range and verdict, most of the effort first."""
    inside = frame[frame["week"].isin(board.judged)]
    totals = {int(w): int(u) for w, u in inside.groupby("week")["units"].sum().items()}  # type: ignore[call-overload]
    whole = sum(totals.values())
    units = {str(t): int(u) for t, u in inside.groupby("target")["units"].sum().items()}
    standings = []
    for ident, (name, kind) in names_of(board).items():
        mine = units.get(ident, 0)
        share = mine / whole
        wide = statistics.wilson(share, sample.effective)
        standings.append(
            Standing(
                ident, name, kind, share, mine / UNIT, wide, allocation.ranges(board, totals, ident) if ident else None
            )
        )
    found = [""] * len(standings)
    if sample.effective >= statistics.LEAST:
        found = statistics.verdicts([s.share for s in standings], [s.intended for s in standings], sample.effective)
    judged = [replace(s, verdict=v) for s, v in zip(standings, found, strict=True)]
    return sorted(judged, key=lambda s: (-s.share, s.id))


def names_of(board: Board) -> dict[str, tuple[str, str]]:
    """Targets of the judged weeks' strategies (the latest name counts), and unlinked work."""
    found: dict[str, tuple[str, str]] = {}
    for week in reversed(board.judged_weeks):
        regime = board.regimes[week]
        for target in regime.targets if regime else ():
            found.setdefault(target.id, (target.name, target.kind))
    return found | {"": ("No priority (unlinked)", "unlinked")}


def unmatched(board: Board) -> dict[str, tuple[str, str]]:
    """Targets of the present strategy whose rules no ticket in the store ever matched: (name, where the rules stand)."""
    if board.current is None or board.options.slice:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for r in board.rows(UNMATCHED, board.current.no):
        target = board.current.target(r.target)
        if target is not None and target.kind != "parked":
            found.setdefault(r.target, (target.name, f"{r.file}:{r.line}"))
    return found


def declared(standings: list[Standing], ident: str) -> bool:
    return any(s.id == ident and s.intended and s.intended[0] > 0 for s in standings)


def about(lost: dict[str, tuple[str, str]]) -> str:
    return " ".join(
        f"No ticket matches the rules of {name} ({place}): nobody works on it, or the rules name something that is not "
        "there. It is not judged."
        for name, place in lost.values()
    )
