"""Decisions that repeat become proposed rules: what the tickets have in common, how many more it would link, right and wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy import stats

from analyzer.evidence import lines

if TYPE_CHECKING:
    import pandas as pd

    from analyzer.board import Board

LEAST = 3
"""So many tickets decided alike are a habit."""

RIGHT = 0.9
"""So many of the tickets decided that have it, and of all that have it and are linked, must be linked alike."""

CHANCE = 0.001
"""What decided tickets may have in common by chance is no rule: the upper tail of the binomial, at its share among all tickets."""

MOST = 20
ORDER = ("label", "component", "project", "type", "title")

HAS = """
CREATE OR REPLACE TEMP TABLE has AS
WITH named AS (SELECT id, CASE WHEN kind = 'space' THEN coalesce(nullif(key, ''), name) ELSE name END AS name FROM container_then),
word AS (
    SELECT ticket, unnest(regexp_extract_all(lower(value), '[\\pL\\pN_]{4,}')) AS value FROM span_then
    WHERE field = 'title' AND until IS NULL
)
SELECT DISTINCT h.ticket, h.field, h.value FROM (
    SELECT ticket, field, value FROM span_then WHERE until IS NULL AND value <> '' AND field IN ('label', 'component')
    UNION ALL SELECT s.ticket, 'project', n.name FROM span_then s JOIN named n ON n.id = s.value
        WHERE s.until IS NULL AND s.field = 'project' AND n.name <> ''
    UNION ALL SELECT no, 'type', type FROM ticket_then WHERE type <> ''
    UNION ALL SELECT ticket, 'title', value FROM word WHERE NOT regexp_matches(value, '\\pN')
) h JOIN ticket_then t ON t.no = h.ticket AND t.level <= 0
"""

SERVED = """
CREATE OR REPLACE TEMP TABLE served AS
SELECT t.no AS ticket, max(CASE WHEN l.via = 'decision' AND l.source = l.ticket THEN 1 ELSE 0 END) AS own,
    max(CASE WHEN l.via IN ('decision', 'rule') THEN 1 ELSE 0 END) AS settled,
    CASE WHEN count(l.target) = 1 AND max(l.weight) = 1000000 THEN max(l.target) END AS target, count(l.target) AS links
FROM ticket_then t LEFT JOIN link l ON l.ticket = t.no AND l.regime = $1 WHERE t.level <= 0 GROUP BY t.no
"""
"""What each ticket serves alone ('' is nothing; empty where it is split or not linked), and whether that was decided for itself."""

COUNTED = """
WITH shared AS (
    SELECT DISTINCT h.field, h.value, s.target FROM has h JOIN served s ON s.ticket = h.ticket AND s.own = 1 AND s.target <> ''
), held AS (
    SELECT c.field, c.value, c.target, h.ticket, s.own, s.settled, s.links, s.target IS NOT DISTINCT FROM c.target AS agrees
    FROM shared c JOIN has h ON h.field = c.field AND h.value = c.value JOIN served s ON s.ticket = h.ticket
)
SELECT field, value, target, sum(own * agrees::INTEGER)::INTEGER AS right, sum(own * (1 - agrees::INTEGER))::INTEGER AS wrong,
    sum(CASE WHEN links > 0 AND agrees THEN 1 ELSE 0 END)::INTEGER AS alike,
    sum(CASE WHEN links > 0 AND NOT agrees THEN 1 ELSE 0 END)::INTEGER AS otherwise,
    sum(1 - settled)::INTEGER AS catches, sum(CASE WHEN links = 0 THEN 1 ELSE 0 END)::INTEGER AS unlinked, count(*)::INTEGER AS n,
    list_sort(list(ticket) FILTER (own = 1 AND agrees)) AS tickets
FROM held GROUP BY field, value, target HAVING sum(own * agrees::INTEGER) >= $1
ORDER BY "right" DESC, field, value, target
"""


@dataclass(frozen=True, slots=True)
class Proposed:
    """``field`` and ``value`` as a rule writes them. Of the tickets decided for themselves that have it, ``right`` serve ``target``
    and ``wrong`` do not; it would link ``catches`` tickets that no decision and no rule links, ``unlinked`` of them linked by
    nothing today; ``otherwise`` tickets that have it are linked elsewhere.
    """

    field: str
    value: str
    target: str
    right: int
    wrong: int
    catches: int
    unlinked: int
    otherwise: int


def proposed(board: Board) -> list[Proposed]:
    """What repeats enough, is not chance, holds for nearly all that are linked, and would link more; the most decided first."""
    if board.current is None:
        return []
    board.con.execute(HAS)
    board.con.execute(SERVED, [board.current.no])
    frame = board.frame(COUNTED, LEAST)
    every = int(board.one("SELECT count(*) FROM served"))
    told = board.frame("SELECT target, count(*) AS decided FROM served WHERE own = 1 AND target <> '' GROUP BY target")
    frame = frame.merge(told, on="target")
    chance = stats.binom.sf(frame["right"] - 1, frame["decided"], frame["n"] / max(every, 1))
    held = (frame["alike"] >= RIGHT * (frame["alike"] + frame["otherwise"])) & (
        frame["right"] >= RIGHT * (frame["right"] + frame["wrong"])
    )
    kept = frame[held & (chance <= CHANCE) & (frame["catches"] > 0)]
    kept = kept.assign(place=kept["field"].map(ORDER.index)).sort_values(
        ["right", "place", "catches", "value"], ascending=[False, True, False, True]
    )
    return [*_first_to_tell(kept)][:MOST]


def _first_to_tell(frame: pd.DataFrame) -> list[Proposed]:
    """What tells only of tickets that a proposal before it tells of is left out: one habit, one rule."""
    found: list[Proposed] = []
    told: dict[str, set[int]] = {}
    for r in lines(frame.head(10 * MOST)):
        tickets = {int(t) for t in r.tickets}
        if len(tickets - told.setdefault(str(r.target), set())) >= LEAST:
            told[str(r.target)] |= tickets
            numbers = (int(n) for n in (r.right, r.wrong, r.catches, r.unlinked, r.otherwise))
            found.append(Proposed(str(r.field), str(r.value), str(r.target), *numbers))
    return found
