"""What a candidate plan would put into work: its pieces, their team, what each serves and how many person-days it may take.

A piece is a ticket; sub-tasks belong to theirs, and an epic with nothing under it stands for itself. Days are those the plan
gives; else the estimate times what a point took here; else what finished tickets of the type took here on average. It is the
average and not the median because days are added up: the sum of medians of lopsided numbers is far too small. What is in
progress takes the rest: the average of those that took longer than it has taken so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analyzer.board import Board
from analyzer.calendar import day_number, monday
from analyzer.effort import UNIT
from analyzer.plan import Plan
from analyzer.statistics import Array

STEPS = 12
LEAST = 10
"""From fewer finished tickets nothing is said of what such a ticket takes."""

PIECE_OF = """
CREATE OR REPLACE TEMP TABLE piece_of AS
SELECT t.no AS ticket, CASE WHEN t.level < 0 AND p.no IS NOT NULL THEN p.no ELSE t.no END AS piece
FROM ticket_then t LEFT JOIN ticket_then p ON p.no = t.parent
"""
SPENT = """
CREATE OR REPLACE TEMP TABLE spent AS
SELECT p.piece, sum(e.units)::BIGINT AS units FROM effort_day e JOIN piece_of p ON p.ticket = e.ticket
WHERE e.person IS NOT NULL GROUP BY p.piece
"""
TOOK = """
WITH closed AS (
    SELECT DISTINCT t.no, lower(t.type) AS type, t.level, t.estimate FROM finished f JOIN ticket_then t ON t.no = f.ticket
    WHERE t.phase = 'done' AND f.day >= $1 AND f.history <> 'none'
)
SELECT c.no, c.type, c.level, c.estimate, s.units FROM closed c JOIN spent s ON s.piece = c.no WHERE c.level <= 0 AND s.units > 0
UNION ALL
SELECT c.no, c.type, c.level, NULL, sum(s.units)::BIGINT FROM closed c JOIN ticket_then k ON k.parent = c.no
JOIN spent s ON s.piece = k.no WHERE c.level >= 1 GROUP BY c.no, c.type, c.level
ORDER BY 1
"""
NAMED = """
CREATE OR REPLACE TEMP TABLE plan_named AS
SELECT i.item, t.no AS ticket FROM plan_item i JOIN ticket_then t ON lower(t.key) = lower(i.text)
UNION SELECT i.item, t.no FROM plan_item i JOIN tickets k ON list_contains(string_split(lower(k.aliases), ' '), lower(i.text))
    JOIN ticket_then t ON t.no = k.no WHERE k.aliases <> ''
"""
CONTAINED = """
CREATE OR REPLACE TEMP TABLE plan_contained AS
WITH chosen AS (
    SELECT i.item, c.id FROM plan_item i JOIN container_then c ON c.kind <> 'space' AND (
        lower(c.name) = lower(i.text) OR c.key <> '' AND lower(c.key) = lower(i.text))
    ANTI JOIN plan_named n ON n.item = i.item
), wide AS (SELECT item, id FROM chosen UNION SELECT c.item, p.part FROM chosen c JOIN part_of p ON p.whole = c.id)
SELECT w.item, w.id AS container, s.ticket FROM wide w LEFT JOIN span_then s ON s.value = w.id AND s.until IS NULL
    AND s.field IN ('project', 'sprint', 'cycle', 'version', 'milestone')
"""
REACHED = """
CREATE OR REPLACE TEMP TABLE plan_reached AS
SELECT item, ticket FROM plan_named UNION SELECT item, ticket FROM plan_contained WHERE ticket IS NOT NULL
"""
UNDER = """
INSERT INTO plan_reached SELECT r.item, t.no FROM ticket_then t JOIN plan_reached r ON r.ticket = t.parent
ANTI JOIN plan_reached x ON x.item = r.item AND x.ticket = t.no
"""
PART = """
CREATE OR REPLACE TEMP TABLE plan_part AS
WITH parents AS (SELECT DISTINCT parent FROM ticket_then WHERE parent IS NOT NULL)
SELECT DISTINCT r.item, o.piece FROM plan_reached r JOIN piece_of o ON o.ticket = r.ticket JOIN ticket_then t ON t.no = o.piece
WHERE t.level <= 0 AND t.phase IN ('todo', 'doing') AND t.archived IS NOT TRUE
UNION ALL
SELECT r.item, t.no FROM plan_reached r JOIN ticket_then t ON t.no = r.ticket ANTI JOIN parents p ON p.parent = t.no
WHERE t.level >= 1 AND t.phase IN ('todo', 'doing') AND t.archived IS NOT TRUE
"""
CARRIED = """
CREATE OR REPLACE TEMP TABLE plan_carried AS
WITH touched AS (
    SELECT x.ticket, max(x.moment) AS moment FROM changes x CROSS JOIN moment m WHERE x.moment <= m.as_of GROUP BY x.ticket
)
SELECT o.piece, bool_or(greatest(t.created, coalesce(c.moment, t.created)) >= $1) AS alive FROM ticket_then t
JOIN piece_of o ON o.ticket = t.no JOIN ticket_then p ON p.no = o.piece LEFT JOIN touched c ON c.ticket = t.no
WHERE t.phase = 'doing' AND t.level <= 0 AND p.phase IN ('todo', 'doing') AND t.archived IS NOT TRUE GROUP BY o.piece
"""
PLANNED = """
CREATE OR REPLACE TEMP TABLE plan_piece AS
WITH taken AS (
    SELECT p.piece, min(p.item) AS item FROM plan_part p JOIN plan_item i ON i.item = p.item AND i.action = 'take' GROUP BY p.piece
), shared AS (SELECT item, count(*) AS pieces FROM plan_part GROUP BY item),
given AS (
    SELECT p.piece, min_by(i.days / s.pieces, i.item) AS days FROM plan_part p
    JOIN plan_item i ON i.item = p.item AND i.action = 'take' AND i.days IS NOT NULL JOIN shared s ON s.item = i.item
    GROUP BY p.piece
), placed AS (
    SELECT p.piece, min_by(i.team, CASE i.action WHEN 'move' THEN i.item ELSE i.item + 1000000 END) AS team,
        count(DISTINCT lower(i.team)) FILTER (WHERE i.action = 'take') AS teams
    FROM plan_part p JOIN plan_item i ON i.item = p.item AND i.team IS NOT NULL AND i.action IN ('take', 'move') GROUP BY p.piece
), dropped AS (SELECT DISTINCT p.piece FROM plan_part p JOIN plan_item i ON i.item = p.item AND i.action = 'drop'),
one AS (SELECT piece FROM taken UNION SELECT piece FROM plan_carried WHERE alive AND $1)
SELECT o.piece, t.item IS NULL AS carried, g.days AS given, coalesce(l.team, w.team) AS team, coalesce(l.teams, 0) AS teams
FROM one o ANTI JOIN dropped d ON d.piece = o.piece LEFT JOIN taken t ON t.piece = o.piece
LEFT JOIN given g ON g.piece = o.piece LEFT JOIN placed l ON l.piece = o.piece JOIN ticket_team w ON w.ticket = o.piece
"""
PIECES = """
SELECT p.piece, p.carried, p.given, p.team, p.teams, lower(t.type) AS type, t.level, t.estimate, t.phase,
    coalesce(s.units, 0)::BIGINT AS units
FROM plan_piece p JOIN ticket_then t ON t.no = p.piece LEFT JOIN spent s ON s.piece = p.piece ORDER BY p.piece
"""
SERVED = """
SELECT p.piece, coalesce(l.target, '') AS target, coalesce(nullif(l.kind, 'none'), 'unlinked') AS kind,
    coalesce(l.weight, 1000000)::DOUBLE / 1000000 AS weight
FROM plan_piece p LEFT JOIN link l ON l.ticket = p.piece AND l.regime = ? ORDER BY p.piece, target
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Person-days that finished tickets took, ascending, by type (``LEAST`` or more of it) and of all; epics by type only.

    ``a_point`` is person-days per point (0: too few are estimated), ``a_point_off`` their variance per point.
    """

    by_type: dict[str, Array]
    every: Array
    a_point: float
    a_point_off: float

    def expected(self, frame: pd.DataFrame, begun: bool = False) -> pd.DataFrame:
        """days, var and how (given, points, type, all, alike, none) of each row; ``begun``: what is left of what is in progress."""
        days, var = np.full(len(frame), np.nan), np.zeros(len(frame))
        how = np.full(len(frame), "none", dtype=object)
        spent = frame["units"].to_numpy(dtype=np.float64) / UNIT if begun else np.zeros(len(frame))
        small = frame["level"].to_numpy() <= 0
        for kind, at in frame.groupby("type", dropna=False).indices.items():
            known = self.by_type.get(str(kind))
            rows = np.asarray(at) if known is not None else np.asarray(at)[small[at]]
            if known is not None:
                days[rows], var[rows] = left(known, spent[rows])
                how[rows] = "type"
            elif len(self.every) >= LEAST:
                days[rows], var[rows] = left(self.every, spent[rows])
                how[rows] = "all"
            else:
                days[rows], how[rows] = 1.0, "alike"
        points = frame["estimate"].to_numpy(dtype=np.float64, na_value=np.nan)
        sized = points * self.a_point - spent
        use = np.nan_to_num(sized, nan=-1.0) > 0
        days[use], var[use], how[use] = sized[use], points[use] * self.a_point_off, "points"
        return pd.DataFrame({"days": days, "var": var, "how": how})


@dataclass(frozen=True)
class Planned:
    """``pieces``: piece, team, days, var, how, carried, phase, level, a row each; ``parts``: piece, target, kind and days of what
    each serves.

    ``stalled`` tickets are in progress but untouched for long, and are not carried over.
    """

    plan: Plan
    pieces: pd.DataFrame
    parts: pd.DataFrame
    sizes: Sizes
    working_days: int
    stalled: int

    @cached_property
    def days(self) -> float:
        return float(self.parts["days"].sum())

    @cached_property
    def by_target(self) -> dict[str, float]:
        """Person-days by what they serve; "" is unlinked."""
        return {str(t): float(d) for t, d in self.parts.groupby("target")["days"].sum().items()}

    def share(self, target: str) -> float:
        return self.by_target.get(target, 0.0) / self.days if self.days else 0.0

    @property
    def stretches(self) -> float:
        """How many stretches of four weeks the period is long."""
        return max(1.0, ((self.plan.period.last - self.plan.period.first).days + 1) / 28)


def left(totals: Array, spent: Array) -> tuple[Array, Array]:
    """Mean and variance of what is left after ``spent`` days, of those ``totals`` (ascending) that took longer; where none did,
    of all of them."""
    at = np.searchsorted(totals, spent, side="right")
    longest = at >= len(totals)
    at = np.where(longest, 0, at)
    n = len(totals) - at
    tail = np.cumsum(totals[::-1])[::-1][at] / n
    squares = np.cumsum((totals**2)[::-1])[::-1][at] / n
    return tail - np.where(longest, 0.0, spent), np.maximum(squares - tail**2, 0.0)


def lay_out(board: Board) -> Sizes:
    """``piece_of`` and ``spent``; what finished tickets of the history took."""
    board.con.execute(PIECE_OF)
    board.con.execute(SPENT)
    took = board.frame(TOOK, monday(board.history_week))
    days = took["units"].to_numpy(dtype=np.float64) / UNIT
    by_type = {
        str(kind): np.sort(days[at]) for kind, at in took.groupby("type").indices.items() if len(at) >= LEAST
    }  # fmt: skip
    points = took["estimate"].to_numpy(dtype=np.float64, na_value=np.nan)
    known = points > 0
    a_point = off = 0.0
    if known.sum() >= LEAST:
        a_point = float(days[known].sum() / points[known].sum())
        off = float((((days - a_point * points) ** 2)[known] / points[known]).mean())
    return Sizes(by_type, np.sort(days[took["level"].to_numpy() <= 0]), a_point, off)


def read(board: Board, plan: Plan) -> Planned:
    """What the plan would put into work, as seen at the board's moment."""
    sizes = board.once(lay_out)
    items = [*(("take", i.ticket, i.days, i.team) for i in plan.take), *(("drop", i.ticket, None, None) for i in plan.drop),
             *(("move", m.ticket, None, m.to) for m in plan.move)]  # fmt: skip
    frame = pd.DataFrame(
        [(n, *item) for n, item in enumerate(items)], columns=["item", "action", "text", "days", "team"]
    )
    kinds: dict[str, Any] = {"item": "int64", "action": object, "text": object, "days": "float64", "team": object}
    board.lay("plan_given", frame.astype(kinds))
    board.con.execute(
        "CREATE OR REPLACE TEMP TABLE plan_item AS SELECT item, action::VARCHAR AS action, text::VARCHAR AS text, "
        "CASE WHEN isnan(days) THEN NULL ELSE days END AS days, team::VARCHAR AS team FROM plan_given"
    )
    for step in (NAMED, CONTAINED, REACHED):
        board.con.execute(step)
    for _ in range(STEPS):
        if not board.con.execute(UNDER).fetchall()[0][0]:
            break
    board.con.execute(PART)
    board.con.execute(CARRIED, [board.options.calendar.midnight(board.today - board.options.idle_days + 1)])
    board.con.execute(PLANNED, [plan.carry_over])
    pieces = board.frame(PIECES)
    pieces = pd.concat([pieces, sizes.expected(pieces, begun=True)], axis=1)
    given = pieces["given"].notna()
    pieces.loc[given, "days"] = pieces.loc[given, "given"]
    pieces.loc[given, "var"] = 0.0
    pieces.loc[given, "how"] = "given"
    parts = board.frame(SERVED, board.ahead.no if board.ahead else 0)
    parts = parts.merge(pieces[["piece", "team", "days"]], on="piece")
    parts["days"] = (parts["days"] * parts["weight"]).fillna(0.0)
    first = max(day_number(plan.period.first), board.today + 1)
    days = range(first, day_number(plan.period.last) + 1)
    stalled = 0
    if plan.carry_over:
        stalled = int(
            board.one(
                "SELECT count(*) FROM plan_carried WHERE NOT alive AND piece NOT IN (SELECT piece FROM plan_piece)"
            )
        )
    return Planned(plan, pieces, parts, sizes, sum(board.options.calendar.is_working(d) for d in days), stalled)


def how_sized(planned: Planned) -> list[tuple[str, Any]]:
    """For each way to come by days: its words and the rows of ``pieces`` that it sized."""
    words = {
        "given": "The plan gives the days", "points": "Estimate, times what a point took here",
        "type": "Average of finished tickets of the type", "all": "Average of all finished tickets",
        "alike": "One day each: too little history", "none": "Not known, left out",
    }  # fmt: skip
    grouped = planned.pieces.groupby("how").indices
    return [(said, planned.pieces.iloc[grouped[how]]) for how, said in words.items() if how in grouped]
