"""Links tickets to what the strategy names: a person's decision, then its rules, then the nearest linked ancestor.

Set-based: rules become rows of conditions that are joined with rows of what tickets hold; no SQL is made per rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.regimes import Regime, Target
from analyzer.store import Connection, scalar
from analyzer.strategy import Rule

WHOLE = 1_000_000
"""Weights are parts per million, so that they add up exactly."""

LEVELS = 12
"""Hierarchies are climbed at most so many steps; what is deeper is a cycle or is not linked."""

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
    SELECT c.id, lower(c.name) AS value FROM containers c
    UNION SELECT c.id, lower(c.key) FROM containers c WHERE c.key <> ''
),
up1 AS (SELECT source AS id, target AS whole FROM relations WHERE type = 'part_of'),
up2 AS (SELECT * FROM up1 UNION SELECT a.id, b.whole FROM up1 a JOIN up1 b ON b.id = a.whole),
up4 AS (SELECT * FROM up2 UNION SELECT a.id, b.whole FROM up2 a JOIN up2 b ON b.id = a.whole),
facts AS (
    SELECT ticket, field, lower(value) AS value FROM open WHERE field IN ('label', 'component') OR field LIKE 'custom:%'
    UNION SELECT o.ticket, o.field, d.value FROM open o JOIN deliverable d ON d.id = o.value
    UNION SELECT o.ticket, 'initiative', d.value FROM open o JOIN up4 u ON u.id = o.value
        JOIN deliverable d ON d.id = u.whole
    UNION SELECT no, 'tracker', lower(tracker) FROM ticket_then
    UNION SELECT no, 'tracker', kind FROM ticket_then
    UNION SELECT no, 'type', lower(type) FROM ticket_then
    UNION SELECT no, 'key', lower(key) FROM ticket_then
    UNION SELECT no, 'team', lower(tracker_team) FROM ticket_then
    UNION SELECT ticket, 'team', lower(team) FROM ticket_team
)
SELECT f.ticket, f.field, f.value FROM facts f SEMI JOIN wanted w ON w.field = f.field AND w.value = f.value
"""

UNDER_EPIC = """
INSERT INTO held
SELECT t.no, 'epic', h.value FROM ticket_then t JOIN held h ON h.ticket = t.parent AND h.field = 'epic'
ANTI JOIN (SELECT ticket, value FROM held WHERE field = 'epic') x ON x.ticket = t.no AND x.value = h.value
"""

MATCHED = """
CREATE OR REPLACE TEMP TABLE rule_match AS
SELECT r.rule, h.ticket FROM rule_condition r JOIN held h ON h.field = r.field AND h.value = r.value
GROUP BY r.rule, h.ticket, r.conditions HAVING count(DISTINCT r.condition) = r.conditions
"""

DECIDED = """
CREATE OR REPLACE TEMP TABLE decided AS
WITH known AS (SELECT d.* FROM decisions d CROSS JOIN moment m WHERE d.moment <= m.as_of),
last AS (SELECT target, max(moment) AS moment FROM known GROUP BY target)
SELECT k.target, k.priority, k.weight FROM known k JOIN last l ON l.target = k.target AND l.moment = k.moment
"""

LINK_COLUMNS = (
    "regime INTEGER, ticket INTEGER, target VARCHAR, kind VARCHAR, weight INTEGER, via VARCHAR, "
    "rule INTEGER, source INTEGER, distance INTEGER"
)

BY_DECISION = """
INSERT INTO link
SELECT g.regime, t.no, coalesce(g.target, ''), coalesce(g.kind, 'none'), d.weight, 'decision', NULL, t.no, 0
FROM decided d JOIN ticket_then t ON t.id = d.target
JOIN target_of g ON g.target IS NOT DISTINCT FROM d.priority
"""

BY_RULE = """
INSERT INTO link
WITH first AS (
    SELECT r.regime, m.ticket, min(r.rule) AS rule FROM rule_match m JOIN rule_of r ON r.rule = m.rule
    GROUP BY r.regime, m.ticket
)
SELECT f.regime, f.ticket, r.target, r.kind, 1000000, 'rule', f.rule, f.ticket, 0
FROM first f JOIN rule_of r ON r.rule = f.rule
ANTI JOIN link l ON l.regime = f.regime AND l.ticket = f.ticket
"""

BY_CONTAINER = """
INSERT INTO link
WITH inside AS (
    SELECT s.ticket, min(d.target) AS container FROM span_then s JOIN decided d ON d.target = s.value
    WHERE s.until IS NULL AND s.field IN ('project', 'version', 'sprint', 'cycle', 'milestone') GROUP BY s.ticket
)
SELECT g.regime, i.ticket, coalesce(g.target, ''), coalesce(g.kind, 'none'), d.weight, 'container', NULL, i.ticket, 1
FROM inside i JOIN decided d ON d.target = i.container
JOIN target_of g ON g.target IS NOT DISTINCT FROM d.priority
ANTI JOIN link l ON l.regime = g.regime AND l.ticket = i.ticket
"""

BY_ANCESTOR = """
INSERT INTO link
SELECT l.regime, t.no, l.target, l.kind, l.weight, 'ancestor', l.rule, l.source, l.distance + 1
FROM ticket_then t JOIN link l ON l.ticket = t.parent
ANTI JOIN (SELECT DISTINCT regime, ticket FROM link) x ON x.regime = l.regime AND x.ticket = t.no
"""


def lay_out(con: Connection, regimes: Sequence[Regime]) -> None:
    """``link``: one row per regime, ticket and target.

    ``weight`` parts per million, ``via`` decision, rule, container or ancestor; ``source`` the ticket that was decided or
    matched; ``kind`` priority, upkeep, parked, or none where a person decided that it serves nothing.
    """
    _rules(con, regimes)
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
    con.execute(f"CREATE OR REPLACE TEMP TABLE link ({LINK_COLUMNS})")
    for step in (BY_DECISION, BY_RULE, BY_CONTAINER):
        con.execute(step)
    for _ in range(LEVELS):
        if not scalar(con, BY_ANCESTOR):
            break


def _rules(con: Connection, regimes: Sequence[Regime]) -> None:
    """``rule_of``, ``rule_condition`` and ``target_of``: the strategy as rows."""
    numbered = list(enumerate(_each_rule(regimes), start=1))
    of = [(n, r.no, t.id, t.kind, rule.file, rule.line) for n, (r, t, rule) in numbered]
    conditions = []
    for n, (_, _, rule) in numbered:
        wanted = rule.conditions()
        for c, (field, values) in enumerate(wanted.items()):
            for value in values:
                text = value if field == "title" else value.lower()
                conditions.append((n, c, len(wanted), field, text))
    targets = [(r.no, t.id, t.kind) for r in regimes for t in r.targets] + [(r.no, None, None) for r in regimes]
    _lay(con, "rule_of", of, "rule INTEGER, regime INTEGER, target VARCHAR, kind VARCHAR, file VARCHAR, line INTEGER")
    _lay(
        con, "rule_condition", conditions,
        "rule INTEGER, condition INTEGER, conditions INTEGER, field VARCHAR, value VARCHAR",
    )  # fmt: skip
    _lay(con, "target_of", targets, "regime INTEGER, target VARCHAR, kind VARCHAR")


def _each_rule(regimes: Sequence[Regime]) -> Iterator[tuple[Regime, Target, Rule]]:
    for regime in regimes:
        for target in regime.targets:
            for rule in target.rules:
                yield regime, target, rule


def _lay(con: Connection, name: str, rows: Sequence[tuple[object, ...]], columns: str) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    if rows:
        con.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", [list(r) for r in rows])


def _titles(con: Connection) -> None:
    """Patterns run in DuckDB's RE2, in linear time; each is a bound constant, so it is compiled once."""
    rows = con.execute("SELECT DISTINCT value FROM rule_condition WHERE field = 'title' ORDER BY value").fetchall()
    for (pattern,) in rows:
        con.execute(
            "INSERT INTO held SELECT ticket, 'title', $1 FROM span_then "
            "WHERE field = 'title' AND until IS NULL AND regexp_matches(value, $1)",
            [pattern],
        )
