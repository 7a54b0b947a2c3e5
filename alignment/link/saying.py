"""What a person says of links on the command line becomes the words of one act, or one sentence that says what is wrong."""

from __future__ import annotations

import getpass
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import wiring
from alignment.errors import Mend
from alignment.settings import Settings
from analyzer.decisions import Part, Refused, Word, decide, linkable, shown
from analyzer.mapping import WHOLE
from analyzer.store import Connection, Store, scalar

if TYPE_CHECKING:
    from analyzer.masking import Mask
    from analyzer.strategy import Strategy

MOST_TOLD = 20
SHARE = re.compile(r"(?P<id>[^=]+)=(?P<share>\d{1,3}(?:\.\d{1,4})?)%?")
NOTHING = "nothing"

Speak = Callable[[str, Sequence[str]], Word]
"""The word on a target, given what was suggested for it, likeliest first ("" is nothing)."""


@dataclass(frozen=True, slots=True)
class How:
    """Of which tickets (``names``, or those that the rule FILE:LINE links), with all below them or not, why and by whom;
    ``as_suggested``: only where something is suggested."""

    names: tuple[str, ...] = ()
    rule: str = ""
    below: bool = False
    reason: str = ""
    by: str = ""
    as_suggested: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """An act that was written, its words, and the keys of what they are about."""

    act: int
    words: tuple[Word, ...]
    keys: Mapping[str, str]
    asleep: tuple[str, ...] = ()
    """Priorities of another time than now, by id: for now they link nothing."""


def settings_of(settings_path: Path | None, strategy: Path | None, store: Path | None) -> Settings:
    """The settings, with what the options say instead. Raises Mistakes, Mend if there is no store."""
    settings = wiring.settings_with(settings_path, strategy=strategy, store=store)
    if not settings.store.exists():
        raise wiring.no_store(settings.store)
    return settings


def author(by: str) -> str:
    """Who speaks: the name given, else the login."""
    try:
        return by or getpass.getuser()
    except (OSError, KeyError):  # a container may have no users
        return "someone"


def spoken_at(store: Store, now: datetime) -> datetime:
    """The moment from which a word counts: now, but where all trackers are files, the newest change in them.

    A report of files looks from there; a word of later would be in none.
    """
    from analyzer.calendar import Calendar

    return wiring.moment(store, Calendar(), None, None, now).at


def said(settings: Settings, how: How, speak: Speak) -> Decided:
    """Says it of each ticket, all in one act. Raises Mend, Mistakes, Busy."""
    strategies, store = wiring.strategies(settings.strategy), Store(settings.store)
    at = spoken_at(store, wiring.clock())
    with store.writing() as con:
        targets = caught(con, settings, strategies, how.rule, at) if how.rule else named(con, how.names)
        offered, keys = shown(con, targets), keys_of(con, targets)
        bare = next((t for t in targets if how.as_suggested and not _places(offered.get(t))), None)
        if bare is not None:
            raise Mend(
                f"Nothing is suggested for {keys[bare]}.", "Say what it serves: alignment link set TICKET PRIORITY."
            )
        words = tuple(
            replace(speak(t, _places(offered.get(t))), reach="below" if how.below else "ticket", reason=how.reason,
                    offered=offered.get(t))
            for t in targets
        )  # fmt: skip
        try:
            act = decide(con, words, author(how.by), at, None, linkable(strategies))
        except Refused as error:
            raise refusal(error) from None
    today = linkable(s for s in strategies if s.in_force(at.date()))
    named_now = dict.fromkeys(served for word in words for served, _ in word.parts if served is not None)
    return Decided(act, words, keys, tuple(n for n in named_now if n not in today))


def refusal(error: Refused) -> Mend:
    first, *rest = error.problems
    what, _, fix = first.partition(". ")
    more = f" ({len(rest)} more like it.)" if rest else ""
    return Mend(f"{what}.", f"{fix}{'' if fix.endswith('?') else '.'}{more} Nothing was written.")


def _places(offered: str | None) -> list[str]:
    return [place["target"] for place in json.loads(offered)["places"]] if offered else []


NAMED = """
WITH wanted AS (SELECT DISTINCT unnest($1::VARCHAR[]) AS name),
found AS (
    SELECT w.name, t.id FROM wanted w JOIN tickets t ON t.key = w.name OR t.id = w.name
    UNION SELECT w.name, t.id FROM wanted w JOIN tickets t ON contains(' ' || t.aliases || ' ', ' ' || w.name || ' ')
        WHERE t.aliases <> '' AND w.name NOT IN (SELECT key FROM tickets)
    UNION SELECT w.name, c.id FROM wanted w JOIN containers c ON c.id = w.name OR c.name = w.name
)
SELECT w.name, coalesce(list(f.id ORDER BY f.id) FILTER (f.id IS NOT NULL), []) FROM wanted w
LEFT JOIN found f ON f.name = w.name GROUP BY w.name ORDER BY w.name
"""
"""Tickets by key (of today, else an earlier one) or id; projects, sprints and the like by name or id."""


def named(con: Connection, names: Sequence[str]) -> list[str]:
    """The ids of what is called so, in the order given. Raises Mend."""
    if not names:
        raise Mend("No ticket is named.", "Name one by its key, or all that a rule links: --rule FILE:LINE.")
    found: dict[str, list[str]] = dict(con.execute(NAMED, [list(names)]).fetchall())
    unknown = [n for n in dict.fromkeys(names) if not found[n]]
    if unknown:
        upper: dict[str, list[str]] = dict(con.execute(NAMED, [[n.upper() for n in unknown]]).fetchall())
        small = next((n for n in unknown if upper[n.upper()]), None)
        if small is not None:
            raise Mend(f"Nothing in the store is called {small}.", f"Did you mean {small.upper()}?")
        raise Mend(f"Nothing in the store is called {', '.join(unknown)}.", "Name a ticket by its key, or pull first.")
    several = next((n for n in names if len(found[n]) > 1), None)
    if several is not None:
        ids = ", ".join(found[several][:5])
        raise Mend(f"{len(found[several])} things are called {several}.", f"Name one by its id: {ids}.")
    return list(dict.fromkeys(found[n][0] for n in names))


CAUGHT = """
SELECT t.id FROM link l JOIN rule_of r ON r.rule = l.rule JOIN ticket_then t ON t.no = l.ticket
WHERE l.via = 'rule' AND l.regime = ? AND r.file = ? AND r.line = ? ORDER BY t.id
"""


def caught(
    con: Connection, settings: Settings, strategies: Sequence[Strategy], rule: str, at: datetime
) -> list[str]:  # fmt: skip
    """The tickets that a rule links today; those a person decided on are not among them. Raises Mend."""
    from analyzer.board import Board

    file, _, line = rule.rpartition(":")
    board = Board(con, strategies, wiring.options(settings), at)
    rules = [r for t in (board.current.targets if board.current else ()) for r in t.rules]
    if not line.isdecimal() or (file, int(line)) not in {(r.file, r.line) for r in rules}:
        places = ", ".join(f"{r.file}:{r.line}" for r in rules[:8]) + (
            f" and {len(rules) - 8} more" if len(rules) > 8 else ""
        )
        raise Mend(f"The strategy in force has no rule at {rule}.", f"Its rules are at: {places or 'none'}.")
    assert board.current is not None
    found = [t for (t,) in con.execute(CAUGHT, [board.current.no, file, int(line)]).fetchall()]
    if not found:
        raise Mend(
            f"The rule at {rule} links no ticket.", "Its tickets may be claimed by an earlier rule or a decision."
        )
    return found


def hiding(con: Connection, settings: Settings, strategies: Sequence[Strategy] = ()) -> Mask:
    """What takes names of people out of a text that is shown; words of the strategies stay."""
    from alignment.installation import known_secret
    from analyzer.masking import Mask
    from analyzer.names import of_store

    return Mask(of_store(con, known_secret(settings.store)), strategies)


def keys_of(con: Connection, targets: Sequence[str]) -> dict[str, str]:
    """What people call these ids."""
    rows = con.execute(
        "SELECT id, key FROM tickets WHERE id IN (SELECT unnest($1)) UNION ALL "
        "SELECT id, name FROM containers WHERE id IN (SELECT unnest($1))",
        [list(targets)],
    ).fetchall()
    return dict(rows)


def parts_of(words: Sequence[str]) -> tuple[Part, ...]:
    """``growth`` whole, or ``growth=60% trust=40%``. Raises Mend."""
    if len(words) == 1 and "=" not in words[0]:
        return ((None if words[0] == NOTHING else words[0], WHOLE),)
    parts: list[Part] = []
    for word in words:
        found = SHARE.fullmatch(word)
        if found is None:
            raise Mend(f"{word} is no priority with its share.", "Write e.g. growth=60% trust=40%.")
        served = None if found["id"] == NOTHING else found["id"]
        parts.append((served, int(Decimal(found["share"]) * WHOLE / 100)))
    if sum(weight for _, weight in parts) != WHOLE:
        raise Mend(
            f"{' '.join(words)} does not add up to 100 %.", "Write e.g. growth=33.34% trust=33.33% speed=33.33%."
        )
    return tuple(parts)


def told(word: Word) -> str:
    """``growth``, ``growth 60 %, trust 40 %``, ``nothing`` or ``not growth``."""
    if word.rejects:
        return f"not {word.rejects}"
    if len(word.parts) == 1:
        return word.parts[0][0] or NOTHING
    return ", ".join(f"{served or NOTHING} {percent(weight)} %" for served, weight in word.parts)


def percent(weight: int) -> str:
    return f"{Decimal(weight) * 100 / WHOLE:f}".rstrip("0").rstrip(".") if weight % 10_000 else str(weight // 10_000)


def lines(done: Decided, as_json: bool) -> Iterator[str]:
    """What was written, for a person or a script."""
    if as_json:
        yield json.dumps({"act": done.act, "decided": [_plain(w, done.keys) for w in done.words]})
        return
    count = len(done.words)
    yield f"Act {done.act}: {count} {'decision' if count == 1 else 'decisions'}."
    for word in done.words[:MOST_TOLD]:
        below = " and all below it" if word.reach == "below" else ""
        yield f"  {done.keys.get(word.target, word.target)}{below}: {told(word)}"
    if count > MOST_TOLD:
        yield f"  and {count - MOST_TOLD} more"
    for name in done.asleep:
        yield f"{name} stands in no strategy in force now: until it does, the tickets stay unlinked."
    yield f"Take it back with: alignment link undo {done.act}"


def _plain(word: Word, keys: Mapping[str, str]) -> dict[str, Any]:
    serves = [{"target": served, "weight": weight} for served, weight in word.parts]
    return {"id": word.target, "key": keys.get(word.target, word.target), "serves": serves,
            "rejects": word.rejects or None, "reach": word.reach}  # fmt: skip


def by_act(con: Connection, act: int | None, speaker: str) -> int:
    """The act meant: the one given, else the speaker's last that was not taken back. Raises Mend."""
    if act is not None:
        return act
    from analyzer.spoken import ACTS

    last = scalar(
        con,
        f"SELECT max(act) FROM ({ACTS}) WHERE author = ? AND kind <> 'undo' AND undone_by IS NULL",
        [speaker],
    )
    if last is None:
        raise Mend(
            "There is no act of yours to take back.", "Name one: alignment link log lists them with their numbers."
        )
    return int(last)


def when(moment: datetime) -> str:
    return moment.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
