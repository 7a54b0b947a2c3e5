"""Links tickets to what the strategy names: a person's decision, then its rules, then the nearest linked ancestor.

Set-based: rules become rows of conditions that are joined with rows of what tickets hold; no SQL is made per rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzer import rule_rows
from analyzer.regimes import Regime
from analyzer.spoken import ALONE, DECIDED
from analyzer.store import Connection, scalar

WHOLE = 1_000_000
"""Weights are parts per million, so that they add up exactly."""

LEVELS = 12
"""Hierarchies are climbed at most so many steps; what is deeper is a cycle or is not linked."""

PART_OF = """
CREATE OR REPLACE TEMP TABLE part_of AS
WITH up1 AS (SELECT DISTINCT source AS part, target AS whole FROM relation_then WHERE type = 'part_of'),
up2 AS (SELECT DISTINCT a.part, b.whole FROM up1 a JOIN up1 b ON b.part = a.whole),
up3 AS (SELECT DISTINCT a.part, b.whole FROM up2 a JOIN up1 b ON b.part = a.whole),
up4 AS (SELECT DISTINCT a.part, b.whole FROM up3 a JOIN up1 b ON b.part = a.whole),
up AS (
    SELECT part, whole, 1 AS steps FROM up1 UNION ALL SELECT part, whole, 2 FROM up2
    UNION ALL SELECT part, whole, 3 FROM up3 UNION ALL SELECT part, whole, 4 FROM up4
)
SELECT part, whole, min(steps) AS steps FROM up WHERE part <> whole GROUP BY part, whole
"""
"""Containers and what they are part of, directly (1 step) or through others: a project, its initiative, the one above."""

HELD = """
CREATE OR REPLACE TEMP TABLE held AS
WITH wanted AS (SELECT DISTINCT field, value FROM rule_condition WHERE field <> 'title'),
open AS (
    SELECT ticket, field, value FROM span_then
    WHERE until IS NULL AND value IS NOT NULL AND field IN (
        'label', 'component', 'project', 'version', 'sprint', 'cycle', 'milestone'
    ) OR until IS NULL AND value IS NOT NULL AND field IN (SELECT field FROM wanted WHERE field LIKE 'custom:%')
),
deliverable AS (
    SELECT c.id, c.kind, c.value FROM (
        SELECT id, kind, lower(name) AS value FROM container_then
        UNION SELECT id, kind, lower(key) FROM container_then WHERE key <> ''
    ) c SEMI JOIN wanted w ON w.value = c.value
),
facts AS (
    SELECT ticket, field, lower(value) AS value FROM open WHERE field IN ('label', 'component') OR field LIKE 'custom:%'
    UNION ALL SELECT o.ticket, o.field, d.value FROM open o JOIN deliverable d ON d.id = o.value
    UNION ALL SELECT o.ticket, 'initiative', d.value FROM open o JOIN part_of u ON u.part = o.value
        JOIN deliverable d ON d.id = u.whole AND d.kind = 'initiative'
    UNION ALL SELECT no, 'tracker', lower(tracker) FROM ticket_then
    UNION ALL SELECT no, 'tracker', kind FROM ticket_then WHERE kind NOT IN (SELECT tracker FROM ticket_then)
    UNION ALL SELECT no, 'type', lower(type) FROM ticket_then
    UNION ALL SELECT no, 'key', lower(key) FROM ticket_then
    UNION ALL SELECT no, 'team', lower(tracker_team) FROM ticket_then
    UNION ALL SELECT ticket, 'team', lower(team) FROM ticket_team
)
SELECT DISTINCT f.ticket, f.field, f.value FROM facts f SEMI JOIN wanted w ON w.field = f.field AND w.value = f.value
"""

UNDER_EPIC = """
INSERT INTO held
SELECT t.no, 'epic', h.value FROM ticket_then t JOIN held h ON h.ticket = t.parent AND h.field = 'epic'
ANTI JOIN (SELECT ticket, value FROM held WHERE field = 'epic') x ON x.ticket = t.no AND x.value = h.value
"""

MATCHED = """
CREATE OR REPLACE TEMP TABLE rule_match AS
WITH candidate AS (
    SELECT DISTINCT r.rule, r.conditions, h.ticket FROM rule_condition r
    JOIN held h ON h.field = r.field AND h.value = r.value WHERE r.condition = 0
)
SELECT rule, ticket FROM candidate WHERE conditions = 1
UNION ALL
SELECT c.rule, c.ticket FROM candidate c
JOIN rule_condition r ON r.rule = c.rule AND r.condition > 0
JOIN held h ON h.ticket = c.ticket AND h.field = r.field AND h.value = r.value
WHERE c.conditions > 1
GROUP BY c.rule, c.ticket, c.conditions HAVING count(DISTINCT r.condition) = c.conditions - 1
"""

LINK_COLUMNS = (
    "regime INTEGER, ticket INTEGER, target VARCHAR, kind VARCHAR, weight INTEGER, via VARCHAR, "
    "rule INTEGER, source INTEGER, distance INTEGER"
)

SPOKEN = """
CREATE OR REPLACE TEMP TABLE spoken AS
WITH known AS (
    SELECT g.regime, d.target AS decided, coalesce(g.target, '') AS target, coalesce(g.kind, 'none') AS kind, d.weight, d.reach
    FROM decided d JOIN target_of g ON g.target IS NOT DISTINCT FROM d.priority
), rest AS (
    SELECT regime, decided, '' AS target, 'none' AS kind, 1000000 - sum(weight) AS weight, max(reach) AS reach FROM known
    GROUP BY regime, decided HAVING sum(weight) < 1000000
)
SELECT regime, decided, target, kind, sum(weight)::INTEGER AS weight, max(reach) AS reach
FROM (SELECT * FROM known UNION ALL SELECT * FROM rest) p GROUP BY regime, decided, target, kind
"""
"""What each decision says under each regime. A part for a priority that the strategy does not know serves nothing there."""

BY_DECISION = """
INSERT INTO link
SELECT s.regime, t.no, s.target, s.kind, s.weight, 'decision', NULL, t.no, 0
FROM spoken s JOIN ticket_then t ON t.id = s.decided
"""

BELOW = """
CREATE OR REPLACE TEMP TABLE below AS
SELECT DISTINCT s.regime, t.no AS ticket FROM spoken s JOIN ticket_then t ON t.id = s.decided WHERE s.reach = 'below'
"""

REACHED = """
CREATE OR REPLACE TEMP TABLE reached AS
SELECT b.regime, t.no AS ticket, t.parent FROM ticket_then t JOIN below b ON b.ticket = t.parent
ANTI JOIN link l ON l.regime = b.regime AND l.ticket = t.no
"""

BY_REACH = """
INSERT INTO link
SELECT l.regime, r.ticket, l.target, l.kind, l.weight, 'decision', NULL, l.source, l.distance + 1
FROM reached r JOIN link l ON l.regime = r.regime AND l.ticket = r.parent
"""

LOWER = "CREATE OR REPLACE TEMP TABLE below AS SELECT DISTINCT regime, ticket FROM reached"
"""A decision on an epic with all below it goes down step by step, and stops at what was decided for itself."""

BY_RULE = """
INSERT INTO link
WITH first AS (
    SELECT r.regime, m.ticket, min(r.rule) AS rule FROM rule_match m JOIN rule_of r ON r.alike = m.rule
    GROUP BY r.regime, m.ticket
)
SELECT f.regime, f.ticket, r.target, r.kind, 1000000, 'rule', f.rule, f.ticket, 0
FROM first f JOIN rule_of r ON r.rule = f.rule
ANTI JOIN link l ON l.regime = f.regime AND l.ticket = f.ticket
"""

BY_CONTAINER = """
INSERT INTO link
WITH direct AS (
    SELECT ticket, value AS container FROM span_then
    WHERE until IS NULL AND field IN ('project', 'version', 'sprint', 'cycle', 'milestone')
), inside AS (
    SELECT d.ticket, s.decided, s.regime, 1 AS distance FROM direct d
    JOIN (SELECT DISTINCT decided, regime FROM spoken) s ON s.decided = d.container
    UNION ALL SELECT d.ticket, s.decided, s.regime, u.steps + 1 FROM direct d JOIN part_of u ON u.part = d.container
    JOIN (SELECT DISTINCT decided, regime FROM spoken) s ON s.decided = u.whole
), nearest AS (
    SELECT regime, ticket, decided, distance,
        row_number() OVER (PARTITION BY regime, ticket ORDER BY distance, decided) AS place FROM inside
)
SELECT s.regime, n.ticket, s.target, s.kind, s.weight, 'container', NULL, n.ticket, n.distance
FROM nearest n JOIN spoken s ON s.decided = n.decided AND s.regime = n.regime
ANTI JOIN link l ON l.regime = s.regime AND l.ticket = n.ticket
WHERE n.place = 1
"""

CLIMBED = """
CREATE OR REPLACE TEMP TABLE climbed AS
SELECT l.regime, t.no AS ticket, l.target, l.kind, l.weight, l.rule, l.source, l.distance + 1 AS distance
FROM ticket_then t JOIN {above} l ON l.ticket = t.parent
ANTI JOIN link x ON x.regime = l.regime AND x.ticket = t.no
"""
BY_ANCESTOR = """
INSERT INTO link SELECT regime, ticket, target, kind, weight, 'ancestor', rule, source, distance FROM climbed
"""
"""One step down: from all that is linked, then from what the step before had linked; no other parent has news for its children."""

BY_SUGGESTION = """
INSERT INTO link
SELECT g.regime, t.no, g.target, g.kind, 1000000, 'suggestion', NULL, t.no, 0
FROM linked_alone a JOIN ticket_then t ON t.id = a.target JOIN target_of g ON g.target = a.priority
ANTI JOIN (SELECT DISTINCT regime, ticket FROM link) x ON x.regime = g.regime AND x.ticket = t.no
"""
"""Last of all, and for the ticket alone: whatever a person, a rule or a parent says comes first."""

UNMATCHED = """
SELECT DISTINCT r.target, r.file, r.line FROM rule_of r
ANTI JOIN (SELECT o.target FROM link l JOIN target_of o ON o.target = l.target) x ON x.target = r.target
WHERE r.regime = ? ORDER BY r.target, r.file, r.line
"""
"""Rules of a regime's targets that no ticket at all is linked to: a slip in a rule looks just like work nobody does."""


def lay_out(con: Connection, regimes: Sequence[Regime]) -> None:
    """``link``: one row per regime, ticket and target.

    ``weight`` parts per million, ``via`` decision, rule, container, ancestor or suggestion; ``source`` the ticket that was
    decided or matched, which for *all below it* is an ancestor; ``kind`` priority, upkeep, parked, or none where a person
    decided that it serves nothing.
    """
    rule_rows.lay_out(con, regimes)
    con.execute(PART_OF)
    con.execute(HELD)
    con.execute(
        "INSERT INTO held SELECT t.no, 'epic', r.value FROM ticket_then t "
        "JOIN (SELECT DISTINCT value FROM rule_condition WHERE field = 'epic') r ON r.value = lower(t.key)"
    )
    for _ in range(LEVELS):
        if not scalar(con, UNDER_EPIC):
            break
    _titles(con)
    con.execute(MATCHED)
    con.execute(DECIDED)
    con.execute(SPOKEN)
    con.execute(f"CREATE OR REPLACE TEMP TABLE link ({LINK_COLUMNS})")
    con.execute(BY_DECISION)
    con.execute(BELOW)
    for _ in range(LEVELS):
        con.execute(REACHED)
        if not scalar(con, BY_REACH):
            break
        con.execute(LOWER)
    con.execute(BY_RULE)
    con.execute(BY_CONTAINER)
    for step in range(LEVELS):
        con.execute(CLIMBED.format(above="climbed" if step else "link"))
        if not scalar(con, BY_ANCESTOR):
            break
    con.execute(ALONE)
    con.execute(BY_SUGGESTION)


def _titles(con: Connection) -> None:
    """Patterns run in DuckDB's RE2, in linear time; each is a bound constant, so it is compiled once."""
    rows = con.execute("SELECT DISTINCT value FROM rule_condition WHERE field = 'title' ORDER BY value").fetchall()
    for (pattern,) in rows:
        con.execute(
            "INSERT INTO held SELECT ticket, 'title', $1 FROM span_then "
            "WHERE field = 'title' AND until IS NULL AND regexp_matches(value, $1)",
            [pattern],
        )
