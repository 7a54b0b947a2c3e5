"""Texts, parents, sprints and statuses of Jira tickets as they stood, drawn; and payloads mangled in any way."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.connector import Malformed, ParseOptions, Payload
from connectors.example import ExampleJira
from connectors.jira.parse import JiraParser
from connectors.ticket import Parsed, Problem

GREENHOPPER = "com.pyxis.greenhopper.jira:"
FIELDS = [
    ("customfield_1", "Epic Link", f"{GREENHOPPER}gh-epic-link"),
    ("customfield_2", "Parent Link", "com.atlassian.jpo:jpo-custom-field-parent"),
    ("customfield_3", "Acceptance Criteria", "com.atlassian.jira.plugin.system.customfieldtypes:textarea"),
    ("customfield_4", "Sprint", f"{GREENHOPPER}gh-sprint"),
]
REFERENCE = [Payload("field", i, {"id": i, "name": n, "schema": {"custom": c}}) for i, n, c in FIELDS]
STATUSES = [
    Payload("status", i, {"id": i, "name": "Review", "statusCategory": {"key": key}, "scope": {"project": {"id": p}}})
    for i, key, p in (("21", "new", "1"), ("22", "done", "2"))
]


def read(log: str = "", *more: Payload, **fields: Any) -> Parsed:
    """``log`` is drawn: day, field, from → to; ids stand before a colon."""
    histories = []
    for number, row in enumerate(filter(None, map(str.strip, log.splitlines()))):
        day, name, old, new = (part.strip() for part in row.split("|"))
        sides: dict[str, str | None] = {}
        for side, text in (("from", old), ("to", new)):
            ident, _, words = text.partition(":")
            sides |= {side: ident or None, f"{side}String": words.replace("\\n", "\n") or None}
        histories.append(
            {
                "id": str(number),
                "created": f"2026-01-{day}T00:00:00.000+0000",
                "author": None,
                "items": [{"field": name, **sides}],
            }
        )
    raw = {
        "created": "2026-01-01T00:00:00.000+0000",
        "updated": "2026-01-31T00:00:00.000+0000",
        "issuetype": {"name": "Story"},
        **fields,
    }
    issue = Payload("issue", "9", {"id": "9", "key": "A-9", "fields": raw, "changelog": {"histories": histories}})
    return JiraParser("jira", [*REFERENCE, *more], ParseOptions()).ticket(issue, None)


def held(parsed: Parsed, field: str) -> list[tuple[int, str | None]]:
    return [(s.since.day, s.value) for s in parsed.spans if s.field == field]


def test_every_body_is_kept_as_it_stood() -> None:
    document = {"type": "doc", "content": [{"type": "bulletList", "content": [
        {"type": "listItem", "content": [{"type": "text", "text": "pay faster"}]}]}]}  # fmt: skip
    parsed = read("05 | description | : | :h2. Goal\n", description="h2. Goal")
    assert held(parsed, "body") == [(1, None), (5, "4:" + held(parsed, "body")[1][1].partition(":")[2])]  # type: ignore[union-attr]
    parsed = read("05 | description | :old *text* | :* pay faster", description=document)
    texts = {t.fingerprint: t.body for t in parsed.texts}
    assert [(day, texts[str(value)]) for day, value in held(parsed, "body")] == [(1, "old text"), (5, "- pay faster")]
    assert not parsed.problems, "the document says what the log's markup says"


def test_criteria_in_a_field_of_their_own_are_part_of_the_body() -> None:
    parsed = read("08 | Acceptance Criteria | : | :* p95 < 1 s", description="Goal", customfield_3="* p95 < 1 s")
    texts = {t.fingerprint: t.body for t in parsed.texts}
    assert [(day, texts[str(v)]) for day, v in held(parsed, "body")] == [
        (1, "Goal"),
        (8, "Goal\nAcceptance criteria:\n- p95 < 1 s"),
    ]
    assert parsed.tickets[0].body.endswith("- p95 < 1 s") and [c.field for c in parsed.changes] == ["body"]


PARENT = {"id": "7", "key": "A-7"}


@pytest.mark.parametrize(
    ("log", "fields", "parents"),
    [
        ("05 | IssueParentAssociation | : | 7:A-7", {"parent": PARENT}, [(1, None), (5, "jira:7")]),
        ("05 | Epic Link | : | 7:A-7", {"parent": PARENT}, [(1, None), (5, "jira:7")]),
        ("05 | Epic Link | : | 6:A-6\n06 | IssueParentAssociation | 6:A-6 | 7:A-7\n06 | Epic Link | 6:A-6 | 7:A-7",
         {"parent": PARENT}, [(1, None), (5, "jira:6"), (6, "jira:7")]),
        ("05 | Epic Link | : | 7:A-7", {"customfield_1": "A-7"}, [(1, None), (5, "jira:7")]),
        ("", {"customfield_1": "OLD-1"}, [(1, "@OLD-1")]),
        ("", {"parent": {"key": "A-7"}}, [(1, "@A-7")]),
        ("03 | Parent Link | : | 4:A-4\n09 | issuetype | 1:Epic | 2:Story", {"customfield_2": "A-4"},
         [(1, None), (3, "jira:4"), (9, None)]),
        ("03 | Parent Link | : | 4:A-4", {"customfield_2": {"data": {"key": "A-4"}}, "issuetype": {"name": "Epic"}},
         [(1, None), (3, "jira:4")]),
        ("05 | Epic Link | : | 7:A-7", {}, [(1, None), (5, "jira:7"), (31, None)]),
    ],
    ids=["by id", "link from before", "both logs", "server", "moved epic", "hidden", "stale", "roadmaps", "epic deleted"],
)  # fmt: skip
def test_parents(log: str, fields: dict[str, Any], parents: list[tuple[int, str | None]]) -> None:
    assert held(read(log, **fields), "parent") == parents


def test_sprints_of_the_log_are_whole_sets_with_names() -> None:
    parsed = read("04 | Sprint | : | 5:One, the first\n06 | Sprint | 5:One, the first | 5, 6:Two", customfield_4=None)
    assert ("jira:sprint:5", "One, the first") in {(c.id, c.name) for c in parsed.containers}
    assert held(parsed, "sprint") == [(4, "jira:sprint:5"), (6, "jira:sprint:6")]


@pytest.mark.parametrize(("project", "phase"), [("1", "todo"), ("2", "done"), ("3", "doing")])
def test_a_deleted_status_is_read_by_its_name_in_the_project(project: str, phase: str) -> None:
    status = {"id": "3", "name": "In Progress", "statusCategory": {"key": "indeterminate"}}
    parsed = read("04 | status | 99:Review | 3:In Progress", *STATUSES, status=status, project={"id": project})
    assert held(parsed, "phase")[0] == (1, phase)
    assert [p.kind for p in parsed.problems] == ([] if project != "3" else ["unknown_status"])


def test_a_category_that_jira_does_not_have_today_is_in_progress_and_told_of() -> None:
    parsed = read(status={"id": "5", "name": "Odd", "statusCategory": {"key": "limbo"}})
    assert held(parsed, "phase") == [(1, "doing")] and "limbo" in parsed.problems[0].what


def test_a_moved_ticket_keeps_its_id_and_its_old_key() -> None:
    parsed = read(
        "04 | project | 1:Old place | 2:New\n04 | Key | :OLD-3 | :A-9", project={"id": "2", "key": "A", "name": "New"}
    )
    assert (parsed.tickets[0].id, parsed.tickets[0].aliases) == ("jira:9", ("OLD-3",))
    assert held(parsed, "project") == [(1, "jira:space:1"), (4, "jira:space:2")]
    assert {c.name for c in parsed.containers} == {"Old place", "New"}


def samples() -> list[tuple[Payload, Payload]]:
    given_ = [p for p in ExampleJira().fetch() if not isinstance(p, Problem)]
    logs = {p.id: p for p in given_ if p.kind == "history"}
    return [(p, logs[p.id]) for p in given_ if p.kind == "issue" and p.id in logs][:300:30]


SAMPLES = samples()
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1e308,
        10**20,
        "",
        "x",
        "9999-12-31T23:59:59.999-1200",
        [],
        [None],
        [[]],
        {},
        {"id": None},
        {"id": {}},
        ["x"],
    ]
)


def mangle(value: Any, data: st.DataObject) -> Any:
    """One to four places, at any depth, replaced by something else or left out."""
    value = copy.deepcopy(value)
    for _ in range(data.draw(st.integers(1, 4))):
        here = value
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(here[key], dict | list) and here[key] and data.draw(st.integers(0, 3)):
                here = here[key]
            elif isinstance(here, dict) and data.draw(st.booleans()):
                del here[key]
                break
            else:
                here[key] = copy.deepcopy(data.draw(ODD))  # or later edits would change the sample
                break
    return value


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SAMPLES), st.data())
def test_a_mangled_payload_is_read_or_refused(sample: tuple[Payload, Payload], data: st.DataObject) -> None:
    issue, history = sample
    parser = JiraParser("jira", REFERENCE, ParseOptions())
    changed = mangle({"fields": issue.data["fields"], "log": history.data}, data)
    body = {**issue.data, "fields": changed.get("fields")}
    log = Payload("history", issue.id, changed["log"]) if isinstance(changed.get("log"), dict) else None
    try:
        parsed = parser.ticket(Payload("issue", issue.id, json.loads(json.dumps(body))), log)
    except Malformed:
        return
    assert len(parsed.tickets) == 1 and -1 <= parsed.tickets[0].level <= 9
