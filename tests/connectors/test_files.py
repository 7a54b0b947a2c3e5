"""Exported files are read whatever they are packed in, and whatever is wrong in them is said."""

from __future__ import annotations

import gzip
import json
import lzma
import sys
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.connector import Fatal, Malformed, ParseOptions, Payload
from connectors.files import FileConnector, parser_for, sniff
from connectors.files_read import MOST_NAMED
from connectors.jira.csv_export import JiraCsvParser
from connectors.linear.csv_export import LinearCsvParser
from connectors.ticket import Problem

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"


def issue(number: int, **fields: Any) -> dict[str, Any]:
    status = {"id": "1", "name": "Open", "statusCategory": {"key": "new"}}
    return {"id": str(number), "key": f"PAY-{number}", "fields": {"summary": "S", "status": status, **fields}}


def node(number: int, **more: Any) -> dict[str, Any]:
    when = "2026-01-05T10:00:00.000Z"
    return {"id": f"u{number}", "identifier": f"ENG-{number}", "title": "T", "createdAt": when, **more}


def lines(*values: Any) -> str:
    return "".join(json.dumps(v) + "\n" for v in values)


class Fetched:
    """What one fetch gave, sorted by what it is."""

    def __init__(self, *paths: Path, **settings: Any) -> None:
        self.connector = FileConnector("jira", paths, **settings)
        items = list(self.connector.fetch())
        self.payloads = [i for i in items if isinstance(i, Payload)]
        self.problems = [i for i in items if isinstance(i, Problem)]

    def of(self, kind: str) -> list[Payload]:
        return [p for p in self.payloads if p.kind == kind]

    @property
    def ids(self) -> list[str]:
        return [p.id for p in self.of("issue")]

    @property
    def kinds(self) -> list[str]:
        return [p.kind for p in self.problems]

    @property
    def export(self) -> dict[str, Any]:
        return self.of("export")[0].data


@pytest.fixture
def fetched(tmp_path: Path) -> Iterator[Any]:
    def write(content: str | bytes, name: str = "export.json", **settings: Any) -> Fetched:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Fetched(path, **settings)

    yield write


# Shapes


@pytest.mark.parametrize(
    "text",
    [
        lines(issue(1), issue(2)),
        json.dumps([issue(1), issue(2)]),
        json.dumps([issue(1), issue(2)], indent=2),
        json.dumps({"issues": [issue(1), issue(2)], "total": 2}),
        json.dumps({"issues": [issue(1), issue(2)]}, indent=1),
        '{"issues": [\n' + json.dumps(issue(1)) + ",\n" + json.dumps(issue(2)) + "\n]}",
        json.dumps({"a/PAY-1.json": issue(1), "a/PAY-2.json": issue(2)}),
        lines({"issues": [issue(1)]}, {"issues": [issue(2)]}),
        "\n\n" + lines(issue(1)) + "\r\n" + lines(issue(2)).strip(),
    ],
)
def test_every_shape_of_jira_json_gives_its_issues(fetched: Any, text: str) -> None:
    got = fetched(text)
    assert got.ids == ["1", "2"]
    assert got.problems == []
    assert got.export == {"format": "jira-json", "time_zone": "UTC", "fetched": None}
    assert got.connector.kind == "jira"


def test_one_issue_alone_is_an_export(fetched: Any) -> None:
    assert fetched(json.dumps(issue(7), indent=4)).ids == ["7"]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda nodes: nodes,
        lambda nodes: {"data": {"issues": {"nodes": nodes, "pageInfo": {"hasNextPage": False}}}},
        lambda nodes: {"data": {"team": {"id": "t", "issues": {"nodes": nodes}}}},
        lambda nodes: {"issues": {"edges": [{"node": n} for n in nodes]}},
    ],
)
def test_every_shape_of_linear_json_gives_its_issues(fetched: Any, wrap: Any) -> None:
    got = fetched(json.dumps(wrap([node(1), node(2)])))
    assert got.ids == ["u1", "u2"]
    assert got.problems == []
    assert got.export["format"] == "linear-json"
    assert got.connector.kind == "linear"


def test_history_inside_a_linear_issue_becomes_a_payload_of_its_own(fetched: Any) -> None:
    entry = {"id": "h1", "createdAt": "2026-01-06T00:00:00Z"}
    got = fetched(lines(node(1, history={"nodes": [entry]})))
    assert "history" not in got.of("issue")[0].data
    assert got.of("history") == [Payload("history", "u1", {"id": "u1", "history": {"nodes": [entry]}})]


def test_a_change_log_is_passed_on_as_it_came(fetched: Any) -> None:
    log = [{"id": "9", "created": "2026-01-01T00:00:00Z", "items": []}]
    got = fetched(lines({**issue(1), "changelog": log}, {**issue(2), "changelog": {"histories": log}}))
    assert [p.data["changelog"] for p in got.of("issue")] == [log, {"histories": log}]


def test_other_things_between_issues_are_counted_and_status_lists_kept(fetched: Any) -> None:
    board = {"id": 1, "name": "Board", "columnConfig": {}}
    status = {"id": "9", "name": "Parked", "statusCategory": {"key": "new"}}
    got = fetched(json.dumps({"1.json": issue(1), "board.json": board, "statuses.json": [status], "meta": {"a": "b"}}))
    assert got.ids == ["1"]
    assert [s.data["name"] for s in got.of("status")] == ["Open", "Parked"]
    assert got.kinds == ["not_a_ticket"]
    assert got.problems[0].what.startswith("2 parts")


# Reference


def test_statuses_and_projects_are_taken_from_issues_and_from_those_they_mention(fetched: Any) -> None:
    def mention(ident: str) -> dict[str, Any]:
        status = {"id": ident, "name": f"S{ident}", "statusCategory": {"key": "done"}, "iconUrl": "…"}
        return {"id": "x", "fields": {"status": status}}

    fields = {
        "parent": mention("2"),
        "subtasks": [mention("3")],
        "issuelinks": [{"inwardIssue": mention("4")}, {"outwardIssue": mention("5")}, None],
        "project": {"id": "100", "key": "PAY", "name": "Payments", "self": "…"},
    }
    got = fetched(lines(issue(1, **fields), issue(2, **fields)))
    assert [s.id for s in got.of("status")] == ["1", "2", "3", "4", "5"]
    assert got.of("status")[1].data == {"id": "2", "name": "S2", "statusCategory": {"key": "done"}}
    assert got.of("project") == [Payload("project", "100", {"id": "100", "key": "PAY", "name": "Payments"})]


def test_a_status_without_category_gives_way_to_one_with(fetched: Any) -> None:
    got = fetched(lines(issue(1, status={"id": "1", "name": "Open"}), issue(2)))
    assert got.of("status")[0].data["statusCategory"] == {"key": "new"}


def test_fields_come_from_names_and_schema_and_from_the_field_list(fetched: Any, tmp_path: Path) -> None:
    listed = [{"id": "cf_2", "name": "Team", "custom": True, "clauseNames": [], "schema": {"type": "team"}}]
    (tmp_path / "fields.json").write_text(json.dumps(listed))
    page = {"names": {"cf_1": "Sprint"}, "schema": {"cf_1": {"type": "array"}}, "issues": [issue(1)]}
    got = fetched(json.dumps(page), field_list=tmp_path / "fields.json")
    assert [f.data for f in got.of("field")] == [
        {"id": "cf_1", "name": "Sprint", "schema": {"type": "array"}},
        {"id": "cf_2", "name": "Team", "schema": {"type": "team"}},
    ]


BY_NAME = {"id": "1", "key": "PAY-1", "fields": {"Summary": "S", "Issue Type": {}, "Team": "A", "Twice": 1, "New": 2}}


def test_fields_keyed_by_name_are_mapped_back_by_the_field_list(fetched: Any, tmp_path: Path) -> None:
    def known(ident: str, name: str, custom: bool = True) -> dict[str, Any]:
        return {"id": ident, "name": name, "custom": custom, "clauseNames": []}

    custom = [known("customfield_1", "Team"), known("customfield_2", "Twice"), known("customfield_3", "Twice")]
    listed = [known("customfield_4", "Summary"), known("summary", "Summary", False), *custom]
    (tmp_path / "fields.json").write_text(json.dumps(listed))
    got = fetched(lines(BY_NAME), field_list=tmp_path / "fields.json")
    fields = got.of("issue")[0].data["fields"]
    assert fields == {"summary": "S", "issuetype": {}, "customfield_1": "A", "Twice": 1, "New": 2}
    assert got.kinds == ["ambiguous_field", "unknown_field_name"]


def test_fields_keyed_by_name_without_a_list_keep_what_jira_itself_named(fetched: Any) -> None:
    got = fetched(lines(BY_NAME))
    assert got.of("issue")[0].data["fields"] == {"summary": "S", "issuetype": {}, "Team": "A", "Twice": 1, "New": 2}
    assert got.kinds == ["unknown_field_name"]


def test_a_linear_state_without_type_has_that_of_its_default_name(fetched: Any) -> None:
    nodes = [node(1, state={"name": "In Review"}), node(2, state={"name": "Waiting"})]
    team = {"id": "t", "key": "E", "name": "Eng"}
    nodes.append(node(3, state={"id": "s3", "name": "Waiting too", "type": "unstarted"}, team=team))
    got = fetched(lines(*nodes))
    assert {p.id: p.data.get("type") for p in got.of("state")} == {
        "In Review": "started", "Waiting": None, "s3": "unstarted",
    }  # fmt: skip
    assert got.of("team") == [Payload("team", "t", {"id": "t", "key": "E", "name": "Eng"})]
    assert [(p.kind, p.where) for p in got.problems] == [("untyped_state", "Waiting")]


# Packing and encoding


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bytes])
def test_packing_is_told_by_content_not_by_name(fetched: Any, pack: Any) -> None:
    assert fetched(pack(lines(issue(1), issue(2)).encode()), "export.data").ids == ["1", "2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_by_mark_or_by_their_nul_bytes(fetched: Any, encoding: str) -> None:
    got = fetched(json.dumps(issue(1, summary="Größe ✓"), ensure_ascii=False).encode(encoding))
    assert got.of("issue")[0].data["fields"]["summary"] == "Größe ✓"
    assert got.problems == []


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_truncated_stream_keeps_the_whole_lines_before_its_end(fetched: Any, pack: Any) -> None:
    noisy = [issue(n, summary=sha256(str(n).encode()).hexdigest() * 3) for n in range(2000)]
    packed = pack(lines(*noisy).encode())
    got = fetched(packed[: len(packed) // 2], "export.jsonl.gz")
    assert 100 < len(got.ids) < 2000
    assert got.ids == [str(n) for n in range(len(got.ids))]
    assert got.kinds == ["truncated_file"]


def test_a_folder_is_read_in_order_of_names_without_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.jsonl").write_text(lines(issue(2)))
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(json.dumps([issue(1)]).encode()))
    (tmp_path / "sub" / "c.json").write_text(json.dumps(issue(3), indent=1))
    (tmp_path / ".DS_Store").write_bytes(b"\0\1")
    (tmp_path / "notes.md").write_text("# Notes")
    got = Fetched(tmp_path)
    assert got.ids == ["1", "2", "3"]
    assert [(p.kind, p.where) for p in got.problems] == [("not_an_export", "notes.md")]


def test_a_million_lines_would_be_streamed(tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text(lines(*[issue(n) for n in range(500)]) + "{torn")
    stream = FileConnector("jira", [tmp_path / "e.jsonl"]).fetch()
    first = next(stream)
    assert isinstance(first, Payload) and first.id == "0"


# What is wrong is said


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ('{"id": "2", "key"', "Expecting"),
        ("[" * 100_000, "nested too deeply"),
        ('{"id": 2, "key": "A-2", "fields": {"x": NaN}}', "NaN"),
        ('{"id": 2, "key": "A-2", "fields": {"x": 1e999}}', "too large"),
        ('{"id": 2, "key": "A-2", "fields": {"x": ' + "9" * 5000 + "}}", "too large"),
        ("log: wrote 1 issue", "Expecting"),
    ],
)
def test_a_malformed_line_is_skipped_and_named(fetched: Any, bad: str, why: str) -> None:
    got = fetched(lines(issue(1)) + bad + "\n" + lines(issue(3)), "export.jsonl")
    assert got.ids == ["1", "3"]
    assert [(p.kind, p.where) for p in got.problems] == [("malformed_line", "export.jsonl:2")]
    assert why in got.problems[0].what


def test_a_malformed_first_line_does_not_hide_the_others(fetched: Any) -> None:
    for name in ("export.jsonl", "export.txt"):
        got = fetched('{"id": "1", "ke\n' + lines(issue(2), issue(3)), name)
        assert (got.ids, got.kinds) == (["2", "3"], ["malformed_line"])


def test_many_malformed_lines_are_counted_in_the_end(fetched: Any) -> None:
    got = fetched(lines(issue(1)) + "{\n" * (MOST_NAMED + 7))
    assert len(got.problems) == MOST_NAMED + 1
    assert got.problems[-1].what == "7 more lines were skipped"


def test_duplicates_come_both_and_are_one_problem(fetched: Any) -> None:
    got = fetched(lines(issue(1), issue(2), issue(1, summary="newer"), issue(2)))
    assert got.ids == ["1", "2", "1", "2"]
    assert [(p.kind, p.what) for p in got.problems] == [
        ("duplicate_ticket", "2 tickets came again (PAY-1, PAY-2): the last one counts")
    ]


def test_nul_bytes_are_dropped_and_said(fetched: Any) -> None:
    got = fetched(lines(issue(1)).encode() + b"\0" * 64 + lines(issue(2)).encode())
    assert (got.ids, got.kinds) == (["1", "2"], ["nul_bytes"])


def test_text_that_no_database_takes_is_mended(fetched: Any) -> None:
    got = fetched('{"id": "1", "key": "A-1", "fields": {"summary": "a\\u0000b \\ud83d \\ud83d\\ude00 \\\\u0000"}}')
    assert got.of("issue")[0].data["fields"]["summary"] == "ab \ufffd 😀 \\u0000"


@pytest.mark.parametrize(
    "page",
    [
        {"issues": [issue(1)], "total": 50},
        {"issues": [issue(1)], "isLast": False, "nextPageToken": "x"},
        {"data": {"issues": {"nodes": [node(1)], "pageInfo": {"hasNextPage": True}}}},
    ],
)
def test_pages_that_were_not_saved_are_missed(fetched: Any, page: Any) -> None:
    assert fetched(json.dumps(page)).kinds == ["missing_pages"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0" + bytes(range(256)), "not text"),
        (b"<!DOCTYPE html><html><title>Log in</title></html>", "login page"),
        (b"PK\x03\x04\x14\0", "unpack it first"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"[]", "nothing that can be read"),
        (b'{"errorMessages": ["Not allowed"], "errors": {}}', "without tickets"),
        (b'{"issues": [{"id": "1", "key": "A-1", "fi', "nothing that can be read"),
        (b'{\n"issues": [\n{"id": "1", "key": "A-1", "fi', "not whole JSON"),
        (b"Title,Description,Priority\nA,B,C\n", "columns of Jira"),
        (gzip.compress(b'{"issues": []}', mtime=0)[:12], "ends early"),
    ],
)
def test_what_is_no_export_is_fatal_with_the_fix(fetched: Any, content: bytes, why: str) -> None:
    with pytest.raises(Fatal, match="Name files of issues that were exported") as caught:
        fetched(content)
    assert why in str(caught.value)


def test_missing_paths_are_fatal_alone_and_a_problem_among_others(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"gone\.json cannot be read as an export: it does not exist"):
        Fetched(tmp_path / "gone.json")
    with pytest.raises(Fatal, match="There are no files"):
        Fetched(tmp_path)
    (tmp_path / "here.json").write_text(lines(issue(1)))
    got = Fetched(tmp_path / "gone.json", tmp_path / "here.json")
    assert [(p.kind, p.where) for p in got.problems] == [("missing_file", "gone.json")]


def test_an_empty_answer_is_no_mistake(fetched: Any) -> None:
    assert fetched('{"issues": [], "total": 0}').export["format"] == "jira-json"
    assert fetched("ID,Team,Title,Status,Created\n").export["format"] == "linear-csv"


def test_two_kinds_of_export_are_two_trackers(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(lines(issue(1)))
    (tmp_path / "b.json").write_text(lines(node(1)))
    with pytest.raises(Fatal, match="two trackers"):
        Fetched(tmp_path)


def test_settings_that_cannot_work_are_fatal(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(lines(issue(1)))
    with pytest.raises(Fatal, match="no time zone"):
        Fetched(tmp_path / "a.json", time_zone="Mars/Olympus")
    for text in ("[]", "{", '["x"]'):
        (tmp_path / "fields.json").write_text(text)
        with pytest.raises(Fatal, match="GET /rest/api/2/field"):
            Fetched(tmp_path / "a.json", field_list=tmp_path / "fields.json")


def test_parser_is_chosen_by_the_export_payload() -> None:
    def parser(form: str) -> Any:
        return parser_for("t", [Payload("export", "t", {"format": form})], ParseOptions())

    assert isinstance(parser("jira-csv"), JiraCsvParser)
    assert isinstance(parser("linear-csv"), LinearCsvParser)
    with pytest.raises(Fatal, match="pull t again"):
        parser_for("t", [], ParseOptions())


def test_parser_for_json_is_the_trackers_own() -> None:
    jira = pytest.importorskip("connectors.jira.parse", reason="JiraParser is not there yet")
    linear = pytest.importorskip("connectors.linear.parse", reason="LinearParser is not there yet")
    for form, parser in (("jira-json", jira.JiraParser), ("linear-json", linear.LinearParser)):
        assert isinstance(parser_for("t", [Payload("export", "t", {"format": form})], ParseOptions()), parser)


# Whatever the bytes are, the only error is Fatal

prefixes = st.sampled_from(
    [b"", b"\x1f\x8b", b"\xfd7zXZ\x00", b"\xff\xfe", b"{", b"Issue key,Created\n", b"ID,Title,Status,Created\n"]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
words = st.sampled_from(
    [
        "id",
        "key",
        "fields",
        "names",
        "schema",
        "issues",
        "nodes",
        "data",
        "edges",
        "node",
        "identifier",
        "createdAt",
        "state",
        "name",
        "status",
        "statusCategory",
        "project",
        "parent",
        "subtasks",
        "issuelinks",
        "labels",
        "history",
        "Summary",
        "Status",
        "Labels",
        "team",
        "cycle",
        "pageInfo",
        "total",
    ]
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=5), max_leaves=25
)
quiet = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_all(path: Path) -> None:
    connector = FileConnector("t", [path])
    try:
        items = list(connector.fetch())
    except Fatal as error:
        assert str(error).endswith(".")
        return
    parser = connector.parser([p for p in items if isinstance(p, Payload) and p.kind == "export"], ParseOptions())
    if isinstance(parser, JiraCsvParser | LinearCsvParser):
        for payload in items:
            if isinstance(payload, Payload) and payload.kind == "issue":
                try:
                    parser.ticket(payload, None)
                except Malformed as error:
                    assert str(error)


@quiet
@given(prefix=prefixes, content=st.binary(max_size=400))
def test_no_bytes_raise_anything_but_fatal(tmp_path: Path, prefix: bytes, content: bytes) -> None:
    (tmp_path / "f").write_bytes(prefix + content)
    read_all(tmp_path / "f")
    sniff(tmp_path / "f")


@quiet
@given(value=values, pack=st.sampled_from([gzip.compress, lzma.compress, bytes]), cut=st.integers(0, 40))
def test_no_json_raises_anything_but_fatal(tmp_path: Path, value: Any, pack: Any, cut: int) -> None:
    packed = pack(json.dumps([value, {**issue(1), "fields": {"Summary": 1, "Status": value}}]).encode())
    (tmp_path / "f.json").write_bytes(packed[: len(packed) - cut])
    read_all(tmp_path / "f.json")


def test_deep_nesting_is_no_crash_at_any_depth(fetched: Any) -> None:
    depth = sys.getrecursionlimit() - 200
    got = fetched('{"id": 1, "key": "A-1", "fields": {"x": ' + "[" * depth + "]" * depth + "}}\n" + lines(issue(2)))
    assert "2" in got.ids


# Real archives


def archive(*names: str) -> list[Path]:
    paths = [DATA / name for name in names]
    if not all(path.exists() for path in paths):
        pytest.skip(f"the archive {names[0]} is not at {DATA.resolve()}")
    return paths


@pytest.mark.parametrize(
    ("name", "tickets", "distinct"),
    [
        ("duraspace-jira/DURACLOUD.issues.jsonl.gz", 739, 739),
        ("duraspace-jira/FCREPO.issues.jsonl.gz", 1019, 1019),
        ("duraspace-jira/OTHER.issues.jsonl.gz", 297, 297),
        ("jira-small-native/actionableagile-25-issues.json.gz", 25, 25),
        ("jira-small-native/apache-drill-3-issues.json.gz", 3, 3),
        ("jira-small-native/jirametrics-spec.json.gz", 12, 10),
        ("tidev-jira/DAEMON.issues.jsonl.xz", 317, 317),
        ("tidev-jira/MOD.issues.jsonl.xz", 367, 367),
        ("linear-issues-garraia/issues.json", 100, 100),
    ],
)
def test_archives_hold_as_many_tickets_as_their_provenance_says(name: str, tickets: int, distinct: int) -> None:
    got = Fetched(*archive(name))
    assert (len(got.ids), len(set(got.ids))) == (tickets, distinct)
    assert set(got.kinds) <= {"not_a_ticket", "duplicate_ticket"}


def test_bitovis_names_are_mapped_back_to_ids() -> None:
    (issues, fields) = archive("bitovi-jira-cloud/issues.json.gz", "bitovi-jira-cloud/fields.json")
    got = Fetched(issues, field_list=fields)
    assert (len(got.ids), len(got.of("field")), got.problems) == (53, 191, [])
    held = Counter(key for p in got.of("issue") for key, value in p.data["fields"].items() if value)
    assert (held["summary"], held["duedate"], held["customfield_10034"]) == (53, 40, 35)
    assert not [key for key in held if key[0].isupper()]


def test_jirametrics_statuses_are_taken_and_the_rest_is_counted() -> None:
    got = Fetched(*archive("jira-small-native/jirametrics-spec.json.gz"))
    assert {s.data["name"]: s.data["statusCategory"]["key"] for s in got.of("status")}["In Progress"] == "indeterminate"
    assert len(got.of("status")) == 6
    assert [p.what.split()[0] for p in got.problems] == ["5", "2"]


def test_garraias_states_have_types_by_name() -> None:
    got = Fetched(*archive("linear-issues-garraia"))
    states = Counter(p.data["state"]["name"] for p in got.of("issue"))
    assert states == {"Done": 85, "Canceled": 8, "Todo": 6, "Backlog": 1}
    assert {p.id: p.data["type"] for p in got.of("state")} == {
        "Done": "completed", "Canceled": "canceled", "Todo": "unstarted", "Backlog": "backlog",
    }  # fmt: skip
    assert [(p.kind, p.where) for p in got.problems] == [
        ("not_an_export", "PROVENANCE.md"), ("not_an_export", "linear_admin_console_roadmap.csv"),
    ]  # fmt: skip


def test_archives_are_told_apart() -> None:
    (recorded,) = archive("linear-cassettes-geropl/testdata.tar.gz")
    with pytest.raises(Fatal):
        Fetched(recorded)
    (fields,) = archive("public-jira-fieldmeta/jira_field_information.json.gz")
    with pytest.raises(Fatal, match="fields"):
        Fetched(fields)
    assert [sniff(p) for p in archive("tidev-jira", "linear-issues-garraia")] == ["jira", "linear"]
