"""A pull killed at any instant is made good by the same command: nothing is lost, nothing is doubled."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from alignment.pulling import pull as pulling
from analyzer.store import Store, scalar
from connectors.calls import Policy
from connectors.connector import ComeBack
from connectors.jira import cloud as jira_cloud
from connectors.jira import live as jira_live
from tests.alignment.killable import Puller
from tests.alignment.settled import KINDS, NOW, fill, rows, served, tracker
from tests.simulator.server import Server, failing
from tests.soak import times

SEED = 20261124
KILLS = {"cloud": 20, "data center": 15, "linear": 15}
assert sum(KILLS.values()) == 50


def stage(path: Path) -> str:
    """How far a pull had come when it was killed."""
    if not path.exists():
        return "before"
    with Store(path).reading() as con:
        open_, over = con.execute(
            "SELECT count(*) FILTER (finished IS NULL), count(*) FILTER (finished IS NOT NULL) FROM scans"
        ).fetchall()[0]
        unread = scalar(con, "SELECT count(*) FROM raw WHERE kind = 'issue' AND parsed IS NULL")
    return "fetching" if open_ else "before" if not over else "reading" if unread else "ended"


@pytest.mark.parametrize("kind", KINDS)
def test_kill_9_at_random_instants(kind: str, tmp_path: Path) -> None:
    """The instants are spread over the time that a pull takes; every third is killed a second time as it goes on."""
    draw, seen = random.Random(f"{SEED} {kind}"), Counter[str]()
    one = tracker(kind)
    with served(one, [], {}) as server, Puller(kind) as puller:

        def go(path: Path, until: float | None = None) -> int:
            return puller.pull(kind, server.url, path, until)

        took = []
        for number in range(3):
            begin = time.perf_counter()
            assert go(tmp_path / f"whole{number}.duckdb") == 0
            took.append(time.perf_counter() - begin)
        whole, duration = rows(Store(tmp_path / "whole0.duckdb")), min(took)
        kills = times(KILLS[kind])
        for number in range(kills):
            path = tmp_path / f"{number}.duckdb"
            at = duration * (number + draw.random()) / kills
            go(path, at)
            seen[stage(path)] += 1
            if stage(path) == "ended":  # the machine has less to do than when the time was taken
                duration *= 0.8
            if number % 3 == 0:
                go(path, duration * draw.random())
            print(f"{kind}: seed {SEED}, killed after {at:.3f} s of {duration:.3f} s")
            assert go(path) == 0
            assert rows(Store(path)) == whole
    assert seen["fetching"] + seen["reading"] >= kills // 4, f"{seen} of {duration:.2f} s"


@pytest.mark.parametrize("kind", ["cloud", "data center"])
def test_what_changed_between_the_cut_and_the_going_on_is_not_lost(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ticket that the cut scan has read already changes: the next scan reaches back to where the cut one began."""
    steps = (
        (jira_cloud, "PAGE", 10),
        (jira_cloud, "LOG_IDS", 20),
        (jira_live, "PAGE", 15),
        (pulling, "FETCH_BATCH", 20),
    )
    for module, name, size in steps:
        monkeypatch.setattr(module, name, size)
    one, path = tracker(kind), tmp_path / "a.duckdb"
    with Server(one.handler) as server:
        assert list(one.connector(server.url).fetch())
        needed = max(r.number for r in server.requests if r.path.endswith(("search", "bulkfetch")))  # not the boards
    with Server(one.handler, lambda r: failing(500) if r.number >= needed else None) as server:
        hasty = one.connector(server.url, workers=1)
        hasty.site.policy = Policy(clock=lambda: NOW, attempts=2, sleep=lambda _s: None)  # type: ignore[attr-defined]
        with pytest.raises(ComeBack):
            fill(Store(path), hasty)
    assert stage(path) == "fetching"
    with Store(path).reading() as con:
        known = con.execute("SELECT id FROM raw WHERE kind = 'issue' ORDER BY id").fetchall()
    one.world.now = NOW + timedelta(minutes=1)
    one.world.change(str(known[0][0]), summary="Changed after the cut")
    with Server(one.handler) as server:
        for moment in (NOW + timedelta(minutes=5), NOW + timedelta(hours=1)):
            fill(Store(path), one.connector(server.url), moment)
        fill(Store(tmp_path / "fresh.duckdb"), one.connector(server.url), NOW + timedelta(hours=1))
    assert rows(Store(path)) == rows(Store(tmp_path / "fresh.duckdb"))
    assert "Changed after the cut" in str(rows(Store(path))["tickets"])
