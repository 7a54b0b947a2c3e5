"""Every recorded conversation, replayed with the network blocked, gives the store or the sentence that its case names."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.cassettes.case import CASSETTES, Case, pulled
from tests.cassettes.conftest import Served
from tests.cassettes.jira_cases import CASES as JIRA
from tests.cassettes.linear_cases import CASES as LINEAR

CASES = (*JIRA, *LINEAR)


@pytest.mark.vcr
@pytest.mark.block_network
@pytest.mark.parametrize("case", CASES, indirect=True, ids=lambda case: case.id)
def test_what_was_recorded_gives(case: Case, served: Served, vcr: Any, record_mode: str, tmp_path: Path) -> None:
    given = pulled(case, served.url, tmp_path / "store.duckdb", served.go_on)
    assert given == textwrap.dedent(case.gives).strip()
    if record_mode == "none":
        assert vcr.all_played, "the cassette holds more than was asked for: record again"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_cassette_shows_what_it_was_recorded_for(case: Case) -> None:
    text = case.cassette.read_text(encoding="utf-8")
    assert text.startswith("# Synthetic: made by a simulator. ")
    assert [wanted for wanted in case.shows if not re.search(wanted, text)] == []


def test_there_is_a_cassette_for_each_case_and_no_other() -> None:
    assert sorted(CASSETTES.glob("*/synthetic_*.yaml")) == sorted(case.cassette for case in CASES)


def test_cassettes_are_small() -> None:
    sizes = {path.stem: path.stat().st_size for path in CASSETTES.rglob("synthetic_*.yaml")}
    assert {name: size for name, size in sizes.items() if size > 60_000} == {} and sum(sizes.values()) < 700_000


@pytest.mark.block_network
@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://192.0.2.1", "http://localhost:9"])
def test_a_blocked_network_refuses(address: str) -> None:
    with pytest.raises(RuntimeError, match="Network is disabled"):
        requests.get(address, timeout=1)
