"""A report on a real Spark cluster, a master and two workers, is the report of DuckDB. Run with ``make spark``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from subprocess import CalledProcessError

import duckdb
import pytest

from alignment.demo import AS_OF, set_up
from analyzer import store_parquet
from docs import audit
from tests.alignment.cluster import WORKERS, cluster, java
from tests.alignment.engines import ROOT, Both, by_both, command

ARCHIVE = ROOT.parent / "shared" / "data" / "duraspace-jira"

tables = pytest.importorskip("analyzer.spark.tables", reason="pyspark is not installed")

pytestmark = [pytest.mark.spark, pytest.mark.skipif(java() is None, reason="Spark needs Java 17 or newer")]


NEW_YEAR = "TIMESTAMP_LTZ '2026-01-01 03:00:00+03:00'"
VIEWS = {
    "trackers": f"SELECT 'jira' AS name, 'jira' AS kind, true AS live, {NEW_YEAR} AS pulled",
    "tickets": "SELECT 7L AS no, 'jira:7' AS id, 'jira' AS tracker, 'jira' AS kind, 'A-7' AS key, 'One' AS title, 'Bug' AS type, "
    f"0L AS level, {NEW_YEAR} AS created, {NEW_YEAR} AS updated, 'full' AS history, 'ours' AS cost_centre",
    "spans": f"SELECT 7L AS ticket, 'phase' AS field, 'todo' AS value, {NEW_YEAR} AS since, NULL AS until",
}


OTHERWISE = {
    f"{NEW_YEAR} AS created": "'soon' AS created", "TIMESTAMP_LTZ": "TIMESTAMPTZ", "7L": "7", "0L": "0",
    "NULL": "CAST(NULL AS TIMESTAMP)",
}  # fmt: skip
"""The same for DuckDB, but for a moment that is none."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def master(folder: Path) -> Iterator[str]:
    with cluster(folder) as address:
        yield address


def judged(both: Both) -> list[str]:
    return [f["meta"]["id"] for f in both.spark["findings"] if f["verdict"] not in ("not_judged", "error")]


def test_the_made_up_company(master: str, folder: Path, tmp_path: Path) -> None:
    set_up(tmp_path)
    command(tmp_path, "pull")
    both = by_both(tmp_path, master, AS_OF)
    assert both.differences() == []
    assert len(judged(both)) >= 17 and both.spark["verdict"] == "signal"
    for n in range(WORKERS):
        (said,) = (folder / f"worker-{n}").glob("app-*/*/stderr")
        assert said.read_text(encoding="utf-8").count("Finished task") > 100, "both workers have worked"


@pytest.mark.skipif(
    not os.environ.get("SOAK"), reason="two minutes: make soak, or python -m benchmarks.engines for every archive"
)
@pytest.mark.skipif(not ARCHIVE.exists(), reason="the archive of DuraSpace is not here")
def test_a_real_archive(master: str) -> None:
    with audit.example(audit.EXAMPLE, ARCHIVE, audit.FILES) as own:
        command(own, "pull")
        both = by_both(own, master, "2010-07-04")
    assert both.differences() == []
    assert len(judged(both)) >= 10


@pytest.mark.skipif(not os.environ.get("SOAK"), reason="three minutes: make soak")
def test_the_audit_of_a_slice(master: str, tmp_path: Path) -> None:
    set_up(tmp_path)
    command(tmp_path, "pull")
    both = by_both(tmp_path, master, AS_OF, "audit", "--team", "Payments")
    assert both.differences() == [] and both.spark["slice"] == "team Payments"
    assert len(judged(both)) >= 10


def test_views_of_a_schema(tmp_path: Path) -> None:
    """Columns of their own types and order, one with a zone; what is missing is empty, what there is more is left out."""
    spark = tables.started("local[1]")
    try:
        spark.sql("CREATE DATABASE lake")
        for name, query in VIEWS.items():
            spark.sql(f"CREATE VIEW lake.{name} AS {query}")
        con = tables.opened(spark, "lake")
        at = datetime(2026, 1, 1)
        assert con.execute("SELECT no, url, created FROM tickets WHERE created <= ?", [at]).fetchall() == [(7, "", at)]
        both = "SELECT pulled, until, no FROM trackers CROSS JOIN spans JOIN tickets ON no = ticket"
        assert con.execute(both).fetchall() == [(at, None, 7)]
        frame = con.execute("SELECT count(*) AS n, max(name) AS name FROM containers").df()
        assert frame["n"].tolist() == [0] and frame["n"].dtype == "int64" and frame["name"].isna().all()
        with pytest.raises(store_parquet.NotInLayout, match=r"^nowhere holds no spans"):
            tables.opened(spark, "nowhere")
    finally:
        spark.stop()


def test_tables_that_are_not_there_are_one_sentence(tmp_path: Path) -> None:
    set_up(tmp_path)
    (tmp_path / "lake").mkdir()
    duckdb.connect().sql("SELECT 1 AS no").write_parquet(str(tmp_path / "lake" / "spans.parquet"))
    with pytest.raises(CalledProcessError) as refused:
        command(tmp_path, "report", "--as-of", AS_OF, "--engine", "local[1]", "--tables", "lake")
    assert refused.value.returncode == 1
    assert "lake holds no tickets.parquet" in refused.value.stderr.splitlines()[-1]
    assert not (tmp_path / "reports").exists() and not (tmp_path / "alignment.duckdb").exists()


def test_what_spark_cannot_read_is_one_sentence(tmp_path: Path) -> None:
    """A column that no cast makes a moment of; DuckDB would refuse it, too."""
    set_up(tmp_path)
    (tmp_path / "lake").mkdir()
    for name, query in VIEWS.items():
        for spark, duck in OTHERWISE.items():
            query = query.replace(spark, duck)
        rows = duckdb.connect().sql(query)
        rows.write_parquet(str(tmp_path / "lake" / f"{name}.parquet"))
    with pytest.raises(CalledProcessError) as refused:
        command(tmp_path, "report", "--as-of", AS_OF, "--engine", "local[1]", "--tables", "lake")
    last = refused.value.stderr.splitlines()[-1]
    assert refused.value.returncode == 1 and last.startswith("Spark could not answer: [CAST_INVALID_INPUT]")
    assert "docs/warehouse.md" in last
