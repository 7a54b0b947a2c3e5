"""Measures a pull of many tickets from the simulated Jira Cloud: CPU by step, memory, requests, and what 1 % changed costs.

Run as ``python -m benchmarks.pull [sizes]``; the server has a process of its own, and so has every pull.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import requests

from alignment.pulling import pull as pulling
from analyzer import raw
from analyzer.store import Store
from connectors.calls import Policy
from connectors.connector import ParseOptions
from connectors.example import ExampleJira
from connectors.jira.live import LiveJira
from connectors.jira.site import Access, Site
from tests.simulator.issue import Issue
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.server import Answer, Request, Server
from tests.simulator.world import World

SIZES = (1_000, 10_000, 100_000)
BAR_GROWTH, BAR_BYTES = 1.5, 10**9
"""CPU a ticket at the largest size over that at 10,000, and the most memory a pull may take."""

NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)
T = TypeVar("T")


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--serve"]:
        return serve(int(arguments[1]))
    if arguments[:1] == ["--one"]:
        print(json.dumps(measure(arguments[1], int(arguments[2]))))
        return 0
    seen = [run(size) for size in [int(a) for a in arguments] or SIZES]
    _print(seen)
    base = next((one for one in seen if one["size"] == 10_000), seen[0])
    growth = max(one["cpu"] / one["size"] for one in seen if one["size"] >= base["size"]) / (base["cpu"] / base["size"])
    memory = max(one["memory"] for one in seen)
    print(f"\nCPU a ticket grows {growth:.2f}-fold (bar {BAR_GROWTH}), peak memory {memory / 1e6:.0f} MB (bar 1,000).")
    return int(growth > BAR_GROWTH or memory > BAR_BYTES)


def run(size: int) -> dict[str, Any]:
    """Serves so many tickets and measures two pulls of them, each side in a process of its own."""
    begun = [sys.executable, "-m", "benchmarks.pull"]
    with subprocess.Popen([*begun, "--serve", str(size)], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            answer = subprocess.run([*begun, "--one", url, str(size)], check=True, stdout=subprocess.PIPE, text=True)
        finally:
            server.terminate()
    return {"size": size, **json.loads(answer.stdout.splitlines()[-1])}


# -------------------------------------------------------------------- the server


def world(size: int) -> World:
    """The made-up company over and over: the copies share their fields and logs, so that they cost next to nothing."""
    made = World.of_payloads(ExampleJira().fetch())
    known = list(made.issues.values())

    def copies() -> Iterator[Issue]:
        for number in range(size):
            issue, turn = known[number % len(known)], number // len(known)
            key = f"{issue.key.rpartition('-')[0]}-{issue.number + turn * 100_000}"
            yield replace(issue, id=str(int(issue.id) + turn * 1_000_000), key=key)

    out = World((), made.reference)
    out.issues = {issue.id: issue for issue in copies()}
    out.keys = {issue.key: issue.id for issue in out.issues.values()}
    out.now = NOW
    return out


def serve(size: int) -> int:
    """Until it is ended. ``POST /change`` touches every hundredth ticket."""
    site = JiraCloud(world=world(size))

    def handler(request: Request) -> Answer:
        if request.path != "/change":
            return site(request)
        site.world.tick(hours=1)
        for name in list(site.world.issues)[::100]:
            site.world.change(name, labels=["changed"])
        return Answer(204)

    with Server(handler) as server:
        print(server.url, flush=True)
        while True:
            time.sleep(3_600)


# -------------------------------------------------------------------- the pull


def measure(url: str, size: int) -> dict[str, Any]:
    """CPU seconds of a whole pull, by one worker so that they can be told apart, and of one after 1 % changed."""
    with tempfile.TemporaryDirectory() as folder:
        store, spent = Store(Path(folder) / "a.duckdb"), dict[str, float]()
        before = _memory()
        with _timed_steps(spent):
            first = _pull(store, url, NOW)
        stages = {"save": spent["save"], "read": spent["read"], "fetch": first["cpu"] - spent["save"] - spent["read"]}
        requests.post(f"{url}/change", timeout=60).raise_for_status()
        again = _pull(store, url, NOW + timedelta(hours=2))
        memory = _memory()
        floor = _floor(store)
        stored = store.path.stat().st_size
    wire, again_wire = _bare(first.pop("asked")), _bare(again.pop("asked"))
    return {
        **first,
        "wire": wire,
        "again_wire": again_wire,
        "stages": stages,
        "again": again,
        "memory": memory,
        "before": before,
        "floor": floor,
        "store": stored,
    }


def _pull(store: Store, url: str, now: datetime) -> dict[str, Any]:
    account = JiraCloud(world=World((), {"user": [], "sprint": [], "project": []})).account
    site = Site(Access(url, account.token, account.email), Policy(clock=lambda: now))
    asked: list[requests.PreparedRequest] = []
    site.client._session.hooks["response"].append(lambda answer, **_: asked.append(answer.request))
    wall, cpu = time.perf_counter(), time.process_time()
    got = pulling.pull(store, LiveJira("jira", site, True, workers=1), ParseOptions(), now)
    return {
        "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "tickets": got.fetched, "read": got.read,
        "requests": site.requests, "asked": asked,
    }  # fmt: skip


def _bare(asked: list[requests.PreparedRequest]) -> dict[str, float]:
    """The same requests once more, their answers taken off the wire and thrown away: the floor of a pull."""
    wall, cpu, size = time.perf_counter(), time.process_time(), 0
    with requests.Session() as session:
        for request in asked:
            request.hooks = {"response": []}  # else each would be noted once more
            size += len(session.send(request).content)
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "bytes": size}


@contextmanager
def _timed_steps(spent: dict[str, float]) -> Iterator[None]:
    """Adds up the CPU seconds of the two steps that do not ask the tracker."""

    def timed(name: str, step: Callable[..., T]) -> Callable[..., T]:
        def run(*given: Any) -> T:
            begin = time.process_time()
            try:
                return step(*given)
            finally:
                spent[name] = spent.get(name, 0.0) + time.process_time() - begin

        return run

    save, read = raw.save_raw, pulling._read
    raw.save_raw, pulling._read = timed("save", save), timed("read", read)
    try:
        yield
    finally:
        raw.save_raw, pulling._read = save, read


def _floor(store: Store) -> float:
    """CPU seconds to take the same payloads out of JSON once and to compress their text once."""
    spent = 0.0
    with store.reading() as con:
        found = con.execute("SELECT payload FROM raw WHERE kind IN ('issue', 'history')")
        while rows := found.fetchmany(1_000):
            texts = [zlib.decompress(blob) for (blob,) in rows]
            begin = time.process_time()
            for text in texts:
                json.loads(text)
                zlib.compress(text, 1)
            spent += time.process_time() - begin
    return spent


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _print(seen: list[dict[str, Any]]) -> None:
    def a_thousand(one: dict[str, Any], seconds: float) -> str:
        return f"{seconds / one['size'] * 1_000:.3f}"

    rows = [["", *(f"{one['size']:,} tickets" for one in seen)]]
    rows.append(["CPU s for 1,000 tickets", *(a_thousand(one, one["cpu"]) for one in seen)])
    rows += [[f"  {s}", *(a_thousand(one, one["stages"][s]) for one in seen)] for s in ("fetch", "save", "read")]
    rows.append(["  floor: JSON and zlib once", *(a_thousand(one, one["floor"]) for one in seen)])
    rows.append(["in floors", *(f"{one['cpu'] / one['floor']:.1f}" for one in seen)])
    rows.append(["  the same bytes by a bare client", *(a_thousand(one, one["wire"]["cpu"]) for one in seen)])
    rows.append(["wall s", *(f"{one['wall']:.1f}" for one in seen)])
    rows.append(["requests", *(f"{one['requests']:,}" for one in seen)])
    rows.append(["peak memory, MB", *(f"{one['memory'] / 1e6:.0f}" for one in seen)])
    rows.append(["  before the pull", *(f"{one['before'] / 1e6:.0f}" for one in seen)])
    rows.append(["store, MB", *(f"{one['store'] / 1e6:.0f}" for one in seen)])
    rows.append(["1 % changed: requests", *(f"{one['again']['requests']:,}" for one in seen)])
    rows.append(["  tickets", *(f"{one['again']['tickets']:,}" for one in seen)])
    rows.append(["  CPU s", *(f"{one['again']['cpu']:.2f}" for one in seen)])
    rows.append(["  of the first pull's CPU", *(f"{one['again']['cpu'] / one['cpu']:.1%}" for one in seen)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print(row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)), sep="  ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
