"""The spans of real Jira archives end at the present, tile every ticket's life, and rest on logs that agree with it."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from connectors.connector import TICKET_KINDS, ParseOptions, Payload, pseudonym
from connectors.files import FileConnector
from connectors.ticket import SET_VALUED, SINGLE_VALUED, Parsed
from tests.analyzer.test_replay import assert_never_twice, assert_tiles

DATA = Path(__file__).parents[3] / "shared" / "data"


@dataclass(frozen=True)
class Archive:
    """``files`` below the data folder; ``points`` the story points field.

    ``unlike`` is how many whole logs end at another value than today's.
    """

    files: str
    points: str
    tickets: int
    unlike: tuple[tuple[str, int], ...] = ()


ARCHIVES = (
    Archive("duraspace-jira/*.jsonl.gz", "customfield_10023", 2055, (("assignee", 12),)),  # accounts that were deleted
    Archive("jira-small-native/actionableagile-25-issues.json.gz", "", 25),
    Archive("jira-small-native/apache-drill-3-issues.json.gz", "", 3),
    Archive("jira-small-native/jirametrics-spec.json.gz", "customfield_10036", 10),
)
real = pytest.mark.parametrize(
    "archive", ARCHIVES, ids=lambda a: a.files.split("/")[-1] if "small" in a.files else "duraspace"
)


@cache
def read(archive: Archive) -> dict[str, tuple[dict[str, Any], Parsed]]:
    """By issue id: the issue as the test itself finds it in the file, and what the program made of it."""
    files = sorted(DATA.glob(archive.files))
    if not files:
        pytest.skip(f"the archive {archive.files} is not at {DATA}")
    raw = {issue["id"]: issue for file in files for issue in _issues(file)}
    fields: dict[str, tuple[str, ...]] = {"estimate": (archive.points,)} if archive.points else {}
    payloads = [p for p in FileConnector("site", files).fetch() if isinstance(p, Payload)]
    reference = [p for p in payloads if p.kind not in TICKET_KINDS]
    parser = FileConnector("site", files).parser(reference, ParseOptions(fields=fields))
    parsed = {p.id: parser.ticket(p, None) for p in payloads if p.kind == "issue"}
    assert parsed.keys() == raw.keys()
    assert len(raw) == archive.tickets
    return {ident: (raw[ident], parsed[ident]) for ident in raw}


def _issues(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        values = [json.loads(line) for line in opened] if ".jsonl" in file.name else [json.load(opened)]
    for value in values:
        yield from _inside(value)


def _inside(value: Any) -> Iterator[dict[str, Any]]:
    """Issues, wherever they are in a document; those mentioned inside another issue have no creation date."""
    fields = value.get("fields") if isinstance(value, dict) else None
    if isinstance(fields, dict) and "created" in fields:
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _inside(inner)


def _person(account: str | None) -> str | None:
    return pseudonym(ParseOptions().secret, "site", account) if account else None


def _present(issue: dict[str, Any], points: str) -> dict[str, set[str]]:
    """What an issue holds today, straight from the file."""
    fields = issue["fields"]
    assignee = fields.get("assignee") or {}
    person = _person(assignee.get("accountId") or assignee.get("key") or assignee.get("name"))
    value = fields.get(points)
    return {
        "status": {fields["status"]["name"]},
        "assignee": {person} if person else set(),
        "estimate": {f"{value:g}"} if value is not None else set(),
        "version": {f"site:version:{v['id']}" for v in fields.get("fixVersions") or []},
    }


@real
def test_the_open_spans_are_the_present(archive: Archive) -> None:
    held: Counter[str] = Counter()
    for issue, parsed in read(archive).values():
        for name, values in _present(issue, archive.points).items():
            now = [s.value for s in parsed.spans if s.field == name and s.until is None and s.value is not None]
            assert sorted(now) == sorted(values), issue["key"]
            held[name] += len(values)
    assert held["status"] == archive.tickets
    if archive.files.startswith("duraspace"):
        assert min(held.values()) > 500, "too little to prove anything"


@real
def test_single_valued_spans_tile_and_others_never_overlap(archive: Archive) -> None:
    for issue, parsed in read(archive).values():
        created = datetime.fromisoformat(issue["fields"]["created"])
        fields = {s.field for s in parsed.spans}
        assert fields <= {*SINGLE_VALUED, *SET_VALUED}
        assert {"status", "phase", "project"} <= fields
        for name in fields:
            pieces = [(s.value, s.since, s.until) for s in parsed.spans if s.field == name]
            if name in SINGLE_VALUED:
                assert_tiles(pieces, created)
            else:
                assert_never_twice(pieces)
                assert all(since >= created for _, since, _ in pieces)


@real
def test_logs_end_where_the_present_is(archive: Archive) -> None:
    """The log alone, without today's fields: had it been wrong, the spans would be right today and wrong before."""
    unlike: Counter[str] = Counter()
    logged: Counter[str] = Counter()
    for issue, _ in read(archive).values():
        log = issue.get("changelog") or {"histories": [], "total": 0}
        if log["total"] > len(log["histories"]):
            continue  # cut short by the source
        now = _present(issue, archive.points)
        for name, value in _last_logged(log["histories"]).items():
            logged[name] += 1
            unlike[name] += {value} - {None} != now[name]
    assert +unlike == dict(archive.unlike)
    if archive.files.startswith("duraspace"):
        assert (logged["estimate"], logged["status"]) == (279, 1901)


def _last_logged(histories: list[dict[str, Any]]) -> dict[str, str | None]:
    """What each field was set to last."""
    last: dict[str, str | None] = {}
    for entry in sorted(histories, key=lambda h: (datetime.fromisoformat(h["created"]), int(h["id"]))):
        for item in entry["items"]:
            if item["field"] == "status":
                last["status"] = item["toString"]
            elif item["field"] == "assignee":
                last["assignee"] = _person(item["to"])
            elif item["field"] == "Story Points":
                last["estimate"] = f"{float(item['toString']):g}" if item["toString"] else None
    return last
