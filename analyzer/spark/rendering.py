"""Our SQL in the words of Spark: SQLGlot renders it, and what the two engines name differently is said here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel

Does = Literal["ask", "view", "table", "columns", "add", "replace", "drop", "none"]


class NotSaid(Exception):
    """A statement of a kind that no report asks of another engine."""


@dataclass(frozen=True, slots=True)
class Statement:
    """``ask`` for rows, lay a ``view`` or a ``table`` from a query, make an empty table of ``columns``, ``add`` rows to one,
    ``replace`` its rows by those of a query, ``drop`` it, or ``none``: a setting that only DuckDB has."""

    does: Does
    query: str = ""
    name: str = ""
    columns: str = ""


@lru_cache(maxsize=2048)
def statement(sql: str, moments: tuple[int, ...] = ()) -> Statement:
    """One statement of DuckDB's dialect. Values stay bound: ``?`` and ``$1`` become ``:p1``; ``moments`` are the numbers of those
    that are bound as text and mean a timestamp. Raises NotSaid."""
    tree = sqlglot.parse_one(_numbered(sql), read="duckdb").transform(_bound, moments).transform(_renamed)
    match tree:
        case exp.Query():
            return Statement("ask", _spark(tree))
        case exp.Create(this=exp.Schema(this=exp.Table() as table, expressions=columns)):
            return Statement("columns", name=table.name, columns=", ".join(_spark(c) for c in columns))
        case exp.Create(this=exp.Table() as table, expression=exp.Query() as query):
            return Statement("view" if tree.args["kind"] == "VIEW" else "table", _spark(query), table.name)
        case exp.Insert(this=exp.Table() as table, expression=exp.Query() as query):
            return Statement("add", _spark(query), table.name)
        case exp.Delete(this=exp.Table() as table):
            return Statement("replace", _spark(_kept(table, tree)), table.name)
        case exp.Drop():
            return Statement("drop", name=next(t.name for t in tree.find_all(exp.Table)))
        case exp.Set():
            return Statement("none")
    raise NotSaid(f"This is asked of DuckDB alone: {' '.join(sql.split())[:80]}")


def _spark(tree: exp.Expr) -> str:
    return tree.sql("spark", unsupported_level=ErrorLevel.RAISE)


def _numbered(sql: str) -> str:
    """Each ``?`` as ``$1``, ``$2`` …, in the order of the text."""
    parts, at = [], 0
    asked = (t for t in sqlglot.tokenize(sql, read="duckdb") if t.token_type == sqlglot.TokenType.PLACEHOLDER)
    for number, token in enumerate(asked, start=1):
        parts += [sql[at : token.start], f"${number}"]
        at = token.end + 1
    return "".join([*parts, sql[at:]])


def _bound(part: exp.Expr, moments: tuple[int, ...]) -> exp.Expr:
    if not isinstance(part, exp.Placeholder):
        return part
    bound = exp.Placeholder(this=f"p{part.name}")
    return exp.cast(bound, "timestamp", dialect="duckdb") if int(part.name) in moments else bound


def _renamed(part: exp.Expr) -> exp.Expr:
    """Functions that SQLGlot passes on as they are, or tells otherwise than we mean. Of distinct values joined in their own order
    Spark 4.3 makes a mistake where others are counted distinct beside them, so they are collected first."""
    match part:
        case exp.Anonymous(this=str() as name, expressions=[value]) if name.lower() == "epoch_us":
            instant = exp.Cast(this=value, to=exp.DataType.build("TIMESTAMPLTZ"))
            return exp.func("unix_micros", instant)
        case exp.ToDays(this=days):
            return exp.func("make_dt_interval", days)
        case exp.GroupConcat(this=exp.Order(this=exp.Distinct(expressions=[value]))):
            kept = exp.func(
                "array_join", exp.func("sort_array", exp.func("collect_set", value)), part.args["separator"]
            )
            there = exp.GT(this=exp.Count(this=value.copy()), expression=exp.Literal.number(0))
            return exp.Case().when(there, kept)
        case exp.Anonymous(this=str() as name, expressions=[]) if name.lower() == "current_database":
            return exp.Literal.string("")
        case exp.Table(db="main"):  # the store's own, which a view of the same name stands for
            return exp.to_table(part.name, alias=part.alias or None)
    return part


def _kept(table: exp.Table, delete: exp.Delete) -> exp.Query:
    """What a DELETE leaves. Its condition must never be NULL."""
    condition = delete.args["where"].this
    using = delete.args.get("using")
    if using:
        return exp.select(f"{table.name}.*").from_(table).join(using[0], on=condition, join_type="left anti")
    return exp.select("*").from_(table).where(exp.not_(condition))
