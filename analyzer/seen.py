"""What trackers keep no log of is noted at the end of each pull where it differs from what was noted last."""

from __future__ import annotations

from datetime import datetime

from analyzer.rows import Connection, naive

CONTAINER = {
    "name": "name", "state": "state", "start": "start::VARCHAR", "end": '"end"::VARCHAR', "owner": "owner",
    "description": "text", "completed": "completed::VARCHAR", "key": "key", "url": "url",
}  # fmt: skip

PEOPLE = """
INSERT INTO person_seen
WITH last AS (
    SELECT person, team, bot, row_number() OVER (PARTITION BY person ORDER BY since DESC NULLS LAST) AS place FROM person_seen
)
SELECT p.id, p.team, p.bot, CASE WHEN l.person IS NULL THEN NULL ELSE $2 END FROM people p
LEFT JOIN last l ON l.person = p.id AND l.place = 1
WHERE p.tracker = $1 AND (l.person IS NULL OR l.team IS DISTINCT FROM p.team OR l.bot IS DISTINCT FROM p.bot)
"""
"""Who is met for the first time is taken to have been so always."""

RELATIONS = (
    """
    CREATE OR REPLACE TEMP TABLE tied AS
    SELECT source, target, type, min(since) AS since FROM relations
    WHERE until IS NULL AND starts_with(CASE WHEN starts_with(source, '@') THEN target ELSE source END, $1 || ':')
    GROUP BY source, target, type
    """,
    """
    UPDATE relation_seen SET until = coalesce((
        SELECT max(r.until) FROM relations r
        WHERE r.source = relation_seen.source AND r.target = relation_seen.target AND r.type = relation_seen.type
    ), $2)
    WHERE until IS NULL AND starts_with(CASE WHEN starts_with(source, '@') THEN target ELSE source END, $1 || ':')
        AND (source, target, type) NOT IN (SELECT (source, target, type) FROM tied)
    """,
    """
    UPDATE relation_seen SET since = t.since FROM tied t
    WHERE t.source = relation_seen.source AND t.target = relation_seen.target AND t.type = relation_seen.type
        AND relation_seen.until IS NULL AND relation_seen.since IS NULL AND t.since IS NOT NULL
    """,
    """
    INSERT INTO relation_seen
    SELECT t.source, t.target, t.type, coalesce(t.since, CASE WHEN $3 THEN NULL ELSE $2 END), NULL FROM tied t
    ANTI JOIN (SELECT * FROM relation_seen WHERE until IS NULL) s
        ON s.source = t.source AND s.target = t.target AND s.type = t.type
    """,
    "DROP TABLE tied",
)
"""A tie begins and ends when its tracker says so, else when a pull first saw it and first missed it."""

PROBLEMS = (
    """
    UPDATE problem_seen SET until = $2 WHERE tracker = $1 AND until IS NULL AND NOT EXISTS (
        SELECT 1 FROM problems p WHERE p.tracker = $1 AND p.ticket IS NOT DISTINCT FROM problem_seen.ticket
            AND p.kind = problem_seen.kind AND p.place = problem_seen.place AND p.what = problem_seen.what)
    """,
    """
    INSERT INTO problem_seen
    SELECT DISTINCT p.tracker, p.ticket, p.kind, p.place, p.what, CASE WHEN $3 THEN NULL ELSE $2 END, NULL FROM problems p
    WHERE p.tracker = $1 AND NOT EXISTS (
        SELECT 1 FROM problem_seen s WHERE s.tracker = $1 AND s.until IS NULL AND s.ticket IS NOT DISTINCT FROM p.ticket
            AND s.kind = p.kind AND s.place = p.place AND s.what = p.what)
    """,
)

WATCHED = "INSERT INTO watched SELECT $1, $2, coalesce(max(no), 0) FROM tickets"
"""Tickets are numbered as they come, so the highest number of each pull tells which pull brought a ticket."""


def note(con: Connection, tracker: str, moment: datetime) -> None:
    """Notes what a tracker shows now of containers, people, ties and problems.

    What the first pull finds is taken to have held before it; what a later one finds, since that one.
    """
    at = naive(moment)
    first = not con.execute("SELECT 1 FROM watched WHERE tracker = ? LIMIT 1", [tracker]).fetchall()
    _containers(con, tracker, at)
    for step in (PEOPLE, *RELATIONS, *PROBLEMS, WATCHED):
        con.execute(step, {n: v for n, v in (("1", tracker), ("2", at), ("3", first)) if f"${n}" in step})


def _containers(con: Connection, tracker: str, at: datetime | None) -> None:
    """What is seen for the first time is taken to have held since the container was created, if the tracker says when."""
    held = " UNION ALL ".join(
        f"SELECT id AS container, created, '{field}' AS field, coalesce({sql}, '') AS value FROM containers WHERE tracker = $1"
        for field, sql in CONTAINER.items()
    )
    con.execute(
        f"""
        INSERT INTO container_seen BY NAME
        WITH held AS ({held}),
        last AS (SELECT container, field, arg_max(value, since) AS value FROM container_seen GROUP BY container, field)
        SELECT h.container, h.field, h.value,
            CASE WHEN h.container IN (SELECT container FROM container_seen) THEN $2 ELSE least(coalesce(h.created, $2), $2)
            END AS since
        FROM held h LEFT JOIN last l ON l.container = h.container AND l.field = h.field
        WHERE h.value <> coalesce(l.value, '')
        ORDER BY h.container, h.field
        """,
        [tracker, at],
    )
