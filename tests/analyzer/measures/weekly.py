"""Draws the same week again and again, so that a test shows only what differs in the weeks of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from analyzer.result import Finding, Table

WINDOW = date(2026, 1, 5)
"""The Monday on which the window of a drawn board begins."""

Cells = Mapping[str, str]


def weekly(
    cells: Callable[[bool, int, Callable[[int], str]], Cells], each: int = 6, before: int = 30, after: int = 8
) -> str:
    """``each`` tickets a week, made and begun on Monday and done on Friday unless ``cells`` says otherwise.

    ``cells`` is given whether the week is in the window, the ticket's number in its week, and a function from a day of that
    week (0 = Monday) to its name.
    """
    rows: list[dict[str, str]] = []
    for week in range(-before, after):
        first = WINDOW + timedelta(weeks=week)

        def day(n: int, first: date = first) -> str:
            return (first + timedelta(days=n)).isoformat()

        for n in range(each):
            usual = {
                "key": f"A-{len(rows) + 1}", "created": day(-3), "doing": day(0), "done": day(4), "assignee": str(n + 1),
                "by": f"x{len(rows)}",
            }  # fmt: skip
            rows.append({**usual, **cells(week >= 0, n, day)})
    columns = list(rows[0])
    return "\n".join([" ".join(columns), *(" ".join(r[c] for c in columns) for r in rows)])


def lines(finding: Finding, table: str) -> dict[str, dict[str, object]]:
    """The rows of a table by their first cell."""
    (found,) = [d for d in finding.details if isinstance(d, Table) and d.id == table]
    return {str(r.cells[found.columns[0].id]): {**r.cells, "ids": r.tickets} for r in found.rows}
