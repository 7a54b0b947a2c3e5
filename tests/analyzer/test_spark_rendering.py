"""What each kind of our statements becomes in Spark's words. Whether answers agree is asked in tests/alignment/test_spark.py."""

from __future__ import annotations

import pytest

from analyzer.spark.rendering import NotSaid, Statement, statement


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("SELECT a // 2 FROM t WHERE b = ? AND c IN (SELECT unnest(?))",
         Statement("ask", "SELECT a DIV 2 FROM t WHERE b = :p1 AND c IN (SELECT EXPLODE(:p2))")),
        ("SELECT x - (a % 7) FROM t", Statement("ask", "SELECT x - (a % 7) FROM t")),
        ("SELECT a FROM t ORDER BY a, b DESC", Statement("ask", "SELECT a FROM t ORDER BY a NULLS LAST, b DESC")),
        ("CREATE OR REPLACE TEMP TABLE t AS SELECT $2 AS a, $1 AS b", Statement("table", "SELECT :p2 AS a, :p1 AS b", "t")),
        ("CREATE OR REPLACE TEMP VIEW v AS SELECT 1 AS a", Statement("view", "SELECT 1 AS a", "v")),
        ("CREATE TEMP TABLE t (a INTEGER, b VARCHAR)", Statement("columns", name="t", columns="a INT, b STRING")),
        ("INSERT INTO t WITH u AS (SELECT 1 AS a) SELECT a FROM u",
         Statement("add", "WITH u AS (SELECT 1 AS a) SELECT a FROM u", "t")),
        ("DELETE FROM t WHERE a NOT IN (SELECT a FROM u)",
         Statement("replace", "SELECT * FROM t WHERE NOT NOT a IN (SELECT a FROM u)", "t")),
        ("DELETE FROM t USING u WHERE t.a = u.a", Statement("replace", "SELECT t.* FROM t LEFT ANTI JOIN u ON t.a = u.a", "t")),
        ("CREATE TEMP VIEW v AS SELECT a FROM \"\".main.v x SEMI JOIN u ON u.a = x.a",
         Statement("view", "SELECT a FROM v AS x SEMI JOIN u ON u.a = x.a", "v")),
        ("DROP TABLE t", Statement("drop", name="t")),
        ("SET threads = 1", Statement("none")),
    ],
)  # fmt: skip
def test_a_statement(ours: str, theirs: Statement) -> None:
    assert statement(ours) == theirs


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("epoch_us(m)", "UNIX_MICROS(CAST(m AS TIMESTAMP_LTZ))"),
        ("m + to_days(7)", "m + MAKE_DT_INTERVAL(7)"),
        ("string_agg(DISTINCT a, '|' ORDER BY a)",
         "CASE WHEN COUNT(a) > 0 THEN ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(a)), '|') END"),
        ("array_length(regexp_extract_all(a, 'x'))", "SIZE(REGEXP_EXTRACT_ALL(a, 'x', 0))"),
        ("regexp_replace(a, '[-_]+', '', 'g')", "REGEXP_REPLACE(a, '[-_]+', '')"),
    ],
)  # fmt: skip
def test_a_function(ours: str, theirs: str) -> None:
    assert statement(f"SELECT {ours} FROM t").query == f"SELECT {theirs} FROM t"


def test_values_stay_bound_in_the_order_of_the_text_and_a_moment_keeps_its_type() -> None:
    asked = "WITH u AS (SELECT ? AS a) SELECT a FROM u WHERE b = ? AND c = '?' LIMIT ?"
    assert statement(asked, (2,)).query == (
        "WITH u AS (SELECT :p1 AS a) SELECT a FROM u WHERE b = CAST(:p2 AS TIMESTAMP_NTZ) AND c = '?' LIMIT :p3"
    )


def test_what_no_report_asks_is_refused() -> None:
    with pytest.raises(NotSaid, match="UPDATE t SET a = 1"):
        statement("UPDATE t SET a = 1")
