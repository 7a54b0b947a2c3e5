"""All that helps to decide on one ticket: what it says, what it is under, what is suggested and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alignment.review.queue import BANDS, Entry
from analyzer.decisions import Stands
from analyzer.judging import counted
from analyzer.store import Connection
from reports.safety import plain, short, web_address

MOST_TEXT = 1_200
MOST_REASONS, MOST_WORDS = 6, 8

Hide = Callable[[str], str]
"""Takes names of people out of a text."""

BODY = """
SELECT t.title, coalesce(nullif(x.body, ''), t.body, '') FROM tickets t
LEFT JOIN spans s ON s.ticket = t.no AND s.field = 'body' AND s.until IS NULL
LEFT JOIN texts x ON x.fingerprint = s.value WHERE t.id = ?
"""
CALLED = """
SELECT id, key, title, url, type FROM tickets WHERE id IN (SELECT unnest($1))
UNION ALL SELECT id, key, name, url, kind FROM containers WHERE id IN (SELECT unnest($1))
"""


@dataclass(frozen=True, slots=True)
class Named:
    """Something a ticket is under, or is like. ``about`` is how a form says that a decision is meant for it, if it may be."""

    id: str
    key: str
    title: str
    url: str | None
    kind: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One suggestion. ``target`` ``""`` is: serves nothing."""

    place: int
    target: str
    name: str
    percent: int
    band: str


@dataclass(frozen=True, slots=True)
class Reason:
    """``length`` is how long its bar is, 0 to 1, against the longest; ``against`` where it speaks against."""

    says: str
    length: float
    against: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """A confirmed ticket that is like this one."""

    key: str
    title: str
    serves: str
    percent: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """``stands`` is what was decided for the ticket itself, where anything was (a rejection, say)."""

    entry: Entry
    title: str
    url: str | None
    text: str
    path: tuple[Named, ...]
    offers: tuple[Offer, ...]
    reasons: tuple[Reason, ...]
    words: tuple[str, ...]
    alike: tuple[Alike, ...]
    margin: str
    stands: Stands | None

    @property
    def abouts(self) -> list[tuple[str, str]]:
        """What a decision here may be meant for: (what the form says, what people read)."""
        own = [(self.entry.id, "this ticket")]
        if self.entry.below:
            tickets = "ticket that waits" if self.entry.below == 1 else "tickets that wait"
            own.append((f"{self.entry.id}|below", f"this ticket and all below it ({self.entry.below:,} {tickets})"))
        for one in (p for p in self.path if p.kind != "space"):  # a whole Jira project is more than one look can decide
            what = f"{one.kind} {one.key} {short(one.title, 60)}".replace("  ", " ")
            own.append((one.about, f"{what}, with all below it" if one.about.endswith("|below") else f"all in {what}"))
        return own


def dossier(
    con: Connection, entry: Entry, above: Sequence[tuple[str, str, int]], offers: Sequence[tuple[str, float, str]],
    names: Mapping[str, str], hide: Hide, stands: Stands | None = None,
) -> Dossier:  # fmt: skip
    """``con`` is the store, open; ``names`` what the strategy calls its ids."""

    def clean(text: Any, most: int = 200) -> str:
        return short(hide(str(plain(str(text)))), most)

    found = con.execute(BODY, [entry.id]).fetchall()
    title, body = found[0] if found else (entry.title, "")
    called = {row[0]: row for row in con.execute(CALLED, [[up for up, _, _ in above]]).fetchall()}
    path = tuple(
        Named(up, clean(key), clean(name), web_address(url or ""), clean(kind).lower(), f"{up}|below" if sort == "ticket" else up)
        for up, sort, steps in above if up in called for _, key, name, url, kind in [called[up]]
        if kind != "space" or steps == 1  # the project of a parent says little
    )  # fmt: skip
    why = _why(con, entry.id, offers[0][0]) if offers else {}
    runner = why.get("runner_up") or {}
    return Dossier(
        entry=entry, title=clean(title, 300), url=web_address(entry.url or ""), text=_text(body, hide), path=path,
        offers=tuple(
            Offer(n, t, names.get(t, t) if t else "Serves none of the priorities", round(100 * c), BANDS.get(b, b))
            for n, (t, c, b) in enumerate(offers, start=1)
        ),
        reasons=_reasons(why, clean), words=tuple(clean(w[0], 40) for w in _lists(why.get("words"))[:MOST_WORDS]),
        alike=tuple(_alike(a, names, clean) for a in why.get("nearest") or [] if isinstance(a, dict)),
        margin=f"{names.get(str(runner['target']), str(runner['target'])) or 'Nothing'} comes next, "
        f"{counted(round(100 * float(runner.get('margin') or 0)), 'point')} behind." if runner.get("target") is not None else "",
        stands=stands,
    )  # fmt: skip


def _text(body: Any, hide: Hide) -> str:
    text = hide(str(plain(str(body or ""))).strip())
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT].rstrip()} …"


def _why(con: Connection, ticket: str, target: str) -> dict[str, Any]:
    """Of one suggestion, as the learner explained it: the first in full, the others in short."""
    rows = con.execute("SELECT why FROM suggestions WHERE ticket = ? AND target = ?", [ticket, target]).fetchall()
    try:
        why = json.loads(rows[0][0]) if rows and rows[0][0] else {}
    except ValueError:
        return {}
    return why if isinstance(why, dict) else {}


def _lists(given: Any) -> list[Any]:
    return [w for w in given or [] if isinstance(w, list | tuple) and w]


def _alike(told: Mapping[str, Any], names: Mapping[str, str], clean: Callable[[Any], str]) -> Alike:
    serves = str(told.get("target") or "")
    near = round(100 * float(told.get("similarity") or 0))
    return Alike(clean(told.get("key", "")), clean(told.get("title", "")), names.get(serves, serves or "nothing"), near)


def _reasons(why: Mapping[str, Any], clean: Callable[[Any], str]) -> tuple[Reason, ...]:
    """The weightiest first, whichever way they point."""
    told = [
        (clean(e.get("says") or e.get("kind") or ""), float(e.get("contribution") or 0))
        for e in why.get("evidence") or []
    ]
    told = sorted((t for t in told if t[0]), key=lambda t: -abs(t[1]))[:MOST_REASONS]
    longest = max((abs(c) for _, c in told), default=0.0) or 1.0
    return tuple(Reason(says, round(abs(c) / longest, 3), c < 0) for says, c in told)
