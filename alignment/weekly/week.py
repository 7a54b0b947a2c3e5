"""The operating rhythm: states a week's focus in the strategy file, and keeps what was reviewed, decided and agreed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alignment import wiring
from alignment.errors import Mend, Mistakes
from alignment.settings import Settings
from alignment.strategy_history import remember
from alignment.whole_file import replacing
from analyzer.calendar import Calendar, day_of, monday, week_name, week_number, week_of_day
from analyzer.store import Connection, Store, naive
from analyzer.strategy import Strategy
from analyzer.strategy_file import in_force, read_strategies

CHOICES = {"act": "to be acted on", "accept": "accepted as it is", "dismiss": "dismissed"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a person said of one week. ``decided`` are FINDING=CHOICE, ``noted`` PRIORITY=TEXT."""

    focus: tuple[str, ...] = ()
    done_when: str = ""
    held: bool = False
    decided: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    reason: str = ""
    until: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table ``decisions``."""

    kind: str
    target: str
    choice: str = ""
    reason: str = ""
    until: datetime | None = None


def spoken(settings: Settings, week: str | None, words: Words) -> list[str]:
    """Carries out what was said of a week; without a word, how the week stands. Raises Mend, Mistakes."""
    judged_by = wiring.strategies(settings.strategy)
    if not settings.store.exists():
        raise wiring.no_store(settings.store)
    calendar, now, store = wiring.options(settings).calendar, wiring.clock(), Store(settings.store)
    number = week_of(week, calendar, now)
    ends = wiring.day_end(calendar, words.until) if words.until else None
    said = say(store, settings.strategy, number, words, ends, now)
    remember(store, settings.strategy, now)
    return said or standing(store, judged_by, number)


def week_of(name: str | None, calendar: Calendar, now: datetime) -> int:
    """The week meant: this one where none is named. Raises Mend."""
    if name is None:
        return week_of_day(calendar.local_day(now))
    try:
        return week_number(name)
    except ValueError:
        raise Mend(f"{name} is no week.", "Write e.g. --week 2026-W47.") from None


def say(store: Store, strategy: Path, week: int, words: Words, ends: datetime | None, now: datetime) -> list[str]:
    """Writes everything that was said, all of it or nothing; lines that tell what was kept. Raises Mend, Mistakes."""
    strategies, mistakes = read_strategies(strategy)
    if mistakes:
        raise Mistakes(mistakes)
    found = in_force(strategies, day_of(monday(week)))
    entries = list(_entries(store, found, week, words, ends))
    said = []
    if words.focus or words.done_when:
        said.append(_write_focus(strategy, found, week, words))
    if entries:
        with store.writing() as con:
            for e in entries:
                append(con, e, words.by, now)
        said += [_told(e) for e in entries]
    return said


def _entries(
    store: Store, strategy: Strategy | None, week: int, words: Words, ends: datetime | None
) -> Iterator[Entry]:
    if words.held:
        yield Entry("review", week_name(week), "held", words.reason)
    for text in words.decided:
        finding, _, choice = text.partition("=")
        _known_measure(finding)
        if choice not in CHOICES:
            raise Mend(f"{text} names no decision.", f"Write {finding}=act, {finding}=accept or {finding}=dismiss.")
        if not words.reason:
            raise Mend(f"A decision on {finding} needs a reason.", "Add --reason '…': the next report quotes it.")
        yield Entry("finding", finding, choice, words.reason, ends)
    for name in words.agreed:
        if not words.reason:
            raise Mend(f"An agreement on {name} needs a reason.", "Add --reason '…': who agreed to what.")
        yield Entry("scope", _scope_target(store, strategy, name), "agreed", words.reason, ends)
    for text in words.noted:
        priority, _, note = text.partition("=")
        if strategy is None or strategy.priority(priority) is None:
            raise Mend(f"The strategy of that week has no priority {priority}.", _ids(strategy))
        if not note.strip():
            raise Mend(f"The note on {priority} is empty.", f"Write --note {priority}='what there is to say'.")
        yield Entry("note", priority, "", note.strip())


def _known_measure(name: str) -> None:
    from analyzer.measures import MEASURES

    known = [m.META.id for m in MEASURES]
    if name not in known:
        raise Mend(f"There is no finding named {name}.", f"It is one of: {', '.join(known)}.")


def _ids(strategy: Strategy | None) -> str:
    return (
        f"Its priorities are: {', '.join(p.id for p in strategy.priorities)}."
        if strategy
        else "No strategy is in force then."
    )


def _scope_target(store: Store, strategy: Strategy | None, name: str) -> str:
    """The id of a priority, or of a sprint, cycle, project, version, milestone, initiative or ticket. Raises Mend."""
    if strategy is not None and strategy.priority(name) is not None:
        return name
    with store.reading() as con:
        rows = con.execute(
            "SELECT DISTINCT id FROM (SELECT id FROM containers WHERE kind <> 'space' AND (name = $1 OR id = $1) "
            "UNION ALL SELECT id FROM tickets WHERE key = $1 OR id = $1) ORDER BY id",
            [name],
        ).fetchall()
    if not rows:
        raise Mend(
            f"Nothing in the store is called {name}.",
            "Name a priority, or a sprint, project, version or ticket as the report does.",
        )
    if len(rows) > 1:
        raise Mend(
            f"{len(rows)} things are called {name}.", f"Name one by its id: {', '.join(r[0] for r in rows[:5])}."
        )
    return str(rows[0][0])


def append(con: Connection, entry: Entry, by: str, now: datetime) -> None:
    con.execute(
        "INSERT INTO decisions (moment, author, target, reason, kind, choice, until) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [naive(now), by, entry.target, entry.reason, entry.kind, entry.choice, naive(entry.until)],
    )


def _told(entry: Entry) -> str:
    if entry.kind == "review":
        return f"Review of {entry.target}: held."
    if entry.kind == "finding":
        ends = f" until {entry.until:%Y-%m-%d}" if entry.until else ""
        return f"{entry.target}: {CHOICES[entry.choice]}{ends}."
    return f"Growth of {entry.target}: agreed." if entry.kind == "scope" else f"Note on {entry.target}: kept."


def _write_focus(path: Path, strategy: Strategy | None, week: int, words: Words) -> str:
    """Sets the week's entry in the strategy file, comments and order kept; a file that would be wrong is not written."""
    if strategy is None:
        raise Mend(f"No strategy is in force in {week_name(week)}.", "Give one with valid dates that cover it.")
    file = path / strategy.file.rsplit("/", 1)[-1] if path.is_dir() else path
    from alignment.weekly.week_file import with_entry

    text = with_entry(file.read_text(encoding="utf-8"), week_name(week), words.focus, words.done_when)
    with replacing(file, file.stat().st_mode & 0o777) as made:
        made.write_text(text, encoding="utf-8")
        mistakes = _mistakes_of(made, file.name)
        if mistakes:
            raise Mend(f"{mistakes[0]}", "Nothing was written.")
    kept = read_strategies(file)[0][0].weeks[week_name(week)]
    return f"{week_name(week)} in {file.name}: focus on {', '.join(kept.focus)}."


def _mistakes_of(file: Path, name: str) -> Sequence[str]:
    _, mistakes = read_strategies(file)
    return [f"{name}:{m.line}: {m.what}. {m.fix}" for m in mistakes]


def standing(store: Store, strategies: Sequence[Strategy], week: int) -> list[str]:
    """What is stated, held and decided for a week, in lines."""
    strategy = in_force(strategies, day_of(monday(week)))
    lines = [f"{week_name(week)}, {strategy.strategy}" if strategy else f"{week_name(week)}: no strategy is in force."]
    stated = strategy.weeks.get(week_name(week)) if strategy else None
    lines.append(f"  focus: {', '.join(stated.focus)}" if stated else "  focus: not stated (--focus ID)")
    if stated and stated.done_when:
        lines.append(f"  done when: {stated.done_when}")
    with store.reading() as con:
        rows = con.execute(
            "SELECT kind, target, choice, reason, until FROM decisions WHERE kind IN ('review', 'finding') "
            "ORDER BY no DESC LIMIT 200"
        ).fetchall()
    held = any(kind == "review" and target == week_name(week) for kind, target, *_ in rows)
    if strategy and strategy.review:
        lines.append(f"  review: {'held' if held else 'not held yet (--review-held)'}")
    for _kind, target, choice, reason, until in [r for r in rows if r[0] == "finding"][:5]:
        ends = f" until {until.replace(tzinfo=UTC):%Y-%m-%d}" if until else ""
        lines.append(f"  decided: {target} {CHOICES.get(choice, choice)}{ends}: {reason}")
    return lines
