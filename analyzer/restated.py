"""What earlier reports said of their weeks, what the same weeks look like today, and what moved the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from analyzer import allocation, frozen, mapping, statistics, teams
from analyzer.board import AS_KNOWN, Board
from analyzer.calendar import day_of, monday, week_number
from analyzer.effort import UNIT
from analyzer.evidence import heaviest, lines, row, table
from analyzer.judging import measured_in
from analyzer.regimes import regimes_by_week
from analyzer.result import Shape
from analyzer.standing import names_of

MOST = 4
"""Earlier reports that are shown, the latest of each window."""

NOTABLE = 0.005
"""Half a point: below it a share is the same number to a reader."""

MOVED = """
WITH spent AS (
    SELECT ticket, week, sum(units)::BIGINT AS units FROM effort
    WHERE basis = $1 AND week BETWEEN $2 AND $3 GROUP BY ticket, week
), before AS (
    SELECT s.ticket, s.week, coalesce(l.target, '') AS target, coalesce(l.weight, 1000000) AS weight FROM spent s
    JOIN lens_before n ON n.week = s.week LEFT JOIN link_before l ON l.regime = n.regime AND l.ticket = s.ticket
), after AS (
    SELECT s.ticket, s.week, coalesce(l.target, '') AS target, coalesce(l.weight, 1000000) AS weight FROM spent s
    JOIN lens n ON n.week = s.week AND n.in_force LEFT JOIN link l ON l.regime = n.regime AND l.ticket = s.ticket
), changed AS (
    SELECT ticket, week, target, -weight AS weight FROM before UNION ALL SELECT ticket, week, target, weight FROM after
), net AS (
    SELECT ticket, week, target, sum(weight) AS weight FROM changed GROUP BY ticket, week, target HAVING sum(weight) <> 0
)
SELECT n.ticket, n.target, sum((s.units // 1000000) * n.weight)::BIGINT AS units
FROM net n JOIN spent s ON s.ticket = n.ticket AND s.week = n.week GROUP BY n.ticket, n.target
"""


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier report: when it was seen from, its weeks, its drift, and its shares by name of priority."""

    as_of: datetime
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
    return made + (_why(board, differing) if differing else [])


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
    return Past(seen, min(named), max(named), weeks, drift["value"], shares)


def as_seen(board: Board, past: Past) -> tuple[dict[str, float], float | None]:
    """Shares by name and the drift of an earlier report's weeks, as the board sees them."""
    frame = allocation.weekly(board, board.options.basis)
    inside = frame[frame["week"].isin(list(past.weeks))]
    totals = {int(w): int(u) for w, u in inside.groupby("week")["units"].sum().items()}  # type: ignore[call-overload]
    whole = sum(totals.values())
    if not whole:
        return {}, None
    names = _names(board, past.weeks)
    units = {str(t): int(u) for t, u in inside.groupby("target")["units"].sum().items()}
    shares = {names.get(t, t): u / whole for t, u in units.items()}
    bounds = {t: allocation.ranges_of(board, totals, t, past.weeks) for t in names if t}
    ranged = [(units.get(t, 0) / whole, *b) for t, b in bounds.items() if b is not None]
    if not ranged:
        return shares, None
    mine, low, high = (statistics.array(side) for side in zip(*ranged, strict=True))
    return shares, float(statistics.drift(mine, low, high))


def _names(board: Board, weeks: Sequence[int]) -> dict[str, str]:
    """Names as the table of the report writes them."""
    found = {"": names_of(board)[""][0]}
    for week in weeks:
        regime = board.regimes.get(week)
        for t in regime.targets if regime else ():
            found[t.id] = f"{t.name} (parked)" if t.kind == "parked" else t.name
    return found


def _why(board: Board, past: Past) -> list[Shape]:
    """What links made since then moved between priorities, as effort of that report's weeks; the rest is said in the note."""
    _links_before(board, past)
    moved = board.frame(MOVED, board.options.basis, past.first_week, past.last_week)
    board.lay("relinked", moved.astype({"ticket": "int64", "target": object, "units": "int64"}))
    tickets = heaviest(board, "SELECT target AS grp, ticket, abs(units) AS weight FROM relinked")
    names = _names(board, past.weeks)
    rows = []
    by_target = board.frame(
        "SELECT target, sum(units)::BIGINT AS units, count(DISTINCT ticket) AS tickets FROM relinked "
        "GROUP BY target ORDER BY target"
    )
    for r in lines(by_target):
        cells = {
            "priority": names.get(r.target, r.target),
            "effort": round(int(r.units) / UNIT, 3),
            "tickets": int(r.tickets),
        }
        rows.append(row(cells, tickets, str(r.target)))
    columns = [
        ("priority", "Priority", "text"), ("effort", "Gained or lost by links made since", measured_in(board.options.basis)),
        ("tickets", "Tickets", "tickets"),
    ]  # fmt: skip
    note = "What links do not explain comes from the tracker's record of these weeks or from the strategy file, edited since."
    if not rows:
        note = f"No link of these weeks has changed. {note}"
    title = f"What moved the report of {past.as_of:%Y-%m-%d}"
    return [table("relinked", title, columns, rows, note)]


def _links_before(board: Board, past: Past) -> None:
    """``link_before`` and ``lens_before``: links as they were known at the earlier report's moment, under today's strategy file.

    Laid out on a connection of its own, whose temporary tables do not meet the board's.
    """
    regimes = regimes_by_week(board.strategies, past.first_week, past.last_week)
    distinct = {r.no: r for r in regimes.values() if r is not None}
    con = board.con.cursor()
    try:
        con.execute("CREATE OR REPLACE TEMP TABLE moment AS SELECT ?::TIMESTAMP AS as_of", [past.as_of])
        rows = board.con.execute("SELECT * FROM calendar").df()
        con.register("given", rows)
        con.execute("CREATE OR REPLACE TEMP TABLE calendar AS SELECT * FROM given")
        con.unregister("given")
        for step in AS_KNOWN:
            con.execute(step)
        teams.lay_out(con, board.options.teams)
        mapping.lay_out(con, tuple(distinct[n] for n in sorted(distinct)))
        links = con.execute("SELECT regime, ticket, target, weight FROM link").df()
    finally:
        con.close()
    board.lay("link_before", links)
    lens = [(w, r.no) for w, r in regimes.items() if r is not None]
    board.lay("lens_before", pd.DataFrame(lens, columns=["week", "regime"], dtype="int64"))
