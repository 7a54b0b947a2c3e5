"""A company drawn as tables in a test's docstring becomes a store and the board that measures look at.

A table of tickets begins with the column ``key``; ``A-1..12`` draws a dozen alike. The columns ``created``, ``doing``,
``done`` and ``cancelled`` are days; every other column is a field, whose cell is ``value``, or ``value@since``, or
``value@since/until``, several joined by ``+``; ``-`` is empty.
A column ``phase`` stands instead of ``doing`` and the like. ``serves`` is a label. ``assignee`` ``1..6`` takes turns.
A table that begins with ``sprint``, ``cycle``, ``project``, ``version``, ``milestone`` or ``initiative`` draws containers, whose
``text`` is what their page says, ``text@since``. ``body`` is a text (``nothing``: none yet) with ``_`` for a space and ``|`` for a
new line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, cast

from analyzer.store import Connection, save_parsed
from analyzer.strategy import Strategy
from analyzer.strategy_file import read_strategies
from connectors.text import fingerprint
from connectors.ticket import (
    SET_VALUED,
    Change,
    Container,
    ContainerKind,
    History,
    Parsed,
    Relation,
    Span,
    Text,
    Ticket,
)

AS_OF = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday: the window of eight weeks runs from 5 January to 1 March."""

LEVELS = {"Sub-task": -1, "Epic": 1, "Initiative": 2}
KINDS = ("sprint", "cycle", "project", "version", "milestone", "initiative")
FIELDS = (
    "assignee", "team", "type", "parent", "estimate", "archived", *KINDS[:-1], "label", "component",
    "urgency", "status", "flagged", "body", "phase", "due",
)  # fmt: skip
HOURS = {"todo": 8, "doing": 9, "done": 15, "cancelled": 15}

Line = dict[str, str]


def tables(text: str) -> Iterator[tuple[str, list[Line]]]:
    """The name of each table's first column, and its rows by column."""
    for block in re.split(r"\n\s*\n", text.strip()):
        head, *rows = [line.split() for line in block.strip().splitlines()]
        if rows and (head[0] == "key" or head[0] in KINDS):
            for row in rows:
                assert len(row) == len(head), f"{row} does not fit {head}"
            yield head[0], [{k: v for k, v in zip(head, row, strict=True) if v != "-"} for row in rows]


def draw(text: str) -> Parsed:
    """Everything the tables of a text show."""
    out = Parsed()
    for first, rows in tables(text):
        for row in rows:
            if first == "key":
                for n, key in enumerate(_keys(row["key"])):
                    _ticket(out, row | {"key": key}, n)
            else:
                _container(out, cast(ContainerKind, first), row)
    named = {c.id for c in out.containers}
    spaces = {t.key.rsplit("-", 1)[0]: t.tracker for t in out.tickets if t.kind == "jira"}
    out.containers += [Container(f"{r}:space:{k}", r, "space", k, k) for k, r in sorted(spaces.items())]
    used = {(s.field, s.value) for s in out.spans if s.field in KINDS and s.value}
    for kind, ident in sorted(
        (cast(ContainerKind, f), str(v)) for f, v in used if v not in named and ":space:" not in v
    ):
        out.containers.append(Container(ident, ident.split(":")[0], kind, ident.rsplit(":", 1)[-1]))
    return out


def save(con: Connection, text: str, tracker: str = "jira") -> None:
    """Puts what a text draws into a store, as a pull does."""
    con.execute("INSERT INTO trackers VALUES (?, ?, 'drawn', true, TIMESTAMP '2100-01-01')", [tracker, tracker])
    save_parsed(con, tracker, draw(text))
    for first, rows in tables(text):
        for row in [r for r in rows if first != "key" and "text" in r]:
            said, _, since = row["text"].partition("@")
            ident = f"{row.get('tracker', 'linear')}:{first}:{row[first]}"
            seen = at(since or row["start"]).replace(tzinfo=None)
            note = ["owner", ""] if said == "nothing" else ["description", _text(said)]
            con.execute("INSERT INTO container_seen VALUES (?, ?, ?, ?)", [ident, *note, seen])


def spoken(con: Connection, text: str) -> None:
    """Words of people: a table with the columns ``day``, ``kind``, ``target`` and, if any, ``choice``, ``reason``, ``until``."""
    head, *rows = [line.split() for line in text.strip().splitlines()]
    for cells in rows:
        row = {k: v for k, v in zip(head, cells, strict=True) if v != "-"}
        until = at(row["until"]).replace(tzinfo=None) if "until" in row else None
        con.execute(
            "INSERT INTO decisions (moment, author, kind, target, choice, reason, until) VALUES (?, 'test', ?, ?, ?, ?, ?)",
            [
                at(row["day"], 12).replace(tzinfo=None),
                row["kind"],
                row["target"],
                row.get("choice"),
                row.get("reason"),
                until,
            ],
        )


def frozen(con: Connection, day: str, **findings: tuple[str, float]) -> None:
    """An earlier report, seen from a Monday, that said (verdict, value) of some measures."""
    from analyzer.calendar import day_number, week_name, week_of_day

    week = week_of_day(day_number(at(day).date())) - 1
    body = {
        "effort": "days", "as_of": f"{day}T00:00:00Z",
        "window": {"last_day": f"{at(day) - timedelta(days=1):%Y-%m-%d}", "weeks": [week_name(week)], "set_apart": []},
        "findings": [
            {"meta": {"id": i, "title": i.replace("_", " ").capitalize()}, "verdict": v, "value": n, "unit": "share", "details": []}
            for i, (v, n) in findings.items()
        ],
    }  # fmt: skip
    moment = at(day, 1).replace(tzinfo=None)
    con.execute(
        "INSERT INTO runs (moment, kind, as_of, body) VALUES (?, 'report', ?, ?)", [moment, moment, json.dumps(body)]
    )


def strategies(folder: Path, *texts: str) -> tuple[Strategy, ...]:
    """Strategies as a user would write them; several must be dated."""
    folder.mkdir(exist_ok=True)
    for n, text in enumerate(texts):
        (folder / f"{n}.yaml").write_text(text, encoding="utf-8")
    found, mistakes = read_strategies(folder) if texts else ((), [])
    assert not mistakes, mistakes
    return found


def at(day: str, hour: int = 0) -> datetime:
    """``2026-03-02`` (at ``hour``) or ``2026-03-02T10:30``, in UTC."""
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return moment if "T" in day else moment + timedelta(hours=hour)


def _text(cell: str) -> str:
    return cell.replace("_", " ").replace("|", "\n")


def _keys(cell: str) -> list[str]:
    found = re.fullmatch(r"(.+-)(\d+)\.\.(\d+)", cell)
    return [f"{found[1]}{n}" for n in range(int(found[2]), int(found[3]) + 1)] if found else [cell]


def _container(out: Parsed, kind: ContainerKind, row: Line) -> None:
    tracker = row.get("tracker", "linear" if kind in ("cycle", "project", "milestone", "initiative") else "jira")
    start, end, completed = (at(row[k]) if k in row else None for k in ("start", "end", "completed"))
    ident = f"{tracker}:{kind}:{row[kind]}"
    out.containers.append(
        Container(ident, tracker, kind, row[kind], "", "", row.get("state", ""), start, end, completed)
    )
    if "part_of" in row:
        out.relations.append(Relation(ident, f"{tracker}:initiative:{row['part_of']}", "part_of"))


def _ticket(out: Parsed, row: Line, copy: int) -> None:
    tracker: str = row.get("tracker", "jira")
    key, history = row["key"], cast(History, row.get("history", "full"))
    days = [(p, at(row[p], HOURS[p])) for p in ("doing", "done", "cancelled") if p in row]
    created = at(row["created"], 8) if "created" in row else min((d for _, d in days), default=at("2026-01-05"))
    created -= timedelta(minutes=37 * copy) if "T" not in row.get("created", "") else timedelta()
    kind: Literal["jira", "linear"] = "linear" if tracker.startswith("linear") else "jira"
    ident, type_ = f"{tracker}:{key}", row.get("type", "Task")
    steps = [("todo", created), *days]
    ends = [*(since for _, since in steps[1:]), None]
    spans = [Span(ident, "phase", p, since, until) for (p, since), until in zip(steps, ends, strict=True)]
    spans = spans if "phase" not in row else []
    spans.append(Span(ident, "title", row.get("title", f"Title of {key}"), created, None))
    if kind == "jira":
        spans.append(Span(ident, "project", f"{tracker}:space:{key.rsplit('-', 1)[0]}", created, None))
    cells = {"type": type_} | {("label" if k in ("serves", "labels") else k): v for k, v in row.items()}
    for field in FIELDS:
        if field in cells:
            spans += _held(ident, tracker, field, cells[field], created, copy)
    if "body" in cells:
        texts = [_text(part.partition("@")[0]) for part in cells["body"].split("+")]
        out.texts += [Text(fingerprint(said), said) for said in texts]
    changes = [("status" if s.field == "phase" else s.field, s.since) for s in spans if s.since > created]
    author = next((s.value for s in spans if s.field == "assignee"), None)
    author = row.get("by", author)
    updated = max([created, *(m for _, m in changes)])
    if history == "none":
        spans = [
            Span(s.ticket, s.field, s.value, s.since if s.field == "phase" else updated, None)
            for s in spans
            if not s.until
        ]
        changes = []
    out.changes += [Change(ident, str(n), m, author, f) for n, (f, m) in enumerate(sorted(changes, key=lambda c: c[1]))]
    out.spans += spans
    out.tickets.append(
        Ticket(ident, tracker, kind, key, f"https://x.example/{key}", row.get("title", f"Title of {key}"), "", type_,
               LEVELS.get(type_, 0), created, updated, history)
    )  # fmt: skip


def _held(ticket: str, tracker: str, field: str, cell: str, created: datetime, copy: int) -> list[Span]:
    made: list[Span] = []
    for part in cell.split("+"):
        value, _, when = part.partition("@")
        since, _, until = when.partition("/")
        begin, end = at(since, 10) if since else created, at(until, 10) if until else None
        if field == "assignee" and ".." in value:
            first, last = map(int, value.split(".."))
            value = f"p-{first + copy % (last - first + 1)}"
        elif field == "body":
            value = fingerprint(_text(value)) if value != "nothing" else ""
        elif field == "parent":
            value = f"{tracker}:{value}"
        elif field in KINDS:
            value = f"{tracker}:{field}:{value}"
        if made and field not in SET_VALUED:
            made[-1] = Span(ticket, field, made[-1].value, made[-1].since, begin)
        made.append(Span(ticket, field, value or None, begin, end))
    return made
