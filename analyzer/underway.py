"""What larger work in progress says of its end: epics, projects and initiatives with their text as it stood when work began."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from analyzer import starts
from analyzer.board import Board
from analyzer.calendar import local_day_sql, utc_day_sql
from analyzer.completion import Reading

START_TEXT = f"""
WITH big AS (
    SELECT s.ticket, s.moment, s.day, s.week, t.id, t.key, t.phase, t.archived FROM started s
    JOIN ticket_then t ON t.no = s.ticket WHERE t.level >= 1
), worded AS (
    SELECT b.ticket, p.value, row_number() OVER (PARTITION BY b.ticket ORDER BY p.since DESC) AS place
    FROM big b JOIN span_then p ON p.ticket = b.ticket AND p.field = 'body'
    JOIN calendar c ON c.utc_day = {utc_day_sql("p.since")}
    WHERE {local_day_sql("p.since", "c")} <= b.day
), today AS (
    SELECT p.ticket, p.value FROM spans p JOIN big b ON b.ticket = p.ticket WHERE p.field = 'body' AND p.until IS NULL
)
SELECT b.ticket, b.key, b.week, b.phase = 'doing' AND b.archived IS NOT TRUE AS open,
    CASE WHEN w.ticket IS NULL THEN NULL WHEN w.value IS NULL THEN ''
        ELSE coalesce(x.body, CASE WHEN n.value = w.value THEN t.body END) END AS said
FROM big b JOIN tickets t ON t.no = b.ticket
LEFT JOIN worded w ON w.ticket = b.ticket AND w.place = 1
LEFT JOIN today n ON n.ticket = b.ticket
LEFT JOIN (SELECT fingerprint, min(body) AS body FROM texts GROUP BY fingerprint) x ON x.fingerprint = w.value
ORDER BY t.created, t.id
"""
"""The text at the end of the local day on which work began: what is filled in on that day counts. Empty: there was none; NULL:
it is not known. Old texts come from the change log (``texts``); today's body serves where its fingerprint is that of the day."""

SINCE_UNKNOWN = """
SELECT count(*) FROM ticket_then WHERE level >= 1 AND phase = 'doing' AND history = 'none' AND archived IS NOT TRUE
"""

CONTAINERS = """
WITH begun AS (
    SELECT s.value AS container, min(p.since) AS moment FROM container_then c
    JOIN span_then s ON s.value = c.id AND s.field = 'project'
    JOIN span_then p ON p.ticket = s.ticket AND p.field = 'phase' AND p.value = 'doing'
    WHERE c.kind = 'project' GROUP BY s.value
), running AS (
    SELECT c.id, c.kind, c.name, coalesce(b.moment, c.start) AS moment FROM container_then c CROSS JOIN moment m
    LEFT JOIN begun b ON b.container = c.id
    WHERE c.kind IN ('project', 'initiative') AND c.state IN ('', 'started', 'active')
        AND (c.completed IS NULL OR c.completed > m.as_of) AND coalesce(b.moment, c.start) <= m.as_of
), worded AS (
    SELECT r.id, d.value, row_number() OVER (PARTITION BY r.id ORDER BY d.since DESC) AS place
    FROM running r JOIN container_seen d ON d.container = r.id AND d.field = 'description' AND d.since <= r.moment + to_days(1)
    JOIN moment m ON d.since <= m.as_of
), looked AS (
    SELECT s.container, min(s.since) AS since FROM container_seen s JOIN moment m ON s.since <= m.as_of GROUP BY s.container
)
SELECT r.id, r.kind, r.name, coalesce(w.value, CASE WHEN k.since <= r.moment + to_days(1) THEN '' END) AS said
FROM running r JOIN looked k ON k.container = r.id LEFT JOIN worded w ON w.id = r.id AND w.place = 1
ORDER BY r.kind, r.name, r.id
"""
"""A day after the start, because trackers keep no log of these texts: they are known from pull to pull. What had been seen by then
and had no text said nothing."""

CHILD_WORDS = """
CREATE OR REPLACE TEMP TABLE child_word AS
WITH child AS (
    SELECT o.owner, t.no, t.key FROM (SELECT DISTINCT owner, ticket FROM listed_word) o JOIN ticket_then t ON t.parent = o.ticket
    UNION ALL
    SELECT o.owner, t.no, t.key FROM (SELECT DISTINCT owner FROM listed_word) o
    JOIN span_then s ON s.value = o.owner AND s.field = 'project' AND s.until IS NULL JOIN ticket_then t ON t.no = s.ticket
), bare AS (
    SELECT c.owner, c.no, regexp_replace(lower(p.value), '\\([^()]*\\)', '', 'g') AS title FROM child c
    JOIN span_then p ON p.ticket = c.no AND p.field = 'title' AND p.until IS NULL
), worded AS (
    SELECT owner, no, substr(unnest(regexp_extract_all(title, '[\\pL\\pN]{2,}')), 1, 5) AS word FROM bare
)
SELECT DISTINCT owner, no, word FROM worded WHERE word NOT IN (SELECT unnest($1))
"""
COVERED = """
WITH size AS (SELECT owner, no, count(*) AS n FROM child_word GROUP BY owner, no),
item AS (SELECT owner, item, count(*) AS n FROM listed_word GROUP BY owner, item),
shared AS (
    SELECT i.owner, i.item, c.no, count(*) AS n FROM listed_word i JOIN child_word c ON c.owner = i.owner AND c.word = i.word
    GROUP BY i.owner, i.item, c.no
)
SELECT DISTINCT s.owner, s.item FROM shared s JOIN size z ON z.owner = s.owner AND z.no = s.no
JOIN item i ON i.owner = s.owner AND i.item = s.item WHERE 2.0 * s.n >= $1 * (z.n + i.n)
"""
ALIKE = 0.3
"""Sørensen–Dice similarity of the word sets of a listed piece and a child's title from which they mean the same. On 30 pieces of
six real epics, labelled by reading, 0.3 calls 9 without a ticket and 7 of them are; 0.25 finds 4, and 0.4 no more than 7 of 12."""

COMMON = ["the", "and", "for", "all", "with", "from", "into", "our", "that", "this", "are", "not", "add", "new", "use", "can",
          "any", "its", "der", "die", "das", "und", "für", "mit", "von", "eine", "ein", "den", "neue"]  # fmt: skip
KEY = re.compile(r"\b[A-Z][A-Z0-9_]*-\d+\b")
ASIDE = re.compile(r"\([^()]*\)")
PEOPLE = re.compile(r"\S*@\S+")


@dataclass(frozen=True, slots=True)
class Underway:
    """One piece of larger work: ``ticket`` is its number, 0 for a container; ``reading`` is empty where its text is not known."""

    id: str
    kind: str
    name: str
    ticket: int
    week: int
    open: bool
    reading: Reading | None


def read(board: Board) -> list[Underway]:
    """Every epic that was ever started, and the projects and initiatives in progress."""
    board.once(starts.lay_out)
    reader = board.options.reader
    found = [
        Underway(
            str(r.ticket), "epic", r.key, r.ticket, r.week, r.open, None if r.said is None else reader.read(r.said)
        )
        for r in board.rows(START_TEXT)
        if r.open or r.week >= board.history_week
    ]
    return found + [
        Underway(r.id, r.kind, r.name, 0, 0, True, None if r.said is None else reader.read(r.said))
        for r in board.rows(CONTAINERS)
    ]


def without_ticket(board: Board, work: Sequence[Underway]) -> list[tuple[Underway, str]]:
    """Pieces that texts list and that no child's title says again; a piece that names a ticket has one."""
    pieces = [
        (one, n, said) for one in work if one.reading is not None
        for n, said in enumerate(one.reading.listed) if not KEY.search(said) and len(words(said)) > 1
    ]  # fmt: skip
    if not pieces:
        return []
    rows = [(one.id, one.ticket, n, word) for one, n, said in pieces for word in words(said)]
    board.lay("listed_word", pd.DataFrame(rows, columns=["owner", "ticket", "item", "word"]))
    board.con.execute(CHILD_WORDS, [COMMON])
    covered = {(r.owner, r.item) for r in board.rows(COVERED, ALIKE)}
    return [(one, _short(said)) for one, n, said in pieces if (one.id, n) not in covered]


def words(said: str) -> set[str]:
    """Beginnings of words, without what stands in brackets: five letters make *module* and *modules* alike."""
    return {w[:5] for w in re.findall(r"[^\W_]{2,}", ASIDE.sub("", said.lower()))} - set(COMMON)


def _short(said: str) -> str:
    said = PEOPLE.sub("…", said)
    return said if len(said) <= 90 else said[:89].rstrip() + "…"


def by_week(work: Sequence[Underway]) -> Iterator[tuple[int, int, int]]:
    """Week, epics started in it whose text is known, and those of them that did not say by what the end is seen."""
    weeks: dict[int, list[int]] = {}
    for one in work:
        if one.ticket and one.reading is not None:
            held = weeks.setdefault(one.week, [0, 0])
            held[0] += 1
            held[1] += not one.reading.observable
    yield from ((week, n, vague) for week, (n, vague) in sorted(weeks.items()))
