"""One report by two engines: DuckDB on the store of a folder, and Spark on what ``alignment export`` made of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.differences import differences

ROOT = Path(__file__).parents[2]
CLOSE = 1e-9

SMALL = """\
spark.sql.shuffle.partitions 2
spark.sql.codegen.wholeStage false
spark.sql.adaptive.enabled false
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1
spark.executor.memory 1g
"""
"""A company's own configuration; this one is for few tickets, where compiling a query costs more than asking it."""


@dataclass(frozen=True)
class Both:
    """The two Results, and the seconds that each command took."""

    duckdb: dict[str, Any]
    spark: dict[str, Any]
    seconds: tuple[float, float]

    def differences(self) -> list[str]:
        return differences(self.duckdb, self.spark, within=CLOSE)


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``alignment`` in a process of its own, with the folder as its working folder. Raises CalledProcessError."""
    (folder / "spark-conf").mkdir(exist_ok=True)
    (folder / "spark-conf" / "spark-defaults.conf").write_text(SMALL, encoding="utf-8")
    own = {
        "PYTHONPATH": str(ROOT), "SPARK_CONF_DIR": str(folder / "spark-conf"), "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": str(folder / "no-python-on-the-workers"),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-P", "-m", "alignment", *arguments], cwd=folder, env={**os.environ, **own}, check=True, text=True,
        capture_output=True, timeout=560,
    )  # fmt: skip


def by_both(folder: Path, master: str, as_of: str, *asked: str) -> Both:
    """``folder`` holds settings and a filled store; ``master`` is the address of the cluster's; ``asked`` is a report, or an audit
    of so many words."""
    command(folder, "export")
    line = (*(asked or ("report",)), "--as-of", as_of, "--format", "json", "--out")
    begun = time.perf_counter()
    command(folder, *line, "by-duckdb")
    between = time.perf_counter()
    command(folder, *line, "by-spark", "--engine", master, "--tables", "alignment-export")
    seconds = between - begun, time.perf_counter() - between
    name = f"audit*{as_of}.json" if asked else f"{as_of}.json"
    duckdb, spark = (
        json.loads(next((folder / out).glob(name)).read_text(encoding="utf-8")) for out in ("by-duckdb", "by-spark")
    )
    return Both(duckdb, spark, seconds)
