"""The made-up company behind a Jira Cloud and a Jira Data Center, every answer held to the official documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from connectors.example import ExampleJira
from tests.simulator import schema
from tests.simulator.asking import Asking
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.jira_dc import JiraDataCenter
from tests.simulator.jira_site import JiraSite
from tests.simulator.server import Server
from tests.simulator.world import World

Start = Callable[..., Asking]


@cache
def _made_up() -> World:
    return World.of_payloads(ExampleJira().fetch())


@pytest.fixture
def world() -> World:
    return _made_up().copy()


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[tuple[Server, schema.Checked | None]] = []

    def begin(site: JiraSite, *, checked: bool = True, **settings: Any) -> Asking:
        check = None
        if checked and schema.folder() is not None:
            check = schema.Checked(site, "cloud" if isinstance(site, JiraCloud) else "dc")
        server = Server(check or site, **settings)
        running.append((server.__enter__(), check))
        asking = Asking(site, server)
        asking.session.headers["Authorization"] = site.account.basic
        return asking

    yield begin
    for server, check in running:
        server.__exit__(None, None, None)
        assert check is None or not check.problems


@pytest.fixture
def cloud(world: World, start: Start) -> Asking:
    return start(JiraCloud(world=world))


@pytest.fixture
def dc(world: World, start: Start) -> Asking:
    return start(JiraDataCenter(world=world))
