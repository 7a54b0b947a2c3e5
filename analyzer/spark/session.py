"""Spark in the place of DuckDB: the same statements, asked of a Spark session over the store's tables where they lie.

It answers to what a ``Connection`` is asked by the board and the measures, and to no more: there is nothing to write to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce
from typing import Any

import duckdb
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from analyzer.spark.rendering import statement

CONFIG = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, as it is in DuckDB
    "spark.sql.caseSensitive": "false",
    "spark.sql.constraintPropagation.enabled": "false",  # Spark 4.3 loses columns in it, over unions of checkpoints
}
"""What the analysis relies on, set for its own session whatever the cluster's defaults are."""


Views = Callable[[SparkSession], dict[str, DataFrame]]


class Answer:
    """The rows of a query. ``description`` holds a tuple a column, its name first."""

    def __init__(self, rows: list[tuple[Any, ...]], schema: StructType) -> None:
        self._rows, self._schema = rows, schema
        self.description = [(f.name,) for f in schema.fields]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows

    def df(self) -> pd.DataFrame:
        """The rows as DuckDB would hand them over, column types included."""
        names = [f"c{n}" for n in range(len(self._schema.fields))]
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(names)
        incoming = pd.DataFrame({n: pd.Series(list(c), dtype=object) for n, c in zip(names, columns, strict=True)})
        casts = [
            f"CAST({n} AS {_duckdb_type(f.dataType.simpleString())}) AS {n}"
            for n, f in zip(names, self._schema.fields, strict=True)
        ]
        with duckdb.connect(":memory:") as con:
            con.register("incoming", incoming)
            frame = con.execute(f"SELECT {', '.join(casts)} FROM incoming").df()
        return frame.set_axis([f.name for f in self._schema.fields], axis=1)


class Session:
    """``spark`` is a session of its own, in which the tables of the store are views. Temporary tables live in it alone."""

    def __init__(self, spark: SparkSession, views: Views) -> None:
        self.spark, self._views = spark, views
        self._tables: dict[str, list[DataFrame]] = {}
        for name, value in CONFIG.items():
            spark.conf.set(name, value)
        for name, frame in views(spark).items():
            frame.createOrReplaceTempView(name)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Answer:
        moments = tuple(n for n, v in enumerate(values, start=1) if isinstance(v, datetime))
        asked = statement(sql, moments)
        match asked.does:
            case "ask":
                return self._rows(self._asked(asked.query, values))
            case "view":
                self._named(asked.name, self._asked(asked.query, values))
            case "table" | "replace":
                self._named(asked.name, self._laid(self._asked(asked.query, values)))
            case "columns":
                self._named(asked.name, self._literal([], asked.columns))
            case "add":
                return self._added(asked.name, self._asked(asked.query, values))
            case "drop":
                self._tables.pop(asked.name.lower(), None)
                self.spark.catalog.dropTempView(asked.name)
        return self._rows(None)

    def register(self, name: str, frame: pd.DataFrame) -> None:
        with duckdb.connect(":memory:") as con:
            con.register("incoming", frame)
            held = con.execute("SELECT * FROM incoming")
            types = {str(column[0]): _spark_type(str(column[1])) for column in held.description}
            rows = [dict(zip(types, row, strict=True)) for row in held.fetchall()]
        laid = self._literal(rows, ", ".join(f"`{n}` {'string' if t == MOMENT else t}" for n, t in types.items()))
        self._named(name, laid.select(*[F.col(f"`{n}`").cast(t) for n, t in types.items()]))

    def unregister(self, name: str) -> None:
        self._tables.pop(name, None)
        self.spark.catalog.dropTempView(name)

    def cursor(self) -> Session:
        """The same store with temporary tables of its own."""
        return Session(self.spark.newSession(), self._views)

    def close(self) -> None:
        """The session goes with its process."""

    def _asked(self, query: str, values: Sequence[Any]) -> DataFrame:
        return self.spark.sql(query, args={f"p{n}": _bound(v) for n, v in enumerate(values, start=1)})

    def _literal(self, rows: list[dict[str, Any]], columns: str) -> DataFrame:
        """A few rows, as one text in the query: rows that Python hands over would be read by Python on the workers."""
        return self.spark.sql(
            f"SELECT inline(from_json(:rows, 'array<struct<{columns}>>'))", args={"rows": json.dumps(rows, default=str)}
        )

    def _named(self, name: str, *parts: DataFrame) -> None:
        self._tables[name.lower()] = list(parts)
        whole = reduce(DataFrame.unionAll, parts)
        if len(parts) > 1:  # each part has partitions of its own, and a task a partition
            whole = whole.coalesce(self.spark.sparkContext.defaultParallelism)
        whole.createOrReplaceTempView(name)

    @staticmethod
    def _laid(frame: DataFrame) -> DataFrame:
        """Worked out now and once, on the workers; its plan ends here. Its columns are named anew: they would count as those of the
        table they came from, and Spark cannot tell the sides of a join of the two apart."""
        laid = frame.localCheckpoint(eager=True)
        return laid.select(*[F.col(f"`{name}`").alias(name) for name in laid.columns])

    def _added(self, name: str, rows: DataFrame) -> Answer:
        parts = self._tables[name.lower()]
        schema = parts[0].schema
        shaped = rows.toDF(*schema.names).select(*[F.col(f"`{f.name}`").cast(f.dataType) for f in schema])
        fresh = shaped.localCheckpoint(eager=False)
        number = fresh.count()  # works it out
        if number:
            self._named(name, *parts, fresh)
        return Answer([(number,)], StructType().add("Count", "long"))

    @staticmethod
    def _rows(frame: DataFrame | None) -> Answer:
        if frame is None:
            return Answer([], StructType())
        return Answer([tuple(row) for row in frame.collect()], frame.schema)


def _bound(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, list | tuple):
        return F.array(*[F.lit(v) for v in value])
    return value


TYPES = {"string": "VARCHAR", "timestamp_ntz": "TIMESTAMP", "void": "INTEGER"}


def _duckdb_type(name: str) -> str:
    if name.startswith("array<"):
        return f"{_duckdb_type(name[6:-1])}[]"
    return TYPES.get(name, name.upper())


MOMENT = "timestamp_ntz"
SPARK_TYPES = {"VARCHAR": "string", "HUGEINT": "bigint", '"NULL"': "string"}


def _spark_type(name: str) -> str:
    if name.endswith("[]"):
        return f"array<{_spark_type(name[:-2])}>"
    if name.startswith("TIMESTAMP"):
        return MOMENT
    return SPARK_TYPES.get(name, name.lower())
