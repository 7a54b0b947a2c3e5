"""The made-up company keeps its promises: the same every time, true to the wire and to its logs, the truth planted."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from connectors.connector import TICKET_KINDS, ParseOptions, Payload
from connectors.example import ExampleJira, ExampleLinear
from connectors.example.company import PLANTED, Company, Realised, company, planted
from connectors.example.days import week_of
from connectors.example.jira_items import texts
from connectors.example.portfolio import LABELS
from connectors.example.words import PARKED, UNLINKED
from connectors.ticket import Problem

ROOT = Path(__file__).resolve().parents[2]
STRATEGY = ROOT / "alignment" / "demo_files" / "strategy"
QUERIES = ROOT / "connectors" / "linear" / "queries.graphql"

Json = dict[str, Any]
Connector = ExampleJira | ExampleLinear


@pytest.fixture(scope="module")
def made() -> Company:
    return company()


@pytest.fixture(scope="module")
def truth(made: Company) -> Realised:
    return planted(made)


@pytest.fixture(scope="module")
def jira(made: Company) -> list[Payload]:
    return _payloads(ExampleJira(made))


@pytest.fixture(scope="module")
def linear(made: Company) -> list[Payload]:
    return _payloads(ExampleLinear(made))


def _payloads(connector: Connector, since: datetime | None = None) -> list[Payload]:
    return [one for one in connector.fetch(since) if not isinstance(one, Problem)]


def _of(payloads: list[Payload], kind: str) -> dict[str, Json]:
    return {payload.id: payload.data for payload in payloads if payload.kind == kind}


def _hash(payloads: list[Payload]) -> str:
    return hashlib.sha256(json.dumps([(p.kind, p.id, p.data) for p in payloads]).encode()).hexdigest()


# ---------------------------------------------------------------- the company


def test_two_plays_are_the_same_and_another_seed_is_another_company(jira: list[Payload], linear: list[Payload]) -> None:
    again = company()
    assert _hash(_payloads(ExampleJira(again))) == _hash(jira)
    assert _hash(_payloads(ExampleLinear(again))) == _hash(linear)
    assert company(seed=8, weeks=4).tickets != company(seed=7, weeks=4).tickets


def test_size(made: Company, jira: list[Payload], linear: list[Payload]) -> None:
    assert 3_500 <= len(made.tickets) <= 4_500
    assert len(made.teams) == 8
    assert 55 <= len(made.people) <= 65
    assert Counter(team.tracker for team in made.teams) == {"jira": 4, "linear": 4}
    assert [team.size for team in made.teams if team.key == PLANTED.small_team] == [4]
    assert len(_of(jira, "issue")) + len(_of(linear, "issue")) == len(made.tickets)


def test_nothing_happens_after_the_end(made: Company) -> None:
    assert made.end < datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert max(ticket.updated for ticket in made.tickets) <= made.end
    assert all(ticket.created <= ticket.updated for ticket in made.tickets)


def test_fewer_weeks_and_people_make_a_smaller_company() -> None:
    small = company(weeks=6, people=20)
    assert 0 < len(small.tickets) < 600
    assert _payloads(ExampleJira(small)) and _payloads(ExampleLinear(small))


# ---------------------------------------------------------------- the planted truth


def test_checkout_drifts_out_of_its_range_and_upkeep_above_its_own(made: Company, truth: Realised) -> None:
    recent = (made.weeks - PLANTED.recent_weeks + 1, made.weeks)
    assert truth.share((PLANTED.falling,), *recent) == pytest.approx(PLANTED.falling_share, abs=0.03)
    assert truth.share((PLANTED.rising,), *recent) == pytest.approx(PLANTED.rising_share, abs=0.03)
    assert truth.share((UNLINKED, PARKED), *recent) == pytest.approx(PLANTED.unlinked_share, abs=0.03)


@pytest.mark.parametrize(
    ("first", "last", "ranges"),
    [
        (1, 20, {"fast-checkout": (20, 35), "loyalty-points": (8, 24), "trusted-data": (6, 22)}),
        (1, 20, {"easy-returns": (6, 22), "keep-the-lights-on": (15, 25)}),
        (21, 30, {"fast-checkout": (30, 40), "trusted-data": (6, 22), "easy-returns": (6, 24)}),
        (21, 30, {"keep-the-lights-on": (15, 25), "self-serve-onboarding": (0, 12)}),
        (33, 40, {"trusted-data": (6, 22), "easy-returns": (6, 24), "self-serve-onboarding": (0, 12)}),
    ],
)  # fmt: skip
def test_everything_else_stays_inside(
    truth: Realised, first: int, last: int, ranges: dict[str, tuple[int, int]]
) -> None:
    for intent, (low, high) in ranges.items():
        assert low <= 100 * truth.share((intent,), first, last) <= high, intent


def test_one_sprint_swells_and_the_others_hardly(made: Company, truth: Realised) -> None:
    assert len(truth.sprint_planned) == pytest.approx(PLANTED.sprint_planned, abs=2)
    assert len(truth.sprint_added) == PLANTED.sprint_added
    others = [sprint for sprint in made.sprints if sprint.name != PLANTED.sprint and sprint.planned]
    assert len(others) > 60
    assert all(len(sprint.added) <= 0.1 * len(sprint.planned) for sprint in others)


def test_what_swells_the_sprint_came_two_days_after_its_start(jira: list[Payload], truth: Realised) -> None:
    sprint = next(data for data in _of(jira, "sprint").values() if data["name"] == PLANTED.sprint)
    issues, histories = _of(jira, "issue"), _of(jira, "history")
    start = datetime.fromisoformat(sprint["startDate"]).timestamp()
    for ids, after in ((truth.sprint_planned, False), (truth.sprint_added, True)):
        for native in (one.removeprefix("jira:") for one in ids):
            joined = datetime.fromisoformat(issues[native]["fields"]["created"]).timestamp()
            for entry, item in _items(histories[native]):
                if item["field"] == "Sprint" and str(sprint["id"]) in item["to"].split(", "):
                    joined = entry["created"] / 1000
                    break
            assert (joined > start + 2 * 86_400) if after else (joined <= start)


def test_the_onboarding_project_outgrows_what_was_agreed(linear: list[Payload], truth: Realised) -> None:
    (project,) = [data for data in _of(linear, "project").values() if data["name"] == PLANTED.project]
    members = {key for key, data in _of(linear, "issue").items() if (data["project"] or {}).get("id") == project["id"]}
    assert {f"linear:{key}" for key in members} == set(truth.project_items)
    assert (len(truth.project_planned), len(truth.project_items)) == (PLANTED.project_planned, PLANTED.project_items)
    assert project["issueCountHistory"][-1] == PLANTED.project_items


def test_parked_work_is_started_in_the_last_weeks(jira: list[Payload], linear: list[Payload], truth: Realised) -> None:
    assert len(truth.parked) == PLANTED.parked_started
    label = next(key for key, data in _of(linear, "label").items() if data["name"] == PLANTED.parked)
    shown = {f"jira:{k}" for k, data in _of(jira, "issue").items() if PLANTED.parked in data["fields"]["labels"]}
    shown |= {f"linear:{k}" for k, data in _of(linear, "issue").items() if label in data["labelIds"]}
    assert set(truth.parked) < shown


def test_the_import_is_one_hour_of_one_account(jira: list[Payload], truth: Realised) -> None:
    issues, histories = _of(jira, "issue"), _of(jira, "history")
    imported = [one.removeprefix("jira:") for one in truth.imported]
    assert len(imported) == PLANTED.imported
    moments = [datetime.fromisoformat(issues[i]["fields"][k]) for i in imported for k in ("created", "resolutiondate")]
    assert (max(moments) - min(moments)).total_seconds() < 3_600
    assert min(moments).isocalendar().week == datetime(2026, 8, 31).isocalendar().week
    authors = {entry["author"]["accountId"] for i in imported for entry in histories[i]["changeHistories"]}
    assert authors == {issues[i]["fields"]["creator"]["accountId"] for i in imported} and len(authors) == 1


def test_the_mess_is_there(made: Company, jira: list[Payload], linear: list[Payload]) -> None:
    logged = Counter(item["field"] for history in _of(jira, "history").values() for _, item in _items(history))
    wanted = {
        "Key",
        "project",
        "IssueParentAssociation",
        "Sprint",
        "labels",
        "Flagged",
        "duedate",
        "issuetype",
        "description",
    }
    assert wanted < set(logged)
    issues = _of(jira, "issue")
    parents = {data["fields"]["parent"]["id"] for data in issues.values() if "parent" in data["fields"]}
    assert parents - set(issues), "some parents are not visible"
    assert Counter(data["fields"]["issuetype"]["hierarchyLevel"] for data in issues.values()).keys() == {-1, 0, 1, 2}
    assert any(not entry["author"] for history in _of(jira, "history").values() for entry in history["changeHistories"])
    nodes = _of(linear, "issue").values()
    assert any(node["trashed"] for node in nodes) and any(node["autoArchivedAt"] for node in nodes)
    assert any(node["previousIdentifiers"] for node in nodes) and any(not node["creator"] for node in nodes)
    titles = {str(ticket.now["title"]) for ticket in made.tickets}
    assert {"<script>alert(1)</script>", '=HYPERLINK("http://evil","x")'} < titles


def test_two_priorities_claim_a_third_of_the_last_weeks_and_little_before_and_where_it_is_calm(made: Company) -> None:
    calm = company(calm=True)
    assert not calm.reshaped and set(made.reshaped) == {"swapped", "split", "pulled_in", "rewritten", "date_moved"}
    for one, last in ((made, 0.25), (calm, 0.0)):
        before, after = claimed_twice(one, 1, 32), claimed_twice(one, 34, 40)
        assert 0.015 <= before <= 0.045
        assert after > last if last else 0.015 <= after <= 0.045


def claimed_twice(made: Company, first: int, last: int) -> float:
    """The share of the tickets begun in these weeks that carry labels of two priorities."""
    begun = [t for t in made.tickets if t.held and first <= week_of(t.held[0][1]) <= last]
    labels = [[name for name in texts(t.now.get("labels")) if name in LABELS.values()] for t in begun]
    return sum(len(held) > 1 for held in labels) / len(begun)


# ---------------------------------------------------------------- the strategy finds it


@pytest.mark.parametrize(("file", "first", "last"), [("2026-h1.yaml", 1, 20), ("2026-h2.yaml", 21, 40)])
def test_the_rules_find_what_was_meant(
    made: Company, jira: list[Payload], linear: list[Payload], file: str, first: int, last: int
) -> None:
    """Present values, rules in file order, then the nearest ancestor; late and mistaken ties are few."""
    strategy = YAML(typ="safe").load(STRATEGY / file)
    rules = [(one["id"], rule) for one in strategy["priorities"] + strategy.get("not_now", []) for rule in one["match"]]
    facts = _jira_facts(jira) | _linear_facts(linear)
    outcomes: Counter[bool] = Counter()
    for ticket in made.tickets:
        if ticket.held and first <= week_of(ticket.held[0][1]) <= last and (ticket.intent != PARKED or last == 40):
            meant = None if ticket.intent in (UNLINKED, "loyalty-points" if last == 40 else "") else ticket.intent
            outcomes[_serves(ticket.id, facts, rules) == meant] += 1
    assert outcomes[True] > 1_500
    assert outcomes[False] < 0.01 * outcomes[True]


def _serves(ident: str | None, facts: dict[str, Json], rules: list[tuple[str, Json]]) -> str | None:
    while ident in facts:
        for serves, rule in rules:
            if all(_list(wanted) & facts[ident][name] for name, wanted in rule.items()):
                return serves
        ident = facts[ident]["parent"]
    return None


def _list(value: Any) -> set[str]:
    return set(value) if isinstance(value, list) else {value}


def _jira_facts(payloads: list[Payload]) -> dict[str, Json]:
    return {
        f"jira:{ident}": {
            "tracker": {"jira"}, "label": set(data["fields"]["labels"]), "type": {data["fields"]["issuetype"]["name"]},
            "component": {one["name"] for one in data["fields"]["components"]}, "epic": {data["key"]},
            "initiative": set(), "version": {one["name"] for one in data["fields"]["fixVersions"]},
            "parent": f"jira:{data['fields'].get('parent', {}).get('id')}",
        }
        for ident, data in _of(payloads, "issue").items()
    }  # fmt: skip


def _linear_facts(payloads: list[Payload]) -> dict[str, Json]:
    labels, initiatives = _of(payloads, "label"), _of(payloads, "initiative")
    ties = _of(payloads, "initiative_to_project").values()
    above = {tie["project"]["id"]: initiatives[tie["initiative"]["id"]]["name"] for tie in ties}
    empty: dict[str, set[str]] = {"type": set(), "component": set(), "epic": set(), "version": set()}
    return {
        f"linear:{ident}": {
            **empty, "tracker": {"linear"}, "label": {labels[one]["name"] for one in node["labelIds"]},
            "initiative": {above.get((node["project"] or {}).get("id"))} - {None},
            "parent": f"linear:{(node['parent'] or {}).get('id')}",
        }
        for ident, node in _of(payloads, "issue").items()
    }  # fmt: skip


# ---------------------------------------------------------------- wire shapes


def test_jira_issues_look_like_search_results(jira: list[Payload]) -> None:
    fields, statuses = _of(jira, "field"), _of(jira, "status")
    for ident, data in _of(jira, "issue").items():
        assert data["id"] == ident and ident.isdigit()
        assert set(data) == {"id", "key", "fields"}
        assert set(data["fields"]) - {"security"} <= set(fields)
        assert data["fields"]["status"] == statuses[data["fields"]["status"]["id"]]
        assert data["fields"]["created"].endswith("+0000")
    customs = {data["schema"]["custom"] for data in fields.values() if "custom" in data.get("schema", {})}
    assert {"com.pyxis.greenhopper.jira:gh-sprint", "com.pyxis.greenhopper.jira:jsw-story-points"} < customs


def test_jira_keys_are_unique_and_moves_keep_the_id(jira: list[Payload]) -> None:
    issues, histories = _of(jira, "issue"), _of(jira, "history")
    assert len({data["key"] for data in issues.values()}) == len(issues)
    moves = [
        (ident, item) for ident, history in histories.items() for _, item in _items(history) if item["field"] == "Key"
    ]
    assert moves
    for ident, item in moves:
        assert "fieldId" not in item
        assert item["toString"] == issues[ident]["key"] != item["fromString"]


def _items(history: Json) -> Iterator[tuple[Json, Json]]:
    for entry in history["changeHistories"]:
        for item in entry["items"]:
            yield entry, item


JIRA_NOW: dict[str, Callable[[Json], Any]] = {
    "status": lambda f: f["status"]["id"],
    "resolution": lambda f: (f["resolution"] or {}).get("id"),
    "assignee": lambda f: (f["assignee"] or {}).get("accountId"),
    "priority": lambda f: f["priority"]["id"],
    "issuetype": lambda f: f["issuetype"]["id"],
    "project": lambda f: f["project"]["id"],
    "duedate": lambda f: f["duedate"],
    "IssueParentAssociation": lambda f: f.get("parent", {}).get("id"),
    "Sprint": lambda f: ", ".join(str(sprint["id"]) for sprint in f["customfield_10020"] or []),
}
JIRA_TEXT_NOW: dict[str, Callable[[Json], Any]] = {
    "labels": lambda f: " ".join(f["labels"]),
    "summary": lambda f: f["summary"],
    "description": lambda f: f["description"],
    "Story point estimate": lambda f: f"{f['customfield_10016']:g}" if f["customfield_10016"] else None,
}


def test_jira_logs_replay_backwards_without_contradiction(jira: list[Payload]) -> None:
    histories = _of(jira, "history")
    for ident, data in _of(jira, "issue").items():
        entries = histories[ident]["changeHistories"]
        assert [entry["created"] for entry in entries] == sorted(entry["created"] for entry in entries)
        now = {name: read(data["fields"]) for name, read in (JIRA_NOW | JIRA_TEXT_NOW).items()}
        for _, item in reversed(list(_items(histories[ident]))):
            side = "String" if item["field"] in JIRA_TEXT_NOW else ""
            if item["field"] in now:
                assert (item["to" + side] or None) == (now[item["field"]] or None), (data["key"], item)
                now[item["field"]] = item["from" + side]


LINEAR_SIDES = {
    "state": "StateId", "assignee": "AssigneeId", "project": "ProjectId", "cycle": "CycleId", "parent": "ParentId",
    "team": "TeamId", "priority": "Priority", "estimate": "Estimate", "dueDate": "DueDate", "title": "Title",
}  # fmt: skip


def test_linear_histories_replay_backwards_without_contradiction(linear: list[Payload]) -> None:
    histories = _of(linear, "history")
    for ident, node in _of(linear, "issue").items():
        entries = histories[ident]["history"]["nodes"]
        moments = [entry["createdAt"] for entry in entries]
        assert moments == sorted(moments, reverse=True), "newest first"
        now = {name: value["id"] if isinstance(value := node[name], dict) else value for name in LINEAR_SIDES}
        labels = set(node["labelIds"])
        for entry in entries:
            assert (entry["actorId"] is None) == (entry["botActor"] is not None)
            for name, side in LINEAR_SIDES.items():
                if entry[f"from{side}"] != entry[f"to{side}"]:
                    assert entry[f"to{side}"] == now[name], (node["identifier"], name)
                    now[name] = entry[f"from{side}"]
            assert set(entry["addedLabelIds"] or []) <= labels
            labels = labels - set(entry["addedLabelIds"] or []) | set(entry["removedLabelIds"] or [])


def test_linear_nodes_have_exactly_the_fields_that_the_queries_select(linear: list[Payload]) -> None:
    selected = _selected_fields()
    operations = {
        "team": "Teams", "state": "WorkflowStates", "user": "Users", "label": "IssueLabels",
        "initiative": "Initiatives", "initiative_to_project": "InitiativeToProjects",
        "project": "Projects", "milestone": "ProjectMilestones",
        "cycle": "Cycles", "project_update": "ProjectUpdates",
        "initiative_update": "InitiativeUpdates", "relation": "IssueRelations", "issue": "Issues",
    }  # fmt: skip
    assert set(operations) | {"history"} == {payload.kind for payload in linear}
    for payload in linear:
        if payload.kind != "history":
            assert set(payload.data) == selected[operations[payload.kind]], payload.kind
        for entry in payload.data["history"]["nodes"] if payload.kind == "history" else ():
            assert set(entry) == selected["HistoryEntry"]


def _selected_fields() -> dict[str, set[str]]:
    """Field names of ``nodes`` by operation, and of the fragments."""
    graphql: Any = pytest.importorskip("graphql")
    document: Any = graphql.parse(QUERIES.read_text())
    fragments = {
        d.name.value: {field.name.value for field in d.selection_set.selections}
        for d in document.definitions
        if d.kind == "fragment_definition"
    }
    found = dict(fragments)
    for definition in document.definitions:
        connection = definition.selection_set.selections[0].selection_set
        nodes = [f for f in (connection.selections if connection else ()) if f.name.value == "nodes"]
        if definition.kind == "operation_definition" and nodes:
            names = {field.name.value for field in nodes[0].selection_set.selections}
            found[definition.name.value] = {f for n in names for f in fragments.get(n, {n})}
    return found


@pytest.mark.parametrize("connector", [ExampleJira, ExampleLinear])
def test_only_what_changed_since(
    made: Company, connector: type[Connector], jira: list[Payload], linear: list[Payload]
) -> None:
    recent = _payloads(connector(made), datetime(2026, 11, 1, tzinfo=UTC))
    everything = jira if connector.kind == "jira" else linear
    assert 0 < len(_of(recent, "issue")) < len(_of(everything, "issue")) / 4
    assert {p.kind for p in recent} == {p.kind for p in everything}
    known = {(p.kind, p.id): p.data for p in everything}
    assert all(known[p.kind, p.id] == p.data for p in recent)


@pytest.mark.parametrize("connector", [ExampleJira, ExampleLinear])
def test_the_parsers_of_the_live_connectors_find_no_fault(
    connector: type[Connector], jira: list[Payload], linear: list[Payload]
) -> None:
    one = connector()
    payloads = jira if one.kind == "jira" else linear
    parser = one.parser([p for p in payloads if p.kind not in TICKET_KINDS], ParseOptions(base_url=one.base_url))
    histories = {p.id: p for p in payloads if p.kind == "history"}
    problems = [
        problem for p in payloads if p.kind == "issue" for problem in parser.ticket(p, histories[p.id]).problems
    ]  # fmt: skip
    assert problems == []
