"""A small tracker of each kind with a store, a strategy and decisions: all that write-back needs, and a look at every ticket."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from alignment import wiring
from alignment.cli import cli, run
from analyzer.store import Store
from connectors.jira import tags as jira_tags
from tests.alignment.settled import NOW, Tracker, fill, tracker
from tests.simulator.linear_world import LinearWorld
from tests.simulator.server import Request, Schedule, Server

STRATEGY = """\
strategy: Second half
priorities:
  - {id: growth, name: Growth, match: [{label: strat-growth}]}
  - {id: bugs, name: Bugs, kind: upkeep, tag: "strat-bugs"}
"""
GROWTH, BUGS = 12, 2
"""So many tickets are decided to serve each priority."""

_pulled = TemporaryDirectory(prefix="alignment-pulled-")
"""Where stores of the untouched trackers are kept until the process ends."""


@dataclass
class Site:
    """One tracker behind a server, its store and settings in ``folder``. ``tickets``: ids by number, oldest first."""

    tracker: Tracker
    server: Server
    folder: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def kind(self) -> str:
        return self.tracker.kind

    @property
    def store(self) -> Store:
        return Store(self.folder / "alignment.duckdb")

    @property
    def plan(self) -> Path:
        return self.folder / "tags.plan.yaml"

    @cached_property
    def _keys(self) -> dict[str, str]:
        with self.store.reading() as con:
            return dict(con.execute("SELECT id, key FROM tickets ORDER BY created, id").fetchall())

    @property
    def tickets(self) -> list[str]:
        return list(self._keys)

    def key(self, ticket: str) -> str:
        return self._keys[ticket]

    def decide(self, tickets: list[str], priority: str | None, at: datetime = NOW) -> None:
        sql = "INSERT INTO decisions (moment, author, target, priority, weight, reason) VALUES (?, 'x', ?, ?, 1000000, '')"
        with self.store.writing() as con:
            con.executemany(sql, [[at.replace(tzinfo=None), ticket, priority] for ticket in tickets])

    def pull(self, after: timedelta = timedelta(hours=1)) -> None:
        fill(self.store, self.tracker.connector(self.server.url), NOW + after)

    def link(self, *words: str, code: int | None = 0) -> str:
        """What ``alignment link …`` says, on both streams."""
        at = ["--settings", str(self.folder / "alignment.yaml")]
        given = [str(self.plan) if word == "PLAN" else word for word in words]
        given += ["--out", str(self.plan)] if words[0] == "plan" else []
        ended = run(lambda: cli.main(["link", *given, *at], standalone_mode=False))
        told = self.capsys.readouterr()
        assert code is None or ended == code, told.out + told.err
        return told.out + told.err

    def data(self, *words: str, code: int | None = 0) -> Any:
        return json.loads(self.link(*words, "--json", code=code))

    def writes(self) -> list[Request]:
        """Requests that would change the tracker."""
        reads = ("/search", "/search/jql", "bulkfetch")
        posts = [r for r in self.server.requests if r.method == "POST" and not r.path.endswith(reads)]
        sent = [r for r in posts if "mutation" in str(r.body.get("query", "mutation"))]
        return [*sent, *(r for r in self.server.requests if r.method == "PUT")]

    def labels(self, ticket: str) -> set[str]:
        world, ident = self.tracker.world, ticket.partition(":")[2]
        if isinstance(world, LinearWorld):
            return {world.of("label")[i]["name"] for i in world.of("issue")[ident]["labelIds"]}
        return set(world.issues[ident].fields.get("labels") or [])

    def edit(self, ticket: str, minutes: float = 1, title: str = "", labels: Sequence[str] | None = None) -> None:
        """As a person would: a new title, or these labels and no others. In Linear a label is known by its name already."""
        world, ident = self.tracker.world, ticket.partition(":")[2]
        world.now += timedelta(minutes=minutes)
        fields: dict[str, Any] = {}
        if isinstance(world, LinearWorld):
            fields |= {"title": title} if title else {}
            named = {n["name"]: i for i, n in world.of("label").items()}
            fields |= {"labelIds": [named[one] for one in labels]} if labels is not None else {}
        else:
            fields |= {"summary": title} if title else {}
            fields |= {"labels": list(labels)} if labels is not None else {}
        world.change(ident, **fields)

    def other_label(self) -> str:
        """A label that is no tag of ours and can be put on any ticket."""
        world = self.tracker.world
        if not isinstance(world, LinearWorld):
            return "theirs"
        plain = (n for n in world.of("label").values() if not n["isGroup"] and not n["team"] and not n["parent"])
        return next(str(n["name"]) for n in plain if not n["name"].startswith("strat-"))


def dump(one: Tracker, labels: bool = True) -> dict[str, Any]:
    """Everything of every ticket but what a tracker moves by itself: when it was last updated, and its change log.

    ``labels``: with them.
    """
    world = one.world
    if isinstance(world, LinearWorld):
        out = {"updatedAt"} | (set() if labels else {"labelIds"})
        return {
            i: json.dumps({k: v for k, v in n.items() if k not in out}, sort_keys=True)
            for i, n in world.of("issue").items()
        }
    out = {"updated"} | (set() if labels else {"labels"})
    return {
        i: json.dumps([n.key, n.created, {k: v for k, v in n.fields.items() if k not in out}], sort_keys=True)
        for i, n in world.issues.items()
    }


def _store(kind: str, path: Path) -> None:
    """A copy of what a pull of the untouched tracker gives."""
    kept = Path(_pulled.name) / f"{kind}.duckdb"
    if not kept.exists():
        one = tracker(kind)
        with Server(one.handler) as server:
            fill(Store(kept), one.connector(server.url))
    shutil.copy(kept, path)


@contextmanager
def site(
    kind: str, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    schedule: Schedule = lambda _r: None, alone: bool = True,
) -> Iterator[Site]:  # fmt: skip
    """A tracker whose clock moves with every request, and decisions for ``GROWTH + BUGS`` of its tickets.

    ``alone``: no other process opens the store, so it is held open: to open it takes longer than all that is done with it.
    """
    one = tracker(kind)
    one.world.now = NOW + timedelta(minutes=1)

    def ticking(request: Request) -> Any:
        with one.world.lock:
            one.world.now += timedelta(seconds=1)
        return one.handler(request)

    patch.setattr(jira_tags, "BETWEEN_POLLS", 0.0)
    patch.setattr(wiring, "clock", lambda: NOW + timedelta(hours=2))
    patch.setenv("ALIGNMENT_TOKEN_T", "lin_api_simulator")
    if kind != "linear":
        account = one.handler.account  # type: ignore[attr-defined]
        patch.setenv("ALIGNMENT_TOKEN_T", account.token if kind == "cloud" else account.bearer)
    with Server(ticking, schedule) as server:
        settle(folder, kind, server.url)
        _store(kind, folder / "alignment.duckdb")
        held = Store(folder / "alignment.duckdb")._open(read_only=False) if alone else None
        if held is not None:
            patch.setattr(Store, "_open", lambda _store, read_only: held.cursor())
        made = Site(one, server, folder, capsys)
        made.decide(made.tickets[:GROWTH], "growth")
        made.decide(made.tickets[GROWTH : GROWTH + BUGS], "bugs")
        yield made
        if held is not None:
            held.close()


def settle(folder: Path, kind: str, url: str) -> None:
    (folder / "strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    about = {
        "cloud": f"kind: jira-cloud, base_url: '{url}', email: robot@acme.example",
        "data center": f"kind: jira-data-center, base_url: '{url}'",
        "linear": f"kind: linear, base_url: '{url}/graphql'",
    }
    text = f"organisation: Acme\ntrackers:\n  - {{name: t, {about[kind]}}}\n"
    (folder / "alignment.yaml").write_text(text, encoding="utf-8")
