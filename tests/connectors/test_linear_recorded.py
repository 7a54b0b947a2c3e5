"""Every answer that was recorded from Linear parses or fails by the right error name."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from connectors.calls import Policy
from connectors.connector import Malformed, ParseOptions, Payload, Refused
from connectors.linear.parse import LinearParser
from connectors.linear.reference import CONTAINERS
from connectors.linear.site import Access, NotFound, Site
from tests.simulator.server import Answer, Server

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ALIGNMENT_SHARED") or ROOT.parent / "shared")
RECORDED = SHARED / "data" / "linear-cassettes-geropl" / "testdata.tar.gz"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KINDS = {"projects": "project", "initiatives": "initiative", "projectMilestones": "milestone"}
SINGLE = {"project": "project", "initiative": "initiative", "projectMilestone": "milestone"}


@cache
def answers() -> list[tuple[str, int, Any]]:
    """Name of the recording, status, body."""
    if not RECORDED.exists():
        return []
    found = []
    with tarfile.open(RECORDED) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            if member.name.endswith(".yaml"):
                file = archive.extractfile(member)
                assert file is not None
                for one in YAML(typ="safe", pure=False).load(file.read().decode())["interactions"]:
                    response = one["response"]
                    found.append((Path(member.name).stem, response["code"], json.loads(response["body"])))
    return found


@pytest.fixture(autouse=True)
def there() -> None:
    if not RECORDED.exists():
        pytest.skip(f"The recordings are not at {RECORDED} (set ALIGNMENT_SHARED).")


def told() -> Iterator[tuple[Any, dict[str, Any] | Exception]]:
    """What our half makes of each recorded answer, served over HTTP as it was recorded."""
    current: list[tuple[str, int, Any]] = []
    policy = Policy(lambda: NOW, attempts=1, sleep=lambda _seconds: None)
    with Server(lambda _request: Answer(current[0][1], current[0][2])) as server:
        site = Site(Access("lin_api_x", f"{server.url}/graphql"), policy)
        for one in answers():
            current[:] = [one]
            try:
                yield one[2], site.ask("Whoami")
            except Exception as error:
                yield one[2], error


def test_errors_fail_by_their_name_and_everything_else_is_given() -> None:
    seen: dict[str, int] = {}
    for body, got in told():
        if "errors" not in body:
            assert got == body["data"]
            continue
        error = body["errors"][0]
        expected = NotFound if error["message"].startswith("Entity not found") else Refused
        assert type(got) is expected and error["extensions"]["userPresentableMessage"] in str(got)
        seen[expected.__name__] = seen.get(expected.__name__, 0) + 1
    assert seen == {"NotFound": 12, "Refused": 2}


def test_recorded_issues_and_containers_parse() -> None:
    """The recordings ask for other fields than we do: an issue without its creation date is not one we could read."""
    issues = without_date = containers = 0
    for _, data in told():
        for key, value in data.items() if isinstance(data, dict) else ():
            nodes = value["nodes"] if isinstance(value, dict) and "nodes" in value else [value]
            for node in nodes:
                if key in ("issue", "issues") and node and node.get("createdAt"):
                    parsed = LinearParser("linear", [], ParseOptions()).ticket(Payload("issue", node["id"], node), None)
                    spans = {s.field: s.value for s in parsed.spans}
                    assert parsed.tickets[0].key == node["identifier"] and spans["title"] == node["title"]
                    assert ("status" in spans) == ("state" in node)
                    issues += 1
                elif key in ("issue", "issues") and node:
                    with pytest.raises(Malformed):
                        LinearParser("linear", [], ParseOptions()).ticket(
                            Payload("issue", str(node.get("id")), node), None
                        )
                    without_date += 1
                kind = {**KINDS, **SINGLE}.get(key)
                if kind and node and node.get("id"):
                    given = Payload(kind, node["id"], node)
                    (made,) = LinearParser("linear", [given], ParseOptions()).reference().containers
                    assert made.kind == CONTAINERS[kind] and made.name == node["name"]
                    assert made.text.startswith(str(node.get("description") or ""))
                    containers += 1
    assert (issues, without_date, containers) == (6, 20, 15)
