"""Weekly rates of all teams together and of each, held against their own past and corrected together for their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer import statistics, trend
from analyzer.board import Board
from analyzer.calendar import week_name
from analyzer.evidence import Evidence, row
from analyzer.result import Line, Row, Series, Verdict

ALL = "All together"


@dataclass(frozen=True, slots=True)
class Rate:
    """``events`` per ``exposure`` of the judged weeks; ``shift`` is empty where the past says too little; ``p`` is corrected."""

    name: str
    events: float
    exposure: float
    shift: trend.Shift | None
    p: float = 1.0

    @property
    def recent(self) -> float:
        return self.events / self.exposure if self.exposure else 0.0

    @property
    def verdict(self) -> Verdict:
        """Only more than usual asks for attention: less of a bad thing is no news to act on."""
        if self.shift is None:
            return "not_judged"
        return trend.verdict(self.p) if self.shift.higher else "noise"  # type: ignore[return-value]


def weeks(board: Board) -> tuple[list[int], list[int]]:
    """The weeks of the window and the weeks before it; those set apart are in neither. No strategy is needed."""
    kept = [w for w in range(board.history_week, board.last_week + 1) if w not in board.set_apart]
    return [w for w in kept if w >= board.first_week], [w for w in kept if w < board.first_week]


def rates(board: Board, rows: Iterable[Any], share: bool = False) -> list[Rate]:
    """All together first, then each group by name. ``rows`` have ``name``, ``week``, ``events`` and ``exposure``."""
    recent, past = weeks(board)
    by_name: dict[str, tuple[dict[int, float], dict[int, float]]] = {}
    whole: tuple[dict[int, float], dict[int, float]] = defaultdict(float), defaultdict(float)
    for r in rows:
        own = by_name.get(r.name) or by_name.setdefault(r.name, (defaultdict(float), defaultdict(float)))
        n, of = float(r.events or 0), float(r.exposure or 0)
        for events, exposure in (whole, own):
            events[r.week] += n
            exposure[r.week] += of
    by_name[ALL] = whole
    groups = [ALL, *(sorted(n for n in by_name if n != ALL) if len(by_name) > 2 else [])]
    found = []
    for name in groups:
        events, exposure = by_name[name]
        seen = [sum(side.get(w, 0.0) for w in recent) for side in (events, exposure)]
        before = past if name not in board.hidden_pasts else []
        found.append(Rate(name, seen[0], seen[1], trend.shift(events, exposure, recent, before, share)))
    return corrected(found)


def corrected(found: Sequence[Rate]) -> list[Rate]:
    """The same with p corrected together (Benjamini and Hochberg 1995)."""
    p = iter(statistics.adjust([r.shift.p for r in found if r.shift is not None]))
    return [Rate(r.name, r.events, r.exposure, r.shift, next(p) if r.shift is not None else 1.0) for r in found]


def worst(found: Sequence[Rate]) -> Rate | None:
    """The rate that speaks loudest: the smallest corrected p among those above their past, else the first judged one."""
    judged = [r for r in found if r.shift is not None]
    loud = [r for r in judged if r.verdict in ("signal", "watch")]
    return min(loud, key=lambda r: r.p) if loud else judged[0] if judged else None


def rows(found: Sequence[Rate], times: float = 1.0, tickets: Evidence | None = None) -> list[Row]:
    """One table row a rate, with what was to be expected; rates are given ``times`` so many. ``tickets`` by name."""
    made = []
    for r in found:
        s = r.shift
        usual = [None, None, None] if s is None else [times * v for v in (s.usual, s.low, s.high)]
        cells: dict[str, str | float | int | None] = {
            "name": r.name, "recent": times * r.recent, "usual": usual[0], "low": usual[1], "high": usual[2],
            "verdict": "too little past" if s is None else r.verdict,
        }  # fmt: skip
        made.append(row(cells, tickets, r.name))
    return made


def columns(unit: str, label: str = "Team") -> list[tuple[str, str, str]]:
    return [
        ("name", label, "text"), ("recent", "These weeks", unit), ("usual", "Usual", unit), ("low", "Expected from", unit),
        ("high", "To", unit), ("verdict", "Verdict", "text"),
    ]  # fmt: skip


def over_time(board: Board, rows: Iterable[Any], ident: str, title: str, unit: str, times: float = 1.0) -> Series:
    """The rate of all together, a week a point, up to a year."""
    sums: dict[int, list[float]] = {}
    for r in rows:
        held = sums.setdefault(int(r.week), [0.0, 0.0])
        held[0] += float(r.events or 0)
        held[1] += float(r.exposure or 0)
    shown = [w for w in range(max(board.history_week, board.last_week - 51), board.last_week + 1) if w in sums]
    values = [times * sums[w][0] / sums[w][1] if sums[w][1] else None for w in shown]
    return Series(
        id=ident, title=title, unit=unit, x=[week_name(w) for w in shown],  # type: ignore[arg-type]
        lines=[Line(id="rate", label="Each week", values=values)],
        set_apart=[week_name(w) for w in sorted(board.set_apart) if w in shown],
    )  # fmt: skip
