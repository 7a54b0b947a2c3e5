"""The queue: tickets that wait for a decision, where most effort is at stake first, a page at a time."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import urlencode

import duckdb

from alignment.review.laying import put
from analyzer.spoken import EVER, STANDS, STANDS_ALONE
from analyzer.store import Connection, scalar

PAGE = 50
NOTHING = "nothing"
"""How a form names what serves none of the priorities; in the tables that is an empty target."""

BANDS = {"one-click": "Likely", "review": "To look at", "left": "Unsure", "auto": "Sure", "none": "No suggestion"}

COVERED = """
CREATE OR REPLACE TABLE covered AS
WITH named AS (SELECT no AS ticket, id AS up FROM waiting UNION ALL SELECT ticket, up FROM up)
SELECT DISTINCT n.ticket AS no FROM named n JOIN spoken s ON s.target = n.up AND s.kind = 'link'
"""
OFFERED = """
CREATE OR REPLACE TABLE offered AS
SELECT o.ticket, o.target, o.confidence, o.band, row_number() OVER (PARTITION BY o.ticket ORDER BY o.place) AS place
FROM offers o ANTI JOIN spoken d ON d.kind = 'reject' AND d.target = o.ticket AND d.priority = o.target
WHERE o.target = '' OR o.target IN (SELECT unnest($1))
"""
"""What someone said it does not serve is no longer offered; what it may serve moves up."""

OPEN = """
CREATE OR REPLACE TABLE undecided AS
WITH left_over AS (
    SELECT w.*, o.target, o.confidence, coalesce(o.band, 'none') AS band FROM waiting w ANTI JOIN covered c ON c.no = w.no
    ANTI JOIN alone a ON a.target = w.id LEFT JOIN offered o ON o.ticket = w.id AND o.place = 1
), weighed AS (
    SELECT no, sum(stake) OVER (ORDER BY stake DESC, no) AS so_far, sum(stake) OVER () AS whole, stake FROM left_over
)
SELECT l.*, CASE WHEN w.stake = 0 THEN 0 WHEN w.so_far - w.stake < w.whole * 0.5 THEN 3
    WHEN w.so_far - w.stake < w.whole * 0.9 THEN 2 ELSE 1 END AS weight
FROM left_over l JOIN weighed w ON w.no = l.no
"""
"""``weight`` 3: the heaviest, which hold half of the effort at stake; 2: they bring it to nine tenths. The days that one ticket
took are mostly one person's, so no page shows them."""

ORDER = "ORDER BY stake DESC, updated DESC, id"


@dataclass(frozen=True, slots=True)
class Filters:
    """What part of the queue is looked at; empty: all of it. ``priority`` is the likeliest one suggested, or ``nothing``."""

    team: str = ""
    project: str = ""
    priority: str = ""
    band: str = ""
    text: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Filters:
        return cls(**{f.name: str(given.get(f.name, ""))[:200].strip() for f in fields(cls)})

    def query(self, **more: Any) -> str:
        """What stands after the ``?`` of the page's address."""
        return urlencode({k: v for k, v in {**asdict(self), **more}.items() if v})

    def where(self) -> tuple[str, list[str]]:
        said = {"team = ?": self.team, "project = ?": self.project, "band = ?": self.band}
        said["target = ?"] = "" if self.priority == NOTHING else self.priority
        clauses = [c for c, v in said.items() if v]
        values = [v for v in said.values() if v]
        if self.priority == NOTHING:
            clauses.append("target = ''")
        if self.text:
            clauses.append("(contains(lower(title), lower(?)) OR starts_with(lower(key), lower(?)))")
            values += [self.text, self.text]
        return " AND ".join(["true", *clauses]), values


@dataclass(frozen=True, slots=True)
class Entry:
    """One ticket of the queue. ``target`` is the likeliest suggestion (``""``: nothing; ``None``: there is none)."""

    no: int
    id: str
    key: str
    url: str
    title: str
    type: str
    level: int
    phase: str
    team: str
    project: str
    below: int
    weight: int
    target: str | None
    confidence: float | None
    band: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the tickets without a link were decided, and how much of their effort (0 to 1; ``None``: they hold none)."""

    decided: int
    of: int
    effort: float | None


@dataclass(frozen=True, slots=True)
class Page:
    entries: tuple[Entry, ...]
    number: int
    pages: int
    found: int


class Queue:
    """``laid`` is what ``laying.lay_out`` made; ``known`` are the ids that a ticket can be linked to. Threads take turns."""

    def __init__(self, laid: duckdb.DuckDBPyConnection, known: Collection[str]) -> None:
        self._con, self._known, self._turn, self.act = laid, sorted(known), threading.RLock(), -1

    def hear(self, con: Connection) -> None:
        """Takes in what was decided since it last did. ``con`` is the store, open."""
        act = int(scalar(con, "SELECT coalesce(max(no), 0) FROM decisions"))
        with self._turn:
            if act != self.act:
                stands = con.execute(STANDS.format(at=EVER)).df()
                put(self._con, "spoken", stands[["kind", "target", "priority"]].astype(object))
                alone = con.execute(STANDS_ALONE.format(at=EVER)).df()
                put(self._con, "alone", alone[alone["priority"].isin(self._known)].astype(object))
                self._con.execute(COVERED)
                self._con.execute(OFFERED, [self._known])
                self._con.execute(OPEN)
                self.act = act

    def page(self, filters: Filters, number: int = 1) -> Page:
        where, values = filters.where()
        with self._turn:
            found = int(scalar(self._con, f"SELECT count(*) FROM undecided WHERE {where}", values))
            pages = max(1, -(-found // PAGE))
            number = min(max(number, 1), pages)
            columns = ", ".join(f.name for f in fields(Entry))
            sql = f"SELECT {columns} FROM undecided WHERE {where} {ORDER} LIMIT {PAGE:d} OFFSET {(number - 1) * PAGE:d}"
            rows = self._con.execute(sql, values).fetchall()
        return Page(tuple(Entry(*row) for row in rows), number, pages, found)

    def entries(self, ids: Collection[str]) -> dict[str, Entry]:
        """Those of the tickets that still wait, by id."""
        columns = ", ".join(f.name for f in fields(Entry))
        with self._turn:
            sql = f"SELECT {columns} FROM undecided WHERE id IN (SELECT unnest(?)) {ORDER}"
            rows = self._con.execute(sql, [list(ids)]).fetchall()
        return {entry.id: entry for entry in (Entry(*row) for row in rows)}

    def offers(self, ticket: str) -> list[tuple[str, float, str]]:
        """(target, confidence, band) of what is suggested and was not rejected, likeliest first."""
        with self._turn:
            sql = "SELECT target, confidence, band FROM offered WHERE ticket = ? ORDER BY place LIMIT 3"
            return [(t, float(c), b) for t, c, b in self._con.execute(sql, [ticket]).fetchall()]

    def above(self, ticket: str) -> list[tuple[str, str, int]]:
        """(id, ``ticket`` or ``container``, steps) of what the ticket is under: parents first, each kind the nearest first."""
        with self._turn:
            sql = (
                "SELECT u.up, u.kind, u.steps FROM up u JOIN waiting w ON w.no = u.ticket WHERE w.id = ? "
                "ORDER BY u.kind DESC, u.steps, u.up"
            )
            return [(str(up), str(kind), int(steps)) for up, kind, steps in self._con.execute(sql, [ticket]).fetchall()]

    def choices(self) -> dict[str, list[str]]:
        """What there is to filter by."""
        with self._turn:
            return {
                name: [str(v) for (v,) in self._con.execute(
                    f"SELECT {name} FROM waiting WHERE {name} <> '' GROUP BY {name} ORDER BY sum(stake) DESC, {name} LIMIT 200"
                ).fetchall()]
                for name in ("team", "project")
            }  # fmt: skip

    def progress(self) -> Progress:
        with self._turn:
            row = self._con.execute(
                "SELECT count(c.no), count(*), sum(CASE WHEN c.no IS NOT NULL THEN w.units ELSE 0 END), sum(w.units) "
                "FROM waiting w ANTI JOIN alone a ON a.target = w.id LEFT JOIN covered c ON c.no = w.no"
            ).fetchall()[0]
        return Progress(int(row[0]), int(row[1]), float(row[2]) / float(row[3]) if row[3] else None)
