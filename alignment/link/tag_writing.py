"""Carries out write-back ticket by ticket: looks first, says in the log what it is about to do, does it, and looks again.

A kill at any instant leaves at most lines in the log that are not settled; the next run looks at those tickets and settles them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analyzer import tag_log
from analyzer.store import Store, naive
from analyzer.tag_log import DONE, Act, OfTicket, Step, Write
from analyzer.tagging import state_of
from connectors.connector import ComeBack
from connectors.writing import Change, Held, Writes

NOT_TAKEN = "the tracker said yes and the tag did not change"


@dataclass(frozen=True, slots=True)
class Wish(OfTicket):
    """What should become of one ticket. ``state`` and ``updated``: how it was; empty where only its tags matter."""

    add: tuple[str, ...]
    remove: tuple[str, ...]
    state: str = ""
    updated: datetime | None = None


@dataclass(slots=True)
class Report:
    """What was done, or would be: tags by key of a ticket; keys that need nothing; why others were left alone or refused."""

    plan: str
    wrote: bool
    done: list[tuple[str, str]] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Work:
    """One run over the tickets of one plan."""

    store: Store
    plan: str
    step: Step
    write: bool
    clock: Callable[[], datetime]


def carry_out(work: Work, writer: Writes, wishes: Sequence[Wish], report: Report) -> None:
    """The wishes for one tracker. Raises ComeBack, which says how far it came, and other ``ConnectorError``s; the same call
    goes on where it was cut."""
    denied: dict[str, str] = {}
    try:
        for start in range(0, len(wishes), writer.batch):
            _one_batch(work, writer, wishes[start : start + writer.batch], denied, report)
    except ComeBack as error:
        said = str(error).replace(" What was fetched is kept.", "")
        how_far = f"{len(report.done)} tickets are written so far; the same command goes on."
        raise ComeBack(f"{said} {how_far}", error.at) from error


def settle_open(work: Work, tracker: str, writer: Writes) -> None:
    """Writes that an earlier run began and could not see to their end: the tracker tells whether they were taken."""
    steps: tuple[Step, ...] = ("apply", "revert")
    with work.store.reading() as con:
        open_ = {step: [w for w in tag_log.of_plan(con, work.plan, step) if w.outcome is None] for step in steps}
    for step in steps:
        begun = [w for w in open_[step] if w.tracker == tracker]
        if begun:
            now = writer.held(sorted({w.native for w in begun}))
            _settle(work, step, [_seen(w, now.get(w.native), "not written: the run ended") for w in begun])


def _one_batch(
    work: Work, writer: Writes, batch: Sequence[Wish], denied: dict[str, str], report: Report
) -> None:  # fmt: skip
    now = writer.held([wish.native for wish in batch])
    places = {held.place for held in now.values()} - denied.keys()
    denied |= dict.fromkeys(places, "") | writer.lacking(sorted(places))
    with work.store.reading() as con:
        ids = [wish.ticket for wish in batch]
        last, ours = tag_log.last_updates(con, ids), tag_log.written_by_us(con, ids)
        standing = {(w.ticket, w.tag) for w in tag_log.standing(con, work.plan)} if work.step == "apply" else set()
    ready: list[tuple[Wish, Change]] = []
    for wish in batch:
        held = now.get(wish.native)
        if held is None:
            report.left.append((wish.key, "it is gone, or hidden from this account"))
            continue
        change = _difference(wish, held)
        if not change.add and not change.remove:
            report.already.append(wish.key)
        elif why := _moved(wish, held, change, last.get(wish.ticket), ours, standing):
            report.left.append((wish.key, why))
        elif denied[held.place]:
            report.refused.append((wish.key, denied[held.place]))
        else:
            ready.append((wish, change))
    if ready:
        report.made += [tag for tag in writer.new_labels([c for _, c in ready]) if tag not in report.made]
        if work.write:
            _write(work, writer, ready, now, report)
        else:
            report.done += [(wish.key, said(change.add, change.remove)) for wish, change in ready]


def _difference(wish: Wish, held: Held) -> Change:
    """What is still missing."""
    labels = {label.lower() for label in held.labels}
    add = tuple(tag for tag in wish.add if tag.lower() not in labels)
    return Change(wish.native, add, tuple(tag for tag in wish.remove if tag.lower() in labels), held.place)


def _moved(
    wish: Wish, held: Held, change: Change, last: datetime | None, ours: set[tuple[str, str]], standing: set[tuple[str, str]]
) -> str:  # fmt: skip
    """Why a ticket is to be left alone; empty if it is as it was. ``last``: when a write of ours updated it."""
    if not wish.state:
        return ""
    if held.key != wish.key:
        return f"it moved and is {held.key} now"
    undone = [tag for tag in (*change.add, *change.remove) if (wish.ticket, tag) in standing]
    if undone:
        return f"{', '.join(undone)} was changed back after it was written"
    others = [tag for tag in change.remove if (wish.ticket, tag) not in ours]
    if others:
        return f"{', '.join(others)} was put on by somebody else"
    if state_of(held.labels, (*wish.add, *wish.remove)) != wish.state:
        return "its labels changed since the plan"
    at = naive(held.updated) if held.updated else None
    if at and wish.updated and at > (naive(wish.updated) or at) and at != last:
        return "it was changed since the plan"
    return ""


def _write(
    work: Work, writer: Writes, ready: Sequence[tuple[Wish, Change]], before: Mapping[str, Held], report: Report
) -> None:
    writes = [w for wish, change in ready for w in _writes(wish, change)]
    with work.store.writing() as con:
        tag_log.begin(con, work.plan, work.step, writes, work.clock())
    refused = writer.write([change for _, change in ready])
    now = writer.held([wish.native for wish, _ in ready])
    settled = [_seen(w, now.get(w.native), refused.get(w.native, NOT_TAKEN)) for w in writes]
    _settle(work, work.step, settled)
    for wish, _ in ready:
        own = [w for w in settled if w.ticket == wish.ticket]
        done, failed = [w for w in own if w.outcome == DONE], [w for w in own if w.outcome != DONE]
        if done:
            report.done.append((wish.key, said(_tags(done, "add"), _tags(done, "remove"))))
        if failed:
            report.refused.append((wish.key, str(failed[0].outcome)))


def _writes(wish: Wish, change: Change) -> Iterator[Write]:
    yield from (Write(wish.ticket, wish.key, tag, "add") for tag in change.add)
    yield from (Write(wish.ticket, wish.key, tag, "remove") for tag in change.remove)


def _seen(write: Write, held: Held | None, otherwise: str) -> Write:
    """The write with what the tracker shows of it."""
    there = held is not None and write.tag.lower() in {label.lower() for label in held.labels}
    taken = held is not None and there == (write.act == "add")
    outcome = DONE if taken else otherwise
    return Write(
        write.ticket, write.key, write.tag, write.act, outcome, held.updated if held and taken else None
    )  # fmt: skip


def _settle(work: Work, step: Step, writes: Sequence[Write]) -> None:
    with work.store.writing() as con:
        tag_log.settle(con, work.plan, step, writes, work.clock())


def _tags(writes: Iterable[Write], act: Act) -> list[str]:
    return [w.tag for w in writes if w.act == act]


def said(add: Iterable[str], remove: Iterable[str]) -> str:
    return ", ".join([*(f"+{tag}" for tag in add), *(f"-{tag}" for tag in remove)])
