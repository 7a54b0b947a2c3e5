"""Writes rows of our dataclasses into tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import pandas as pd

from connectors.ticket import Container

Connection = duckdb.DuckDBPyConnection


def naive(moment: datetime | None) -> datetime | None:
    """UTC without the zone, as the store keeps moments."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment is not None else None


def richest(containers: Iterable[Container]) -> Iterable[Container]:
    """One container an id: the one that tells most (an issue names a sprint without the dates the sprint list has)."""
    best: dict[str, Container] = {}
    for c in containers:
        held = best.get(c.id)
        if held is None or _told(c) >= _told(held):
            best[c.id] = c
    return best.values()


def _told(c: Container) -> int:
    return sum(
        v not in (None, "") for v in (c.start, c.end, c.completed, c.state, c.key, c.url, c.created, c.owner, c.text)
    )


def upsert(con: Connection, table: str, rows: Sequence[Any]) -> None:
    if not rows:
        return
    con.register("incoming", frame_of(rows))
    if table == "containers":  # what is known already is not forgotten because a later mention is shorter
        con.execute(
            """
            UPDATE containers c SET key = coalesce(nullif(i.key, ''), c.key),
                name = CASE WHEN c.kind = 'sprint' AND i.state = '' THEN c.name ELSE i.name END,
                url = coalesce(nullif(i.url, ''), c.url), state = coalesce(nullif(i.state, ''), c.state),
                start = coalesce(i.start, c.start), "end" = coalesce(i."end", c."end"),
                completed = coalesce(i.completed, c.completed), created = coalesce(i.created, c.created),
                owner = coalesce(nullif(i.owner, ''), c.owner), text = coalesce(nullif(i.text, ''), c.text)
            FROM incoming i WHERE c.id = i.id
            """
        )
    else:
        con.execute(f"UPDATE {table} c SET bot = i.bot, team = i.team FROM incoming i WHERE c.id = i.id AND i.bot")
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming i ANTI JOIN {table} c ON c.id = i.id")
    con.unregister("incoming")


def frame_of(rows: Sequence[Any], exclude: tuple[str, ...] = ()) -> pd.DataFrame:
    """Rows of one of our dataclasses as columns; moments as naive UTC, text with unpaired surrogates mended."""
    columns: dict[str, pd.Series[Any]] = {}
    for name in [n for n in type(rows[0]).__slots__ if n not in exclude]:
        values = [getattr(r, name) for r in rows]
        if any(isinstance(v, datetime) for v in values):
            columns[name] = pd.Series(pd.to_datetime(pd.Series([naive(v) for v in values], dtype=object))).astype(
                "datetime64[us]"
            )
        elif name in ("start", "end", "completed", "since", "until", "created"):
            columns[name] = pd.Series([None] * len(values), dtype="datetime64[us]")
        else:
            columns[name] = pd.Series([_clean(v) for v in values], dtype=object)
    return pd.DataFrame(columns)


def _clean(value: Any) -> Any:
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode("utf-8")
    return value
