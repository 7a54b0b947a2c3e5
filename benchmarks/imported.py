"""Measures the import of an exported file of many tickets, with their change logs: wall, CPU and memory, beside its floor.

Run as ``python -m benchmarks.imported [sizes]``; writing the file and reading it have a process each.
"""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alignment.pulling import pull as pulling
from analyzer.store import Store
from connectors.connector import ParseOptions, Payload
from connectors.example import ExampleJira
from connectors.files import FileConnector

SIZES = (10_000, 100_000)
NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--write"]:
        write(Path(arguments[1]), int(arguments[2]))
        return 0
    if arguments[:1] == ["--one"]:
        print(json.dumps(measure(Path(arguments[1]))))
        return 0
    seen = [run(int(a)) for a in arguments] or [run(size) for size in SIZES]
    print("   tickets    wall s     CPU s  for 1,000  floors   peak MB   file MB  store MB")
    for one in seen:
        print(
            f"{one['size']:>10,}  {one['wall']:>8.1f}  {one['cpu']:>8.1f}  {one['cpu'] / one['size'] * 1_000:>9.2f}  "
            f"{one['cpu'] / one['floor']:>6.1f}  {one['memory'] / 1e6:>8.0f}  {one['file'] / 1e6:>8.0f}  {one['store'] / 1e6:>8.0f}"
        )
    return 0


def run(size: int) -> dict[str, Any]:
    """Writes an export of so many tickets and reads it, each in a process of its own."""
    begun = [sys.executable, "-m", "benchmarks.imported"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.jsonl.gz"
        subprocess.run([*begun, "--write", str(path), str(size)], check=True)
        answer = subprocess.run([*begun, "--one", str(path)], check=True, stdout=subprocess.PIPE, text=True)
    return {"size": size, **json.loads(answer.stdout.splitlines()[-1])}


def write(path: Path, size: int) -> None:
    """The made-up company over and over, an issue a line with its change log, under new ids and keys."""
    payloads = [p for p in ExampleJira().fetch() if isinstance(p, Payload)]
    logs = {p.id: p.data for p in payloads if p.kind == "history"}
    issues = [p.data for p in payloads if p.kind == "issue"]
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        for number in range(size):
            issue, turn = issues[number % len(issues)], number // len(issues)
            project, _, digits = str(issue["key"]).rpartition("-")
            log = logs.get(str(issue["id"]), issue.get("changelog", {}))
            again = {"id": str(int(issue["id"]) + turn * 1_000_000), "key": f"{project}-{int(digits) + turn * 100_000}"}
            file.write(json.dumps({**issue, **again, "changelog": log}) + "\n")


def measure(path: Path) -> dict[str, Any]:
    """One import from the file to the store; the floor takes the same lines out of JSON and compresses them once."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "a.duckdb")
        wall, cpu = time.perf_counter(), time.process_time()
        got = pulling.pull(store, FileConnector("jira", [path]), ParseOptions(), NOW)
        spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "read": got.read}
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        stored = store.path.stat().st_size
    return {**spent, "memory": memory, "floor": _floor(path), "file": path.stat().st_size, "store": stored}


def _floor(path: Path) -> float:
    begin = time.process_time()
    with gzip.open(path, "rb") as file:
        for line in file:
            json.loads(line)
            zlib.compress(line, 1)
    return time.process_time() - begin


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
