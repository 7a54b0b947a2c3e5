"""What a connection is asked, and whether Spark could be asked the same (DESIGN §12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import sqlglot
from sqlglot import exp

from analyzer.spark.rendering import statement
from analyzer.store import Connection


class _Noted:
    def __init__(self, con: Connection, told: list[str]) -> None:
        self._con, self._told = con, told

    def execute(self, sql: str, *values: Any) -> Any:
        self._told.append(sql)
        return self._con.execute(sql, *values)

    def cursor(self) -> Connection:
        return noted(self._con.cursor(), self._told)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)


def noted(con: Connection, told: list[str]) -> Connection:
    """The connection, which adds to ``told`` whatever it is asked."""
    return cast(Connection, _Noted(con, told))


def can_be_asked_of_spark(queries: Iterable[str]) -> int:
    """SQLGlot renders each for Spark, has no doubt about any, and reads back what it wrote. Returns their number."""
    each = sorted(set(queries))
    for query in each:
        said = statement(query)
        for part in filter(None, (said.query, said.columns and f"CREATE TABLE x ({said.columns})")):
            assert not isinstance(sqlglot.parse_one(part, read="spark"), exp.Command), query
    return len(each)
