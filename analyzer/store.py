"""One DuckDB file that holds everything pulled and decided; opened for one short transaction at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from analyzer import store_parquet
from analyzer.migrations import behind, migrate
from analyzer.rows import Connection as Connection
from analyzer.rows import frame_of, richest, upsert
from analyzer.rows import naive as naive
from connectors.ticket import Parsed, Problem, Relation, Text


class Busy(Exception):
    """Another process held the store for longer than we were willing to wait."""


class ReadOnly(Exception):
    """An export was to be written."""


class Damaged(Exception):
    """The file is not a store."""


def scalar(con: Connection, sql: str, values: Sequence[Any] = ()) -> Any:
    """The single value of a query, or the number of rows an INSERT wrote; ``None`` for no row."""
    rows = con.execute(sql, list(values)).fetchall()  # all rows: DuckDB keeps a connection busy until its last one
    return rows[0][0] if rows else None


def _is_held(error: BaseException) -> bool:
    """Whether another process has the file open: the one reason for which waiting helps."""
    return isinstance(error, duckdb.IOException) and "lock" in str(error).lower()


_turns: dict[Path, threading.RLock] = {}
"""Within one process DuckDB refuses to open a file for reading while it is open for writing: its users take turns."""

_turns_made = threading.Lock()


def _turn(path: Path) -> threading.RLock:
    with _turns_made:
        return _turns.setdefault(path.absolute(), threading.RLock())


class Store:
    """``path`` is the DuckDB file; ``patience`` the seconds to wait for another process that has it open.

    Threads of this process take turns, transaction by transaction.
    """

    def __init__(self, path: Path, patience: float = 60.0, memory_limit: str = "") -> None:
        self.path, self.patience, self.memory_limit = path, patience, memory_limit

    @property
    def exported(self) -> bool:
        """A folder of Parquet files in the place of a store: it is read, and never written."""
        return self.path.is_dir()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or none. Raises ReadOnly for an export."""
        if self.exported:
            raise ReadOnly(
                f"{self.path.name} is an export: it is read and never written. Name a store, or leave --store out."
            )
        with _turn(self.path), self._writing() as con:
            yield con

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        con = self._open(read_only=False)
        try:
            try:
                migrate(con)
            except duckdb.CatalogException as error:
                raise self._damaged() from error
            con.execute("BEGIN")
            try:
                yield con
            except BaseException:
                con.execute("ROLLBACK")
                raise
            con.execute("COMMIT")
        finally:
            con.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read-only; any number of processes may read at once. A store that is not there yet, or whose making was cut short, or
        that an earlier version wrote, is brought up to date first."""
        with _turn(self.path):
            con = self._up_to_date()
            try:
                yield con
            finally:
                con.close()

    def _up_to_date(self) -> Connection:
        if self.exported:
            return self._tuned(store_parquet.opened(self.path, self.memory_limit))
        if self.path.exists():
            con = self._open(read_only=True)
            try:
                if not behind(con):
                    return con
            except BaseException:
                con.close()
                raise
            con.close()
        with self.writing():
            pass
        return self._open(read_only=True)

    def _damaged(self) -> Damaged:
        if self.path.is_file() and not os.access(self.path, os.W_OK):
            return Damaged(f"{self.path} cannot be written to. Check its permissions and those of its folder.")
        return Damaged(f"{self.path} cannot be opened as a store. Name another file, or restore it.")

    def _open(self, read_only: bool) -> Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        waiting = Retrying(
            retry=retry_if_exception(_is_held), reraise=True,
            stop=stop_after_delay(self.patience), wait=wait_random_exponential(0.05, max=2),
        )  # fmt: skip
        config: dict[str, Any] = {"memory_limit": self.memory_limit} if self.memory_limit else {}
        try:
            con: Connection = waiting(lambda: duckdb.connect(str(self.path), read_only=read_only, config=config))
        except duckdb.Error as error:
            if _is_held(error):
                raise Busy(
                    f"Another process has {self.path.name} open and did not let go within {self.patience:.0f} s. "
                    "Let it finish, then try again."
                ) from error
            raise self._damaged() from error
        return self._tuned(con)

    def _tuned(self, con: Connection) -> Connection:
        if self.memory_limit:
            with suppress(duckdb.InvalidInputException):  # it is more than the machine has: blocks come and go as ever
                con.execute("SET block_allocator_memory = '100%'")
        con.execute("SET preserve_insertion_order = false")
        con.execute("SET enable_progress_bar = false")
        return con


def save_parsed(con: Connection, tracker: str, parsed: Parsed) -> None:
    """Replaces everything known of the tickets in ``parsed``; containers, people and updates are upserted by id."""
    tickets = list({t.id: t for t in parsed.tickets}.values())
    ids = pd.DataFrame({"id": pd.Series([t.id for t in tickets], dtype=object)})
    con.register("incoming_ids", ids)
    if tickets:
        frame = frame_of(tickets, exclude=("aliases",))
        frame["aliases"] = [" ".join(t.aliases) for t in tickets]
        con.register("incoming", frame)
        con.execute(
            """
            CREATE OR REPLACE TEMP TABLE numbered AS
            SELECT i.*, coalesce(t.no, (SELECT coalesce(max(no), 0) FROM tickets) + row_number() OVER (
                PARTITION BY t.no IS NULL ORDER BY i.id))::INTEGER AS no
            FROM incoming i LEFT JOIN tickets t ON t.id = i.id
            """
        )
        lost = [s for s in parsed.spans if s.field == "body" and (s.value or "").startswith("?")]
        if lost:
            con.execute(BODIES_BEFORE)
        for table, column in (("spans", "ticket"), ("changes", "ticket"), ("tickets", "no")):
            con.execute(f"DELETE FROM {table} USING numbered n WHERE {table}.{column} = n.no")
        con.execute("DELETE FROM relations USING incoming_ids i WHERE relations.source = i.id")
        con.execute("DELETE FROM problems USING incoming_ids i WHERE problems.ticket = i.id")
        con.execute("INSERT INTO tickets BY NAME SELECT * FROM numbered")
        con.unregister("incoming")
        for table, rows in (("spans", parsed.spans), ("changes", parsed.changes)):
            if rows:
                con.register("incoming", frame_of(rows))
                con.execute(
                    f"INSERT INTO {table} BY NAME SELECT i.* REPLACE (n.no AS ticket) "
                    "FROM incoming i JOIN numbered n ON n.id = i.ticket ORDER BY i.field, n.no"
                )
                con.unregister("incoming")
        if lost:
            for step in BODIES_KEPT:
                con.execute(step)
        con.execute("DROP TABLE numbered")
    upsert(con, "containers", list(richest(parsed.containers)))
    upsert(con, "people", list({p.id: p for p in parsed.people}.values()))
    _add_texts(con, parsed.texts)
    if parsed.updates:
        con.register("incoming", frame_of(list({u.id: u for u in parsed.updates}.values())))
        con.execute("DELETE FROM updates USING incoming i WHERE updates.id = i.id")
        con.execute("INSERT INTO updates BY NAME SELECT * FROM incoming")
        con.unregister("incoming")
    if parsed.relations:
        con.register("incoming", frame_of(_once(parsed.relations)))
        con.execute(
            "DELETE FROM relations USING incoming i WHERE relations.source = i.source AND relations.target = i.target "
            "AND (relations.until IS NULL OR i.until IS NOT NULL)"
        )
        con.execute("INSERT INTO relations BY NAME SELECT * FROM incoming")
        con.unregister("incoming")
    con.unregister("incoming_ids")
    by_key = {t.key: t.id for t in tickets}
    add_problems(con, tracker, parsed.problems, by_key)


BODIES_BEFORE = """
CREATE OR REPLACE TEMP TABLE body_before AS
SELECT n.no AS ticket, s.since, s.value FROM numbered n JOIN tickets t ON t.no = n.no
LEFT JOIN spans s ON s.ticket = n.no AND s.field = 'body'
"""
BODIES_KEPT = (
    """
    UPDATE spans SET value = b.value FROM body_before b
    WHERE spans.ticket = b.ticket AND spans.field = 'body' AND spans.since = b.since
        AND starts_with(spans.value, '?') AND NOT starts_with(b.value, '?')
    """,
    """
    DELETE FROM spans USING (SELECT DISTINCT ticket FROM body_before) b
    WHERE spans.ticket = b.ticket AND spans.field = 'body' AND spans.value = '?1'
        AND (spans.ticket, spans.since) NOT IN (SELECT (ticket, since) FROM body_before WHERE since IS NOT NULL)
    """,
    "DROP TABLE body_before",
)
"""Linear logs that a text changed and not what it was: what an earlier pull read, or found empty, is not forgotten."""


def _once(relations: Sequence[Relation]) -> list[Relation]:
    """Both ends may tell a tie, each by its own clock: the earlier counts."""
    found: dict[tuple[str, str, str, datetime | None], Relation] = {}
    for r in relations:
        held = found.setdefault((r.source, r.target, r.type, r.until), r)
        if r.since is not None and (held.since is None or r.since < held.since):
            found[r.source, r.target, r.type, r.until] = r
    return list(found.values())


def _add_texts(con: Connection, texts: Sequence[Text]) -> None:
    """Each body once, whichever tickets have or had it."""
    if texts:
        con.register("incoming", frame_of(list({t.fingerprint: t for t in texts}.values())))
        con.execute(
            "INSERT INTO texts BY NAME SELECT * FROM incoming i ANTI JOIN texts t ON t.fingerprint = i.fingerprint"
        )
        con.unregister("incoming")


def add_problems(
    con: Connection, tracker: str, problems: Iterable[Problem], tickets: dict[str, str] | None = None
) -> None:
    rows = [(tracker, (tickets or {}).get(p.where), p.kind, p.where, p.what) for p in problems]
    if rows:
        con.register(
            "incoming", pd.DataFrame(rows, columns=["tracker", "ticket", "kind", "place", "what"], dtype=object)
        )
        con.execute("INSERT INTO problems BY NAME SELECT * FROM incoming")
        con.unregister("incoming")


def resolve_parents(con: Connection, tracker: str) -> None:
    """Gives parents and relations known only by key (``@PAY-12``) their ticket's id, by its key of today or an earlier one.

    Only among the tracker's own tickets: two Jiras may well use one key.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE key_of AS
        WITH keys AS (
            SELECT key, id FROM tickets WHERE tracker = $1
            UNION ALL
            SELECT unnest(string_split(aliases, ' ')), id FROM tickets WHERE tracker = $1 AND aliases <> ''
        ) SELECT '@' || key AS key, min(id) AS id FROM keys GROUP BY key
        """,
        [tracker],
    )
    con.execute(
        "UPDATE spans SET value = k.id FROM key_of k WHERE spans.field = 'parent' AND spans.value = k.key "
        "AND spans.ticket IN (SELECT no FROM tickets WHERE tracker = ?)",
        [tracker],
    )
    for end, other in (("source", "target"), ("target", "source")):
        con.execute(
            f"UPDATE relations SET {end} = k.id FROM key_of k WHERE relations.{end} = k.key "
            f"AND starts_with(relations.{other}, ?)",
            [f"{tracker}:"],
        )
    con.execute("DROP TABLE key_of")
