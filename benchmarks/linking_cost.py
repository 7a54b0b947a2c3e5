"""What suggestions for a large store cost: an archive repeated with its titles' words shuffled, learned and scored in a process of
its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from analyzer.board import Board, Options
from analyzer.linking import suggesting, waiting
from analyzer.store import Store
from analyzer.strategy import Strategy
from analyzer.strategy_file import read_strategies

NOW = datetime(2026, 11, 25, tzinfo=UTC)
CONFIRMED = 10_000

COPY = """
INSERT INTO tickets BY NAME SELECT * REPLACE (no + $step AS no, id || $mark AS id, key || $mark AS key,
    (SELECT string_agg(w, ' ' ORDER BY hash(w || $mark)) FROM unnest(string_split(title, ' ')) u(w)) AS title)
FROM tickets WHERE no <= $first AND no % $every = 0
"""
SPANS = """
INSERT INTO spans SELECT s.ticket + $step, s.field, CASE WHEN s.field = 'title' THEN t.title ELSE s.value END, s.since, s.until
FROM spans s JOIN tickets t ON t.no = s.ticket + $step
WHERE s.ticket <= $first AND s.ticket % $every = 0 AND s.until IS NULL AND s.field NOT IN ('parent')
"""
DECIDED = """
INSERT INTO decisions (moment, author, kind, target, priority, weight, reason)
SELECT TIMESTAMP '2026-01-01', 'benchmark', 'link', t.id, min(s.value), 1000000, '' FROM spans s JOIN tickets t ON t.no = s.ticket
WHERE s.field = 'component' AND s.until IS NULL AND lower(replace(s.value, ' ', '-')) IN (SELECT unnest($1))
GROUP BY t.id, t.created ORDER BY t.created DESC, t.id LIMIT $2
"""


def cost(archive: Store, priorities: list[str], tickets: int) -> tuple[float, float, float, int]:
    """CPU seconds and peak GB of the first time, CPU seconds and tickets scored after 1 % new ones came."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "large.duckdb"
        place.write_bytes(archive.path.read_bytes())
        ids = [p.lower().replace(" ", "-") for p in priorities]
        lines = [f"  - {{id: {i}, name: {p}}}" for i, p in zip(ids, priorities, strict=True)]
        (Path(folder) / "strategy.yaml").write_text(
            "\n".join(["strategy: Large", "priorities:", *lines]), encoding="utf-8"
        )
        with Store(place).writing() as con:
            con.execute(DECIDED, [ids, CONFIRMED])
            con.execute("UPDATE decisions SET priority = lower(replace(priority, ' ', '-'))")
            con.execute("DELETE FROM spans WHERE field = 'component'")
        first, many = _grow(place, tickets)
        whole = _measured(folder)
        _more(place, first, many, every=max(1, first * 100 // tickets), mark="-new")
        again = _measured(folder)
        return whole["cpu"], whole["gb"], again["cpu"], int(again["scored"])


def _grow(place: Path, tickets: int) -> tuple[int, int]:
    with Store(place).reading() as con:
        first = int(con.execute("SELECT max(no) FROM tickets").fetchall()[0][0])
    many = first
    while many + first <= tickets:
        many = _more(place, first, many, 1, f"-{many}")
    if many < tickets:
        many = _more(place, tickets - many, many, 1, "-last")
    return first, many


def _more(place: Path, first: int, step: int, every: int, mark: str) -> int:
    values = {"step": step, "first": first, "every": every}
    with Store(place).writing() as con:
        con.execute(COPY, {**values, "mark": mark})
        con.execute(SPANS, values)
        return int(con.execute("SELECT max(no) FROM tickets").fetchall()[0][0])


def _measured(folder: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.linking_cost", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def once(folder: Path) -> dict[str, float]:
    """What ``alignment link suggest`` does after the report's tables are laid out, measured here and now."""
    store = Store(folder / "large.duckdb", memory_limit="400MB")
    found: tuple[Strategy, ...] = read_strategies(folder / "strategy.yaml")[0]
    with store.reading() as con:
        on = Board(con, found, Options(), NOW)
        began = time.process_time()
        made, ids = suggesting.suggest(on, lambda text: text), waiting.ids(on)
    with store.writing() as con:
        suggesting.keep(con, made.rows, ids)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"cpu": time.process_time() - began, "gb": peak, "scored": made.scored, "waiting": made.waiting}


if __name__ == "__main__":
    print(json.dumps(once(Path(sys.argv[1]))))
