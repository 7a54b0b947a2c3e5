"""A small drawn company with suggestions, and its review page served on loopback for as long as a test needs it."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

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


def copied(there: Path, folder: Path) -> Settings:
    """What ``settled`` made in one folder, for a test to change in another."""
    for name in ("strategy.yaml", "alignment.duckdb"):
        shutil.copy(there / name, folder / name)
    return _settings(folder)


def _settings(folder: Path) -> Settings:
    return Settings.model_validate(
        {"organisation": "Acme", "trackers": [{"name": "jira", "kind": "file", "path": "."}]},
        context={"folder": folder},
    )


def suggest(con: object, rows: Sequence[tuple[object, ...]]) -> None:
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


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    def form(self, ident: str) -> dict[str, Any]:
        """The hidden fields of a form (by the last part of its address), as a browser would send them."""
        found = re.search(rf'<form method="post" action="/{ident}".*?</form>', self.text, re.DOTALL)
        assert found is not None, f"there is no form {ident}"
        fields: dict[str, Any] = {}
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0]):
            fields.setdefault(name, []).append(unescape(value))
        return fields


class Browser:
    """One session, without a script: it keeps its cookie, follows redirects, and sends forms as browsers do."""

    def __init__(self, one: Served) -> None:
        self.one, self.cookie = one, ""

    def ask(self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        given = {"Host": self.one.host, **({"Cookie": self.cookie} if self.cookie else {}), **(headers or {})}
        connection = http.client.HTTPConnection(self.one.host, timeout=30)
        try:
            connection.request(method, path, body, given)
            got = connection.getresponse()
            text = got.read().decode()
        finally:
            connection.close()
        if cookie := got.headers.get("Set-Cookie"):
            self.cookie = cookie.split(";")[0]
        if got.status == 303:
            return self.ask("GET", got.headers["Location"])
        return Answer(got.status, {k.lower(): v for k, v in got.headers.items()}, text)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, form: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
        own = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.one.host}"}
        return self.ask("POST", path, urlencode(form, doseq=True), own | dict(headers or {}))

    def send(self, path: str, ident: str, **fields: str | Sequence[str]) -> Answer:
        """Opens a page, fills its form in and sends it."""
        name = {"who": "author"}.get(ident, ident)
        return self.post(f"/{name}", self.get(path).form(name) | fields)


def entered(one: Served) -> Browser:
    browser = Browser(one)
    assert browser.get(one.start.removeprefix(f"http://{one.host}")).status == 200
    return browser
