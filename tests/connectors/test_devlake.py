"""DevLake's raw Jira answers, served over HTTP and pulled into a store, give what DevLake's own tests expect."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alignment.pulling.pull import pull
from analyzer.store import Store
from connectors.calls import Policy
from connectors.connector import ParseOptions
from connectors.jira.live import LiveJira
from connectors.jira.site import Access, Site
from connectors.text import moment
from tests.simulator.jira_cloud import JiraCloud
from tests.simulator.server import Server
from tests.simulator.world import World

DEVLAKE = Path(__file__).parents[2].parent / "shared/data/devlake-jira-e2e"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PHASES = {"TODO": "todo", "IN_PROGRESS": "doing", "DONE": "done"}
CATEGORIES = {"new": "todo", "indeterminate": "doing", "done": "done"}

NOT_MET = "15 18 19 20 21 25 26 27 28 30 31 32 33 34 35 36 37 38 40 41 42 43 46 47 50 57 60"
OTHER_BOARD = "DevLake expects this board's answer in another test, without its sprint"

KNOWN_DIFFERENCES: dict[tuple[str, str], str] = {
    **{
        ("sprints", i): "DevLake lists a board's sprints; here a sprint is known if a ticket is or was in it"
        for i in NOT_MET.split()
    },
    ("sprints", "175"): OTHER_BOARD,
    ("membership", "K5-2 175"): OTHER_BOARD,
    ("membership", "K5-3 175"): OTHER_BOARD,
}
"""(table, key) where this program says something else than DevLake, and why."""

Rows = list[tuple[Any, ...]]


def expected(name: str) -> list[dict[str, str]]:
    with (DEVLAKE / "snapshot_tables" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    if not DEVLAKE.is_dir():
        pytest.skip("DevLake's answers are not here")
    native = json.loads(gzip.decompress((DEVLAKE / "native_responses.json.gz").read_bytes()))
    issues = [i for b in (8, 93) for i in native[f"GET /rest/agile/1.0/board/{b}/issue?expand=changelog"]]
    reference = {kind: native[f"GET /rest/api/2/{kind}"] for kind in ("status", "field", "project")}
    reference["sprint"] = native["GET /rest/agile/1.0/board/8/sprint"]
    site = JiraCloud(world=World.of_issues(issues, reference))
    filled = Store(tmp_path_factory.mktemp("devlake") / "a.duckdb")
    options = ParseOptions(fields={"estimate": ("customfield_10024",)})
    with Server(site) as server:
        access = Access(server.url, site.account.token, site.account.email)
        policy = Policy(attempts=3, sleep=lambda _s: None, clock=lambda: NOW)
        pull(filled, LiveJira("jira", Site(access, policy), cloud=True), options, NOW)
    return filled


def asked(store: Store, sql: str) -> Rows:
    with store.reading() as con:
        return con.execute(sql).fetchall()


def now(store: Store, field: str) -> dict[str, set[str]]:
    """Values of a field today, by key."""
    sql = f"SELECT t.key, s.value FROM tickets t JOIN spans s ON s.ticket = t.no WHERE s.field = '{field}' AND s.until IS NULL"
    held: dict[str, set[str]] = {}
    for key, value in asked(store, sql):
        if value is not None:
            held.setdefault(key, set()).add(value)
    return held


def compare(table: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Every difference must be listed, and every listed difference must be there."""
    different = {key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)}
    listed = {key for name, key in KNOWN_DIFFERENCES if name == table}
    assert different == listed, {key: (ours.get(key), theirs.get(key)) for key in different ^ listed}


def tool_issues() -> list[dict[str, str]]:
    return expected("_tool_jira_issues.csv") + expected("_tool_jira_issues_for_external_epics.csv")


def test_keys_and_types(store: Store) -> None:
    ours = {f"jira:{row['issue_id']}": (row["issue_key"], row["type"]) for row in tool_issues()}
    compare("keys", {i: (k, t) for i, k, t in asked(store, "SELECT id, key, type FROM tickets")}, ours)


def test_parents_and_epics(store: Store) -> None:
    ours = {key: next(iter(values)) for key, values in now(store, "parent").items()}
    parents = {r["issue_key"]: r["parent_id"] for r in tool_issues() if r["parent_id"] not in ("", "0")}
    compare("parents", ours, {key: f"jira:{ident}" for key, ident in parents.items()})
    keys: dict[str, str] = dict(asked(store, "SELECT id, key FROM tickets"))
    epics = {r["issue_key"]: r["epic_key"] for r in tool_issues() if r["epic_key"]}
    shown = {key: keys.get(ours.get(key, ""), epic) for key, epic in epics.items() if key in ours}
    compare("epics", shown, epics)


def test_status_categories(store: Store) -> None:
    ours = {key: next(iter(values)) for key, values in now(store, "phase").items()}
    compare("phases", ours, {r["issue_key"]: CATEGORIES[r["status_key"]] for r in tool_issues()})


def test_points(store: Store) -> None:
    ours = {key: float(next(iter(values))) for key, values in now(store, "estimate").items()}
    theirs = {r["issue_key"]: float(r["story_point"]) for r in tool_issues() if float(r["story_point"] or 0)}
    compare("points", ours, theirs)


def test_labels(store: Store) -> None:
    ours = {f"{key} {label}" for key, labels in now(store, "label").items() for label in labels}
    keys = {r["issue_id"]: r["issue_key"] for r in tool_issues()}
    theirs = {f"{keys[r['issue_id']]} {r['label_name']}" for r in expected("_tool_jira_issue_labels.csv")}
    compare("labels", dict.fromkeys(ours, True), dict.fromkeys(theirs, True))


def test_sprint_membership(store: Store) -> None:
    ours = {f"{key} {s.rpartition(':')[2]}" for key, held in now(store, "sprint").items() for s in held}
    keys = {r["issue_id"]: r["issue_key"] for r in tool_issues()}
    theirs = {f"{keys[r['issue_id']]} {r['sprint_id']}" for r in expected("_tool_jira_sprint_issues.csv")}
    compare("membership", dict.fromkeys(ours, True), dict.fromkeys(theirs, True))


def test_sprints(store: Store) -> None:
    sql = "SELECT id, name, state, start, \"end\", completed FROM containers WHERE kind = 'sprint'"
    ours = {row[0].rpartition(":")[2]: row[1:] for row in asked(store, sql)}

    def at(text: str) -> datetime | None:
        found = moment(text)
        return found.replace(tzinfo=None) if found else None

    theirs = {
        r["sprint_id"]: (r["name"], r["state"], at(r["start_date"]), at(r["end_date"]), at(r["complete_date"]))
        for r in expected("_tool_jira_sprints.csv")
    }
    compare("sprints", ours, theirs)


def test_lead_times(store: Store) -> None:
    """DevLake: whole minutes from creation to resolution. Here: to the resolution in the change log."""
    sql = """
        SELECT t.key, date_diff('millisecond', t.created, max(s.since)) // 60000 FROM tickets t JOIN spans s ON s.ticket = t.no
        WHERE s.field = 'resolution' AND s.value IS NOT NULL AND s.until IS NULL GROUP BY t.key, t.created
        """
    theirs = {r["issue_key"]: int(r["lead_time_minutes"]) for r in tool_issues() if r["lead_time_minutes"]}
    compare("lead times", dict(asked(store, sql)), theirs)
