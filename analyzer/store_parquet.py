"""The store as a folder of Parquet files, one a table: written from a store, and read in the place of one."""

from __future__ import annotations

from pathlib import Path

import duckdb

from analyzer.migrations import migrate
from analyzer.rows import Connection

BULKY = ("raw",)
"""What the trackers sent, names included: the analysis does not read it."""

INNER = ("schema_steps",)
NEEDED = {
    "tickets": ("no", "id", "tracker", "kind", "key", "title", "type", "level", "created", "updated", "history"),
    "spans": ("ticket", "field", "value", "since", "until"),
    "trackers": ("name", "kind", "live", "pulled"),
}
"""Without these tables and columns there is nothing to judge. Any other table may be missing and is then empty; so is a column:
the empty text in these tables, no value elsewhere."""


class NotInLayout(Exception):
    """The folder does not hold the tables of a store; ``str()`` is one sentence and the fix."""


def tables(con: Connection, raw: bool = False) -> list[str]:
    """What an export holds: every table of the store, ``raw`` only where it is asked for."""
    left_out = (*INNER, *(() if raw else BULKY))
    found = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY table_name").fetchall()
    return [name for (name,) in found if name not in left_out]


def write(con: Connection, folder: Path, raw: bool = False) -> dict[str, int]:
    """One file a table into a folder that is there; rows by table. Compressed with zstd, in the order of the store."""
    counts = {}
    for name in tables(con, raw):
        held = con.table(name)
        held.write_parquet(str(folder / f"{name}.parquet"), compression="zstd")
        counts[name] = int(held.count("*").fetchall()[0][0])
    return counts


def opened(folder: Path, memory_limit: str = "") -> Connection:
    """A connection in which each table of a store is a view of its file. What a file lacks is empty, what it has more is left
    out, and every column is cast to the store's type; moments with a zone become UTC. Raises NotInLayout."""
    con = duckdb.connect(":memory:", config={"memory_limit": memory_limit} if memory_limit else {})
    try:
        con.execute("SET TimeZone = 'UTC'")
        migrate(con)
        files = {path.stem: path for path in sorted(folder.glob("*.parquet"))}
        for name in NEEDED:
            if name not in files:
                raise NotInLayout(
                    f"{folder.name} holds no {name}.parquet, so it cannot be read in the place of a store. "
                    "Make one with alignment export, or see docs/warehouse.md."
                )
        for name in tables(con, raw=True):
            if name in files:
                _view(con, name, files[name])
    except BaseException:
        con.close()
        raise
    return con


def _view(con: Connection, name: str, file: Path) -> None:
    columns = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [name]
    ).fetchall()
    try:
        held = con.read_parquet(str(file))
        there = {column.lower() for column in held.columns}
        lacking = [column for column in NEEDED.get(name, ()) if column not in there]
        if lacking:
            raise NotInLayout(
                f"{file.name} has no column {', '.join(lacking)}. docs/warehouse.md says what each holds."
            )
        empty = "''" if name in NEEDED else "NULL"
        parts = [
            f"CAST({_quoted(column) if column.lower() in there else empty if kind == 'VARCHAR' else 'NULL'} AS {kind}) "
            f"AS {_quoted(column)}"
            for column, kind in columns
        ]
        shaped = held.project(", ".join(parts))
        con.execute(f"DROP TABLE {name}")
        shaped.create_view(name)
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise NotInLayout(
            f"{file.name} cannot be read as the table {name}: {said}. docs/warehouse.md says its columns."
        ) from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
