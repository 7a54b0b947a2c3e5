"""One's own trackers can be recorded with one command; what is written down is cleaned and can be replayed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from alignment.settings import Tracker
from tests.cassettes.case import Simulated
from tests.cassettes.own import OWN, record, replay, trackers
from tests.cassettes.worlds import jira, linear
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.linear import LinearSimulator
from tests.simulator.server import Server

OURS = trackers(os.environ.get("ALIGNMENT_SETTINGS"))
MOST = int(os.environ.get("ALIGNMENT_RECORD_TICKETS", "20"))


@pytest.mark.skipif(
    not OURS, reason="ALIGNMENT_SETTINGS names no settings file with a live tracker, see docs/recording.md"
)
@pytest.mark.parametrize("tracker", OURS, ids=lambda tracker: str(tracker.name))
def test_ones_own_site(tracker: Tracker, record_mode: str) -> None:
    path = OWN / f"{tracker.name}.yaml"
    if record_mode != "none":
        record(tracker, path, MOST)
    elif not path.exists():
        pytest.skip(f"cassettes/own/{path.name} is not there: add --record-mode=rewrite")
    assert replay(tracker, path, MOST), "no ticket came back: does the account see the projects of the settings?"


SITES: dict[str, Callable[[], Simulated]] = {
    "jira-cloud": lambda: JiraCloud(world=jira()), "jira-data-center": lambda: JiraDataCenter(world=jira(), page_cap=100),
    "linear": lambda: LinearSimulator(linear()),
}  # fmt: skip


@pytest.mark.parametrize("kind", SITES)
def test_recording_gives_a_clean_cassette_that_can_be_replayed(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = SITES[kind]()
    secret = (
        site.key
        if isinstance(site, LinearSimulator)
        else site.account.token
        if kind == "jira-cloud"
        else site.account.bearer
    )
    monkeypatch.setenv("ALIGNMENT_TOKEN_OURS", secret)
    path = tmp_path / "own.yaml"
    with Server(site) as server:
        address = server.url + ("/graphql" if kind == "linear" else "")
        email = "email: robot@acme.example, " if kind == "jira-cloud" else ""
        file = tmp_path / "alignment.yaml"
        file.write_text(
            f"trackers:\n  - {{name: ours, kind: {kind}, {email}base_url: '{address}'}}\n", encoding="utf-8"
        )
        (tracker,) = trackers(str(file))
        live = record(tracker, path, most=3)
    monkeypatch.delenv("ALIGNMENT_TOKEN_OURS")
    again = replay(tracker, path, most=3)
    assert [ticket.key for ticket in again] == [ticket.key for ticket in live] and len(again) == 3
    assert {ticket.title for ticket in again}.isdisjoint(ticket.title for ticket in live)
    text = path.read_text(encoding="utf-8")
    words = (secret, "robot", "127.0.0.1", "Ann", "Bob", "Retry failed", "Task 1", "one step")
    assert [word for word in words if word in text] == []
