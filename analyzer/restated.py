"""What earlier reports said of their weeks, and what the same weeks look like today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analyzer import allocation, frozen, moved_by, statistics
from analyzer.board import Board
from analyzer.calendar import day_of, monday, week_number
from analyzer.evidence import row, table
from analyzer.result import Shape
from analyzer.standing import names_of

MOST = 4
"""Earlier reports that are shown, the latest of each window."""

NOTABLE = 0.005
"""Half a point: below it a share is the same number to a reader."""


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier report: when it was seen from and made, its weeks, its drift, and its shares by name of priority."""

    as_of: datetime
    made: datetime
    first_week: int
    last_week: int
    weeks: tuple[int, ...]
    drift: float | None
    shares: dict[str, float]


def shapes(board: Board) -> list[Shape]:
    """A table of earlier reports against today's view of their weeks, and what moved the latest one that differs."""
    told = earlier(board)
    if not told:
        return []
    rows, differing = [], None
    unlinked = names_of(board)[""][0]
    for past in told:
        shares, drift = as_seen(board, past)
        gaps = {n: shares.get(n, 0.0) - s for n, s in past.shares.items()}
        largest = max(gaps, key=lambda n: (round(abs(gaps[n]), 6), n != unlinked, n), default="")
        moved = abs(gaps.get(largest, 0.0)) >= NOTABLE
        if moved and differing is None:
            differing = past
        cells = {
            "report": f"{past.as_of:%Y-%m-%d}", "reported": past.drift, "restated": drift,
            "largest": f"{largest}: {100 * past.shares[largest]:.0f} % → {100 * shares.get(largest, 0.0):.0f} %" if moved else "",
        }  # fmt: skip
        rows.append(row(cells))
    columns = [
        ("report", "Report seen from", "date"), ("reported", "Drift as reported", "share"),
        ("restated", "As restated today", "share"), ("largest", "What moved most", "text"),
    ]  # fmt: skip
    note = (
        "A report is never rewritten. Restated: the same weeks with the links, the history and the strategy file as they are known "
        "today."
    )
    made: list[Shape] = [table("restated", "What earlier reports said", columns, rows, note)]
    return [*made, moved_by.drawn(board, differing, names_in(board, differing.weeks))] if differing else made


def earlier(board: Board) -> list[Past]:
    """The reports frozen before the board's moment whose weeks end before its own, newest first."""
    last = day_of(monday(board.last_week) - 1).isoformat()
    told = frozen.reports(board, board.options.weeks + 4, MOST, last)
    found = [_past(body) for body in told]
    return [p for p in found if p is not None and p.first_week >= board.history_week]


def _past(body: dict[str, Any]) -> Past | None:
    drift = frozen.found(body, "priority_drift")
    tables = [d for d in (drift or {}).get("details", []) if d["shape"] == "table" and d["id"] == "priorities"]
    if drift is None or not tables:
        return None
    apart = {w["week"] for w in body["window"]["set_apart"]}
    weeks = tuple(week_number(w) for w in body["window"]["weeks"] if w not in apart)
    shares = {str(r["cells"]["priority"]): float(r["cells"]["share"]) for r in tables[0]["rows"]}
    named = [week_number(w) for w in body["window"]["weeks"]]
    seen = datetime.fromisoformat(body["as_of"]).astimezone(UTC).replace(tzinfo=None)
    return Past(seen, body["made"], min(named), max(named), weeks, drift["value"], shares)


def as_seen(board: Board, past: Past) -> tuple[dict[str, float], float | None]:
    """Shares by name and the drift of an earlier report's weeks, as the board sees them."""
    frame = allocation.weekly(board, board.options.basis)
    inside = frame[frame["week"].isin(list(past.weeks))]
    totals = {int(w): int(u) for w, u in inside.groupby("week")["units"].sum().items()}  # type: ignore[call-overload]
    whole = sum(totals.values())
    if not whole:
        return {}, None
    names = names_in(board, past.weeks)
    units = {str(t): int(u) for t, u in inside.groupby("target")["units"].sum().items()}
    shares = {names.get(t, t): u / whole for t, u in units.items()}
    bounds = {t: allocation.ranges_of(board, totals, t, past.weeks) for t in names if t}
    ranged = [(units.get(t, 0) / whole, *b) for t, b in bounds.items() if b is not None]
    if not ranged:
        return shares, None
    mine, low, high = (statistics.array(side) for side in zip(*ranged, strict=True))
    return shares, float(statistics.drift(mine, low, high))


def names_in(board: Board, weeks: Sequence[int]) -> dict[str, str]:
    """Names as the table of the report writes them."""
    found = {"": names_of(board)[""][0]}
    for week in weeks:
        regime = board.regimes.get(week)
        for t in regime.targets if regime else ():
            found[t.id] = f"{t.name} (parked)" if t.kind == "parked" else t.name
    return found
