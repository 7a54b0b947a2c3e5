"""What each step of the program costs at 10,000, 100,000 and a million tickets, beside its floor, on one page and in one file.

``python -m benchmarks.scale [sizes] [--json FILE]`` measures; ``python -m benchmarks.scale --compare OLD NEW`` holds two such
files against each other, in floors, so that the speed of the machine does not count.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import imported, pull, report

MOST_PULLED = 100_000
"""The simulated tracker holds its tickets in memory; a larger pull would measure that."""

BARS = {"report": (report.BAR_SECONDS, report.BAR_BYTES)}
Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--compare"]:
        old, new = (json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments[1:3])
        return compare(old, new)
    out = Path("bench.json")
    if "--json" in arguments:
        at = arguments.index("--json")
        out = Path(arguments[at + 1])
        del arguments[at : at + 2]
    sizes = [int(a) for a in arguments] or list(report.SIZES)
    rows = []
    for size in sizes:
        for row in measured(size):
            rows.append(row)
            print(line(row), flush=True)
    machine = {"cores": len(os.sched_getaffinity(0)), "python": platform.python_version(), "cpu": platform.machine()}
    out.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1), encoding="utf-8")
    print(f"\nKept in {out.name}; hold it against another with: python -m benchmarks.scale --compare OLD NEW")
    return missed(rows)


def measured(size: int) -> Iterator[Row]:
    """One row a step: wall and CPU seconds, its floor's CPU seconds, peak memory and file size in bytes where they are its own."""
    print(
        f"\n{size:,} tickets\n{'':<36}{'wall s':>10}{'CPU s':>10}{'floor':>10}{'floors':>8}{'peak MB':>9}{'file MB':>9}",
        flush=True,
    )
    read = imported.run(size)
    yield _row(size, "import of an export", read, read["floor"], read["memory"], read["store"])
    if size <= MOST_PULLED:
        live = pull.run(size)
        yield _row(size, "full pull", live, live["wire"]["cpu"], live["memory"], live["store"])
        yield _row(size, "pull of 1 % changed", live["again"], live["again_wire"]["cpu"])
    one = report.run(size)
    floor = one["floor_cpu"]
    yield _row(size, "mapping", dict(zip(("wall", "cpu"), one["mapping"], strict=True)), floor)
    for name, wall, cpu in one["steps"]:
        yield _row(size, name, {"wall": wall, "cpu": cpu}, floor)
    yield _row(size, "report", one, floor, one["memory"], one["html"])


def _row(size: int, step: str, spent: dict[str, Any], floor: float, memory: int = 0, file: int = 0) -> Row:
    return {
        "size": size, "step": step, "wall": spent["wall"], "cpu": spent["cpu"], "floor": floor, "memory": memory, "file": file,
    }  # fmt: skip


def line(row: Row) -> str:
    own = "".join(f"{row[part] / 1e6:>9.1f}" if row[part] else " " * 9 for part in ("memory", "file"))
    return f"{row['step']:<36}{row['wall']:>10.2f}{row['cpu']:>10.2f}{row['floor']:>10.3f}{_floors(row):>8.1f}{own}".rstrip()


def _floors(row: Row) -> float:
    return float(row["cpu"] / max(row["floor"], 1e-3))


def missed(rows: list[Row]) -> int:
    """1 if a bar at a million tickets is missed, which is said."""
    code = 0
    for row in rows:
        if row["size"] == 1_000_000 and row["step"] in BARS:
            seconds, size = BARS[row["step"]]
            held = row["wall"] <= seconds and row["memory"] <= size
            code |= not held
            print(
                f"The {row['step']} at a million tickets: {row['wall']:.0f} s and {row['memory'] / 1e9:.2f} GB, "
                f"{'within' if held else 'NOT within'} {seconds:.0f} s and {size / 1e9:.0f} GB."
            )
    return code


def compare(old: dict[str, Any], new: dict[str, Any]) -> int:
    """Every step that both files have: CPU in floors, before, after, and by what it grew."""
    before = {(row["size"], row["step"]): row for row in old["rows"]}
    print(f"{'tickets':>10}  {'step':<36}{'floors':>9}{'now':>9}{'ratio':>8}{'peak MB':>10}{'now':>9}")
    for row in new["rows"]:
        was = before.get((row["size"], row["step"]))
        if was is not None:
            memory = f"{was['memory'] / 1e6:>10.0f}{row['memory'] / 1e6:>9.0f}" if row["memory"] else ""
            ratio = _floors(row) / max(_floors(was), 1e-9)
            print(f"{row['size']:>10,}  {row['step']:<36}{_floors(was):>9.1f}{_floors(row):>9.1f}{ratio:>8.2f}{memory}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
