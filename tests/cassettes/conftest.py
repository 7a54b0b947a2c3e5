"""A cassette for each case: recorded from the simulator on loopback, replayed as if from the tracker's own address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.cassettes.case import NOW, PUBLIC, Case
from tests.cassettes.scrub import Scrubber
from tests.cassettes.written import Commented
from tests.simulator.server import Answer, Request, Server

WRITER = pytest.StashKey[Commented]()


@dataclass(frozen=True, slots=True)
class Served:
    """Where a tracker is reached, and how its world goes on between two pulls."""

    url: str
    go_on: Callable[[], object]


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    given: Case = request.param
    return given


@pytest.fixture
def served(case: Case, record_mode: str) -> Iterator[Served]:
    """A simulator while recording. For a replay nothing runs, and the world has gone on already."""
    if record_mode == "none":
        yield Served(PUBLIC[case.folder], lambda: None)
        return
    site = case.site()

    def handle(request: Request) -> Answer:
        return site(case.smaller(request))

    def go_on() -> None:
        site.world.now = NOW + timedelta(hours=1)
        assert case.later is not None
        case.later(site.world)

    with Server(handle, case.schedule()) as server:
        yield Served(server.url, go_on)


@pytest.fixture
def vcr_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    """For tests that replay nothing there is nothing to say."""
    if "case" not in request.fixturenames:
        return {}
    case: Case = request.getfixturevalue("case")
    served: Served = request.getfixturevalue("served")
    scrubber = Scrubber(b"synthetic", {served.url: PUBLIC[case.folder]}, texts=False)
    request.config.stash[WRITER] = Commented(f"Synthetic: made by a simulator. {case.peculiar}", scrubber)
    return settings(scrubber)


def settings(scrubber: Scrubber) -> dict[str, Any]:
    """Every question counts with its body: all of Linear's have one address."""
    return {
        "match_on": ["method", "scheme", "host", "port", "path", "query", "body"],
        "decode_compressed_response": True,
        "before_record_request": scrubber.request,
        "before_record_response": scrubber.response,
    }


@pytest.fixture
def vcr_cassette_dir(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("case").cassette.parent) if "case" in request.fixturenames else ""


@pytest.fixture
def default_cassette_name(case: Case) -> str:
    return case.cassette.stem


def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    """pytest-recording's own hook: how cassettes are written."""
    vcr.register_serializer("yaml", config.stash[WRITER])
