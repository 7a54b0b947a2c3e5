"""Rows of Jira's and Linear's CSV exports become tickets that claim no history."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.connector import Malformed, ParseOptions, Payload, pseudonym
from connectors.csv_row import Dates, Unread, decide, order_shown
from connectors.files import FileConnector
from connectors.text import fingerprint
from connectors.ticket import SET_VALUED, SINGLE_VALUED, Parsed, Problem, Relation

SECRET = b"s"
ZONES = ["UTC", "Asia/Tokyo", "America/New_York"]
JIRA_HEADER = [
    "Issue id", "Issue key", "Created", "Updated", "Resolved", "Due date", "Status", "Status Category Changed",
    "Labels", "Labels", "Parent", "Custom field (Story Points)",
]  # fmt: skip
LINEAR_HEADER = [
    "ID", "Title", "Status", "Created", "Updated", "Started", "Completed", "Canceled", "Due Date", "Estimate",
    "Cycle Number", "Cycle Start",
]  # fmt: skip


class Export:
    """A CSV file, fetched and parsed as ``t``."""

    def __init__(self, path: Path, options: ParseOptions, **settings: Any) -> None:
        connector = FileConnector("t", [path], **settings)
        items = list(connector.fetch())
        self.kind = connector.kind
        self.payloads = [i for i in items if isinstance(i, Payload)]
        self.problems = [i for i in items if isinstance(i, Problem)]
        self.rows = [p.data["csv"] for p in self.payloads if p.kind == "issue"]
        self.export = next(p.data for p in self.payloads if p.kind == "export")
        parser = connector.parser([p for p in self.payloads if p.kind != "issue"], options)
        assert parser.reference() == Parsed()
        self.parsed: list[Parsed] = []
        self.malformed: list[str] = []
        for payload in self.payloads:
            if payload.kind == "issue":
                try:
                    self.parsed.append(parser.ticket(payload, None))
                except Malformed as error:
                    self.malformed.append(str(error))

    def spans(self, field: str, row: int = 0) -> list[tuple[str | None, str, str | None]]:
        """Value, since, until of one field, moments to the minute."""
        held = [s for s in self.parsed[row].spans if s.field == field]
        assert all(s.ticket == self.parsed[row].tickets[0].id for s in held)
        return [(s.value, _minute(s.since), _minute(s.until) if s.until else None) for s in held]

    def values(self, field: str, row: int = 0) -> list[str | None]:
        return [value for value, _, _ in self.spans(field, row)]

    def kinds(self, row: int = 0) -> list[str]:
        return [p.kind for p in self.parsed[row].problems]


def _minute(at: datetime) -> str:
    assert at.tzinfo is UTC
    return at.strftime("%Y-%m-%d %H:%M")


@pytest.fixture
def export(tmp_path: Path) -> Iterator[Any]:
    def read(content: str | bytes, options: ParseOptions | None = None, **settings: Any) -> Export:
        path = tmp_path / "export.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Export(path, options or ParseOptions(secret=SECRET), **settings)

    yield read


def table(*rows: list[str], separator: str = ",", end: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue()


def jira(*rows: dict[str, str], **every: str) -> str:
    """A Jira export of rows that have a key and a date unless they say otherwise."""
    plain = {"Issue key": "PAY-1", "Issue id": "10001", "Created": "2026-01-05 09:00", "Updated": "2026-02-05 15:04"}
    full = [{**plain, **every, **row} for row in rows or ({},)]
    names = list(dict.fromkeys(name for row in full for name in row))
    return table(names, *[[row.get(name, "") for name in names] for row in full])


def linear(*rows: dict[str, str]) -> str:
    plain = {"ID": "ENG-1", "Team": "Engineering", "Title": "T", "Status": "Todo", "Created": "2026-01-05T09:00:00Z"}
    full = [{**plain, "Updated": "2026-02-05T15:04:00Z", **row} for row in rows]
    names = list(dict.fromkeys(name for row in full for name in row))
    return table(names, *[[row.get(name, "") for name in names] for row in full])


# Rows


def test_repeated_columns_become_lists_in_order_and_empty_cells_are_dropped(export: Any) -> None:
    got = export(
        "Issue key,Created,Labels,Labels,Labels,Sprint,Comment,Comment\n"
        "PAY-1,2026-01-05,b,,a,S 1,first,\n"
        "PAY-2,2026-01-05,,,,,,\n"
    )
    assert got.rows == [
        {"Issue key": "PAY-1", "Created": "2026-01-05", "Labels": ["b", "a"], "Sprint": "S 1", "Comment": ["first"]},
        {"Issue key": "PAY-2", "Created": "2026-01-05"},
    ]
    assert (got.kind, got.problems) == ("jira", [])
    assert got.export == {"format": "jira-csv", "time_zone": "UTC", "fetched": None, "date_orders": {}}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_excel_may_have_written_it(export: Any, encoding: str, separator: str, end: str) -> None:
    text = table(
        ["Issue key", "Summary", "Created"],
        ["A-1", 'Größe, "x";\ttwo\nlines', "2026-01-05"],
        ["A-2", "", "2026-01-06"],
        separator=separator, end=end,
    )  # fmt: skip
    got = export(text.encode(encoding))
    assert [r.get("Summary") for r in got.rows] == ['Größe, "x";\ttwo\nlines', None]
    assert got.problems == []


def test_a_hint_for_excel_and_old_code_pages_are_read(export: Any) -> None:
    got = export("sep=;\nIssue key;Summary;Created\nA-1;Größe;2026-01-05\n".encode("cp1252"))
    assert got.rows[0]["Summary"] == "Größe"
    assert [p.kind for p in got.problems] == ["not_utf8"]


def test_packed_csv_is_read_and_a_truncated_one_keeps_whole_rows(export: Any) -> None:
    text = "Issue key,Created\n" + "".join(f"A-{n},2026-01-05 {n:09}\n" for n in range(5000))
    packed = gzip.compress(text.encode())
    assert len(export(packed).rows) == 5000
    cut = export(packed[: len(packed) // 2])
    assert 0 < len(cut.rows) < 5000
    assert all(len(row["Created"]) == 20 for row in cut.rows)
    assert [p.kind for p in cut.problems] == ["truncated_file"]


def test_malformed_rows_are_skipped_and_named(export: Any) -> None:
    got = export(
        'Issue key,Summary,Created\nA-1,"two\nlines",2026-01-05\n'
        'A-2,"quote" in the middle,2026-01-05\n\n'
        "A-3,an, unquoted comma,2026-01-05\n"
        ",no key,2026-01-05\n"
        "A-4,short\n"
        "A-5,fine,2026-01-05\n"
        'A-6,"never ends,2026-01-05\nA-7,lost,2026-01-05\n'
    )
    assert [r["Issue key"] for r in got.rows] == ["A-1", "A-4", "A-5"]
    assert [(p.kind, p.where) for p in got.problems] == [
        ("malformed_line", f"export.csv:{line}") for line in (4, 6, 7, 10)
    ]  # fmt: skip
    assert got.malformed == ["A-4 has no date that can be read: export with ISO dates or in English."]


def test_a_row_torn_at_the_end_is_malformed_but_short_rows_elsewhere_are_not(export: Any) -> None:
    head = "Issue key,Created,Summary,Labels\n"
    got = export(head + "A-1,2026-01-05,One\nA-2,2026-01-0")
    assert [r["Issue key"] for r in got.rows] == ["A-1"]
    assert "after 2 of 4 cells" in got.problems[0].what
    assert len(export(head + "A-1,2026-01-05,One\nA-2,2026-01-05,Two").rows) == 2


def test_a_row_after_another_of_the_same_ticket_is_a_duplicate(export: Any) -> None:
    got = export(jira({}, {"Summary": "newer"}))
    assert len(got.rows) == 2
    assert [p.kind for p in got.problems] == ["duplicate_ticket"]


# Dates


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-02-05 15:04", "2026-02-05 14:04"),
        ("2026-02-05 15:04:59", "2026-02-05 14:04"),
        ("2026-02-05T15:04:59.123+0000", "2026-02-05 15:04"),
        ("2026-02-05", "2026-02-04 23:00"),
        ("2026/02/05 15:04", "2026-02-05 14:04"),
        ("05/Feb/26 3:04 PM", "2026-02-05 14:04"),
        ("05/Feb/26 3:04\u202fpm", "2026-02-05 14:04"),
        ("05/Feb/26 12:04 AM", "2026-02-04 23:04"),
        ("5/February/2026 15:04", "2026-02-05 14:04"),
        ("05.Jul.2026 15:04:05", "2026-07-05 13:04"),
        ("Thu Feb 05 2026 15:04:05 GMT+0000 (GMT+00:00)", "2026-02-05 15:04"),
    ],
)
def test_dates_without_an_offset_are_in_the_time_zone_of_the_connector(written: str, read: str) -> None:
    dates = Dates([Payload("export", "t", {"time_zone": "Europe/Berlin"})])
    assert _minute(dates.moment("Created", written)) == read


@pytest.mark.parametrize(
    "written", ["05/Fév/26 3:04 PM", "05/Dez/26", "soon", "31/Feb/26", "05/Feb/26 13:04 PM", "2026-13-40", "0001-01-01"]
)
def test_other_dates_are_unread(written: str) -> None:
    with pytest.raises(Unread) as caught:
        Dates([Payload("export", "t", {"time_zone": "Asia/Tokyo"})]).moment("Created", written)
    assert caught.value.kind == "unreadable_date"


@pytest.mark.parametrize(
    ("shown", "order"),
    [
        (["03/04/2026", "13/04/2026"], "dmy"),
        (["3/4/2026 1:00", "6/21/2026 16:14"], "mdy"),
        (["03.04.2026"], "unclear"),
        (["13/04/2026", "04/13/2026"], "unclear"),
        (["26-02-05"], "unclear"),
    ],
)
def test_one_value_above_twelve_proves_the_order_of_a_column(shown: list[str], order: str) -> None:
    assert decide(o for s in shown if (o := order_shown(s))) == order


def test_the_order_is_decided_over_the_whole_file(export: Any) -> None:
    got = export(jira({"Created": "03/04/2026 10:00"}, {"Created": "21/04/2026 10:00", "Issue id": "2"}))
    assert got.export["date_orders"] == {"created": "dmy"}
    assert [_minute(p.tickets[0].created) for p in got.parsed] == ["2026-04-03 10:00", "2026-04-21 10:00"]


def test_a_date_that_proves_nothing_is_not_used(export: Any) -> None:
    got = export(jira({"Due date": "03/04/2026", "Resolved": "01/02/2026"}))
    assert got.kinds() == ["ambiguous_date", "ambiguous_date"]
    assert got.values("due") == []
    both = export(jira({"Created": "03/04/2026", "Updated": "03/05/2026"}))
    assert len(both.malformed) == 1


# Jira


def test_a_jira_row_in_full(export: Any) -> None:
    text = table(
        ["Summary", "Issue key", "Issue id", "Issue Type", "Status", "Status Category", "Project key", "Project name",
         "Priority", "Resolution", "Assignee", "Assignee Id", "Created", "Updated", "Resolved", "Due date", "Labels",
         "Labels", "Sprint", "Sprint", "Fix versions", "Components", "Description", "Parent", "Parent key",
         "Custom field (Story Points)", "Custom field (Theme)", "Custom field (Theme)", "Custom field (Flagged)",
         "Outward issue link (Blocks)", "Inward issue link (Blocks)", "Outward issue link (Relates)", "Comment"],
        ["Pay faster", "PAY-12", "10012", "Story", "Released", "Done", "PAY", "Payments",
         "High", "Done", "Ann Smith", "5b10", "05/Jan/26 9:00 AM", "10/Feb/26 3:04 PM", "09/Feb/26 1:00 PM",
         "01/Mar/26 12:00 AM", "b", "a", "Sprint 1", "Sprint 2", "1.0", "Checkout", "Because.", "10000", "PAY-100",
         "5.0", "Growth", "Speed", "Impediment", "PAY-13", "OPS-1", "PAY-14", "05/Jan/26;5b10;Ann Smith says hi"],
    )  # fmt: skip
    fields = {"estimate": (), "Theme": ("customfield_1",)}
    options = ParseOptions(secret=SECRET, base_url="https://x.net/", fields=fields)
    got = export(text, options)
    parsed = got.parsed[0]
    ticket = parsed.tickets[0]
    assert (ticket.id, ticket.key, ticket.kind, ticket.type, ticket.level) == ("t:10012", "PAY-12", "jira", "Story", 0)
    assert (ticket.url, ticket.title, ticket.body) == ("https://x.net/browse/PAY-12", "Pay faster", "Because.")
    assert (ticket.history, _minute(ticket.created), _minute(ticket.updated)) == (
        "none", "2026-01-05 09:00", "2026-02-10 15:04",
    )  # fmt: skip
    ann = pseudonym(SECRET, "t", "5b10")
    expected = {
        "phase": ["done"], "status": ["Released"], "resolution": ["Done"], "type": ["Story"], "assignee": [ann],
        "parent": ["t:10000"], "project": ["t:space:PAY"], "estimate": ["5"], "urgency": ["High"],
        "due": ["2026-03-01"], "flagged": ["yes"], "title": ["Pay faster"], "body": [fingerprint("Because.")],
        "label": ["a", "b"], "sprint": ["t:sprint:Sprint 1", "t:sprint:Sprint 2"], "version": ["t:version:1.0"],
        "component": ["Checkout"], "custom:Theme": ["Growth", "Speed"],
    }  # fmt: skip
    assert {s.field: got.values(s.field) for s in parsed.spans} == expected
    assert got.spans("phase") == [("done", "2026-02-09 13:00", None)]
    assert {(_minute(s.since), s.until) for s in parsed.spans if s.field != "phase"} == {("2026-02-10 15:04", None)}
    assert {(c.id, c.kind, c.name, c.key) for c in parsed.containers} == {
        ("t:space:PAY", "space", "Payments", "PAY"), ("t:sprint:Sprint 1", "sprint", "Sprint 1", ""),
        ("t:sprint:Sprint 2", "sprint", "Sprint 2", ""), ("t:version:1.0", "version", "1.0", ""),
    }  # fmt: skip
    assert parsed.relations == [
        Relation("t:10012", "@PAY-13", "blocks"), Relation("@OPS-1", "t:10012", "blocks"),
        Relation("t:10012", "@PAY-14", "relates"),
    ]  # fmt: skip
    assert (parsed.changes, parsed.problems, [p.id for p in parsed.people]) == ([], [], [ann])
    assert "Ann Smith" not in repr(parsed)


def test_fields_without_a_value_have_no_span(export: Any) -> None:
    got = export(jira({"Assignee": "", "Labels": " "}))
    assert [s.field for s in got.parsed[0].spans] == ["project"]


@pytest.mark.parametrize(
    ("row", "phase"),
    [
        ({"Status": "Anything", "Status Category": "To Do"}, ("todo", "2026-02-05 15:04")),
        ({"Status": "Anything", "Status Category": "In Progress"}, ("doing", "2026-02-05 15:04")),
        ({"Status": "Anything", "Status Category": "Done"}, ("done", "2026-02-05 15:04")),
        ({"Status": "Selected for Development"}, ("todo", "2026-02-05 15:04")),
        ({"Status": "Reopened"}, ("todo", "2026-02-05 15:04")),
        ({"Status": "In Review"}, ("doing", "2026-02-05 15:04")),
        ({"Status": "Closed"}, ("done", "2026-02-05 15:04")),
        ({"Status": "Closed", "Resolved": "2026-01-20 12:00"}, ("done", "2026-01-20 12:00")),
        ({"Status": "Closed", "Status Category Changed": "2026-01-21 12:00"}, ("done", "2026-01-21 12:00")),
        ({"Status": "Open", "Status Category Changed": "2026-01-21 12:00"}, ("todo", "2026-01-21 12:00")),
        ({"Status": "Open", "Resolved": "2026-01-20 12:00"}, ("todo", "2026-02-05 15:04")),
        ({"Status": "Closed", "Resolution": "Won't Do"}, ("cancelled", "2026-02-05 15:04")),
        ({"Status": "Rejected", "Status Category": "Done"}, ("cancelled", "2026-02-05 15:04")),
        ({"Status": "Open", "Resolution": "Won't Do"}, ("todo", "2026-02-05 15:04")),
        ({"Status": "Open", "Updated": ""}, ("todo", "2026-01-05 09:00")),
    ],
)
def test_phase_of_a_jira_row(export: Any, row: dict[str, str], phase: tuple[str, str]) -> None:
    options = ParseOptions(cancelled=frozenset({"won't do", "rejected"}))
    assert export(jira(row), options).spans("phase") == [(*phase, None)]


def test_a_status_nobody_explains_has_no_phase(export: Any) -> None:
    got = export(jira({"Status": "Waiting for Bob"}))
    assert (got.spans("phase"), got.kinds()) == ([], ["unknown_status"])
    assert got.values("status") == ["Waiting for Bob"]


@pytest.mark.parametrize(
    ("row", "parent"),
    [
        ({"Parent id": "10000"}, ["t:10000"]),
        ({"Parent": "10000"}, ["t:10000"]),
        ({"Parent": "PAY-9"}, ["@PAY-9"]),
        ({"Parent key": "PAY-9"}, ["@PAY-9"]),
        ({"Custom field (Epic Link)": "PAY-9"}, ["@PAY-9"]),
        ({"Custom field (Epic Link)": "PAY-9", "Parent id": "10000"}, ["t:10000"]),
        ({"Custom field (Parent Link)": "PAY-9"}, ["@PAY-9"]),
        ({"Parent": "some title"}, []),
        ({"Issue id": "", "Parent id": "10000", "Parent key": "PAY-9"}, ["@PAY-9"]),
    ],
)
def test_parent_of_a_jira_row(export: Any, row: dict[str, str], parent: list[str]) -> None:
    assert export(jira(row)).values("parent") == parent


@pytest.mark.parametrize(
    ("row", "level"),
    [
        ({"Issue Type": "Sub-task"}, -1),
        ({"Issue Type": "Bug"}, 0),
        ({"Issue Type": "Epic"}, 1),
        ({"Issue Type": "Feature", "Custom field (Epic Name)": "Faster"}, 1),
        ({"Issue Type": "Initiative"}, 2),
    ],
)
def test_level_of_a_jira_row(export: Any, row: dict[str, str], level: int) -> None:
    assert export(jira(row)).parsed[0].tickets[0].level == level


def test_without_issue_id_the_key_is_the_id(export: Any) -> None:
    got = export(jira({"Issue id": ""}))
    assert got.parsed[0].tickets[0].id == "t:PAY-1"
    assert got.values("project") == ["t:space:PAY"]


def test_old_column_names_and_either_estimate_are_read(export: Any) -> None:
    got = export(
        jira({"Fix Version/s": "1.0", "Component/s": "UI", "Due Date": "05/Feb/26 12:00 AM",
              "Custom field (Story point estimate)": "2.5"}),
    )  # fmt: skip
    assert [got.values(f) for f in ("version", "component", "due", "estimate")] == [
        ["t:version:1.0"], ["UI"], ["2026-02-05"], ["2.5"],
    ]  # fmt: skip
    assert export(jira({"Custom field (Story Points)": "many"})).kinds() == ["unreadable_number"]
    options = ParseOptions(fields={"estimate": ("Size",)})
    assert export(jira({"Custom field (Size)": "8"}), options).values("estimate") == ["8"]


def test_a_missing_creation_date_is_said(export: Any) -> None:
    got = export(jira({"Created": "", "Resolved": "2026-01-20"}))
    assert _minute(got.parsed[0].tickets[0].created) == "2026-01-20 00:00"
    assert got.kinds() == ["missing_created"]


def test_a_foreign_month_is_said(export: Any) -> None:
    assert export(jira({"Created": "05/Dez/25 3:04 PM"})).kinds() == ["unreadable_date", "missing_created"]


# Linear


def test_a_linear_row_in_full(export: Any) -> None:
    row = {
        "ID": "ENG-42", "Title": "'=Faster", "Description": "Why", "Status": "Done", "Estimate": "3",
        "Priority": "High",
        "Project ID": "p1", "Project": "Checkout", "Creator": "ann@x.org", "Assignee": "bob@x.org",
        "Labels": "Bug, area:web", "Cycle Number": "7", "Cycle Name": "", "Cycle Start": "2026-01-05T00:00:00Z",
        "Cycle End": "2026-01-19T00:00:00Z", "Started": "2026-01-06T09:00:00Z", "Completed": "2026-01-09T09:00:00Z",
        "Archived": "2026-02-01T00:00:00Z", "Due Date": "2026-01-10", "Parent issue": "ENG-1",
        "Initiatives": "Grow, Speed", "Project Milestone ID": "m1", "Project Milestone": "Beta",
        "Blocked by": "ENG-3", "Related to": "ENG-4, ENG-5", "Duplicate of": "ENG-6",
    }  # fmt: skip
    got = export(linear(row), ParseOptions(secret=SECRET, base_url="https://linear.app/acme"))
    parsed = got.parsed[0]
    ticket = parsed.tickets[0]
    assert (got.kind, got.export["format"], got.problems) == ("linear", "linear-csv", [])
    assert (ticket.id, ticket.key, ticket.type, ticket.level) == ("t:ENG-42", "ENG-42", "Sub-issue", -1)
    assert (ticket.title, ticket.url, ticket.history) == ("=Faster", "https://linear.app/acme/issue/ENG-42", "none")
    assert got.spans("phase") == [
        ("todo", "2026-01-05 09:00", "2026-01-06 09:00"),
        ("doing", "2026-01-06 09:00", "2026-01-09 09:00"),
        ("done", "2026-01-09 09:00", None),
    ]
    assert got.spans("archived") == [("yes", "2026-02-01 00:00", None)]
    expected = {
        "status": ["Done"], "assignee": [pseudonym(SECRET, "t", "bob@x.org")], "estimate": ["3"], "urgency": ["High"],
        "due": ["2026-01-10"], "parent": ["t:ENG-1"], "team": ["Engineering"], "type": ["Sub-issue"],
        "title": ["=Faster"], "body": [fingerprint("Why")], "project": ["t:project:p1"],
        "milestone": ["t:milestone:m1"], "cycle": ["t:cycle:Engineering 7"], "label": ["Bug", "area:web"],
    }  # fmt: skip
    rest = [s for s in parsed.spans if s.field not in ("phase", "archived")]
    assert {s.field: got.values(s.field) for s in rest} == expected
    assert {(_minute(s.since), s.until) for s in rest} == {("2026-02-05 15:04", None)}
    names = {c.id: (c.kind, c.name) for c in parsed.containers}
    assert names == {
        "t:project:p1": ("project", "Checkout"), "t:milestone:m1": ("milestone", "Beta"),
        "t:initiative:Grow": ("initiative", "Grow"), "t:initiative:Speed": ("initiative", "Speed"),
        "t:cycle:Engineering 7": ("cycle", "Cycle 7"),
    }  # fmt: skip
    cycle = next(c for c in parsed.containers if c.kind == "cycle")
    assert (cycle.start, cycle.end) == (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 19, tzinfo=UTC))
    assert parsed.relations == [
        Relation("t:milestone:m1", "t:project:p1", "part_of"),
        Relation("t:project:p1", "t:initiative:Grow", "part_of"),
        Relation("t:project:p1", "t:initiative:Speed", "part_of"),
        Relation("t:ENG-3", "t:ENG-42", "blocks"),
        Relation("t:ENG-42", "t:ENG-6", "duplicates"),
        Relation("t:ENG-42", "t:ENG-4", "relates"),
        Relation("t:ENG-42", "t:ENG-5", "relates"),
    ]
    assert "x.org" not in repr(parsed)


C, S, D = "2026-01-05 09:00", "2026-01-06 09:00", "2026-01-09 09:00"


@pytest.mark.parametrize(
    ("row", "phases"),
    [
        ({}, [("todo", C, None)]),
        ({"Started": S}, [("todo", C, S), ("doing", S, None)]),
        ({"Completed": D}, [("todo", C, D), ("done", D, None)]),
        ({"Canceled": D}, [("todo", C, D), ("cancelled", D, None)]),
        ({"Started": S, "Canceled": D}, [("todo", C, S), ("doing", S, D), ("cancelled", D, None)]),
        ({"Completed": S, "Canceled": D}, [("todo", C, D), ("cancelled", D, None)]),
        ({"Started": C, "Completed": D}, [("doing", C, D), ("done", D, None)]),
        ({"Started": D, "Completed": S}, [("todo", C, S), ("done", S, None)]),
        ({"Completed": "2025-12-01"}, [("done", C, None)]),
    ],
)
def test_phases_of_a_linear_row(export: Any, row: dict[str, str], phases: list[tuple[str, str, str | None]]) -> None:
    assert export(linear(row)).spans("phase") == phases


def test_a_linear_status_that_its_dates_do_not_bear_out_has_no_phase(export: Any) -> None:
    got = export(linear({"Status": "In Progress"}))
    assert (got.spans("phase"), got.kinds()) == ([], ["unknown_status"])


def test_no_priority_is_no_urgency_and_a_project_without_id_goes_by_its_name(export: Any) -> None:
    got = export(linear({"Priority": "No priority", "Project": "Checkout"}))
    assert (got.values("urgency"), got.values("project")) == ([], ["t:project:Checkout"])


def test_a_due_date_at_local_midnight_is_that_local_day(export: Any) -> None:
    row = {"Due Date": "Thu Jun 25 2026 23:00:00 GMT+0000 (GMT+00:00)"}
    assert export(linear(row), time_zone="Europe/London").values("due") == ["2026-06-26"]


def test_rows_that_leave_out_the_last_comma_are_whole(export: Any) -> None:
    got = export("ID,Team,Title,Status,Created,Roadmaps\nIN-10,Nordic,License,Todo,2024-05-14T08:53:33Z\n")
    assert (len(got.parsed), got.problems) == (1, [])


cells = st.text(max_size=8) | st.sampled_from(
    ["05/Feb/26 3:04 PM", "13/02/2026", "31/Dec/9999 11:59 PM", "2026-02-05T00:00+23:59", "0001-01-01", "Done", "nan"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cells, min_size=12, max_size=12), min_size=1, max_size=4), zone=st.sampled_from(ZONES))
@pytest.mark.parametrize("header", [JIRA_HEADER, LINEAR_HEADER])
def test_whatever_the_cells_hold_every_row_is_a_ticket_or_a_problem(
    tmp_path: Path, header: list[str], rows: list[list[str]], zone: str
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(table(header, *rows), encoding="utf-8", errors="replace", newline="")
    got = Export(path, ParseOptions(cancelled=frozenset({"done"})), time_zone=zone)
    for parsed in got.parsed:
        for span in parsed.spans:
            assert span.field in (*SINGLE_VALUED, *SET_VALUED)
            assert span.value
            assert parsed.tickets[0].created <= span.since < (span.until or datetime.max.replace(tzinfo=UTC))
