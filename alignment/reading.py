"""What an analysis reads: the store, with as much memory as that takes, or a warehouse through another engine.

What DuckDB may not hold in memory it spills to disk beside the store.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from alignment.errors import Mend
from analyzer.store import Store

if TYPE_CHECKING:
    from alignment.settings import Settings
    from analyzer.warehouse import Warehouse

LEAST_MB = 1_200
"""Enough for a million tickets."""

PER_BYTE = 2
"""Of memory for each byte of the store: hash tables over all tickets do not spill in every query (docs/capacity.md)."""

MOST = 0.7
"""Of the machine's memory, or of the container's."""

CONTAINER = Path("/sys/fs/cgroup/memory.max")


def source(settings: Settings, engine: str = "duckdb", tables: str = "") -> Store | Warehouse:
    """What a report reads: the store, or ``tables`` through another engine. Raises Mend."""
    if engine == "duckdb":
        if tables:
            raise Mend("--tables is where another engine finds the tables.", "Add --engine spark, or name a --store.")
        return analysed(settings)
    from analyzer.warehouse import Warehouse

    if not tables and not settings.store.is_dir():
        raise Mend(
            "Spark must be told where the tables lie.",
            "Add --tables with a folder that alignment export made, or a schema.",
        )
    return Warehouse(engine, tables or str(settings.store))


def analysed(settings: Settings) -> Store:
    """The store, with as much memory as an analysis of it takes."""
    return Store(settings.store, memory_limit=limit(settings.store, settings.memory))


def limit(store: Path, asked: str | None = None, machine: int | None = None) -> str:
    """In DuckDB's words: what the settings ask for, else by the size of the store and of the machine (in bytes)."""
    if asked:
        return asked
    most = int(MOST * (machine if machine is not None else _machine()) / 1e6)
    return f"{max(min(LEAST_MB, most), min(PER_BYTE * _size(store) // 10**6, most))}MB"


def _size(store: Path) -> int:
    files = store.glob("*.parquet") if store.is_dir() else [store]
    return sum(file.stat().st_size for file in files if file.exists()) * (2 if store.is_dir() else 1)


def _machine() -> int:
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(whole, int(CONTAINER.read_text(encoding="ascii")))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return whole
