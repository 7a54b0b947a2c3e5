"""The store as a folder of Parquet files, one a table: written from a store, and read in the place of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        needed_there(folder.name, files)
        for name, columns in layout(con).items():
            if name in files:
                _view(con, name, columns, files[name])
    except BaseException:
        con.close()
        raise
    return con


Columns = Sequence[tuple[str, str]]
"""Name and type of each column of a table, in DuckDB's words."""


def layout(con: Connection) -> dict[str, Columns]:
    """What the tables of a store look like. ``con`` holds an empty one."""
    found = con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index"
    ).fetchall()
    return {name: [(column, kind) for held, column, kind in found if held == name] for name in tables(con, raw=True)}


def needed_there(place: str, names: Iterable[str]) -> None:
    """Raises NotInLayout if a table without which there is nothing to judge is not among ``names``."""
    missing = sorted(NEEDED.keys() - set(names))
    if missing:
        raise NotInLayout(
            f"{place} holds no {missing[0]}.parquet, so it cannot be read in the place of a store. "
            "Make one with alignment export, or see docs/warehouse.md."
        )


def shaped(name: str, columns: Columns, there: Iterable[str], place: str) -> str:
    """What to select from somebody's table so that it becomes the store's. Raises NotInLayout."""
    held = {column.lower() for column in there}
    lacking = [column for column in NEEDED.get(name, ()) if column not in held]
    if lacking:
        raise NotInLayout(f"{place} has no column {', '.join(lacking)}. docs/warehouse.md says what each holds.")
    empty = "''" if name in NEEDED else "NULL"
    return ", ".join(
        f"CAST({_quoted(column) if column.lower() in held else empty if kind == 'VARCHAR' else 'NULL'} AS {kind}) "
        f"AS {_quoted(column)}"
        for column, kind in columns
    )


def _view(con: Connection, name: str, columns: Columns, file: Path) -> None:
    try:
        held = con.read_parquet(str(file))
        made = held.project(shaped(name, columns, held.columns, file.name))
        con.execute(f"DROP TABLE {name}")
        made.create_view(name)
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise NotInLayout(
            f"{file.name} cannot be read as the table {name}: {said}. docs/warehouse.md says its columns."
        ) from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
