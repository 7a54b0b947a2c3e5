"""How many tickets a person of each team has in progress at once, by week: never shown for a person."""

from __future__ import annotations

from analyzer.board import Board
from analyzer.effort import UNIT

WIP = f"""
SELECT s.shown, e.week, count(*) AS held, sum(e.units)::DOUBLE / {UNIT} AS days FROM effort_day e
JOIN ticket_team g ON g.ticket = e.ticket JOIN team_shown s ON s.team = g.team
WHERE e.person IS NOT NULL AND e.week BETWEEN $1 AND $2 GROUP BY s.shown, e.week ORDER BY s.shown, e.week
"""
HELD = """
SELECT s.shown AS grp, e.ticket, count(*) AS weight FROM effort_day e
JOIN ticket_team g ON g.ticket = e.ticket JOIN team_shown s ON s.team = g.team
WHERE e.person IS NOT NULL AND e.week IN (SELECT unnest(?)) AND s.shown IN (SELECT unnest(?)) GROUP BY s.shown, e.ticket
"""
"""Tickets in progress in some weeks, those held longest first."""

Weekly = dict[int, float]


def in_progress(board: Board) -> dict[str, tuple[Weekly, Weekly]]:
    """For each shown team, by week: tickets held, summed over its person-days, and those person-days. Their quotient is the mean
    number of tickets among which a person divided a day. Weeks set apart are left out."""
    found: dict[str, tuple[Weekly, Weekly]] = {}
    for r in board.rows(WIP, board.history_week, board.last_week):
        if r.week not in board.set_apart:
            held, days = found.setdefault(r.shown, ({}, {}))
            held[r.week], days[r.week] = float(r.held), float(r.days)
    return found


def past_weeks(board: Board) -> list[int]:
    """Weeks before the window that may say what is usual."""
    return [w for w in range(board.history_week, board.first_week) if w not in board.set_apart]
