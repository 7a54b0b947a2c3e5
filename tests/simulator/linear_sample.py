"""A workspace small enough to read: two teams, four states each, three labels, two people, a few issues."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from connectors.connector import Payload
from tests.simulator.linear_errors import Json
from tests.simulator.linear_world import LinearWorld

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
STATES = (("Todo", "unstarted"), ("Doing", "started"), ("Done", "completed"), ("Dropped", "canceled"))
LABELS = ("growth", "upkeep", "area")


def ident(*what: object) -> str:
    """The id of a thing: ``ident("team", "ENG")``, ``ident("state", "ENG", "Done")``, ``ident("label", "growth")``."""
    return str(uuid5(NAMESPACE_URL, "/".join(map(str, ("sample", *what)))))


def sample(issues: int = 3) -> LinearWorld:
    """Issues ENG-1, ENG-2 … in state Todo, a minute apart, by Ann. The label ``area`` is a group."""
    world = LinearWorld.of_payloads(_reference(), START)
    for number in range(1, issues + 1):
        world.add("ENG", f"Task {number}", by=ident("user", "Ann"))
        world.later(timedelta(minutes=1))
    return world


def _reference() -> list[Payload]:
    stamps: Json = {
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
        "archivedAt": None,
    }
    found = [Payload("team", ident("team", key), {**_team(key), **stamps}) for key in ("ENG", "OPS")]
    for key in ("ENG", "OPS"):
        for position, (name, kind) in enumerate(STATES):
            state: Json = {
                "id": ident("state", key, name),
                "name": name,
                "type": kind,
                "position": position,
                "inheritedFrom": None,
            }
            found.append(Payload("state", state["id"], {**state, "team": {"id": ident("team", key)}, **stamps}))
    for name in LABELS:
        label = {
            "id": ident("label", name),
            "name": name,
            "description": None,
            "isGroup": name == "area",
            "parent": None,
        }
        found.append(Payload("label", ident("label", name), {**label, "team": None, "inheritedFrom": None, **stamps}))
    for name in ("Ann", "Bob"):
        person = {
            "id": ident("user", name),
            "name": name,
            "displayName": name.lower(),
            "email": f"{name.lower()}@acme.example",
        }
        flags = {"active": True, "app": False, "guest": False, "timezone": "Europe/Berlin"}
        found.append(Payload("user", ident("user", name), {**person, **flags, **stamps}))
    return found


def _team(key: str) -> Json:
    return {
        "id": ident("team", key), "key": key, "name": f"Team {key}", "visibility": "public",
        "timezone": "Europe/Berlin", "parent": None, "cyclesEnabled": False, "cycleDuration": 2,
        "cycleStartDay": 1, "cycleCooldownTime": 0,
        "triageEnabled": False, "issueEstimationType": "fibonacci", "issueEstimationAllowZero": False,
        "issueEstimationExtended": False, "defaultIssueEstimate": 1, "groupIssueHistory": True, "autoArchivePeriod": 3,
        "autoClosePeriod": None,
    }  # fmt: skip
