"""What trackers keep no log of, as the pulls until a moment had seen it."""

from __future__ import annotations

CONTAINER_THEN = """
CREATE OR REPLACE TEMP TABLE container_then AS
WITH first AS (SELECT container, min(since) AS since FROM container_seen GROUP BY container),
noted AS (
    SELECT s.container, s.field, CASE WHEN s.since <= greatest(m.as_of, f.since) THEN s.value ELSE '' END AS value,
        row_number() OVER (PARTITION BY s.container, s.field
            ORDER BY s.since <= greatest(m.as_of, f.since) DESC, s.since DESC, s.value DESC) AS place
    FROM container_seen s JOIN first f ON f.container = s.container CROSS JOIN moment m
), said AS (
    SELECT container,
        max(CASE WHEN field = 'name' THEN value END) AS name,
        max(CASE WHEN field = 'key' THEN value END) AS key,
        max(CASE WHEN field = 'url' THEN value END) AS url,
        max(CASE WHEN field = 'state' THEN value END) AS state,
        max(CASE WHEN field = 'start' THEN value END) AS start,
        max(CASE WHEN field = 'end' THEN value END) AS "end",
        max(CASE WHEN field = 'completed' THEN value END) AS completed
    FROM noted WHERE place = 1 GROUP BY container
), told AS (
    SELECT c.id, c.tracker, c.kind, c.created, coalesce(s.name, c.name) AS name, coalesce(s.key, c.key) AS key,
        coalesce(s.url, c.url) AS url, coalesce(s.state, c.state) AS state,
        CASE WHEN s.start IS NULL THEN c.start ELSE try_cast(s.start AS TIMESTAMP) END AS start,
        CASE WHEN s."end" IS NULL THEN c."end" ELSE try_cast(s."end" AS TIMESTAMP) END AS "end",
        CASE WHEN s.completed IS NULL THEN c.completed ELSE try_cast(s.completed AS TIMESTAMP) END AS completed
    FROM containers c LEFT JOIN said s ON s.container = c.id
)
SELECT t.id, t.tracker, t.kind, t.name, t.key, t.url, t.start, t."end",
    CASE WHEN t.completed > m.as_of THEN '' ELSE t.state END AS state,
    CASE WHEN t.completed <= m.as_of THEN t.completed END AS completed
FROM told t CROSS JOIN moment m WHERE t.created IS NULL OR t.created <= m.as_of
"""
"""Before it was first seen a container is as it was then, but for an end that had not come yet."""

RELATION_THEN = """
CREATE OR REPLACE TEMP VIEW relation_then AS
WITH known AS (
    SELECT source, target, type, since, until FROM relation_seen
    UNION ALL SELECT source, target, type, since, until FROM relations WHERE until IS NOT NULL
    UNION ALL SELECT r.source, r.target, r.type, r.since, NULL FROM relations r
        ANTI JOIN relation_seen s ON s.source = r.source AND s.target = r.target AND s.type = r.type
        WHERE r.until IS NULL
)
SELECT k.source, k.target, k.type, min(k.since) AS since FROM known k CROSS JOIN moment m
WHERE (k.since IS NULL OR k.since <= m.as_of) AND (k.until IS NULL OR k.until > m.as_of)
GROUP BY k.source, k.target, k.type
"""
"""``since`` is empty where a tie was there when its tracker was first pulled and the tracker does not say since when."""

PERSON_THEN = """
CREATE OR REPLACE TEMP TABLE person_then AS
WITH noted AS (
    SELECT s.person, s.team, s.bot, row_number() OVER (PARTITION BY s.person ORDER BY s.since DESC NULLS LAST) AS place
    FROM person_seen s CROSS JOIN moment m WHERE s.since IS NULL OR s.since <= m.as_of
)
SELECT p.id, coalesce(n.team, p.team) AS team, coalesce(n.bot, p.bot) AS bot FROM people p
LEFT JOIN noted n ON n.person = p.id AND n.place = 1
"""

PROBLEM_THEN = """
CREATE OR REPLACE TEMP VIEW problem_then AS
SELECT s.tracker, s.ticket, s.kind, s.place, s.what FROM problem_seen s CROSS JOIN moment m
WHERE (s.since IS NULL OR s.since <= m.as_of) AND (s.until IS NULL OR s.until > m.as_of)
UNION
SELECT p.tracker, p.ticket, p.kind, p.place, p.what FROM problems p
WHERE NOT EXISTS (
    SELECT 1 FROM problem_seen s WHERE s.tracker = p.tracker AND s.ticket IS NOT DISTINCT FROM p.ticket AND s.kind = p.kind
        AND s.place = p.place AND s.what = p.what)
"""
"""Problems lose what they say twice of one place, which counts nothing."""

FIRST_PULL = """
CREATE OR REPLACE TEMP VIEW first_pull AS
SELECT r.name AS tracker, coalesce(min(w.moment), any_value(r.pulled)) AS moment FROM trackers r
LEFT JOIN watched w ON w.tracker = r.name GROUP BY r.name
"""

NOT_LOGGED = (CONTAINER_THEN, RELATION_THEN, PERSON_THEN, PROBLEM_THEN, FIRST_PULL)
