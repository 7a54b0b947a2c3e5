"""The number of items or points that was agreed for a priority, and what it holds now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analyzer.board import Board
from analyzer.evidence import row, table
from analyzer.result import Shape

ITEMS = """
SELECT t.id, t.created, t.estimate FROM link l JOIN ticket_then t ON t.no = l.ticket
WHERE l.regime = ? AND l.target = ? AND t.level = 0 AND t.phase IS DISTINCT FROM 'cancelled' ORDER BY t.created, t.id
"""


@dataclass(frozen=True, slots=True)
class Agreed:
    """One agreed range: ``unit`` items or points; ``tickets`` those made after the range was full, ``more`` were cut."""

    target: str
    name: str
    unit: str
    low: float
    high: float
    now: float
    tickets: tuple[str, ...]
    more: int

    @property
    def broken(self) -> bool:
        return self.now > self.high

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
                size = pd.Series(1.0, index=live.index) if unit == "items" else live["estimate"].fillna(0.0)
                over = live[size.cumsum() > limit.high]
                shown = tuple(str(i) for i in over["id"].head(board.options.evidence))
                found.append(
                    Agreed(
                        target.id, target.name, unit, limit.low, limit.high, float(size.sum()), shown,
                        len(over) - len(shown),
                    )
                )  # fmt: skip
    return found


def as_table(agreed: Sequence[Agreed]) -> Shape:
    columns = [
        ("priority", "Priority", "text"), ("unit", "Counted in", "text"), ("agreed", "Agreed", "text"), ("now", "Now", "count"),
        ("verdict", "Verdict", "text"),
    ]  # fmt: skip
    rows = []
    for a in agreed:
        verdict = "signal" if a.broken else "noise"
        cells = {
            "priority": a.name,
            "unit": a.unit,
            "agreed": a.limit,
            "now": a.now,
            "verdict": verdict,
        }
        rows.append(row(cells, {"": (list(a.tickets), a.more)}))
    return table("agreed", "Agreed ranges", columns, rows, "The tickets are the latest made, as many as are too many.")
