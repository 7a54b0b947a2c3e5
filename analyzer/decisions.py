"""The one door to decisions on links: said in acts, never rewritten, taken back by another word, refused on a stale view."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pandas as pd

from analyzer.mapping import WHOLE
from analyzer.plain_words import nearest
from analyzer.spoken import ACTS, EVER, STANDS
from analyzer.store import Connection, naive, scalar
from analyzer.strategy import Strategy

Reach = Literal["ticket", "below"]
Part = tuple[str | None, int]
"""The id of a priority, upkeep or what is parked (``None``: nothing), and parts per million."""


@dataclass(frozen=True, slots=True)
class Word:
    """What is said of one ticket or container (``tracker:native id``): its ``parts``, or one priority that it does not serve.

    ``reach`` *below* means a ticket with all below it. ``offered`` is what ``shown`` gave when it was decided. ``said`` and ``by``
    are for words of another day or person, read from a file; they are empty for what is said now.
    """

    target: str
    parts: tuple[Part, ...] = ()
    rejects: str = ""
    reach: Reach = "ticket"
    reason: str = ""
    offered: str | None = None
    said: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Stands:
    """What stands for one target; without ``parts`` only rejections do. ``act`` is empty for what was said before acts had numbers.

    ``author`` is for the one who asks who said it; no report shows it.
    """

    target: str
    parts: tuple[Part, ...]
    reach: Reach
    act: int | None
    moment: datetime
    author: str
    reason: str
    rejected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One act; ``named`` are its first twenty targets, ``serves`` what they were linked to or were said not to serve.

    ``undoes`` is the act it took back, ``undone_by`` the act that took this one back.
    """

    act: int
    moment: datetime
    author: str
    kind: Literal["link", "reject", "undo", "auto"]
    reason: str
    reach: str
    targets: int
    named: tuple[str, ...]
    serves: tuple[str, ...]
    undoes: int | None = None
    undone_by: int | None = None


class Stale(Exception):
    """Someone decided on ``targets`` after the view was made; nothing was written."""

    def __init__(self, targets: Sequence[str]) -> None:
        super().__init__(f"{', '.join(targets[:5])}: decided by someone else meanwhile")
        self.targets = tuple(targets)


class Refused(Exception):
    """What was said cannot be; ``problems`` are all of its mistakes, each with its fix. Nothing was written."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def linkable(strategies: Iterable[Strategy]) -> frozenset[str]:
    """Ids that a ticket can be decided to serve: priorities, upkeep and what is parked, of all strategies."""
    return frozenset(i for s in strategies for i in [*(p.id for p in s.priorities), *(p.id for p in s.not_now)])


def latest(con: Connection) -> int:
    """The last act: what a view remembers as ``seen``. 0 before the first."""
    return int(scalar(con, "SELECT coalesce(max(act), 0) FROM decisions"))


def shown(con: Connection, tickets: Collection[str]) -> dict[str, str]:
    """What is suggested for these tickets now, as ``Word.offered`` keeps it; what was rejected is left out.

    ``{"places": [{"target", "confidence", "band"}, …] likeliest first, "model"}``; target ``""`` is nothing.
    """
    rows = con.execute(
        f"WITH stands AS ({STANDS.format(at=EVER)}) "
        "SELECT ticket, to_json({'places': list({'target': target, 'confidence': confidence, 'band': band} ORDER BY place), "
        "'model': max(model)})::VARCHAR FROM suggestions s WHERE ticket IN (SELECT unnest(?)) AND NOT EXISTS (SELECT 1 FROM "
        "stands d WHERE d.kind = 'reject' AND d.target = s.ticket AND d.priority = s.target) GROUP BY ticket ORDER BY ticket",
        [list(tickets)],
    ).fetchall()
    return dict(rows)


def decide(
    con: Connection, words: Sequence[Word], author: str, moment: datetime, seen: int | None, known: Collection[str]
) -> int:
    """Writes the words as one act and gives its number. ``con`` is inside ``Store.writing``; ``known`` is ``linkable(…)``.

    ``seen`` is ``latest`` as the view had it: a target with a newer act raises Stale (``None``: not asked). Raises Refused.
    """
    problems = [*_problems(con, words, known)]
    if problems:
        raise Refused(problems)
    _fresh(con, [w.target for w in words], seen)
    act = _next(con)
    _write(con, [row for word in words for row in _rows(word)], author, moment, act)
    return act


def undo(con: Connection, act: int, author: str, moment: datetime, seen: int | None = None) -> int:
    """Takes an act back and gives the number of the act that does so; taking back an undo says its words again.

    Raises Refused for an act that is not there or that was taken back before, Stale as ``decide`` does.
    """
    found = con.execute(f"SELECT kind, undone_by, undoes FROM ({ACTS}) WHERE act = ?", [act]).fetchall()
    if not found:
        raise Refused([f"There is no act {act}. `alignment link log` lists them"])
    if (by := next((by for _, by, _ in found if by is not None), None)) is not None:
        raise Refused([f"Act {act} was taken back by act {by}. Undo act {by} to have it again"])
    targets = con.execute("SELECT DISTINCT target FROM decisions WHERE act = ? ORDER BY target", [act]).fetchall()
    _fresh(con, [t for (t,) in targets], seen)
    number, at, again = _next(con), naive(moment), next((undoes for kind, _, undoes in found if kind == "undo"), None)
    if again is None:
        con.execute(
            "INSERT INTO decisions (moment, author, target, kind, choice, act) "
            "SELECT DISTINCT $1::TIMESTAMP, $2, target, 'undo', $3, $4::INTEGER FROM decisions WHERE act = $5 ORDER BY target",
            [at, author, str(act), number, act],
        )
        return number
    con.execute(
        "INSERT INTO decisions (moment, author, target, priority, weight, reason, kind, choice, act, reach, offered) "
        "SELECT $1, $2, target, priority, weight, reason, kind, $3, $4, reach, offered FROM decisions WHERE act = $5 ORDER BY no",
        [at, author, str(act), number, again],
    )
    return number


def standing(
    con: Connection, as_of: datetime | None = None, targets: Collection[str] | None = None
) -> dict[str, Stands]:
    """What stands for each target at a moment (``None``: by all that was ever said)."""
    at = EVER if as_of is None else "$1::TIMESTAMP"
    only = "" if targets is None else "WHERE target IN (SELECT unnest($2))"
    values = {"1": naive(as_of), "2": None if targets is None else list(targets)}
    rows = con.execute(
        f"""
        WITH stands AS ({STANDS.format(at=at)})
        SELECT target, list(priority ORDER BY weight DESC, priority) FILTER (kind = 'link'),
            list(weight ORDER BY weight DESC, priority) FILTER (kind = 'link'), first(reach ORDER BY kind),
            first(act ORDER BY kind), first(moment ORDER BY kind), first(author ORDER BY kind), first(reason ORDER BY kind),
            list(priority ORDER BY priority) FILTER (kind = 'reject')
        FROM stands {only} GROUP BY target ORDER BY target
        """,
        {k: v for k, v in values.items() if v is not None},
    ).fetchall()
    return {
        target: Stands(
            target, tuple(zip(served or (), weights or (), strict=True)), reach, act, moment, author, reason, tuple(denied or ())
        )
        for target, served, weights, reach, act, moment, author, reason, denied in rows
    }  # fmt: skip


def history(con: Connection, target: str | None = None, limit: int = 50) -> list[Act]:
    """The last acts, newest first; those on one target if asked."""
    where = "$1::VARCHAR IS NULL OR act IN (SELECT act FROM decisions WHERE target = $1)"
    rows = con.execute(
        f"SELECT * FROM ({ACTS}) WHERE {where} ORDER BY act DESC, kind LIMIT $2", [target, limit]
    ).fetchall()
    return [
        Act(act, moment, author, kind, reason, reach, targets, tuple(named), tuple(serves), undoes, by)
        for act, moment, author, kind, reason, reach, targets, named, serves, undoes, by in rows
    ]


def _problems(con: Connection, words: Sequence[Word], known: Collection[str]) -> Iterator[str]:
    if not words:
        yield "Nothing was said. Name a ticket"
    targets = [w.target for w in words]
    there = {id: (kind, name) for id, kind, name in con.execute(
        "SELECT id, 'ticket', key FROM tickets WHERE id IN (SELECT unnest($1)) "
        "UNION ALL SELECT id, 'container', name FROM containers WHERE id IN (SELECT unnest($1))", [targets],
    ).fetchall()}  # fmt: skip
    standing_now = standing(con, targets=targets)
    told: set[tuple[str, str]] = set()
    for word in words:
        kind, called = there.get(word.target, (None, word.target))
        yield from _wrong(word, known, kind, called)
        about = (word.target, word.rejects)
        if about in told:
            yield f"{called} is said twice in one act. Say it once, split by weight if it serves several"
        told.add(about)
        stands = standing_now.get(word.target)
        if word.rejects and stands and word.rejects in [served for served, _ in stands.parts]:
            yield f"{called} was decided to serve {word.rejects}. Undo that first, or set what it serves instead"


def _wrong(word: Word, known: Collection[str], kind: str | None, called: str) -> Iterator[str]:
    if kind is None:
        yield f"Nothing in the store has the id {word.target}. Pull first, or check the id"
    elif word.reach == "below" and kind == "container":
        yield f"{called} is no ticket: a decision on it holds for what is in it wherever no rule speaks. Leave below out"
    if word.reach not in ("ticket", "below"):
        yield f"{called}: {word.reach} is no reach. It is ticket or below"
    named = [word.rejects] if word.rejects else [served for served, _ in word.parts if served is not None]
    for unknown in [n for n in named if n not in known]:
        meant = nearest(unknown, known, f"It has: {', '.join(sorted(known))}")
        yield f"{called}: the strategy has no {unknown}. {meant}"
    if word.rejects and word.parts:
        yield f"{called} is linked and rejected in one word. Say one of them"
    if not word.rejects and (sum(w for _, w in word.parts) != WHOLE or any(w <= 0 for _, w in word.parts)):
        yield f"{called}: its parts do not add up to 100 %. Weights are above 0 and make {WHOLE} parts per million"
    if len({served for served, _ in word.parts}) < len(word.parts):
        yield f"{called}: one priority has two parts. Name each once"


def _fresh(con: Connection, targets: Sequence[str], seen: int | None) -> None:
    if seen is None:
        return
    newer = con.execute(
        "SELECT DISTINCT target FROM decisions WHERE act > ? AND target IN (SELECT unnest(?)) "
        "AND kind IN ('link', 'reject', 'undo') ORDER BY target",
        [seen, list(targets)],
    ).fetchall()
    if newer:
        raise Stale([t for (t,) in newer])


def _next(con: Connection) -> int:
    return int(scalar(con, "SELECT nextval('act_no')"))


Row = tuple[str, str | None, int | None, str, str, str | None, str | None, datetime | None, str | None]


def _rows(word: Word) -> Iterator[Row]:
    if word.rejects:
        yield (
            word.target,
            word.rejects,
            None,
            word.reason,
            "reject",
            None,
            word.offered,
            naive(word.said),
            word.by or None,
        )
    for served, weight in word.parts:
        yield (
            word.target, served, weight, word.reason, "link", word.reach, word.offered, naive(word.said), word.by or None,
        )  # fmt: skip


def _write(con: Connection, rows: Sequence[Row], author: str, moment: datetime, act: int) -> None:
    names = ["target", "priority", "weight", "reason", "kind", "reach", "offered", "said", "speaker"]
    con.register("incoming", pd.DataFrame(rows, columns=names, dtype=object))
    con.execute(
        "INSERT INTO decisions (moment, author, act, target, priority, weight, reason, kind, reach, offered) "
        "SELECT coalesce(said::TIMESTAMP, $1), coalesce(speaker, $2), $3, target, priority, weight, reason, kind, reach, offered "
        "FROM incoming",
        [naive(moment), author, act],
    )
    con.unregister("incoming")
