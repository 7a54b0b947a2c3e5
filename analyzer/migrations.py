"""The store's schema as numbered steps; the whole of it is what they leave behind, printed in docs/store.md."""

from __future__ import annotations

import duckdb

STEPS: tuple[str, ...] = (
    """
    CREATE TABLE trackers (name VARCHAR, kind VARCHAR, source VARCHAR, live BOOLEAN, pulled TIMESTAMP);
    CREATE TABLE raw (tracker VARCHAR, kind VARCHAR, id VARCHAR, fetched TIMESTAMP, digest BIGINT, payload BLOB,
        parsed VARCHAR);
    CREATE TABLE tickets (no INTEGER, id VARCHAR, tracker VARCHAR, kind VARCHAR, key VARCHAR, url VARCHAR,
        title VARCHAR, body VARCHAR, type VARCHAR, level TINYINT, created TIMESTAMP, updated TIMESTAMP,
        history VARCHAR, aliases VARCHAR);
    CREATE TABLE spans (ticket INTEGER, field VARCHAR, value VARCHAR, since TIMESTAMP, until TIMESTAMP);
    CREATE TABLE changes (ticket INTEGER, id VARCHAR, moment TIMESTAMP, author VARCHAR, field VARCHAR);
    CREATE TABLE containers (id VARCHAR, tracker VARCHAR, kind VARCHAR, name VARCHAR, key VARCHAR, url VARCHAR,
        state VARCHAR, start TIMESTAMP, "end" TIMESTAMP, completed TIMESTAMP);
    CREATE TABLE relations (source VARCHAR, target VARCHAR, type VARCHAR);
    CREATE TABLE people (id VARCHAR, tracker VARCHAR, team VARCHAR, bot BOOLEAN);
    CREATE TABLE problems (tracker VARCHAR, ticket VARCHAR, kind VARCHAR, place VARCHAR, what VARCHAR);
    CREATE SEQUENCE decision_no;
    CREATE TABLE decisions (no INTEGER DEFAULT nextval('decision_no'), moment TIMESTAMP, author VARCHAR, target VARCHAR,
        priority VARCHAR, weight INTEGER, reason VARCHAR);
    CREATE SEQUENCE run_no;
    CREATE TABLE runs (no INTEGER DEFAULT nextval('run_no'), moment TIMESTAMP, kind VARCHAR, as_of TIMESTAMP, body VARCHAR);
    """,
    "CREATE TABLE scans (tracker VARCHAR, started TIMESTAMP, since TIMESTAMP, cursor VARCHAR, finished TIMESTAMP);",
    """
    ALTER TABLE decisions ADD COLUMN kind VARCHAR DEFAULT 'link';
    ALTER TABLE decisions ADD COLUMN choice VARCHAR;
    ALTER TABLE decisions ADD COLUMN until TIMESTAMP;
    CREATE TABLE strategy_seen (name VARCHAR, moment TIMESTAMP, digest VARCHAR, body VARCHAR);
    """,
    "CREATE TABLE texts (fingerprint VARCHAR, body VARCHAR);",
    """
    ALTER TABLE containers ADD COLUMN created TIMESTAMP;
    ALTER TABLE containers ADD COLUMN owner VARCHAR;
    ALTER TABLE containers ADD COLUMN text VARCHAR;
    CREATE TABLE container_seen (container VARCHAR, field VARCHAR, value VARCHAR, since TIMESTAMP);
    CREATE TABLE updates (id VARCHAR, container VARCHAR, moment TIMESTAMP, health VARCHAR, body VARCHAR, author VARCHAR);
    """,
    """
    CREATE TABLE gone (ticket VARCHAR, tracker VARCHAR, how VARCHAR, since TIMESTAMP, until TIMESTAMP);
    CREATE TABLE sweeps (tracker VARCHAR, started TIMESTAMP, cursor VARCHAR, finished TIMESTAMP);
    CREATE TABLE swept (tracker VARCHAR, id VARCHAR);
    """,
    "ALTER TABLE scans ADD COLUMN scope VARCHAR DEFAULT '';",
    "CREATE TABLE names (tracker VARCHAR, key VARCHAR, kind VARCHAR, mark VARCHAR);",
    """
    ALTER TABLE relations ADD COLUMN since TIMESTAMP;
    ALTER TABLE relations ADD COLUMN until TIMESTAMP;
    CREATE TABLE watched (tracker VARCHAR, moment TIMESTAMP, highest INTEGER);
    CREATE TABLE relation_seen (source VARCHAR, target VARCHAR, type VARCHAR, since TIMESTAMP, until TIMESTAMP);
    CREATE TABLE problem_seen (tracker VARCHAR, ticket VARCHAR, kind VARCHAR, place VARCHAR, what VARCHAR, since TIMESTAMP,
        until TIMESTAMP);
    CREATE TABLE person_seen (person VARCHAR, team VARCHAR, bot BOOLEAN, since TIMESTAMP);
    INSERT INTO watched SELECT name, pulled, coalesce((SELECT max(no) FROM tickets), 0) FROM trackers;
    INSERT INTO relation_seen (source, target, type) SELECT DISTINCT source, target, type FROM relations;
    INSERT INTO problem_seen (tracker, ticket, kind, place, what) SELECT DISTINCT tracker, ticket, kind, place, what FROM problems;
    INSERT INTO person_seen (person, team, bot) SELECT id, team, bot FROM people;
    INSERT INTO container_seen
    WITH first AS (SELECT container, min(since) AS since FROM container_seen GROUP BY container), told AS (
        SELECT id, 'completed' AS field, completed::VARCHAR AS value FROM containers
        UNION ALL SELECT id, 'key', key FROM containers UNION ALL SELECT id, 'url', url FROM containers
    ) SELECT t.id, t.field, t.value, f.since FROM told t JOIN first f ON f.container = t.id WHERE t.value <> '';
    """,
    """
    CREATE TABLE deliveries (period VARCHAR, target VARCHAR, round INTEGER, run INTEGER, digest VARCHAR, begun TIMESTAMP,
        sent TIMESTAMP, said VARCHAR);
    """,
    """
    ALTER TABLE decisions ADD COLUMN act INTEGER;
    ALTER TABLE decisions ADD COLUMN reach VARCHAR;
    ALTER TABLE decisions ADD COLUMN offered VARCHAR;
    CREATE SEQUENCE act_no;
    CREATE TABLE suggestions (ticket VARCHAR, place INTEGER, target VARCHAR, confidence DOUBLE, band VARCHAR, why VARCHAR,
        seen VARCHAR, model VARCHAR, scored TIMESTAMP);
    """,
    """
    CREATE SEQUENCE tag_write_no;
    CREATE TABLE tag_writes (no INTEGER DEFAULT nextval('tag_write_no'), plan VARCHAR, step VARCHAR, ticket VARCHAR, key VARCHAR,
        tag VARCHAR, act VARCHAR, begun TIMESTAMP, ended TIMESTAMP, outcome VARCHAR, after TIMESTAMP);
    """,
)


def behind(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether steps are missing. Raises NewerStore."""
    made = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_steps'").fetchall()
    return not made or _done(con) < len(STEPS)


def _done(con: duckdb.DuckDBPyConnection) -> int:
    done = int(con.execute("SELECT coalesce(max(step), 0) FROM schema_steps").fetchall()[0][0])
    if done > len(STEPS):
        raise NewerStore(
            f"The store was written by a newer version (schema {done}, this one knows {len(STEPS)}). Upgrade the program."
        )
    return done


def migrate(con: duckdb.DuckDBPyConnection) -> None:
    """Brings a store up to date; each step and its record are one transaction."""
    con.execute("CREATE TABLE IF NOT EXISTS schema_steps (step INTEGER, applied TIMESTAMP DEFAULT current_timestamp)")
    done = _done(con)
    for number, step in enumerate(STEPS[done:], start=done + 1):
        con.execute("BEGIN")
        try:
            con.execute(step)
            con.execute("INSERT INTO schema_steps (step) VALUES (?)", [number])
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise


class NewerStore(Exception):
    """The store is from a version of the program that came after this one."""
