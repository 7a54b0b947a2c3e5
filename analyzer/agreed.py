"""The number of items or points that was agreed for a priority, and what it holds now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analyzer.board import Board
from analyzer.calendar import day_of
from analyzer.evidence import row, table
from analyzer.regimes import Target
from analyzer.result import Shape
from analyzer.written import Range

ITEMS = """
SELECT t.id, t.created, t.estimate, a.agreed_by FROM link l JOIN ticket_then t ON t.no = l.ticket
LEFT JOIN agreed_growth a ON a.container = l.target AND a.ticket = l.ticket
WHERE l.regime = ? AND l.target = ? AND t.level = 0 AND t.phase IS DISTINCT FROM 'cancelled' ORDER BY t.created, t.id
"""


@dataclass(frozen=True, slots=True)
class Agreed:
    """One agreed range: ``unit`` items or points; ``tickets`` those made after the range was full, ``more`` were cut.

    ``later`` is the size of what came then and was agreed all the same; ``since`` the day the first came that was not."""

    target: str
    name: str
    unit: str
    low: float
    high: float
    now: float
    tickets: tuple[str, ...]
    more: int
    later: float = 0.0
    since: str | None = None
    by: date | None = None

    @property
    def broken(self) -> bool:
        return self.now - self.later > self.high

    @property
    def limit(self) -> str:
        return f"{self.high:g}" if self.low == self.high else f"{self.low:g}–{self.high:g}"


def ranges(board: Board) -> list[Agreed]:
    """Every range that the present strategy states. Cancelled tickets and sub-tasks are no items."""
    regime = board.current
    found = []
    for target in regime.targets if regime else ():
        agreed = target.priority.scope if target.priority else None
        if agreed is None or regime is None:
            continue
        live = board.frame(ITEMS, regime.no, target.id)
        for unit, limit in (("items", agreed.items), ("points", agreed.points)):
            if limit is not None:
                found.append(_range(board, target, unit, limit, live))
    return found


def _range(board: Board, target: Target, unit: str, limit: Range, live: pd.DataFrame) -> Agreed:
    assert board.current is not None and target.priority is not None
    size = pd.Series(1.0, index=live.index) if unit == "items" else live["estimate"].fillna(0.0)
    over = live[size.cumsum() > limit.high]
    alone = over[over["agreed_by"].isna()]
    shown = tuple(str(i) for i in over["id"].head(board.options.evidence))
    first = board.options.calendar.local_day(alone["created"].min().to_pydatetime()) if len(alone) else None
    outcome, valid = target.priority.outcome, board.current.strategy.valid
    return Agreed(
        target.id, target.name, unit, limit.low, limit.high, float(size.sum()), shown, len(over) - len(shown),
        later=float(size[over.index[over["agreed_by"].notna()]].sum()), since=None if first is None else day_of(first).isoformat(),
        by=(outcome.by if outcome else None) or (valid.last if valid else None),
    )  # fmt: skip


def as_table(agreed: Sequence[Agreed]) -> Shape:
    columns = [
        ("priority", "Priority", "text"), ("unit", "Counted in", "text"), ("agreed", "Agreed", "text"), ("now", "Now", "count"),
        ("later", "Agreed on top", "count"), ("since", "Left since", "date"), ("verdict", "Verdict", "text"),
    ]  # fmt: skip
    rows = []
    for a in agreed:
        cells = {
            "priority": a.name, "unit": a.unit, "agreed": a.limit, "now": a.now, "later": a.later,
            "since": a.since if a.broken else None, "verdict": "signal" if a.broken else "noise",
        }  # fmt: skip
        rows.append(row(cells, {"": (list(a.tickets), a.more)}))
    return table("agreed", "Agreed ranges", columns, rows, "The tickets are the latest made, as many as are too many.")
