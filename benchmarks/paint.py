"""Opens the weekly report of a large made-up company in Chromium: its size, its first paint, what axe-core finds, what it asks for.

Run as ``python -m benchmarks.paint [tickets] [times]``; ``--store FILE`` takes a company that ``benchmarks.company`` made before.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

from alignment.reading import limit
from analyzer.board import Options
from analyzer.score import score
from analyzer.store import Store
from benchmarks.company import make
from benchmarks.company_rows import END
from benchmarks.company_strategy import read
from benchmarks.report import EPICS
from reports import html
from tests.reports import browsing

BAR_BYTES, BAR_SECONDS = 10**6, 1.0
"""DESIGN §11, at 100,000 tickets."""

PAINTED = (
    "() => (performance.getEntriesByType('paint').find((one) => one.name === 'first-contentful-paint') || {}).startTime"
)
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"


def page(store: Path, size: int) -> str:
    """The report of the company in a store, as HTML."""
    held = Store(store, memory_limit=limit(store))
    with held.reading() as con:
        strategies = read(size, [key for (key,) in con.execute(EPICS).fetchall()])
        result = score(con, strategies, Options(), END)
    return html.render(json.loads(result.model_dump_json()))


def opened(file: Path) -> tuple[float, float]:
    """Seconds to the first paint and to the end of loading, in a browser that was started for it and had opened nothing."""
    with browsing.chromium() as browser:
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.goto(file.as_uri())
        tab.wait_for_function(PAINTED)
        tab.wait_for_function(LOADED)
        return float(tab.evaluate(PAINTED)) / 1000, float(tab.evaluate(LOADED)) / 1000


def main(arguments: list[str]) -> int:
    given: Path | None = None
    if "--store" in arguments:
        at = arguments.index("--store")
        given, arguments = Path(arguments[at + 1]), [*arguments[:at], *arguments[at + 2 :]]
    size, times = (*(int(a) for a in arguments), *(100_000, 9)[len(arguments) :])
    with tempfile.TemporaryDirectory() as folder:
        store = given or Path(folder) / "company.duckdb"
        if given is None:
            make(store, size)
        file = Path(folder) / "report.html"
        file.write_text(page(store, size), encoding="utf-8")
        heavy = file.stat().st_size
        seen = [opened(file) for _ in range(times)]
        with browsing.chromium() as browser:
            found = browsing.faults(browser, file)
    paints, loads = ([one[n] for one in seen] for n in (0, 1))
    print(f"{size:,} tickets, a page of {heavy / 1e3:.0f} kB (bar {BAR_BYTES / 1e3:.0f})")
    print(f"first paint {_spread(paints)} (bar {BAR_SECONDS:.1f} s)\nloaded      {_spread(loads)}")
    print(
        f"faults seen by axe-core (serious), of requests, width on a phone and print: {len(found)}", *found, sep="\n  "
    )
    return int(heavy > BAR_BYTES or statistics.median(paints) > BAR_SECONDS or bool(found))


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} s, {min(seconds):.2f} to {max(seconds):.2f} over {len(seconds)} browsers"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
