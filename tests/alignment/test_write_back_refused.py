"""Write-back that a tracker limits or refuses: waits are honoured, what is missing is said, no more is claimed than was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from connectors.calls import Policy
from connectors.writing import Change, Writes
from tests.alignment.settled import KINDS, NOW
from tests.alignment.tagged import BUGS, GROWTH, Site, site
from tests.simulator.linear_faults import ratelimited
from tests.simulator.server import Fault, Request, too_many

Start = Callable[..., Site]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Start]:
    with ExitStack() as stack:
        yield lambda kind, **more: stack.enter_context(site(kind, tmp_path, monkeypatch, capsys, **more))


class Limit:
    """The first ``times`` requests to write are answered with 429 and a wait."""

    def __init__(self, kind: str, times: int, seconds: int) -> None:
        self.kind, self.times, self.seconds = kind, times, seconds

    def __call__(self, request: Request) -> Fault | None:
        writes = (
            request.method == "PUT" or "mutation" in str(request.body) or request.path.endswith("bulk/issues/fields")
        )
        if not writes or not self.times:
            return None
        self.times -= 1
        return ratelimited(retry_after=self.seconds) if self.kind == "linear" else too_many(str(self.seconds))


@pytest.mark.parametrize("kind", KINDS)
def test_a_wait_that_is_asked_for_is_waited(start: Start, kind: str) -> None:
    one = start(kind, schedule=Limit(kind, 2, 7))
    waits: list[float] = []
    connector: Any = one.tracker.connector(one.server.url)
    connector.site.policy = Policy(clock=lambda: NOW, sleep=waits.append, pace=connector.site.policy.pace)
    assert isinstance(connector, Writes)
    ident = one.tickets[0][2:]
    place = connector.held([ident])[ident].place
    assert connector.write([Change(ident, ("strat-growth",), (), place)]) == {}
    assert len(waits) == 2 and all(7 <= wait < 20 for wait in waits) and "strat-growth" in one.labels(one.tickets[0])


@pytest.mark.parametrize("kind", ["cloud", "linear"])
def test_a_longer_wait_ends_the_run_for_now_and_the_same_command_goes_on(start: Start, kind: str) -> None:
    one = start(kind)
    one.link("plan", "--finished")
    one.server.schedule = Limit(kind, 1, 3_600)
    told = one.link("apply", "PLAN", "--write", code=4)
    assert "the same command goes on" in told and "Come back at" in told and "fetched" not in told
    told = one.data("apply", "PLAN", "--write")
    assert len(told["done"]) + len(told["already"]) == GROWTH + BUGS and not told["left"]
    one.link("revert", "--write")
    assert not any({"strat-growth", "strat-bugs"} & one.labels(t) for t in one.tickets[: GROWTH + BUGS])


@pytest.mark.parametrize("kind", ["cloud", "data center"])
def test_a_project_that_may_not_be_edited_is_told_before_anything_is_written(start: Start, kind: str) -> None:
    one = start(kind)
    handler: Any = one.tracker.handler
    one.link("plan", "--finished")
    homes = {ticket: one.key(ticket).rpartition("-")[0] for ticket in one.tickets[: GROWTH + BUGS]}
    closed = homes[one.tickets[0]]
    handler.no_edit = frozenset({closed})
    told = one.link("apply", "PLAN", code=1)
    assert f"may not edit tickets in {closed}" in told and "EDIT_ISSUES" in told
    told = one.data("apply", "PLAN", "--write", code=1)
    assert {key for key, _ in told["refused"]} == {one.key(t) for t, home in homes.items() if home == closed}
    assert len(told["done"]) == sum(home != closed for home in homes.values()) > 0


def test_a_token_that_only_reads_is_told_which_scope_is_missing(start: Start) -> None:
    one = start("cloud")
    one.tracker.handler.write_scope = False  # type: ignore[attr-defined]
    one.link("plan", "--only", one.tickets[0])
    told = one.link("apply", "PLAN", "--write", code=1)
    assert "write:jira-work" in told and "does not accept" not in told
    one.tracker.handler.write_scope = True  # type: ignore[attr-defined]
    assert len(one.data("apply", "PLAN", "--write")["done"]) == 1


def test_a_key_of_linear_that_only_reads_is_told_which_scope_is_missing(start: Start) -> None:
    one = start("linear")
    one.tracker.handler.writes = False  # type: ignore[attr-defined]
    one.link("plan", "--only", one.tickets[0])
    assert "the scope write" in one.link("apply", "PLAN", "--write", code=1)


def test_to_write_without_notifying_takes_an_administrator(start: Start) -> None:
    one = start("data center")
    settings = one.folder / "alignment.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("name: t,", "name: t, notify: false,"), "utf-8")
    handler: Any = one.tracker.handler
    one.link("plan", "--only", one.tickets[0])
    handler.silent = "forbidden"
    assert "Delete notify" in one.link("apply", "PLAN", "--write", code=1)
    handler.silent = "ignored"
    assert "the tracker said yes and the tag did not change" in one.link("apply", "PLAN", "--write", code=1)
    assert one.labels(one.tickets[0]).isdisjoint({"strat-growth"})
    handler.silent = "allowed"
    assert "1 ticket written" in one.link("apply", "PLAN", "--write") and "strat-growth" in one.labels(one.tickets[0])
    assert all(r.query == {"notifyUsers": "false"} for r in one.writes())


def test_without_being_asked_watchers_are_notified_as_the_tracker_does(start: Start) -> None:
    one = start("data center")
    one.link("plan", "--only", one.tickets[0])
    one.link("apply", "PLAN", "--write")
    body = {"update": {"labels": [{"add": "strat-growth"}]}}
    assert [(r.query, r.body) for r in one.writes()] == [({}, body)]


@pytest.mark.parametrize("may", [True, False])
def test_many_alike_are_one_bulk_edit_where_the_account_may(start: Start, may: bool) -> None:
    """What a bulk edit cannot change is named, with the tracker's reason."""
    one = start("cloud")
    bulk: Any = one.tracker.handler.bulk  # type: ignore[attr-defined]
    bulk.permitted, bulk.failing = may, {one.tickets[0][2:]: "Field labels is not on the screen."}
    one.link("plan", "--only", "growth", "--finished")
    told = one.data("apply", "PLAN", "--write", code=1 if may else 0)
    sent = [r for r in one.writes() if r.method == "POST"]
    assert len(one.writes()) == (1 if may else GROWTH) and len(sent) == may
    assert len(told["done"]) == (GROWTH - 1 if may else GROWTH)
    assert told["refused"] == ([[one.key(one.tickets[0]), "Field labels is not on the screen."]] if may else [])
    assert all(r.body["sendBulkNotification"] is False for r in sent)


# ---------------------------------------------------------------- labels that Linear does not have yet


def _labels(one: Site) -> dict[str, Any]:
    return {n["name"]: n for n in one.tracker.world.of("label").values()}  # type: ignore[union-attr]


def _tag(one: Site, tag: str) -> None:
    path = one.folder / "strategy.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"strat-bugs"', tag), encoding="utf-8")


def test_a_label_of_a_group_is_made_with_its_group(start: Start) -> None:
    one = start("linear")
    _tag(one, "Strategy/Bugs")
    one.link("plan", "--only", "bugs", "--finished")
    assert "To be made first: Strategy/Bugs" in one.link("apply", "PLAN") and "Strategy" not in _labels(one)
    one.link("apply", "PLAN", "--write")
    made = _labels(one)
    assert made["Strategy"]["isGroup"] and made["Bugs"]["parent"] == {"id": made["Strategy"]["id"]}
    assert made["Bugs"]["team"] is None and "Bugs" in one.labels(one.tickets[GROWTH])
    assert "already so" in one.link("apply", "PLAN", "--write")
    one.pull()
    assert one.data("plan", "--only", "bugs", "--finished")["tickets"] == []


def test_a_second_label_of_one_group_is_refused_by_linear_and_named(start: Start) -> None:
    one = start("linear")
    _tag(one, "Strategy/Bugs")
    ticket, other = one.tickets[GROWTH : GROWTH + 2]
    connector: Any = one.tracker.connector(one.server.url)
    place = connector.held([ticket[2:]])[ticket[2:]].place
    assert connector.write([Change(ticket[2:], ("Strategy/Else",), (), place)]) == {}
    one.pull()
    one.link("plan", "--only", "bugs", "--finished")
    told = one.data("apply", "PLAN", "--write", code=1)
    assert [key for key, _ in told["done"]] == [one.key(other)]
    assert told["refused"] == [[one.key(ticket), "The labels 'Else' and 'Bugs' are in the same group."]]
    assert one.labels(ticket) >= {"Else"} and "Bugs" not in one.labels(ticket)


def test_a_key_that_may_not_make_labels_for_all_makes_one_for_the_team(start: Start) -> None:
    one = start("linear")
    one.tracker.world.labels_for_all = False  # type: ignore[union-attr]
    one.link("plan", "--only", one.tickets[GROWTH])
    one.link("apply", "PLAN", "--write")
    node = one.tracker.world.of("issue")[one.tickets[GROWTH][2:]]  # type: ignore[union-attr]
    assert _labels(one)["strat-bugs"]["team"] == node["team"] and "strat-bugs" in one.labels(one.tickets[GROWTH])


def test_a_label_whose_making_was_answered_by_nobody_is_found_again(start: Start) -> None:
    """The answer is lost after the label was made; the same request is then refused, for the name is taken."""
    lost: list[int] = []

    def schedule(request: Request) -> Fault | None:
        if "issueLabelCreate" in str(request.body) and not lost:
            lost.append(request.number)
            return Fault("lost")
        return None

    one = start("linear", schedule=schedule)
    one.link("plan", "--only", "bugs", "--finished")
    assert len(one.data("apply", "PLAN", "--write")["done"]) == BUGS and lost
    names = [n["name"] for n in one.tracker.world.of("label").values()]  # type: ignore[union-attr]
    assert names.count("strat-bugs") == 1


def test_a_group_cannot_be_put_on_a_ticket(start: Start) -> None:
    one = start("linear")
    connector: Any = one.tracker.connector(one.server.url)
    connector.site.ask("MakeLabel", input={"name": "strat-growth", "isGroup": True})
    one.link("plan", "--only", one.tickets[0])
    told = one.data("apply", "PLAN", "--write", code=1)
    assert told["refused"] == [[one.key(one.tickets[0]), "The label 'strat-growth' is a group and cannot be applied."]]
