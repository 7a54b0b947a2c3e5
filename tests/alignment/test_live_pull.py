"""A pull from a live tracker leaves the store that the tracker's own payloads give, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from alignment.pulling.pull import pull
from analyzer.store import Store
from connectors.calls import Policy
from connectors.connector import ComeBack, Connector, Fatal, ParseOptions, Payload
from connectors.example import ExampleJira, ExampleLinear
from connectors.jira import cloud as jira_cloud
from connectors.jira import live as jira_live
from connectors.jira.live import LiveJira
from connectors.jira.site import Access, Site
from connectors.linear.live import LiveLinear
from connectors.linear.site import Access as LinearAccess
from connectors.linear.site import Site as LinearSite
from connectors.ticket import Problem
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.linear import LinearSimulator
from tests.simulator.linear_world import LinearWorld
from tests.simulator.server import Answer, Fault, Request, Server, failing, login_page
from tests.simulator.world import World

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENT = Policy(attempts=10, sleep=lambda _seconds: None, clock=lambda: NOW)
FEW = 120


@cache
def payloads(example: type[ExampleJira] | type[ExampleLinear], most: int) -> tuple[Payload, ...]:
    """Reference data and the first ``most`` issues with their histories."""
    given = [p for p in example().fetch() if not isinstance(p, Problem)]
    ids = {p.id for p in [p for p in given if p.kind == "issue"][:most]}
    return tuple(p for p in given if p.kind not in ("issue", "history") or p.id in ids)


@cache
def jira_world(most: int) -> World:
    return World.of_payloads(payloads(ExampleJira, most))


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What a store says of its tickets, in an order of its own."""
    with Store(path).reading() as con:
        asked = {
            "tickets": "SELECT * EXCLUDE (no, tracker) FROM tickets ORDER BY id",
            "spans": "SELECT t.id, s.* EXCLUDE (ticket) FROM spans s JOIN tickets t ON t.no = s.ticket ORDER BY ALL",
            "changes": "SELECT t.id, c.* EXCLUDE (ticket) FROM changes c JOIN tickets t ON t.no = c.ticket ORDER BY ALL",
            "relations": "SELECT * FROM relations ORDER BY ALL",
        }
        return {name: con.execute(sql).fetchall() for name, sql in asked.items()}


def scans(path: Path) -> list[tuple[str]]:
    """Cursors of scans that were cut."""
    with Store(path).reading() as con:
        return con.execute("SELECT cursor FROM scans WHERE finished IS NULL").fetchall()


def fill(path: Path, connector: Connector, now: datetime = NOW) -> dict[str, list[tuple[Any, ...]]]:
    pull(Store(path), connector, ParseOptions(), now)
    return rows(path)


def jira(server: Server, site: Any, cloud: bool, policy: Policy = PATIENT, workers: int = 4) -> LiveJira:
    account = site.account
    access = Access(server.url, account.token, account.email) if cloud else Access(server.url, account.bearer)
    return LiveJira("jira", Site(access, policy), cloud, workers=workers)


@pytest.fixture(params=[True, False], ids=["cloud", "data center"])
def cloud(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def site_of(cloud: bool, world: World) -> Any:
    return JiraCloud(world=world) if cloud else JiraDataCenter(world=world, page_cap=100)


def test_a_live_jira_cloud_gives_what_its_payloads_give(tmp_path: Path) -> None:
    site = JiraCloud(world=jira_world(1_000).copy())
    with Server(site) as server:
        live = fill(tmp_path / "live.duckdb", jira(server, site, cloud=True))
        asked = len(server.requests)

    class Wire(ExampleJira):
        def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem]:
            yield from payloads(ExampleJira, 1_000)

    told = fill(tmp_path / "told.duckdb", Wire())
    assert live["tickets"] == told["tickets"] and live["spans"] == told["spans"] and live["changes"] == told["changes"]
    assert asked <= 14, "requests for 1,000 tickets with complete history"


def test_data_center_gives_the_same_in_at_most_20_requests(tmp_path: Path) -> None:
    site = JiraDataCenter(world=jira_world(1_000).copy(), page_cap=100)
    with Server(site) as server:
        live = fill(tmp_path / "live.duckdb", jira(server, site, cloud=False))
        assert len(server.requests) <= 20
    assert len(live["tickets"]) == 1_000 and {t[-2] for t in live["tickets"]} == {"full"}


def test_what_changed_costs_what_changed(tmp_path: Path, cloud: bool) -> None:
    world = jira_world(1_000).copy()
    site = site_of(cloud, world)
    with Server(site) as server:
        fill(tmp_path / "a.duckdb", jira(server, site, cloud), NOW)
        world.now = max(world.now, NOW) + timedelta(hours=1)
        for issue in [i for i in list(world.issues.values()) if i.key][:10]:
            world.change(issue.key, labels=["moved"])
        before = len(server.requests)
        again = fill(tmp_path / "a.duckdb", jira(server, site, cloud), NOW + timedelta(hours=2))
        assert len(server.requests) - before <= 4
        fresh = fill(tmp_path / "b.duckdb", jira(server, site, cloud), NOW + timedelta(hours=2))
    assert again == fresh and sum("moved" in str(s) for s in again["spans"]) == 10


def test_a_project_named_later_is_read_from_its_beginning(tmp_path: Path, cloud: bool) -> None:
    """The trap: a watermark of other projects, behind which all its older tickets would be missing without a word."""
    site = site_of(cloud, jira_world(FEW).copy())
    first, second = sorted({i.key.split("-")[0] for i in site.world.issues.values()})[:2]
    with Server(site) as server:
        narrow = jira(server, site, cloud)
        narrow.projects = (first,)
        fill(tmp_path / "a.duckdb", narrow)
        wide = jira(server, site, cloud)
        wide.projects = (first, second)
        later = fill(tmp_path / "a.duckdb", wide, NOW + timedelta(hours=1))
        assert later == fill(tmp_path / "b.duckdb", wide, NOW + timedelta(hours=1))
    assert {t[2].split("-")[0] for t in later["tickets"]} == {first, second}


@pytest.mark.parametrize("workers", [4, 1])
@pytest.mark.parametrize("last", [1, 3, 4, 6, 8, 9, 11])
def test_a_pull_that_was_cut_goes_on(
    tmp_path: Path, cloud: bool, last: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four workers ask in any order, so only of one worker is it known what was saved before the cut."""
    monkeypatch.setattr(jira_live, "PAGE", 20)
    monkeypatch.setattr(jira_cloud, "PAGE", 20)
    monkeypatch.setattr(jira_cloud, "LOG_IDS", 40)
    site = site_of(cloud, jira_world(FEW).copy())
    hasty = Policy(attempts=2, sleep=lambda _s: None, clock=lambda: NOW)
    with Server(site) as server:
        whole = fill(tmp_path / "whole.duckdb", jira(server, site, cloud))
        needed = len(server.requests)
    with Server(site, lambda r: failing(500) if r.number > last else None) as server:
        if last < needed:
            with pytest.raises(ComeBack, match="What was fetched is kept"):
                fill(tmp_path / "cut.duckdb", jira(server, site, cloud, hasty, workers))
    saved = any(cursor for (cursor,) in scans(tmp_path / "cut.duckdb"))
    with Server(site) as server:
        assert fill(tmp_path / "cut.duckdb", jira(server, site, cloud)) == whole
        assert len(server.requests) < needed if saved else len(server.requests) <= needed
    assert saved or last < 8 or last >= needed or workers > 1 or not cloud  # Data Center saves window by window


def test_a_wait_beyond_patience_names_the_time(tmp_path: Path, cloud: bool) -> None:
    site = site_of(cloud, jira_world(FEW).copy())
    quota = Fault("answer", failing(429, "1800").answer)
    with Server(site, lambda _request: quota) as server, pytest.raises(ComeBack) as stopped:
        fill(tmp_path / "a.duckdb", jira(server, site, cloud))
    assert stopped.value.at == NOW + timedelta(seconds=1800) and "1800 s" in str(stopped.value)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (lambda site: None, "does not accept the token"),
        (lambda site: login_page(), "log-in page"),
    ],
)
def test_what_a_user_can_mend_is_one_sentence_and_the_fix(
    tmp_path: Path, cloud: bool, trouble: Callable[[Any], Fault | None], said: str
) -> None:
    site = site_of(cloud, jira_world(FEW).copy())

    def schedule(_request: Request) -> Fault | None:
        return trouble(site)

    with Server(site, schedule) as server:
        live = LiveJira("jira", Site(Access(server.url, "wrong-secret-token", "a@b.example"), PATIENT), cloud)
        with pytest.raises(Fatal, match=said) as error:
            fill(tmp_path / "a.duckdb", live)
    assert "wrong-secret-token" not in str(error.value) + repr(live.site.access)


def linear(server: Server, key: str, policy: Policy = PATIENT) -> LiveLinear:
    return LiveLinear("linear", LinearSite(LinearAccess(key, f"{server.url}/graphql"), policy))


@cache
def linear_world(most: int) -> LinearWorld:
    return LinearWorld.of_payloads(payloads(ExampleLinear, most))


@pytest.mark.parametrize(("multiplied", "most"), [(True, 60), (False, 12)])
def test_a_live_linear_gives_what_its_payloads_give(tmp_path: Path, multiplied: bool, most: int) -> None:
    simulator = LinearSimulator(linear_world(1_000), multiplied=multiplied)
    with simulator.serve() as server:
        live = fill(tmp_path / "live.duckdb", linear(server, simulator.key))
        assert len(server.requests) <= most

    class Wire(ExampleLinear):
        def fetch(self, since: datetime | None = None, cursor: str = "") -> Iterator[Payload | Problem]:
            yield from payloads(ExampleLinear, 1_000)

    assert live == fill(tmp_path / "told.duckdb", Wire())
    ties = sum(p.kind == "relation" for p in payloads(ExampleLinear, 1_000))
    assert sum(kind != "part_of" for _, _, kind, *_ in live["relations"]) == ties > 0


def test_what_changed_in_linear_costs_what_changed(tmp_path: Path) -> None:
    """Ten issues, a project's date, and a list behind the first page that did not change and is not read again."""
    world = LinearWorld.of_payloads(payloads(ExampleLinear, 1_000))
    simulator = LinearSimulator(world)
    for number in range(400):
        world.put("label", {**next(iter(world.of("label").values())), "id": world.uuid("label", number)})
    with simulator.serve() as server:
        fill(tmp_path / "a.duckdb", linear(server, simulator.key), NOW)
        world.now = max(world.now, NOW) + timedelta(hours=1)
        for ident in list(world.of("issue"))[:10]:
            world.change(ident, title="moved")
        project = next(iter(world.of("project")))
        world.update("project", project, targetDate="2027-03-31")
        before = len(server.requests)
        again = fill(tmp_path / "a.duckdb", linear(server, simulator.key), NOW + timedelta(hours=2))
        assert len(server.requests) - before <= 4
        assert again == fill(tmp_path / "b.duckdb", linear(server, simulator.key), NOW + timedelta(hours=2))
    with Store(tmp_path / "a.duckdb").reading() as con:
        moved = con.execute(
            "SELECT field, value, since FROM container_seen WHERE container = ? AND since = ?",
            [f"linear:project:{project}", (NOW + timedelta(hours=2)).replace(tzinfo=None)],
        ).fetchall()
        reports = con.execute(
            "SELECT DISTINCT split_part(container, ':', 2), health FROM updates ORDER BY ALL"
        ).fetchall()
    assert [(field, value[:10]) for field, value, _ in moved] == [("end", "2027-03-31")]
    assert reports == [("initiative", "at_risk"), ("initiative", "on_track"), *(
        ("project", health) for health in ("at_risk", "off_track", "on_track")
    )]  # fmt: skip


def test_states_alone_tell_the_same_phases_for_a_fifth_of_the_points(tmp_path: Path) -> None:
    """What else a ticket held is known only since its last update, and the ticket says that its log is partial."""
    simulator = LinearSimulator(linear_world(FEW))
    found, points = [], []
    for history in ("full", "states"):
        simulator.asked.clear()
        with simulator.serve() as server:
            site = LinearSite(LinearAccess(simulator.key, f"{server.url}/graphql"), PATIENT)
            found.append(fill(tmp_path / f"{history}.duckdb", LiveLinear("linear", site, history=history)))
        points.append(sum(a.points for a in simulator.asked if a.operation.startswith(("IssueHist", "IssueState"))))
    full, states = ([s for s in one["spans"] if s[1] == "phase"] for one in found)
    assert full == states and points[1] * 4 < points[0]
    assert {t[-2] for t in found[1]["tickets"]} == {"partial"}
    assert all(s[-1] is None for s in found[1]["spans"] if s[1] in ("assignee", "label", "title"))


def test_long_histories_are_asked_for_again_together_and_come_whole(tmp_path: Path) -> None:
    world = LinearWorld.of_payloads(payloads(ExampleLinear, FEW))
    for ident in list(world.of("issue"))[:9]:
        for number in range(280 if ident == next(iter(world.of("issue"))) else 40):
            world.later(timedelta(minutes=1))
            world.change(ident, title=f"Title {number}")
    for multiplied in (True, False):
        simulator = LinearSimulator(world, multiplied=multiplied)
        with simulator.serve() as server:
            got = fill(tmp_path / f"{multiplied}.duckdb", linear(server, simulator.key))
            assert len(server.requests) <= 15
        assert sum(s[1] == "title" and str(s[2]).startswith("Title ") for s in got["spans"]) == 8 * 40 + 280
        assert {t[-2] for t in got["tickets"]} == {"full"}


def test_a_plan_without_initiatives_still_gives_its_tickets(tmp_path: Path) -> None:
    """Linear refuses the whole of a request for one list of it that the plan does not have."""
    closed = {"errors": [{"message": "Not available", "extensions": {"type": "feature not accessible"}}], "data": None}

    def schedule(request: Request) -> Fault | None:
        name = request.body["operationName"] if isinstance(request.body, dict) else ""
        return Fault("answer", Answer(200, closed)) if name in ("Reference", "Initiatives") else None

    simulator = LinearSimulator(linear_world(FEW))
    with simulator.serve(schedule) as server:
        assert len(fill(tmp_path / "a.duckdb", linear(server, simulator.key))["tickets"]) == FEW
    with Store(tmp_path / "a.duckdb").reading() as con:
        assert con.execute("SELECT place FROM problems WHERE kind = 'list_refused'").fetchall() == [("Initiatives",)]


def test_linear_does_not_take_a_wrong_key(tmp_path: Path) -> None:
    simulator = LinearSimulator(linear_world(FEW))
    with simulator.serve() as server, pytest.raises(Fatal, match="does not accept the token"):
        fill(tmp_path / "a.duckdb", linear(server, "lin_api_wrong"))


def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    hasty = Policy(attempts=2, sleep=lambda _s: None, clock=lambda: NOW)
    live = LiveJira("jira", Site(Access("http://127.0.0.1:9", "abc", "a@b.example"), hasty), cloud=True)
    with pytest.raises(Fatal, match="Nothing answers at port 9"):
        fill(tmp_path / "a.duckdb", live)
