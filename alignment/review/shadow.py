"""Decisions over a store that is open for reading: a temporary table stands before that of the file, which stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from analyzer.store import Connection, scalar


@contextmanager
def shadowed(con: Connection, links: bool = True) -> Iterator[None]:
    """Inside, ``decisions`` may be written to and nothing is kept. Without ``links`` nobody has said yet what a ticket serves."""
    catalog = str(scalar(con, "SELECT current_database()")).replace('"', '""')
    kept = "" if links else "WHERE kind NOT IN ('link', 'reject', 'undo', 'auto')"
    con.execute(f'CREATE TEMP TABLE decisions AS SELECT * FROM "{catalog}".main.decisions {kept}')
    try:
        for name, column in (("act_no", "act"), ("decision_no", "no")):
            first = int(scalar(con, f"SELECT coalesce(max({column}), 0) + 1 FROM temp.main.decisions"))
            con.execute(f"CREATE TEMP SEQUENCE {name} START {first:d}")
        con.execute("ALTER TABLE temp.main.decisions ALTER no SET DEFAULT nextval('temp.main.decision_no')")
        yield
    finally:
        con.execute("DROP TABLE temp.main.decisions")
        for name in ("act_no", "decision_no"):
            con.execute(f"DROP SEQUENCE IF EXISTS temp.main.{name}")
