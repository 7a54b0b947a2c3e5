"""Tickets that a tracker no longer shows are found and marked, never dropped, and the past is not rewritten."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pytest

from alignment.pulling.pull import Pulled, pull
from alignment.pulling.sweep import EVERY
from analyzer.board import Options
from analyzer.score import score
from analyzer.store import Store
from connectors.connector import ParseOptions, Sweeps
from connectors.example import ExampleLinear
from connectors.jira import sweep as jira_sweep
from connectors.jira.live import LiveJira
from connectors.linear import sweep as linear_sweep
from connectors.linear.live import LiveLinear
from tests.alignment.test_live_pull import NOW, PATIENT, jira, jira_world, linear, payloads, rows
from tests.analyzer import drawn
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.linear import LinearSimulator
from tests.simulator.linear_world import LinearWorld
from tests.simulator.server import Request, Schedule, Server, failing

FEW = 60
LATER = NOW + EVERY
ROOT = Path(__file__).parents[2]


@dataclass
class Tracker:
    """A simulated tracker, a server over it, and a connector to that; ``keys`` are its tickets of the first moment."""

    kind: str
    world: Any
    site: Any
    keys: tuple[str, ...]

    @contextmanager
    def live(self, schedule: Schedule = lambda _r: None, **kept: Any) -> Iterator[tuple[Any, Server]]:
        with Server(self.site, schedule) as server:
            if self.kind == "linear":
                yield LiveLinear("linear", linear(server, self.site.key).site, **kept), server
            else:
                cloud = self.kind == "cloud"
                yield LiveJira("jira", jira(server, self.site, cloud, PATIENT).site, cloud, **kept), server

    def ids(self, *keys: str) -> list[str]:
        if self.kind == "linear":
            return [str(self.world.issue(k)["id"]) for k in keys]
        return [self.world.find(k).id for k in keys]


def made(kind: str, most: int = FEW) -> Tracker:
    if kind == "linear":
        world = LinearWorld.of_payloads(payloads(ExampleLinear, most))
        open_ = (n["identifier"] for n in world.of("issue").values() if not n["archivedAt"])
        return Tracker(kind, world, LinearSimulator(world), tuple(open_))
    jira_copy = jira_world(most).copy()
    site: Any = JiraCloud(world=jira_copy) if kind == "cloud" else JiraDataCenter(world=jira_copy, page_cap=100)
    return Tracker(kind, jira_copy, site, tuple(i.key for i in jira_copy.issues.values()))


@pytest.fixture(params=["cloud", "data center", "linear"])
def tracker(request: pytest.FixtureRequest) -> Tracker:
    return made(request.param)


@pytest.fixture(params=["cloud", "data center"])
def a_jira(request: pytest.FixtureRequest) -> Tracker:
    return made(request.param)


def pulled(store: Store, connector: Any, now: datetime = NOW, every: timedelta = EVERY) -> Pulled:
    return pull(store, connector, ParseOptions(), now, sweep_every=every)


def gone(store: Store) -> list[tuple[str, str, datetime, datetime | None]]:
    """(native id, how, since, until) of every mark."""
    with store.reading() as con:
        found = con.execute("SELECT ticket, how, since, until FROM gone ORDER BY since, ticket").fetchall()
    return [(t.split(":", 1)[1], how, s.replace(tzinfo=UTC), u and u.replace(tzinfo=UTC)) for t, how, s, u in found]


def ledgers(store: Store) -> list[dict[str, Any]]:
    with store.reading() as con:
        return [
            json.loads(b) for (b,) in con.execute("SELECT body FROM runs WHERE kind = 'pull' ORDER BY no").fetchall()
        ]


@pytest.fixture(scope="session")
def first_pull(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A store after the first pull of a kind of tracker, made once: every test's tracker begins alike."""
    folder = tmp_path_factory.mktemp("first")

    @cache
    def path(kind: str) -> Path:
        with made(kind).live() as (connector, _):
            pulled(Store(folder / f"{kind}.duckdb"), connector)
        return folder / f"{kind}.duckdb"

    return path


class StoreAfterPull(Protocol):
    def __call__(self, tracker: Tracker) -> Store: ...


@pytest.fixture
def begun(first_pull: Callable[[str], Path], tmp_path: Path) -> StoreAfterPull:
    """A store of this test's own in which the tracker was pulled at NOW."""

    def copied(tracker: Tracker) -> Store:
        return Store(Path(shutil.copy(first_pull(tracker.kind), tmp_path / "store.duckdb")))

    return copied


def test_deleted_and_hidden_tickets_are_marked_gone_and_stay(tracker: Tracker, begun: StoreAfterPull) -> None:
    store = begun(tracker)
    deleted, hidden = tracker.keys[3], tracker.keys[7]
    lost = sorted(tracker.ids(deleted, hidden))
    with tracker.live() as (connector, _):
        before = rows(store.path)
        tracker.world.delete(deleted)
        tracker.world.hide(hidden)
        got = pulled(store, connector, LATER)
    assert gone(store) == [(i, "gone", LATER, None) for i in lost]
    assert rows(store.path)["tickets"] == before["tickets"] and rows(store.path)["spans"] == before["spans"]
    assert got.swept == (f"Looked for {FEW} tickets in the tracker: 2 gone.",)
    swept = ledgers(store)[-1]["sweep"]
    assert (swept["known"], swept["shown"], swept["missing"], swept["said"]) == (FEW, FEW - 2, {"gone": 2}, "")


def test_a_look_is_taken_only_when_it_is_due(tracker: Tracker, begun: StoreAfterPull) -> None:
    store = begun(tracker)
    with tracker.live() as (connector, server):
        counts = []
        for now in (LATER - timedelta(seconds=1), LATER, LATER + timedelta(days=1)):
            before = len(server.requests)
            pulled(store, connector, now)
            counts.append(len(server.requests) - before)
        swept = [bool(body["sweep"]) for body in ledgers(store)]
        assert swept == [False, False, True, False]  # the first scan itself saw everything
        assert counts[1] - counts[0] == {"cloud": 1, "data center": 2, "linear": 1}[tracker.kind]
        assert counts[2] == counts[0]
        assert pulled(store, connector, LATER + timedelta(days=1), timedelta(0)).swept != ()


def test_archived_tickets_are_told_from_deleted_ones(a_jira: Tracker, begun: StoreAfterPull) -> None:
    store = begun(a_jira)
    old, deleted = a_jira.keys[1], a_jira.keys[2]
    (was,) = a_jira.ids(deleted)
    with a_jira.live() as (connector, _):
        a_jira.world.archive(old)
        a_jira.world.delete(deleted)
        pulled(store, connector, LATER)
    assert {(i, how) for i, how, *_ in gone(store)} == {(*a_jira.ids(old), "archived"), (was, "gone")}


@pytest.mark.parametrize("trouble", ["names none", "refuses"])
def test_a_cloud_that_is_shy_about_ids_in_bulk_is_believed_all_the_same(trouble: str, begun: StoreAfterPull) -> None:
    cloud = made("cloud")
    store = begun(cloud)
    old, deleted = cloud.keys[1], cloud.keys[2]
    cloud.site.name_missing = False

    def shy(request: Request) -> Any:
        return failing(400) if trouble == "refuses" and request.path.endswith("issue/bulkfetch") else None

    with cloud.live(shy) as (connector, _):
        cloud.world.archive(old)
        cloud.world.delete(deleted)
        pulled(store, connector, LATER)
    assert sorted(how for _, how, *_ in gone(store)) == ["archived", "gone"]


def test_linear_tells_its_bin_and_its_archive(begun: StoreAfterPull) -> None:
    made_up = made("linear")
    store = begun(made_up)
    binned, archived = made_up.keys[1], made_up.keys[2]
    with made_up.live() as (connector, _):
        made_up.world.trash(binned)
        made_up.world.archive(archived)
        pulled(store, connector, LATER)
        pulled(store, connector, LATER + timedelta(minutes=1))
    assert gone(store) == [
        (*made_up.ids(binned), "trashed", LATER, None)
    ]  # the archived one is told by its own history


def test_a_lost_permission_is_marked_and_said(tracker: Tracker, begun: StoreAfterPull) -> None:
    """Most of what was known vanishes at once: it is marked, and someone is told to look."""
    store = begun(tracker)
    with tracker.live() as (connector, _):
        for key in tracker.keys[:30]:
            tracker.world.hide(key)
        got = pulled(store, connector, LATER)
        assert "30 of 60 tickets" in got.swept[1] and "permission" in got.swept[1] and "--sweep" in got.swept[1]
        assert ledgers(store)[-1]["sweep"]["said"] == got.swept[1]
        for key in tracker.keys[:30]:
            (tracker.world.reveal if tracker.kind == "linear" else tracker.world.unhide)(key)
        again = pulled(store, connector, LATER + timedelta(days=1), timedelta(0))
    assert again.swept == ("Looked for 60 tickets in the tracker: 30 back.",)
    assert {until for *_, until in gone(store)} == {LATER + timedelta(days=1)}


def test_a_ticket_that_a_pull_is_given_again_is_back_at_once(tracker: Tracker, begun: StoreAfterPull) -> None:
    store = begun(tracker)
    key, at = tracker.keys[5], LATER + timedelta(hours=2)
    with tracker.live() as (connector, _):
        tracker.world.hide(key)
        pulled(store, connector, LATER)
        (tracker.world.reveal if tracker.kind == "linear" else tracker.world.unhide)(key)
        tracker.world.now = at
        if tracker.kind == "linear":
            tracker.world.change(key, title="Here again")
        else:
            tracker.world.change(key, summary="Here again")
        assert pulled(store, connector, at).swept == ()
    assert gone(store) == [(*tracker.ids(key), "gone", LATER, at)]


def test_a_moved_ticket_is_not_gone_unless_nobody_reads_where_it_went(begun: StoreAfterPull, tracker: Tracker) -> None:
    store = begun(tracker)
    homes = sorted(
        {k.rpartition("-")[0] for k in tracker.keys},
        key=lambda h: (-sum(k.startswith(f"{h}-") for k in tracker.keys), h),
    )
    first, second = homes[:2]
    moved = next(k for k in tracker.keys if k.startswith(f"{first}-"))
    ident = tracker.ids(moved)
    limit: dict[str, Any] = {"teams" if tracker.kind == "linear" else "projects": (first,)}
    narrow = Store(store.path.with_name("narrow.duckdb"))
    with tracker.live() as (connector, _):
        with tracker.live(**limit) as (one_home, _):
            pulled(narrow, one_home)
        tracker.world.now = NOW + timedelta(days=1)
        tracker.world.move(moved, second)
        pulled(store, connector, LATER)
        with tracker.live(**limit) as (one_home, _):
            pulled(narrow, one_home, LATER)
    assert gone(store) == []
    assert gone(narrow) == [(*ident, "outside", LATER, None)]


@pytest.mark.parametrize("asked", ["first", "second"])
def test_a_look_that_is_cut_marks_nothing_and_goes_on(
    tracker: Tracker, begun: StoreAfterPull, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tracker stops answering at the first page of the look, or when missing tickets are asked for one by one."""
    store = begun(tracker)
    monkeypatch.setattr(linear_sweep, "ASKED_AT_ONCE", 20)
    tracker.site.id_page_cap = 20
    key = tracker.keys[9]
    ident = tracker.ids(key)
    down = False

    def schedule(request: Request) -> Any:
        return failing(500) if down and request.number > stop else None

    with tracker.live(schedule) as (connector, server):
        tracker.world.delete(key)
        before = len(server.requests)
        pulled(store, connector, NOW + timedelta(days=1))  # what a pull takes that does not look
        stop = 2 * len(server.requests) - before + (0 if asked == "first" else 2)
        down = True
        got = pulled(store, connector, LATER)
        assert gone(store) == [] and "marked nothing" in got.swept[0] and ledgers(store)[-1]["sweep"]["cut"]
        down = False
        pulled(store, connector, LATER + timedelta(hours=1))
    assert gone(store) == [(*ident, "gone", LATER + timedelta(hours=1), None)]


def test_a_token_that_expired_between_two_looks_begins_the_list_again(begun: StoreAfterPull) -> None:
    cloud = made("cloud")
    store = begun(cloud)
    cloud.site.id_page_cap = 20
    key = cloud.keys[9]
    ident = cloud.ids(key)
    with cloud.live(lambda r: failing(500) if looking and r.number > stop else None) as (connector, server):
        looking, stop = False, 0
        cloud.world.delete(key)
        looking, stop = True, len(server.requests) + 1 + 2
        pulled(store, connector, LATER)
        cloud.site.expire_tokens()
        looking = False
        pulled(store, connector, LATER + timedelta(hours=1))
    assert gone(store) == [(*ident, "gone", LATER + timedelta(hours=1), None)]


def test_windows_that_are_too_full_are_halved_for_the_look_too(
    begun: StoreAfterPull, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connectors.jira import live as jira_live

    monkeypatch.setattr(jira_live, "WINDOW", 20)
    monkeypatch.setattr(jira_sweep, "DATA_CENTER_PAGE", 7)
    center = made("data center")
    store = begun(center)
    lost = center.keys[::9]
    ids = sorted(center.ids(*lost))
    with center.live() as (connector, _):
        for key in lost:
            center.world.delete(key)
        pulled(store, connector, LATER)
    assert [i for i, *_ in gone(store)] == ids


KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from alignment.pulling import pull as pulling
from alignment.pulling import sweep
from analyzer.store import Store
from connectors.connector import ParseOptions
from tests.alignment import test_sweep
from tests.alignment.test_live_pull import jira

path, url, where, now = sys.argv[1:]
def die(*args, **more):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(sweep, where, die)

class Place:
    pass
place = Place()
place.url = url
from tests.simulator.jira_site import Account
place.account = Account()
pulling.pull(Store(Path(path)), jira(place, place, True), ParseOptions(), datetime.fromisoformat(now))
"""


@pytest.mark.parametrize("where", ["swept", "_mark"])
def test_a_pull_that_is_killed_before_or_during_the_look_is_made_good(begun: StoreAfterPull, where: str) -> None:
    cloud = made("cloud")
    store = begun(cloud)
    key = cloud.keys[9]
    ident = cloud.ids(key)
    with cloud.live() as (connector, server):
        cloud.world.delete(key)
        command = [sys.executable, "-c", KILLED, str(store.path), server.url, where, LATER.isoformat()]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert gone(store) == [] and ledgers(store)[-1]["complete"] is False
        pulled(store, connector, LATER + timedelta(minutes=5))
    assert gone(store) == [(*ident, "gone", LATER + timedelta(minutes=5), None)]
    assert ledgers(store)[-1]["complete"] is True


STRATEGY = "strategy: s\npriorities: [{id: growth, share: 10-50%, match: [{type: Story}]}]"


def test_a_report_as_of_before_the_look_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    tracker, store = made("cloud"), Store(tmp_path / "store.duckdb")
    strategies = drawn.strategies(tmp_path / "strategy", STRATEGY)

    def report(as_of: datetime) -> str:
        with store.reading() as con:
            return score(con, strategies, Options(), as_of, "Acme", "a moment", program="test").model_dump_json()

    with tracker.live() as (connector, _):
        pulled(store, connector)
        before = [report(at) for at in (NOW, NOW - timedelta(days=60))]
        lost = [*tracker.keys[:4], *tracker.keys[10:40]]
        for key in lost:
            tracker.world.hide(key)
        pulled(store, connector, LATER)
    assert [report(at) for at in (NOW, NOW - timedelta(days=60))] == before
    assert "gone" in report(LATER) and "vanished at once" in report(LATER)


def test_what_is_no_id_of_the_tracker_is_not_missed(tracker: Tracker) -> None:
    """Contract of the connectors that can be swept: they show what is there, and know nothing of a file's ids."""
    with tracker.live() as (connector, _):
        assert isinstance(connector, Sweeps)
        known = sorted(tracker.ids(*tracker.keys))
        shown = {i for one in connector.shown(iter(["PAY-1", *known])) if hasattr(one, "ids") for i in one.ids}
        assert shown >= set(known)
        assert list(connector.confirm(["PAY-1", "no such thing", ""])) == []
        absent = "00000000-0000-4000-8000-000000000000" if tracker.kind == "linear" else "99999999"
        assert [(m.id, m.how) for m in connector.confirm([absent])] == [(absent, "gone")]


def test_the_ledger_tells_what_the_tracker_promised_and_did_not_give(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.duckdb")
    center = made("data center")
    center.site.changelog_cut = 2
    with center.live() as (connector, _):
        pulled(store, connector)
    entries = ledgers(store)[-1]["entries"]
    told = sum(len(i.histories) for i in center.world.issues.values())
    assert entries == {"told": told, "given": sum(min(2, len(i.histories)) for i in center.world.issues.values())}
    assert ledgers(store)[-1]["fetched"] == FEW == ledgers(store)[-1]["histories"]
