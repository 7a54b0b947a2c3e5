"""Times the weekly report over made-up companies of several sizes, beside a plain scan of the columns it reads.

Run as ``python -m benchmarks.report [sizes]``; every size is made and measured in processes of its own.
"""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

from alignment.reading import limit
from analyzer import mapping
from analyzer.board import Board, Options
from analyzer.measures import MEASURES
from analyzer.result import Finding
from analyzer.score import score
from analyzer.slices import Slice
from analyzer.store import Store
from benchmarks.company_rows import END
from benchmarks.company_strategy import read

SIZES = (10_000, 100_000, 1_000_000)
BAR_SECONDS, BAR_BYTES, BAR_FLOORS = 60.0, 2 * 10**9, 6.0
"""DESIGN §11, at a million tickets on two cores."""

SCANS = (
    "SELECT sum(ticket), sum(strlen(field)), sum(strlen(value)), sum(epoch_us(since)), sum(epoch_us(until)) FROM spans",
    "SELECT sum(ticket), sum(strlen(field)), sum(epoch_us(moment)), sum(strlen(author)) FROM changes",
    "SELECT sum(no), sum(strlen(id)), sum(strlen(key)), sum(strlen(type)), sum(level), sum(epoch_us(created)) FROM tickets",
)
"""The floor: every value of the columns that the report reads is looked at once (max would be answered from statistics)."""

EPICS = """
SELECT t.key FROM tickets t JOIN spans s ON s.ticket = t.no
WHERE t.level = 1 AND s.value = 'strat-data' ORDER BY t.no DESC LIMIT 200
"""


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--one"]:
        print(json.dumps(measure(Path(arguments[1]), int(arguments[2]), *arguments[3:])))
        return 0
    _print([run(size) for size in [int(a) for a in arguments] or SIZES])
    return 0


def run(size: int) -> dict[str, Any]:
    """Makes a company and measures its report, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "company.duckdb"
        begin = time.perf_counter()
        _child(f"from pathlib import Path; from benchmarks.company import make; make(Path({str(path)!r}), {size})")
        made = time.perf_counter() - begin
        whole, part = _measured(path, size), _measured(path, size, "team")
    return {**whole, "made": made, "team": {name: part[name] for name in ("wall", "cpu", "memory", "failed")}}


def _measured(path: Path, size: int, *more: str) -> dict[str, Any]:
    one = [sys.executable, "-m", "benchmarks.report", "--one", str(path), str(size), *more]
    answer = subprocess.run(one, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def _child(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


LARGEST = "SELECT value FROM spans WHERE field = 'team' AND value IS NOT NULL GROUP BY value ORDER BY count(*) DESC, value LIMIT 1"


def measure(path: Path, size: int, part: str = "") -> dict[str, Any]:
    """One report from start to finish: seconds and CPU seconds by step, the peak of memory, and the sizes of what it made.
    ``part`` = *team*: of the team with most tickets alone."""
    store = Store(path, memory_limit=limit(path))
    with store.reading() as con:
        epics = [key for (key,) in con.execute(EPICS).fetchall()]
        teams = [str(name) for (name,) in con.execute(LARGEST).fetchall()] if part == "team" else []
        floors = [_timed(lambda: [con.execute(scan).fetchall() for scan in SCANS]) for _ in range(3)]
    strategies = read(size, epics)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    steps: list[tuple[str, float, float]] = []
    marks = [(time.perf_counter(), time.process_time())]

    def done(step: str) -> None:
        now = (time.perf_counter(), time.process_time())
        steps.append((step, now[0] - marks[-1][0], now[1] - marks[-1][1]))
        marks.append(now)

    mapped: list[tuple[float, float]] = []
    links = mapping.lay_out
    mapping.lay_out = lambda *given: mapped.append(_timed(lambda: links(*given)))
    with store.reading() as con:
        result = score(
            con,
            strategies,
            Options(slice=Slice(team=tuple(teams))),
            END,
            measures=[_watched(m, n, done) for n, m in enumerate(MEASURES)],
        )
        done("references")
    pages = _draw(json.loads(result.model_dump_json()))
    done("html")
    failed = [f"{f.meta.id}: {f.reason}" for f in result.findings if f.verdict == "error"]
    return {
        "size": size, "mapping": mapped[0], "floor": min(w for w, _ in floors), "floor_cpu": min(c for _, c in floors),
        "steps": steps,
        "wall": marks[-1][0] - marks[0][0], "cpu": marks[-1][1] - marks[0][1], "floor_memory": before,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "store": path.stat().st_size,
        "result": len(result.model_dump_json()), "html": pages, "failed": failed, "verdict": result.verdict,
    }  # fmt: skip


def _timed(action: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - wall, time.process_time() - cpu


def _watched(module: ModuleType, place: int, done: Callable[[str], None]) -> ModuleType:
    """The measure with a clock around it; what passes before the first is the board."""

    def run(board: Board) -> Finding:
        if place == 0:
            done("board")
        try:
            return cast(Finding, module.measure(board))
        finally:
            done(module.META.id)

    return cast(ModuleType, SimpleNamespace(META=module.META, measure=run))


def _draw(result: dict[str, Any]) -> int:
    """Bytes of the page; 0 where the report package cannot be imported."""
    try:
        from reports import html
    except ImportError:
        return 0
    return len(html.render(result).encode())


def _print(seen: list[dict[str, Any]]) -> None:
    names = [name for name, _, _ in seen[0]["steps"]]
    rows: list[list[str]] = [["", *(f"{one['size']:,} tickets" for one in seen)]]
    rows.append(["making the company, s", *(f"{one['made']:.1f}" for one in seen)])
    rows.append(["store, MB", *(f"{one['store'] / 1e6:.0f}" for one in seen)])
    rows.append(
        ["floor: scan of the columns, s (CPU s)", *(f"{one['floor']:.2f} ({one['floor_cpu']:.2f})" for one in seen)]
    )
    rows.append(
        ["  mapping, within board, s (CPU s)", *(f"{one['mapping'][0]:.2f} ({one['mapping'][1]:.2f})" for one in seen)]
    )
    for n, name in enumerate(names):
        rows.append([f"  {name}, s (CPU s)", *(f"{one['steps'][n][1]:.2f} ({one['steps'][n][2]:.2f})" for one in seen)])
    rows.append(["report, s (CPU s)", *(f"{one['wall']:.2f} ({one['cpu']:.2f})" for one in seen)])
    rows.append(["peak memory, MB", *(f"{one['memory'] / 1e6:.0f}" for one in seen)])
    rows.append(
        ["one team alone, s (CPU s)", *(f"{one['team']['wall']:.2f} ({one['team']['cpu']:.2f})" for one in seen)]
    )
    rows.append(["one team alone, peak memory, MB", *(f"{one['team']['memory'] / 1e6:.0f}" for one in seen)])
    rows.append(["Result, kB", *(f"{one['result'] / 1e3:.0f}" for one in seen)])
    rows.append(["HTML, kB", *(f"{one['html'] / 1e3:.0f}" for one in seen)])
    drift = [sum(s[2] for s in one["steps"] if s[0] in ("board", "priority_drift")) / one["floor_cpu"] for one in seen]
    rows.append(["board + drift, CPU in floors", *(f"{ratio:.1f}" for ratio in drift)])
    grown = [f"{b['wall'] / a['wall']:.1f} x for {b['size'] / a['size']:.0f} x" for a, b in itertools.pairwise(seen)]
    rows.append(["growth of time over the size before", "", *grown])
    widths = [max(len(r[c]) for r in rows if c < len(r)) for c in range(len(rows[0]))]
    for row in rows:
        print(
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            sep="  ",
        )
    last = seen[-1]
    print(
        f"\nTargets at a million tickets: {BAR_SECONDS:.0f} s, {BAR_BYTES / 1e9:.0f} GB, {BAR_FLOORS:.0f} floors. "
        f"At {last['size']:,}: {last['wall']:.0f} s, {last['memory'] / 1e9:.1f} GB, {drift[-1]:.1f} floors."
    )
    for one in seen:
        for failure in [*one["failed"], *one["team"]["failed"]]:
            print(f"At {one['size']:,} a measure failed: {failure}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
