"""What is known of tickets as evidence: their words, their marks, the tickets near them, and the links that are confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analyzer.board import Board
from analyzer.regimes import Regime, Target
from analyzer.spoken import NOW, STANDS
from analyzer.themes import BODY, TITLE

NOTHING = ""
"""The target of a ticket of which a person said that it belongs to nothing."""

PEOPLE = ("assignee",)
"""Fields that hold people."""

WIDE = ("type", "team", "tracker", "project")
"""Conditions that a rule narrows by others: many tickets that it does not link meet them too."""

CONFIRMED = """
CREATE OR REPLACE TEMP TABLE confirmed AS
WITH placed AS (SELECT DISTINCT o.rule FROM rule_of o JOIN rule_condition c ON c.rule = o.alike WHERE c.field IN ('epic', 'key'))
SELECT l.ticket, l.target, CASE WHEN p.rule IS NULL THEN l.source ELSE -p.rule END AS source,
    l.via = 'decision' AND l.distance = 0 AS decided
FROM link l LEFT JOIN placed p ON p.rule = l.rule
WHERE l.regime = $1 AND l.via <> 'suggestion' AND (l.kind <> 'none' OR l.weight = 1000000)
"""
"""What a suggestion linked alone confirms nothing. A part of a ticket that was left to nothing says nothing of the rest.
``source`` tells links of one origin: the ticket they are
inherited from, or the rule that names an epic."""

REJECTED = f"""
CREATE OR REPLACE TEMP TABLE rejected AS
SELECT DISTINCT t.no AS ticket, coalesce(s.priority, '') AS target
FROM ({STANDS.format(at=NOW)}) s JOIN ticket_then t ON t.id = s.target WHERE s.kind = 'reject'
"""

RULED = f"""
CREATE OR REPLACE TEMP TABLE ruled AS
SELECT DISTINCT r.field, r.value FROM rule_condition r JOIN rule_of o ON o.alike = r.rule
WHERE o.regime = $1 AND (r.conditions = 1 OR r.field NOT IN {WIDE})
"""
"""What a rule of the strategy looks at. A ticket that still is unlinked cannot have it, so nothing is to be learned from it."""

MARKS = """
CREATE OR REPLACE TEMP TABLE mark AS
WITH open AS (
    SELECT ticket, field, value FROM span_then
    WHERE until IS NULL AND value IS NOT NULL AND value <> '' AND (field LIKE 'custom:%' OR field IN (
        'assignee', 'component', 'cycle', 'label', 'milestone', 'project', 'sprint', 'team', 'urgency', 'version'))
    UNION ALL SELECT no, 'type', type FROM ticket_then WHERE type <> ''
    UNION ALL SELECT no, 'tracker', tracker FROM ticket_then
), named AS (
    SELECT DISTINCT c.id, r.field FROM container_then c JOIN ruled r ON r.value = lower(c.name) OR r.value = lower(c.key)
), ruled_mark AS (
    SELECT field, value FROM ruled
    UNION SELECT field, lower(id) FROM named
    UNION SELECT 'project', lower(u.part) FROM named n JOIN part_of u ON u.whole = n.id WHERE n.field = 'initiative'
    UNION SELECT o.field, lower(d.target) FROM decided d JOIN (SELECT DISTINCT field, value FROM open) o ON o.value = d.target
)
SELECT DISTINCT o.ticket, o.field || '=' || lower(o.value) AS mark FROM open o
ANTI JOIN ruled_mark r ON r.field = o.field AND r.value = lower(o.value)
WHERE o.field NOT IN (SELECT unnest($1))
"""
"""What a ticket has, as words such as ``label=ios``. What is inside a container that a person decided is left out as well."""

TIES = """
CREATE OR REPLACE TEMP TABLE tie AS
WITH known AS (SELECT source, target FROM relation_then WHERE type <> 'part_of' AND source <> target),
two_way AS (SELECT source, target FROM known UNION SELECT target, source FROM known)
SELECT a.no AS ticket, b.no AS other FROM two_way k JOIN ticket_then a ON a.id = k.source JOIN ticket_then b ON b.id = k.target
"""

NEAR = """
CREATE OR REPLACE TEMP TABLE near AS
WITH family AS (
    SELECT t.no AS member, coalesce(t.parent, t.no) AS head FROM ticket_then t
    UNION SELECT t.parent, t.parent FROM ticket_then t WHERE t.parent IS NOT NULL
), inside AS (
    SELECT f.head, c.target, c.source, count(*) AS n FROM family f JOIN confirmed c ON c.ticket = f.member
    GROUP BY f.head, c.target, c.source
), own AS (SELECT DISTINCT ticket, source FROM confirmed),
kin AS (
    SELECT f.member AS ticket, i.target, sum(i.n) AS n FROM family f JOIN inside i ON i.head = f.head
    ANTI JOIN own o ON o.ticket = f.member AND o.source = i.source
    GROUP BY f.member, i.target
), tied AS (
    SELECT t.ticket, c.target, count(*) AS n FROM tie t JOIN confirmed c ON c.ticket = t.other
    ANTI JOIN own o ON o.ticket = t.ticket AND o.source = c.source
    GROUP BY t.ticket, c.target
)
SELECT ticket, target, 'kin' AS way, n FROM kin UNION ALL SELECT ticket, target, 'tied', n FROM tied
"""
"""How many tickets near a ticket belong to each target: parent, children and siblings (``kin``), and those linked to it (``tied``).
Links of the ticket's own origin are not counted: they are the answer, not evidence for it."""

SAID = f"""
CREATE OR REPLACE TEMP TABLE said AS
WITH held AS (
    SELECT ticket, max(CASE WHEN field = 'title' THEN value END) AS title, max(CASE WHEN field = 'body' THEN value END) AS body
    FROM span_then WHERE until IS NULL AND field IN ('title', 'body') GROUP BY ticket
)
SELECT t.no, left(coalesce(h.title, t.title, ''), {TITLE}) AS title, coalesce(h.body, '') AS body
FROM ticket_then n JOIN tickets t ON t.no = n.no LEFT JOIN held h ON h.ticket = n.no
"""
CUT = "UPDATE said SET title = regexp_replace(title, $1, ' ', 'g') WHERE regexp_matches(title, $1)"
"""What a rule of the strategy looks for in titles: as with marks, nothing is to be learned from it."""

TEXTS = f"""
SELECT s.no, s.title, left(coalesce(x.body, ''), {BODY}) AS body
FROM said s SEMI JOIN asked a ON a.no = s.no LEFT JOIN texts x ON x.fingerprint = s.body
"""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a ticket may belong to: ``name`` and ``said`` are the strategy's words for it."""

    id: str
    name: str
    said: str = ""


def goals_of(regime: Regime) -> tuple[Goal, ...]:
    """Priorities, upkeep and what is parked, by id."""
    return tuple(sorted((Goal(t.id, t.name, _said(t)) for t in regime.targets), key=lambda g: g.id))


def _said(target: Target) -> str:
    one = target.priority
    if one is None:
        return ""
    outcome = one.outcome.measure if one.outcome is not None else ""
    return " ".join(filter(None, (one.why, one.done, outcome)))


def lay_out(board: Board, regime: Regime, people: bool) -> None:
    """``confirmed``, ``rejected``, ``mark``, ``near`` and ``said`` under a regime; ``people``: whether they are evidence."""
    board.con.execute(CONFIRMED, [regime.no])
    board.con.execute(REJECTED)
    board.con.execute(RULED, [regime.no])
    evidence(board, () if people else PEOPLE)


def evidence(board: Board, without: Sequence[str]) -> None:
    """``mark`` (but for the fields named), ``near`` and ``said``, from ``confirmed`` and ``ruled``."""
    board.con.execute(MARKS, [list(without)])
    board.con.execute(TIES)
    board.con.execute(NEAR)
    board.con.execute(SAID)
    for (pattern,) in board.con.execute("SELECT value FROM ruled WHERE field = 'title' ORDER BY value").fetchall():
        board.con.execute(CUT, [pattern])


def asked(board: Board, sql: str, nos: np.ndarray) -> pd.DataFrame:
    """The answer to a query about the tickets ``asked``."""
    board.lay("asked", pd.DataFrame({"no": nos.astype("int32")}))
    return board.con.execute(sql).df()


def texts(board: Board, nos: np.ndarray) -> pd.DataFrame:
    """``title`` and ``body`` of tickets in the order of ``nos``."""
    found = asked(board, TEXTS, nos).set_index("no").reindex(nos)
    return found.fillna("").astype(object).reset_index(drop=True)
