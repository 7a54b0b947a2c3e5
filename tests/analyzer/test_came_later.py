"""What comes into a store after a moment changes nothing of what any measure says of that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from analyzer import seen
from analyzer.board import Board, Options
from analyzer.measures import MEASURES
from analyzer.result import Result
from analyzer.score import score
from analyzer.store import Connection, Store, add_problems, naive, resolve_parents, save_parsed
from connectors.text import fingerprint
from connectors.ticket import Change, Container, Parsed, Person, Problem, Relation, Span, Text, Update
from tests import differences
from tests.analyzer import companies, drawn
from tests.analyzer.oracle import Company
from tests.conftest import MakeBoard

HOURS = timedelta(hours=30)


def parsed(made: Company, tracker: str, later: bool) -> Parsed:
    """A tracker as a pull at the company's moment reads it (with its log cut there), or as one a good day later does."""
    rng, now = Random(f"{len(made.spans)}{tracker}"), made.as_of
    out = Parsed(people=[p for p in made.people if p.tracker == tracker])
    tickets = {t.id: t for t in made.tickets if t.tracker == tracker and t.created <= now}
    out.containers = [c for c in made.containers if c.tracker == tracker]
    out.relations = [r for r in made.relations if r.source.startswith(f"{tracker}:")]
    out.changes = [c for c in made.changes if c.ticket in tickets and c.moment <= now]
    for s in (s for s in made.spans if s.ticket in tickets and s.since <= now):
        closed = replace(s, until=None) if s.until is not None and s.until > now else s
        out.spans.append(closed)
    if tracker == made.tickets[0].tracker:
        ends = list(tickets)
        out.relations += [Relation(a, b, "blocks") for a, b in pairwise(ends)]
    out.texts = [Text(s.value, "Do it.") for s in out.spans if s.field == "body" and s.value]
    out.tickets = [replace(t, updated=now, body="Do it.") for t in tickets.values()]
    if later:
        _live_on(out, tracker, rng, made)
    return out


def _live_on(out: Parsed, tracker: str, rng: Random, made: Company) -> None:
    at, spans = made.as_of + HOURS, list[Span]()
    dated = {t.id for t in out.tickets if t.history == "full"}
    for s in out.spans:
        if s.until is None and s.ticket in dated and rng.random() < 0.6:
            spans += [replace(s, until=at), Span(s.ticket, s.field, "doing" if s.field == "phase" else None, at, None)]
            out.changes.append(Change(s.ticket, f"late{len(spans)}", at, None, s.field))
        else:
            spans.append(s)
    moved = [t for t in out.tickets if rng.random() < 0.3]
    for t in moved:
        spans += [Span(t.id, "key", t.key, t.created, at), Span(t.id, "key", f"NEW-{t.key}", at, None)]
    named = {t.id for t in moved}
    out.tickets = [
        replace(t, key=f"NEW-{t.key}", aliases=(*t.aliases, t.key), updated=at, body="Support it better.")
        if t.id in named
        else t
        for t in out.tickets
    ]
    out.texts.append(Text(fingerprint("Support it better."), "Support it better."))
    first = out.tickets[0]
    out.tickets.append(replace(first, id=f"{first.id}-new", key=f"{first.key}1", created=at, updated=at))
    spans += [Span(f"{first.id}-new", "phase", "doing", at, None)]
    out.spans = spans
    out.containers = [
        replace(c, name=f"Later {n}", state="completed", start=at, end=at + HOURS, completed=at, text="Make it better.")
        for n, c in enumerate(out.containers)
    ]
    out.containers.append(Container(f"{tracker}:project:new", tracker, "project", "New", created=at, start=at))
    out.relations = [
        *out.relations[: len(out.relations) // 2], Relation(first.id, out.tickets[-2].id, "blocks"),
        *(Relation(c.id, f"{tracker}:initiative:0", "part_of") for c in out.containers if c.kind == "project"),
    ]  # fmt: skip
    out.people = [Person(p.id, p.tracker, "another", True) for p in out.people]
    out.updates = [Update(f"{tracker}:u", c.id, at, "off_track", "Late.") for c in out.containers[:1]]


def pulled(con: Connection, made: Company, later: bool) -> None:
    """A pull of each tracker, and after a later one all that people do then."""
    at = made.as_of + (HOURS if later else timedelta())
    for tracker in dict.fromkeys(t.tracker for t in made.tickets):
        con.execute("DELETE FROM trackers WHERE name = ?", [tracker])
        con.execute("INSERT INTO trackers VALUES (?, 'jira', 'made up', true, ?)", [tracker, naive(at)])
        con.execute(
            "INSERT INTO scans VALUES (?, ?, NULL, '', ?, '')", [tracker, naive(at), None if later else naive(at)]
        )
        save_parsed(con, tracker, parsed(made, tracker, later))
        add_problems(con, tracker, [Problem("later" if later else "sooner", "a place", "unreadable")])
        resolve_parents(con, tracker)
        seen.note(con, tracker, at)
    if later:
        said = [
            naive(at),
            "chief",
            made.tickets[0].id,
            made.strategies[0].priorities[0].id if made.strategies else None,
        ]
        con.execute(
            "INSERT INTO decisions (moment, author, target, priority, weight) VALUES (?, ?, ?, ?, 1000000)", said
        )
        con.execute(
            "INSERT INTO decisions (moment, author, kind, target, choice) VALUES (?, 'chief', 'finding', 'friction', 'act')",
            said[:1],
        )
        con.execute("INSERT INTO gone SELECT id, tracker, 'gone', ?, NULL FROM tickets", said[:1])
        con.execute("INSERT INTO strategy_seen VALUES ('s.yaml', ?, 'x', 'strategy: s')", said[:1])
        con.execute(
            "INSERT INTO runs (moment, kind, as_of, body) VALUES (?, 'pull', NULL, '{\"tracker\": \"jira\"}')", said[:1]
        )


def scored(con: Connection, made: Company) -> Result:
    return score(con, made.strategies, companies.board(con, made).options, made.as_of)


@pytest.mark.parametrize("seed", [2, 8, 36])
def test_what_came_later_changes_no_measure(seed: int, tmp_path: Path) -> None:
    made = companies.company(seed, 40)
    store = Store(tmp_path / "store.duckdb")
    with store.writing() as con:
        pulled(con, made, later=False)
        then = scored(con, made)
        pulled(con, made, later=True)
        again = scored(con, made)
        assert [f.meta.id for f in then.findings] == [m.META.id for m in MEASURES]
        assert not [f for f in then.findings if f.verdict == "error"]
        assert differences.reports(then, again) == []
        # and it is not for want of looking: seen from later, much is different
        after = scored(con, replace(made, as_of=made.as_of + HOURS))
        assert after.tickets != then.tickets or after.notes != then.notes
        con.execute("ROLLBACK")
        con.execute("BEGIN")


SPRINT = """
key     created     doing       done        assignee  team  sprint
A-1..6  2026-01-05  2026-01-12  2026-01-16  1..6      Core  Now

sprint  start       end         completed
Now     2026-01-05  2026-01-16  2026-02-20
"""


def test_a_container_is_called_what_it_was_called(board: MakeBoard) -> None:
    """Before its first sight it is as it was first seen; then each pull's word holds until the next."""

    def told(day: str, *names: tuple[str, str]) -> tuple[str, bool]:
        def prepare(con: Connection) -> None:
            for name, since in names:
                row = ["jira:sprint:Now", "name", name, naive(drawn.at(since))]
                con.execute("INSERT INTO container_seen VALUES (?, ?, ?, ?)", row)

        sql = "SELECT name, completed IS NULL AS running FROM container_then WHERE kind = 'sprint'"
        (r,) = board(text=SPRINT, prepare=prepare, as_of=drawn.at(day)).rows(sql)
        return r.name, r.running

    once, twice = [("First", "2026-02-15")], [("First", "2026-02-15"), ("Second", "2026-02-22")]
    assert told("2026-02-10") == ("Now", True) and told("2026-03-02") == ("Now", False)
    assert told("2026-02-10", *once) == told("2026-02-10", *twice) == ("First", True)
    assert told("2026-02-21", *twice) == ("First", False) and told("2026-02-23", *twice) == ("Second", False)


def test_a_tie_and_a_bot_are_known_from_the_pull_that_saw_them(board: MakeBoard) -> None:
    made = board(text=SPRINT)
    path = made.con.execute("SELECT path FROM duckdb_databases() WHERE path IS NOT NULL").fetchall()[0][0]
    made.con.close()
    store, (one, two, three) = Store(Path(path)), (f"jira:A-{n}" for n in (1, 2, 3))
    ties = {"2026-02-02": [(one, two, "blocks")], "2026-02-09": [(one, three, "blocks")], "2026-02-16": []}
    for day, told in ties.items():
        with store.writing() as con:
            con.execute("DELETE FROM relations")
            bot = Person("p-1", "jira", "", day > "2026-02-02")
            save_parsed(con, "jira", Parsed(relations=[Relation(*t) for t in told], people=[bot]))  # type: ignore[arg-type]
            seen.note(con, "jira", drawn.at(day))
    with store.reading() as con:
        for day, wanted, bot_then in (
            ("2026-01-20", two, False), ("2026-02-05", two, False), ("2026-02-12", three, True), ("2026-02-20", None, True),
        ):  # fmt: skip
            then = Board(con, (), Options(), drawn.at(day))
            assert [r.target for r in then.rows("SELECT target FROM relation_then")] == ([wanted] if wanted else [])
            assert then.one("SELECT bot FROM person_then WHERE id = 'p-1'") is bot_then
