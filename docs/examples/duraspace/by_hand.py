"""Counts the effort of the audit a second time, from the raw JSON, with nothing but Python's own library.

It shares no line with the program: python by_hand.py [--as-of 2010-07-04] in the folder that holds `archive`.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
WEEKS, IDLE_DAYS = 26, 14
DOING = {"In Progress", "In Review"}
CLOSED = {"Closed", "Resolved"}
DROPPED = {"Won't Fix", "Duplicate", "Cannot Reproduce", "Incomplete"}
FEDORA_3_4 = {"Fedora 3.4", "Fedora 3.4 Milestone 1", "Fedora 3.4 Milestone 2", "Fedora 3.4 Milestone 3"}
WEB = {"Interface: REST/HTTP", "Interface: Standards-Based", "Interface: Messaging"}
SECURITY = {"Security: Authorization", "Security: Authentication"}
SUB_TASKS = {"Sub-task", "Technical task", "Code Task"}  # the last also stands alone
THEME = "customfield_10011"
KEPT = {
    "status", "resolution", "assignee", "priority", "issuetype", "Fix Version", "Component", "description", "summary",
    "Roadmap Theme", "Story Points", "labels", "duedate", "Project", "Parent", "Sprint",
}  # fmt: skip
"""Changes that touch a ticket. Comments, links and attachments are not among them, as in the program."""

Issue = dict[str, Any]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def log(issue: Issue) -> list[tuple[datetime, str, dict[str, Any]]]:
    """Every logged change, oldest first: when, which field, the item."""
    rows = [(moment(h["created"]), int(h["id"]), i) for h in issue["changelog"]["histories"] for i in h["items"]]
    return [(at, item["field"], item) for at, _, item in sorted(rows, key=lambda row: row[:2])]


def now_and_before(issue: Issue, then: datetime) -> dict[str, Any]:
    """What the ticket held at a moment: today's values with every later change undone."""
    fields = issue["fields"]
    held: dict[str, Any] = {
        "type": fields["issuetype"]["name"],
        "status": fields["status"]["name"],
        "resolution": (fields["resolution"] or {}).get("name"),
        "themes": {option["value"] for option in fields.get(THEME) or []},
        "versions": {version["id"] for version in fields["fixVersions"]},
        "components": {component["name"] for component in fields["components"]},
    }
    for at, field, item in reversed(log(issue)):
        if at > then:
            if field in ("issuetype", "status", "resolution"):
                held["type" if field == "issuetype" else field] = item["fromString"]
            elif field == "Roadmap Theme":
                held["themes"] = {part for part in (item["fromString"] or "").strip("[]").split(", ") if part}
            elif field in ("Fix Version", "Component"):
                key, side = ("versions", "") if field == "Fix Version" else ("components", "String")
                held[key].discard(item["to" + side])
                held[key] |= {item["from" + side]} - {None}
    return held


def intervals(issue: Issue, field: str, present: Any, end: datetime) -> Iterator[tuple[Any, datetime, datetime]]:
    """The values a field held one after the other, each with its beginning and end."""
    side = "String" if field == "status" else ""
    steps = [(at, item["from" + side], item["to" + side]) for at, name, item in log(issue) if name == field]
    since, value = moment(issue["fields"]["created"]), steps[0][1] if steps else present
    for at, _, after in steps:
        yield value, since, min(at, end)
        since, value = at, after
    yield value, since, end


def serves(issue: Issue, issues: dict[str, Issue], names: dict[str, str], then: datetime) -> str:
    """What a ticket serves under the first half's strategy: its own rules, then its parent's."""
    held, project = now_and_before(issue, then), issue["fields"]["project"]["key"]
    versions = {names[ident] for ident in held["versions"]}
    if "Interface: SOAP" in held["themes"]:
        return "soap"
    if held["themes"] & WEB:
        return "web-interfaces"
    if held["themes"] & SECURITY or (project == "FCREPO" and "FeSL" in held["components"]):
        return "security"
    if held["type"] == "Bug":
        return "upkeep"
    if project == "DURACLOUD" and versions & {"0.2", "0.3", "0.4"}:
        return "duracloud"
    if versions & FEDORA_3_4:
        return "fedora-3-4"
    parent = issues.get((issue["fields"].get("parent") or {}).get("id", ""))
    return serves(parent, issues, names, then) if parent else ""


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE).astimezone(UTC)


def items(every: list[Issue], names: dict[str, str], then: datetime) -> int:
    """Tickets that served the rest of Fedora 3.4 at a moment; sub-tasks and dropped tickets are no items."""
    known = {i["id"]: i for i in every if moment(i["fields"]["created"]) <= then}
    found = 0
    for issue in known.values():
        held = now_and_before(issue, then)
        dropped = held["status"] in CLOSED and held["resolution"] in DROPPED
        below = held["type"] in SUB_TASKS and issue["fields"].get("parent")
        if not dropped and not below:
            found += serves(issue, known, names, then) == "fedora-3-4"
    return found


def count(folder: Path, as_of: date) -> dict[str, Any]:
    """Tickets known, finished, closed without having been in progress; items; person-days by what they served."""
    then = end_of(as_of)
    today = then.astimezone(ZONE).date()
    first = today - timedelta(days=today.weekday() + 7 * WEEKS)
    last = first + timedelta(days=7 * WEEKS - 1)
    every = [json.loads(line) for file in sorted(folder.glob("*.gz")) for line in lines(file)]
    issues = {i["id"]: i for i in every if moment(i["fields"]["created"]) <= then}
    names = {item[s]: item[s + "String"] for i in every for _, f, item in log(i) if f == "Fix Version"
             for s in ("from", "to") if item[s]}  # fmt: skip
    names |= {version["id"]: version["name"] for i in every for version in i["fields"]["fixVersions"]}
    held_on: dict[tuple[str, date], set[str]] = defaultdict(set)
    finished, closed_at_once = set(), set()
    for ident, issue in issues.items():
        days: dict[date, set[str]] = defaultdict(set)
        changes = [day_of(at) for at, field, _ in log(issue) if at <= then and field in KEPT]
        changes.append(day_of(moment(issue["fields"]["created"])))
        people = list(intervals(issue, "assignee", (issue["fields"]["assignee"] or {}).get("name"), then))
        phases = list(intervals(issue, "status", issue["fields"]["status"]["name"], then))
        for status, since, until in phases:
            if status in DOING:
                for person, begin, end in people:
                    for day in span(max(since, begin), min(until, end)):
                        if any(timedelta() <= day - change < timedelta(days=IDLE_DAYS) for change in changes):
                            days[day].add(person)
        for (before, _, _), (after, at, _) in pairwise(phases):
            resolution = next((r for r, s, u in resolutions(issue, then) if s <= at < u), None)
            if after in CLOSED and before not in CLOSED and at <= then and resolution not in DROPPED:
                days[day_of(at)] |= {person for person, begin, end in people if begin <= at < end}
                if first <= day_of(at) <= last:
                    finished.add(ident)
                    if not any(status in DOING and since < then for status, since, _ in phases):
                        closed_at_once.add(ident)
        for day, holders in days.items():
            for person in holders - {None}:
                if first <= day <= last and day.weekday() < 5:
                    held_on[person, day].add(ident)
    effort: Counter[str] = Counter()
    for tickets in held_on.values():
        for ident in tickets:
            effort[serves(issues[ident], issues, names, then)] += 1 / len(tickets)  # type: ignore[assignment]
    counts = {"known": len(issues), "finished": len(finished), "closed at once": len(closed_at_once)}
    counts |= {"people": len({person for person, _ in held_on}), "items": items(every, names, then)}
    return {**counts, "person-days": dict(effort)}


def lines(file: Path) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8") as text:
        return list(text)


def resolutions(issue: Issue, then: datetime) -> list[tuple[Any, datetime, datetime]]:
    """Resolutions by name, one after the other."""
    steps = [(at, item["fromString"], item["toString"]) for at, name, item in log(issue) if name == "resolution"]
    present = (issue["fields"]["resolution"] or {}).get("name")
    starts = [moment(issue["fields"]["created"]), *(at for at, _, _ in steps)]
    values = [steps[0][1] if steps else present, *(after for _, _, after in steps)]
    return list(zip(values, starts, [*starts[1:], then + timedelta(days=9999)], strict=True))


def day_of(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def span(since: datetime, until: datetime) -> Iterator[date]:
    """The local days that an interval touches."""
    day = day_of(since)
    while since < until and day <= day_of(until - timedelta(microseconds=1)):
        yield day
        day += timedelta(days=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2010, 7, 4))
    found = count(Path("archive"), parser.parse_args().as_of)
    days = found.pop("person-days")
    for what, number in found.items():
        print(f"{number:>10}  {what}")
    for priority, effort in sorted(days.items(), key=lambda pair: -pair[1]):
        print(f"{effort:10.1f} {effort / sum(days.values()):4.0%} {priority or 'no priority'}")
