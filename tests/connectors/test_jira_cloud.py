"""A scan of a Jira Cloud reads ids first, then in bulk with several workers, and names what a server does wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from connectors.calls import Pace, Policy, Stopped
from connectors.connector import Checkpoint, Malformed, Payload
from connectors.example import ExampleJira
from connectors.jira import cloud, logs
from connectors.jira.live import LiveJira
from connectors.jira.site import Access, Site
from connectors.ticket import Problem
from tests.simulator.faults import FAULTS
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.server import Answer, Fault, Request, Schedule, Server, login_page, too_many
from tests.simulator.world import World

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHOLE = World.of_payloads(ExampleJira().fetch())


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty issues are three chunks of two bulk reads."""
    monkeypatch.setattr(cloud, "PAGE", 10)
    monkeypatch.setattr(cloud, "LOG_IDS", 20)
    monkeypatch.setattr(logs, "LOG_ROWS", 8)


@pytest.fixture
def site() -> JiraCloud:
    world = WHOLE.copy()
    for ident in list(world.issues)[60:]:
        world.delete(ident)
    return JiraCloud(world=world, id_page_cap=25)


def scan(
    site: JiraCloud, schedule: Schedule = lambda _r: None, workers: int = 4, policy: Policy | None = None
) -> tuple[list[Any], Server, LiveJira]:
    """What one first scan gives, with every request it took."""
    policy = policy or Policy(clock=lambda: NOW, attempts=10, sleep=lambda _s: None)
    with Server(site, schedule) as server:
        access = Access(server.url, site.account.token, site.account.email)
        live = LiveJira("jira", Site(access, policy), True, workers=workers)
        return list(live.fetch()), server, live


def asked(server: Server, tail: str) -> list[Request]:
    return [request for request in server.requests if request.path.endswith(tail)]


def test_four_workers_give_what_one_gives_in_the_same_order(site: JiraCloud) -> None:
    slow = {number: Fault("slow", seconds=0.05) for number in (6, 8, 11)}
    alone, _, _ = scan(site, workers=1)
    together, server, live = scan(site, lambda request: slow.get(request.number))
    assert together == alone and live.expected == 60 and live.site.requests == len(server.requests)
    assert len(asked(server, "issue/bulkfetch")) == 6 and len(asked(server, "search/jql")) == 3
    assert sum(isinstance(one, Checkpoint) for one in alone) == 3


def _without_bulk(gone: Fault, request: Request) -> Fault | None:
    return gone if request.path.endswith("issue/bulkfetch") else None


def _deleted(name: str, world: World) -> None:
    world.delete(name)


def test_a_site_without_bulk_reads_is_read_page_by_page(site: JiraCloud) -> None:
    whole, _, _ = scan(site)
    for status in (404, 405, 410):
        gone = Fault("answer", Answer(status, {"message": "null for uri"}))
        paged, _, _ = scan(site, partial(_without_bulk, gone))
        payloads = {(p.kind, p.id): p.data for p in paged if isinstance(p, Payload)}
        assert payloads == {(p.kind, p.id): p.data for p in whole if isinstance(p, Payload)}


def test_what_was_listed_and_then_deleted_is_noted(site: JiraCloud) -> None:
    for told in (True, False):
        site.name_missing = told
        doomed = list(site.world.issues)[7]
        site.world.at(6, partial(_deleted, doomed))  # after the three pages of ids
        given, _, _ = scan(site, workers=1)
        assert [p.where for p in given if isinstance(p, Problem)] == [f"jira issue {doomed}"]
        assert len({p.id for p in given if isinstance(p, Payload) and p.kind == "issue"}) == len(site.world.issues)


def test_an_empty_page_with_a_token_goes_on(site: JiraCloud) -> None:
    site.empty_page = 2
    given, server, _ = scan(site)
    assert (
        len(asked(server, "search/jql")) == 4 and sum(isinstance(p, Payload) and p.kind == "issue" for p in given) == 60
    )


@pytest.mark.parametrize("tail", ["search/jql", "changelog/bulkfetch"])
def test_a_token_that_expired_begins_the_list_again(site: JiraCloud, tail: str) -> None:
    whole, _, _ = scan(site)
    once: list[int] = []

    def schedule(request: Request) -> Fault | None:
        fault = FAULTS["expired token"](request) if request.path.endswith(tail) and not once else None
        once.extend([request.number] if fault else [])
        return fault

    assert scan(site, schedule, workers=1)[0] == whole and once
    with pytest.raises(Malformed, match="does not go on"):
        scan(site, lambda r: FAULTS["expired token"](r) if r.path.endswith(tail) else None, workers=1)


@pytest.mark.parametrize("tail", ["search/jql", "changelog/bulkfetch"])
def test_a_token_that_comes_again_is_named(site: JiraCloud, tail: str) -> None:
    with pytest.raises(Malformed, match="same page token twice"):
        scan(site, lambda r: FAULTS["repeated token"](r) if r.path.endswith(tail) else None)


def test_one_worker_that_fails_stops_the_others_by_its_own_name(site: JiraCloud) -> None:
    before = threading.active_count()
    with pytest.raises(Exception, match="log-in page"):
        scan(site, lambda r: login_page() if r.number == 8 else None)
    assert not [t.name for t in threading.enumerate() if t.name.startswith("jira")] and before


def test_a_limit_met_by_one_worker_makes_all_wait(site: JiraCloud) -> None:
    """No request arrives while the wait goes on."""
    arrived: list[int] = []
    during: list[int] = []

    def sleep(_seconds: float) -> None:
        threading.Event().wait(0.1)  # those on their way arrive
        first = len(arrived)
        threading.Event().wait(0.3)
        during.append(len(arrived) - first)

    def schedule(request: Request) -> Fault | None:
        arrived.append(request.number)
        return too_many("7") if request.number == 8 else None

    given, _, live = scan(site, schedule, policy=Policy(clock=lambda: NOW, attempts=10, sleep=sleep))
    assert during == [0] and live.site.waited >= 7 and len(given) > 120


def test_an_end_of_the_pull_ends_a_wait() -> None:
    pace = Pace()
    threading.Timer(0.05, pace.stop).start()
    pace.wait(600, "a limit")
    with pytest.raises(Stopped):
        pace.next()
    pace.go_on()
    pace.next()
    assert pace.asked == 1 and pace.waited == 600 and pace.why == ""


def test_a_reader_that_stops_early_leaves_no_thread(site: JiraCloud) -> None:
    with Server(site) as server:
        access = Access(server.url, site.account.token, site.account.email)
        given: Iterator[Any] = LiveJira("jira", Site(access, Policy(clock=lambda: NOW)), True).fetch()
        close: Callable[[], None] = given.close  # type: ignore[attr-defined]
        while not (isinstance(next(given), Payload) and len(server.requests) > 4):
            pass
        close()
    assert not [t.name for t in threading.enumerate() if t.name.startswith("jira")]
