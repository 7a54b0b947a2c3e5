"""One priority under several tags, tags that no rule knows though they look like one, and two priorities of nearly one name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING

from analyzer.evidence import Evidence, heaviest

if TYPE_CHECKING:
    from analyzer.board import Board
    from analyzer.regimes import Regime

OWN = 0.9
"""A team has a tag of its own for a priority if so much of its tagged work carries that one tag."""

LEAST = 3
"""Tickets from which a team's habit counts as one."""

NEARLY = 0.85
"""Two names are nearly one if, their words put in order, so much of their letters is the same (Ratcliff and Obershelp 1988)."""

TAGS = """
CREATE OR REPLACE TEMP TABLE priority_tag AS
SELECT DISTINCT l.target, n.field, n.value AS name, s.shown, l.ticket, w.units
FROM (
    SELECT ticket, sum(units)::BIGINT AS units FROM share_of
    WHERE basis = $1 AND in_force AND regime = $3 AND kind = 'priority' AND week IN (SELECT unnest($2)) GROUP BY ticket
) w
JOIN link l ON l.regime = $3 AND l.ticket = w.ticket AND l.kind = 'priority'
JOIN rule_of r ON r.regime = l.regime AND r.target = l.target
JOIN rule_match m ON m.rule = r.alike AND m.ticket = w.ticket
JOIN rule_condition n ON n.rule = r.alike AND n.field IN ('label', 'component')
JOIN held h ON h.ticket = w.ticket AND h.field = n.field AND h.value = n.value
JOIN ticket_team g ON g.ticket = w.ticket JOIN team_shown s ON s.team = g.team
"""
"""Which of the labels and components that the rules of its priority ask for a ticket carries. Projects, epics and versions have
their own names by nature."""

LOOKALIKE = r"""
CREATE OR REPLACE TEMP TABLE lookalike AS
WITH known AS (
    SELECT DISTINCT n.value, r.target, regexp_replace(n.value, '[-_.:/ ]+', '', 'g') AS plain,
        regexp_replace(n.value, '[^0-9]+', ' ', 'g') AS numbers
    FROM rule_of r JOIN rule_condition n ON n.rule = r.alike AND n.field = 'label' WHERE r.regime = $3 AND r.kind = 'priority'
), worked AS (
    SELECT ticket, sum(units)::BIGINT AS units FROM share_of
    WHERE basis = $1 AND in_force AND regime = $3 AND week IN (SELECT unnest($2)) GROUP BY ticket
), used AS (
    SELECT w.ticket, w.units, lower(p.value) AS name FROM worked w
    JOIN span_then p ON p.ticket = w.ticket AND p.field = 'label' AND p.until IS NULL AND p.value IS NOT NULL
), strange AS (
    SELECT name, regexp_replace(name, '[-_.:/ ]+', '', 'g') AS plain, regexp_replace(name, '[^0-9]+', ' ', 'g') AS numbers
    FROM (SELECT DISTINCT name FROM used) u
    ANTI JOIN (SELECT DISTINCT value FROM rule_condition WHERE field = 'label') c ON c.value = u.name
), resembles AS (
    SELECT s.name, min(k.value) AS known, min(k.target) AS target FROM strange s JOIN known k
    ON s.plain = k.plain OR length(s.plain) >= 8 AND levenshtein(s.plain, k.plain) <= 1 AND s.numbers = k.numbers
    GROUP BY s.name
)
SELECT u.ticket, u.units, r.name, r.known, r.target, s.shown FROM resembles r JOIN used u ON u.name = r.name
JOIN ticket_team g ON g.ticket = u.ticket JOIN team_shown s ON s.team = g.team
"""
"""Labels that no rule asks for and that are one of a rule's but for signs between words or one letter (numbers must agree)."""


@dataclass(frozen=True, slots=True)
class Naming:
    """``what`` was found, of which priority or priorities, how it is named, and by whose tickets."""

    what: str
    of: str
    names: str
    tickets: int
    units: int
    key: str


def lay_out(board: Board) -> None:
    """``priority_tag`` and ``lookalike`` for the judged weeks, under the present strategy."""
    assert board.current is not None
    for sql in (TAGS, LOOKALIKE):
        board.con.execute(sql, [board.options.basis, board.judged, board.current.no])


def found(board: Board) -> tuple[list[Naming], Evidence]:
    """What has two names, with the tickets by ``key``; nothing where no strategy holds in the last week."""
    if board.current is None:
        return [], {}
    board.once(lay_out)
    tickets = heaviest(board, "SELECT target || ' ' || field AS grp, ticket, max(units) AS weight FROM priority_tag "
                              "GROUP BY target, field, ticket")  # fmt: skip
    tickets |= heaviest(
        board, "SELECT 'like ' || name AS grp, ticket, max(units) AS weight FROM lookalike GROUP BY name, ticket"
    )
    named = {t.id: t.name for t in board.current.targets}
    return [*_several(board, named), *_strange(board, named), *_nearly_one(board.current)], tickets


def _several(board: Board, named: dict[str, str]) -> Iterator[Naming]:
    """Priorities for which at least two teams each keep to a tag of their own."""
    counts = board.frame(
        "SELECT target, field, name, shown, count(DISTINCT ticket) AS n FROM priority_tag GROUP BY target, field, name, shown "
        "ORDER BY target, field, name, shown"
    )
    whole = {(r.target, r.field): r for r in board.rows(
        "SELECT target, field, count(*) AS n, sum(units)::BIGINT AS units FROM "
        "(SELECT DISTINCT target, field, ticket, units FROM priority_tag) t GROUP BY target, field"
    )}  # fmt: skip
    for (target, field), tags in counts.groupby(["target", "field"]):
        by_team = tags["n"].groupby(tags["shown"]).transform("sum")
        own = tags[(tags["n"] >= OWN * by_team) & (tags["n"] >= LEAST)]
        if own["name"].nunique() > 1:
            teams = own.groupby("name")["shown"].agg(", ".join)
            said = "; ".join(f"{name} ({shown})" for name, shown in teams.items())
            r = whole[target, field]
            yield Naming(f"One priority, several {field}s", named[str(target)], said, r.n, r.units, f"{target} {field}")


def _strange(board: Board, named: dict[str, str]) -> Iterator[Naming]:
    for r in board.rows(
        "SELECT name, min(known) AS known, min(target) AS target, string_agg(DISTINCT shown, ', ' ORDER BY shown) AS teams, "
        "count(DISTINCT ticket) AS n, sum(units)::BIGINT AS units FROM lookalike GROUP BY name ORDER BY units DESC, name LIMIT 20"
    ):
        said = f"{r.name} ({r.teams}) for {r.known}"
        yield Naming("A label that no rule knows", named[r.target], said, r.n, r.units, f"like {r.name}")


def _nearly_one(regime: Regime) -> Iterator[Naming]:
    """Pairs of priorities, upkeep or parked, in the order of the file."""
    for a, b in combinations(regime.targets, 2):
        left, right = _in_order(a.name), _in_order(b.name)
        if a.id != b.id and SequenceMatcher(None, left, right, autojunk=False).ratio() >= NEARLY:
            yield Naming("Two priorities, nearly one name", f"{a.name}; {b.name}", f"{a.id}; {b.id}", 0, 0, "")


def _in_order(name: str) -> str:
    return " ".join(sorted(re.findall(r"\w+", name.casefold())))
