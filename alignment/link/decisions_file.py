"""What stands as a YAML file that people review in git, and back: reading the same file twice changes nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from alignment import wiring
from alignment.errors import Mend, Mistakes
from alignment.link.saying import NAMED, NOTHING, author, keys_of, parts_of, percent, spoken_at, when
from alignment.settings import Settings
from analyzer.decisions import Part, Stands, Word, decide, linkable, standing
from analyzer.located_yaml import Placed, read
from analyzer.mapping import WHOLE
from analyzer.plain_words import nearest
from analyzer.problem import Mistake
from analyzer.store import Connection, Store
from analyzer.written import Filled, OneOrMore

HEAD = """\
What people decided that tickets serve, as it stands. Written by: alignment link export
Read back with: alignment link import. Change it and import it: what differs becomes a decision.
"""


class Entry(Placed):
    """What one ticket, project or sprint serves."""

    ticket: Filled = Field(description="Key of the ticket, or the id or name of a project or sprint.")
    serves: Filled | dict[Filled, Filled] | None = Field(
        default=None, description="A priority, nothing, or several with shares."
    )
    rejects: OneOrMore | None = Field(
        default=None, validation_alias="not", description="What it was decided not to serve."
    )
    below: bool = Field(default=False, description="With all below it.")
    reason: str = Field(default="", description="Why.")
    at: datetime | None = Field(default=None, description="When it was decided; now, where it is left out.")
    by: str = Field(default="", description="Who decided it.")


class DecisionsFile(Placed):
    """The file of decisions."""

    decisions: tuple[Entry, ...] = Field(default=(), description="One entry a ticket.")


@dataclass(frozen=True, slots=True)
class ReadIn:
    """What a file brought: the act, if anything was new, how much, and what was decided anew after the file was written."""

    act: int | None
    new: int
    unchanged: int
    older: tuple[str, ...] = ()


TITLES = """
SELECT id, key, title, count(*) OVER (PARTITION BY key) = 1 AS alone FROM tickets WHERE key IN (
    SELECT key FROM tickets WHERE id IN (SELECT unnest($1))
) UNION ALL SELECT id, id, name, true FROM containers WHERE id IN (SELECT unnest($1))
"""


def drawn(con: Connection, authors: bool, hide: Callable[[str], str]) -> tuple[str, int]:
    """The file as text, and how many entries it has; keys as people know them, titles as comments, without names (``hide``)."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    stands = standing(con)
    known = {ident: (key, title, alone) for ident, key, title, alone in con.execute(TITLES, [list(stands)]).fetchall()}
    entries = CommentedSeq()
    for target in sorted(stands, key=lambda t: (known.get(t, (t,))[0], t)):
        key, title, alone = known.get(target, (target, "", False))
        entry = CommentedMap(_entry(stands[target], key if alone else target, authors))
        if title:
            entry.yaml_add_eol_comment(_one_line(hide(title)), "ticket", column=0)
        entries.append(entry)
    whole = CommentedMap(decisions=entries)
    whole.yaml_set_start_comment(HEAD)
    out, yaml = io.StringIO(), YAML()
    yaml.width, yaml.allow_unicode = 4096, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(whole, out)
    return out.getvalue(), len(entries)


def _entry(stands: Stands, name: str, authors: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"ticket": name}
    if len(stands.parts) == 1:
        made["serves"] = stands.parts[0][0] or NOTHING
    elif stands.parts:
        made["serves"] = {served or NOTHING: f"{percent(weight)}%" for served, weight in stands.parts}
    if stands.rejected:
        made["not"] = list(stands.rejected)
    if stands.reach == "below":
        made["below"] = True
    if stands.reason:
        made["reason"] = stands.reason
    made["at"] = when(stands.moment)
    return made | ({"by": stands.author} if authors else {})


def _one_line(title: str) -> str:
    """A title is whatever someone typed: in a comment it must not end the line, in any of the ways YAML knows."""
    return "".join(c if c.isprintable() else " " for c in title)[:100]


def read_in(settings: Settings, file: Path, by: str) -> ReadIn:
    """Writes what the file says anew, in one act. Raises Mistakes with all of them, Mend, Busy."""
    if not file.is_file():
        raise Mend(f"There is no file {file.name}.", "Write one: alignment link export decisions.yaml")
    found, mistakes = read(file, DecisionsFile, name=file.name)
    if found is None:
        raise Mistakes(mistakes)
    known, store = linkable(wiring.strategies(settings.strategy)), Store(settings.store)
    at = spoken_at(store, wiring.clock())
    with store.writing() as con:
        named: dict[str, list[str]] = dict(con.execute(NAMED, [[e.ticket for e in found.decisions]]).fetchall())
        mistakes = sorted(_mistakes(found.decisions, named, known, file.name, wiring.clock()))
        if mistakes:
            raise Mistakes(mistakes)
        stands = standing(con, targets=[ids[0] for ids in named.values()])
        words: list[Word] = []
        unchanged, older = 0, []
        for entry in found.decisions:
            target = named[entry.ticket][0]
            news = list(_news(entry, target, stands.get(target)))
            unchanged += not news
            late = news and _is_older(entry, stands.get(target))
            older += [target] if late else []
            words += [] if late else [_dated(w, entry, stands.get(target), author(entry.by or by)) for w in news]
        act = decide(con, words, author(by), at, None, known) if words else None
        told = tuple(keys_of(con, [t]).get(t, t) for t in older)
    return ReadIn(act, len({w.target for w in words}), unchanged, told)


def _news(entry: Entry, target: str, stands: Stands | None) -> Iterator[Word]:
    parts = _parts(entry)
    said = (parts, "below" if entry.below else "ticket", entry.reason)
    if parts and (stands is None or said != (stands.parts, stands.reach, stands.reason)):
        yield Word(target, parts, reach="below" if entry.below else "ticket", reason=entry.reason)
    for rejected in entry.rejects or ():
        if stands is None or rejected not in stands.rejected:
            yield Word(target, rejects=rejected, reason=entry.reason)


def _is_older(entry: Entry, stands: Stands | None) -> bool:
    return stands is not None and entry.at is not None and _aware(entry.at) < stands.moment.replace(tzinfo=UTC)


def _dated(word: Word, entry: Entry, stands: Stands | None, by: str) -> Word:
    """A decision of another store keeps its moment; one that was changed in the file is said now."""
    edited = stands is not None and entry.at is not None and _aware(entry.at) == stands.moment.replace(tzinfo=UTC)
    return replace(word, said=None if edited or entry.at is None else _aware(entry.at), by=by)


def _aware(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _parts(entry: Entry) -> tuple[Part, ...]:
    """Heaviest first, as they stand in the store. Raises Mend for shares that are none."""
    if entry.serves is None:
        return ()
    if isinstance(entry.serves, str):
        return ((None if entry.serves == NOTHING else entry.serves, WHOLE),)
    parts = parts_of([f"{served}={share}" for served, share in entry.serves.items()])
    return tuple(sorted(parts, key=lambda p: (-p[1], p[0] is None, p[0] or "")))


def _mistakes(
    entries: Sequence[Entry], named: Mapping[str, list[str]], known: frozenset[str], file: str, now: datetime
) -> Iterator[Mistake]:  # fmt: skip
    seen: dict[str, int] = {}
    for entry in entries:
        ids = named[entry.ticket]
        wrong: list[tuple[str, str]] = []
        if not ids:
            wrong.append((f"Nothing in the store is called {entry.ticket}", "Name a ticket by its key, or pull first"))
        elif len(ids) > 1:
            wrong.append((f"{len(ids)} things are called {entry.ticket}", f"Name one by its id: {', '.join(ids[:5])}"))
        elif ids[0] in seen:
            wrong.append((f"{entry.ticket} stands in line {seen[ids[0]]} already", "Keep one of the two"))
        else:
            seen[ids[0]] = entry.line
        if entry.serves is None and not entry.rejects:
            wrong.append(("'serves' and 'not' are both missing", "Write one, e.g. serves: growth, or serves: nothing"))
        if entry.at is not None and _aware(entry.at) > now:
            wrong.append((f"{when(_aware(entry.at))} is yet to come", "Leave 'at' out: then it is decided now"))
        try:
            served = [s for s, _ in _parts(entry) if s is not None]
        except Mend as error:
            wrong.append((error.what, error.fix))
            served = []
        for name in [*served, *(entry.rejects or ())]:
            if name not in known:
                wrong.append(
                    (f"The strategy has no {name}", nearest(name, known, f"It has: {', '.join(sorted(known))}"))
                )
        yield from (Mistake(file, entry.line, what, fix) for what, fix in wrong)
