"""A small drawn company with suggestions, and its review page served on loopback for as long as a test needs it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from alignment.review.desk import Desk
from alignment.review.guard import Door
from alignment.review.serving import made, start_address
from alignment.settings import Settings
from analyzer.store import Store
from tests.analyzer import drawn

STRATEGY = """
strategy: First half
priorities:
  - {id: growth, name: Growth, share: 30-60%, match: [{label: growth}]}
  - {id: trust, name: Trust, share: 10-40%, match: [{label: trust}]}
  - {id: upkeep, name: Keep the lights on, kind: upkeep, match: [{label: upkeep}]}
unlinked_allowance: 10%
"""

TICKETS = """
key     type   doing             done        assignee  serves  parent
A-1     Epic   -                 -           -         -       -
A-2..31 Story  2026-02-02        2026-02-20  1..6      -       -
A-32..61 Story 2026-01-12        2026-02-06  1..6      -       A-1
A-62..80 Story 2026-01-26        2026-02-13  1..6      growth  -
A-81..90 Story 2026-01-26        2026-02-13  1..6      trust   -
"""
WHY = {
    "evidence": [
        {"kind": "text", "says": "Its words are like those of confirmed tickets", "contribution": 1.7},
        {"kind": "prior", "says": "Its share of late", "contribution": -0.4},
    ],
    "words": [["checkout", 0.5], ["basket", 0.3]],
    "nearest": [{"ticket": "jira:A-62", "key": "A-62", "title": "Ticket A-62", "target": "growth", "similarity": 0.71}],
    "runner_up": {"target": "trust", "margin": 0.4},
}
OFFERS = (("growth", 0.72, "one-click"), ("trust", 0.32, "review"), ("", 0.1, "left"))


def settled(folder: Path, tickets: str = TICKETS, strategy: str = STRATEGY) -> Settings:
    """A folder with a store, a strategy and a few suggestions for each ticket that nothing links."""
    (folder / "strategy.yaml").write_text(strategy, encoding="utf-8")
    settings = Settings.model_validate(
        {"organisation": "Acme", "trackers": [{"name": "jira", "kind": "file", "path": "."}]},
        context={"folder": folder},
    )
    with Store(settings.store).writing() as con:
        drawn.save(con, tickets)
        rows = con.execute(
            "SELECT id FROM tickets WHERE no NOT IN (SELECT ticket FROM spans WHERE field = 'label') ORDER BY id"
        ).fetchall()
        offers = [
            (ticket, place, target, confidence, band, json.dumps(WHY) if place == 1 else "{}", "", "test", None)
            for (ticket,) in rows for place, (target, confidence, band) in enumerate(OFFERS, start=1)
        ]  # fmt: skip
        suggest(con, offers)
    return settings


def suggest(con: object, rows: list[tuple[object, ...]]) -> None:
    names = ["ticket", "place", "target", "confidence", "band", "why", "seen", "model", "scored"]
    frame = pd.DataFrame(rows, columns=names)
    frame["scored"] = pd.Timestamp("2026-03-01")
    con.register("incoming", frame)  # type: ignore[attr-defined]
    con.execute("INSERT INTO suggestions BY NAME SELECT * FROM incoming")  # type: ignore[attr-defined]
    con.unregister("incoming")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Served:
    settings: Settings
    desk: Desk
    door: Door
    start: str

    @property
    def host(self) -> str:
        return self.start.split("/")[2]

    @property
    def address(self) -> str:
        return f"http://{self.host}/"

    def decisions(self) -> list[tuple[str, str | None, str]]:
        """(target, priority, kind), as they were written."""
        with Store(self.settings.store).reading() as con:
            return con.execute("SELECT target, priority, kind FROM decisions ORDER BY no").fetchall()


@contextmanager
def served(
    settings: Settings, read_only: bool = False, clock: Callable[[], datetime] = lambda: drawn.AS_OF
) -> Iterator[Served]:
    desk = Desk(settings, clock)
    server, listening, entry = made(desk, "127.0.0.1", 0, "tester", read_only)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Served(settings, desk, entry, start_address("127.0.0.1", listening, entry))
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
