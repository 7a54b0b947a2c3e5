"""When a measure may speak, and how it says that it does not."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence

from analyzer.board import Board
from analyzer.result import Finding, Meta, Shape, Unit

KNOWN = """
SELECT coalesce(avg(CASE WHEN t.history <> 'none' THEN 1.0 ELSE 0.0 END), 0) FROM finished f
JOIN ticket_then t ON t.no = f.ticket JOIN days d ON d.day = f.day WHERE d.week BETWEEN ? AND ?
"""

ESTIMATED = """
SELECT avg(CASE WHEN t.estimate > 0 THEN 1.0 ELSE 0.0 END) FROM finished f
JOIN ticket_then t ON t.no = f.ticket JOIN days d ON d.day = f.day WHERE d.week BETWEEN ? AND ? AND t.level <= 0
"""

PLAIN_COUNT = "Counted, not estimated: no statistics stand behind it."
"""How sure a finding is that is true or not."""

UNITS: dict[str, Unit] = {"days": "person_days", "count": "tickets", "points": "points"}


def isolated(meta: Meta, look: Callable[[], Finding], what: str) -> Finding:
    """What ``look`` finds; one that breaks becomes an error finding, so that the rest go on. ``what`` failed, in words."""
    try:
        return look()
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        reason = f"{type(error).__name__} in {place.name} ({place.filename.rsplit('/', 1)[-1]}:{place.lineno})"
        sentence = f"{what} failed; the others are not affected. Please report it."
        return Finding(meta=meta, verdict="error", sentence=sentence, reason=reason)


def percent(share: float) -> str:
    """A share as whole percents, below one as ``<1 %``; the space does not break."""
    return "<1\u00a0%" if 0 < share < 0.005 else f"{abs(share):.0%}".replace("%", "\u00a0%")


def span(share: tuple[float, float]) -> str:
    """A range of shares: ``30–40 %``, or ``30 %`` where both ends are alike."""
    low, high = (f"{100 * v:.0f}" for v in share)
    return f"{low}\u00a0%" if low == high else f"{low}–{high}\u00a0%"


def measured_in(basis: str) -> Unit:
    return UNITS[basis]


def empty(board: Board) -> str:
    """What to do where no ticket is known at the moment; empty if one is."""
    if board.one("SELECT count(*) FROM ticket_then"):
        return ""
    first = board.one("SELECT min(created) FROM tickets")
    if first is None:
        return (
            "There are no tickets in the store. Read an export first (alignment pull FILE), or pull from the settings."
        )
    return f"The first ticket known is of {first:%Y-%m-%d}. Choose a later day."


def unseen(board: Board) -> str:
    """Why nothing can be said of the window at all; empty if something can."""
    if reason := empty(board):
        return reason
    if board.judged_weeks:
        return ""
    reasons = list(dict.fromkeys(r for w, r in sorted(board.set_apart.items()) if w >= board.first_week))
    return f"Every week of the window with a strategy was set apart: {'; '.join(reasons)}."


def judgeable(board: Board, basis: str) -> str:
    """Why effort of the window cannot be judged; empty if it can."""
    if reason := empty(board):
        return reason
    if not board.regimes or all(board.regimes.get(w) is None for w in range(board.first_week, board.last_week + 1)):
        return "No strategy was in force in these weeks. Give one with valid dates that cover them."
    if reason := unseen(board):
        return reason
    finished = board.one(
        "SELECT count(*) FROM finished f JOIN days d ON d.day = f.day WHERE d.week BETWEEN ? AND ?",
        board.first_week, board.last_week,
    )  # fmt: skip
    if basis == "days" and finished and board.one(KNOWN, board.first_week, board.last_week) < 0.5:
        return (
            "Most tickets of these weeks came without a change log, and person-days are read from it. Export as JSON with the "
            "change log, or count finished tickets instead: --effort count."
        )
    if basis == "points" and finished and board.one(ESTIMATED, board.first_week, board.last_week) < 0.5:
        return "Fewer than half of the tickets finished in these weeks carry an estimate: --effort days or count says more."
    if not board.one("SELECT count(*) FROM effort WHERE basis = ? AND week IN (SELECT unnest(?))", basis, board.judged):
        newest = board.one("SELECT max(since) FROM span_then")
        hint = (
            f" The newest change known is of {newest:%Y-%m-%d}; --as-of looks at an earlier moment." if newest else ""
        )
        return f"No effort was seen in these weeks.{hint}"
    return ""


def counted(number: int, one: str = "ticket") -> str:
    """``1 ticket``, ``14 tickets``."""
    return f"{number:,} {one if number == 1 else one + 's'}"


def not_judged(
    meta: Meta, reason: str, details: Sequence[Shape] = (), value: float | None = None,
    interval: tuple[float, float] | None = None,
) -> Finding:  # fmt: skip
    """An honest answer: what is missing, with whatever can be shown all the same."""
    return Finding(
        meta=meta, verdict="not_judged", sentence=reason, reason=reason, details=list(details),
        value=value, interval=interval,
    )  # fmt: skip
