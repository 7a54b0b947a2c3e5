"""Small trackers that change while they are read, and what a store must hold once they have settled."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from alignment.pulling.pull import pull
from analyzer.store import Connection, Store
from connectors.calls import Policy
from connectors.connector import Connector, ParseOptions, Payload
from connectors.example import ExampleJira, ExampleLinear
from connectors.jira.live import LiveJira
from connectors.jira.site import Access, Site
from connectors.linear.live import LiveLinear
from connectors.linear.site import Access as LinearAccess
from connectors.linear.site import Site as LinearSite
from connectors.ticket import Problem
from tests.simulator.faults import TRANSIENT, Make, schedule_of
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.linear import LinearSimulator
from tests.simulator.linear_faults import internal, lock_timed_out, ratelimited
from tests.simulator.linear_world import LinearWorld
from tests.simulator.server import Answer, Request, Schedule, Server
from tests.simulator.world import World

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KINDS = ("cloud", "data center", "linear")
SIZE = 60
LINEAR = {
    "ratelimited": lambda _r: ratelimited(retry_after=0), "internal": lambda _r: internal(), "lock": lambda _r: lock_timed_out(),
    **{name: TRANSIENT[name] for name in ("truncated", "reset", "lost", "503", "slow")},
}  # fmt: skip


def _few(payloads: list[Any]) -> list[Payload]:
    """Reference data and every hundredth or so of the tickets, with their histories."""
    given = [p for p in payloads if not isinstance(p, Problem)]
    issues = [p.id for p in given if p.kind == "issue"]
    kept = set(issues[:: len(issues) // SIZE][:SIZE])
    return [p for p in given if p.kind not in ("issue", "history") or p.id in kept]


@cache
def _jira() -> World:
    return World.of_payloads(_few(list(ExampleJira().fetch())))


@cache
def _linear() -> list[Payload]:
    return _few(list(ExampleLinear().fetch()))


@dataclass
class Tracker:
    """One simulated tracker. ``handler`` answers; ``kinds`` are the faults that pass when it is asked again."""

    kind: str
    handler: Callable[[Request], Answer]
    world: World | LinearWorld

    @property
    def kinds(self) -> dict[str, Make]:
        return LINEAR if self.kind == "linear" else dict(TRANSIENT)

    def connector(self, url: str, workers: int = 4) -> Connector:
        policy = Policy(clock=lambda: NOW, attempts=12, sleep=lambda _seconds: None)
        if self.kind == "linear":
            return LiveLinear("t", LinearSite(LinearAccess("lin_api_simulator", f"{url}/graphql"), policy))
        site: Any = self.handler
        cloud = self.kind == "cloud"
        access = Access(url, site.account.token if cloud else site.account.bearer, site.account.email if cloud else "")
        return LiveJira("t", Site(access, policy), cloud, workers=workers)

    def disturb(self, seed: int, tick: timedelta = timedelta(seconds=1)) -> None:
        """One thing that people do: a change, a comment, a new ticket."""
        draw, world = random.Random(seed), self.world
        with world.lock:
            world.now = max(world.now, NOW) + tick
            if isinstance(world, LinearWorld):
                node = draw.choice(sorted(world.of("issue").values(), key=lambda n: str(n["id"])))
                if draw.random() < 0.3:
                    world.archive(node["id"])
                else:
                    world.change(node["id"], title=f"Changed {seed}", priority=draw.randrange(5))
                return
            issue = draw.choice(list(world.issues.values()))
            what = draw.random()
            if what < 0.6:
                world.change(issue.id, labels=[f"l{seed}"], summary=f"Changed {seed}")
            elif what < 0.75:
                world.touch(issue.id)
            elif what < 0.9:
                world.change(issue.id, status=draw.choice(world.reference["status"])["name"])
            else:
                world.add(str(issue.project["key"]), like=issue.id, summary=f"New {seed}", issuelinks=[])


def tracker(kind: str) -> Tracker:
    if kind == "linear":
        world = LinearWorld.of_payloads(_linear())
        return Tracker(kind, LinearSimulator(world), world)
    jira = _jira().copy()
    handler: Any = JiraCloud(world=jira, id_page_cap=25) if kind == "cloud" else JiraDataCenter(world=jira, page_cap=15)
    return Tracker(kind, handler, jira)


def served(one: Tracker, faults: list[tuple[int, int]], changes: dict[int, int], late: int = 0) -> Server:
    """``faults`` and ``changes`` (a seed for each) by number of the request. ``late``: three tickets changed a minute before
    the scan, and the index knows of them only from that request on."""
    known = one.kinds
    given = schedule_of([(n, sorted(known)[k % len(known)]) for n, k in faults], in_a_row=2, known=known)
    if isinstance(one.world, World):
        names = list(one.world.issues)[3:6]
        one.world.late(names, until_request=late)
        if late:
            one.world.now = max(one.world.now, NOW - timedelta(minutes=1))
            for name in names:
                one.world.change(name, labels=["indexed-late"])

    def schedule(request: Request) -> Any:
        if request.number in changes:
            one.disturb(changes[request.number])
        return given(request)

    chosen: Schedule = schedule
    return Server(one.handler, chosen)


class Held(Store):
    """Holds its file open for its whole life: opening costs 17 ms, and hundreds of trials would open it thousands of times."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.whole: Connection | None = None

    def _open(self, read_only: bool) -> Connection:
        self.whole = self.whole or super()._open(read_only=False)
        return self.whole.cursor()

    def close(self) -> None:
        if self.whole is not None:
            self.whole.close()
            self.whole = None


def fill(store: Store, connector: Connector, now: datetime = NOW) -> None:
    pull(store, connector, ParseOptions(), now)


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All that a store says of its tracker, in an order of its own; numbers of tickets replaced by their ids."""
    of_ticket = "SELECT t.id, r.* EXCLUDE (ticket) FROM {} r JOIN tickets t ON t.no = r.ticket ORDER BY ALL"
    asked = {
        "tickets": "SELECT * EXCLUDE (no) FROM tickets ORDER BY ALL",
        "spans": of_ticket.format("spans"),
        "changes": of_ticket.format("changes"),
        **{t: f"SELECT * FROM {t} ORDER BY ALL" for t in ("relations", "containers", "people", "problems")},
        "lost": "SELECT count(*) FROM spans WHERE ticket NOT IN (SELECT no FROM tickets)",
        "raw": "SELECT kind, id, digest FROM raw ORDER BY ALL",
    }
    with store.reading() as con:
        return {name: con.execute(sql).fetchall() for name, sql in asked.items()}
