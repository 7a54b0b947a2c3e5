"""Spark started, and the tables of a store where it finds them: Parquet files at an address, or tables and views of a schema."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import sqlglot
from py4j.protocol import Py4JError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from analyzer import store_parquet
from analyzer.migrations import migrate
from analyzer.spark.session import Session
from analyzer.store_parquet import Columns, NotInLayout
from analyzer.warehouse import EngineFailed


def started(engine: str) -> SparkSession:
    """A Spark session, or the one there is. Raises EngineFailed."""
    builder = SparkSession.builder.appName("alignment").config("spark.ui.showConsoleProgress", "false")
    if engine != "spark":
        builder = builder.master(engine)
    try:
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("OFF")
        spark.sql("SELECT 1").collect()
    except Exception as error:
        if "JAVA_GATEWAY_EXITED" in str(error) or "JAVA_HOME" in str(error):
            fix = "It needs Java 17 or newer: install it, or set JAVA_HOME."
        else:
            fix = "Check the address of its master (--engine) and Spark's own configuration."
        raise EngineFailed(f"Spark did not start: {first_line(error)} {fix}") from error
    return spark


@contextmanager
def said() -> Iterator[None]:
    """What Spark cannot do becomes EngineFailed."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise EngineFailed(
            f"Spark could not answer: {first_line(error)} Compare the tables with docs/warehouse.md, and see Spark's own log."
        ) from error


def still_there(spark: SparkSession) -> None:
    """A measure that fails is a finding that says so; a cluster that went away is no report. Raises EngineFailed."""
    try:
        spark.sql("SELECT 1").collect()
    except Exception as error:
        raise EngineFailed("Spark went away before the report was done, so none was written. Run it again.") from error


def first_line(error: BaseException) -> str:
    """What an error of Spark says, without its plan and its stack."""
    said = str(error).strip().splitlines()
    return (said[0] if said else type(error).__name__).rstrip(".;") + "."


def opened(spark: SparkSession, place: str) -> Session:
    """A session in which each table of a store is a view of what lies at a folder, an address or in a schema. What is missing is
    empty, what there is more is left out, and every column is cast to the store's type. Raises NotInLayout."""
    with duckdb.connect(":memory:") as con:
        migrate(con)
        layout = store_parquet.layout(con)

    def views(own: SparkSession) -> dict[str, DataFrame]:
        held = {name: frame for name in layout if (frame := _frame(own, place, name)) is not None}
        store_parquet.needed_there(place, held)
        return {name: _shaped(own, name, columns, held.get(name)) for name, columns in layout.items()}

    return Session(spark.newSession(), views)


def _frame(spark: SparkSession, place: str, name: str) -> DataFrame | None:
    """``None`` where there is no such table."""
    if not ("/" in place or os.path.isdir(place)):
        table = f"{place}.{name}"
        return spark.table(table) if spark.catalog.tableExists(table) else None
    folder = place.rstrip("/") if "://" in place else os.path.abspath(place)
    try:
        return spark.read.parquet(f"{folder}/{name}.parquet")
    except AnalysisException as error:
        if error.getCondition() == "PATH_NOT_FOUND":
            return None
        raise NotInLayout(f"{name}.parquet cannot be read: {first_line(error)}") from error


HELD = "as_it_came"


def _shaped(spark: SparkSession, name: str, columns: Columns, held: DataFrame | None) -> DataFrame:
    wanted = store_parquet.shaped(name, columns, held.columns if held else (), name)
    rows = f"FROM {HELD}" if held else "WHERE false"
    if held:
        held.createOrReplaceTempView(HELD)
    (query,) = sqlglot.transpile(f"SELECT {wanted} {rows}", read="duckdb", write="spark")
    return spark.sql(query)
