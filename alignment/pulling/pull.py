"""Brings a store up to date: fetches every tracker's payloads, keeps them raw, then reads what has not been read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from alignment.pulling import scans, sweep
from alignment.pulling.ledger import Ledger
from analyzer import names, raw, seen
from analyzer import store as storing
from analyzer.masking import Mask
from analyzer.store import Store
from connectors.accounts import Accounts
from connectors.connector import Checkpoint, Connector, Fatal, Malformed, ParseOptions, Payload
from connectors.ticket import Parsed, Problem

PARSER_VERSION = 3
"""Raised when the parsers change what they make of a payload: then everything raw is read again, without a pull."""

UNREADABLE = "malformed_ticket"
"""The kind of problem of a payload that no ticket can be made of."""

FETCH_BATCH = 1_000
READ_BATCH = 2_000

Progress = Callable[[str, str, int], None]
"""Called with the tracker, a word for the step, and how many tickets are through it."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one tracker gave: tickets fetched, read, and entries skipped (with the first few said); what a sweep found."""

    tracker: str
    fetched: int
    read: int
    skipped: int
    problems: tuple[str, ...]
    swept: tuple[str, ...] = ()

    def as_data(self) -> dict[str, str | int]:
        return {"tracker": self.tracker, "fetched": self.fetched, "read": self.read, "skipped": self.skipped}


def silent(_tracker: str, _step: str, _count: int) -> None:
    pass


def pull(
    store: Store, connector: Connector, options: ParseOptions, now: datetime, progress: Progress = silent,
    sweep_every: timedelta = sweep.EVERY,
) -> Pulled:  # fmt: skip
    """One tracker. Safe to stop anywhere and to repeat: payloads are upserted, reading goes on where it stopped.
    Tickets that are gone are looked for when the last look is ``sweep_every`` ago.

    A source of which nothing can be used leaves the store as it was. Raises ``connectors.connector.ConnectorError`` and
    ``analyzer.store.Busy``.
    """
    _refuse_to_forget(store, connector)
    problems: list[Problem] = []
    scan = scans.begun(store, connector, now)
    batches = _batches(_given(connector, scan, problems), FETCH_BATCH)
    first = next(batches, [])
    with store.writing() as con:
        scans.note(con, connector, scan)
        source = _source(con, connector)
        con.execute("DELETE FROM trackers WHERE name = ?", [connector.name])
        con.execute(
            "INSERT INTO trackers BY NAME SELECT ? AS name, ? AS kind, ? AS source, ? AS live, ? AS pulled",
            [connector.name, connector.kind, source, connector.live, storing.naive(now)],
        )
        con.execute(
            "DELETE FROM problems WHERE tracker = ? AND ticket IS NULL AND kind <> ?", [connector.name, UNREADABLE]
        )
    book = Ledger(connector.name, scan)
    fetched = _keep(store, connector, chain([first], batches), now, progress, book)
    if connector.live:
        with store.writing() as con:
            scans.finish(con, connector, now)
    read = _read(store, connector, options, progress)
    swept = sweep.swept(store, connector, sweep_every, now, progress)
    with store.writing() as con:
        storing.add_problems(con, connector.name, problems)
        storing.resolve_parents(con, connector.name)
        seen.note(con, connector.name, now)
        said = con.execute(
            "SELECT place || ': ' || what FROM problems WHERE tracker = ? AND ticket IS NULL ORDER BY rowid",
            [connector.name],
        ).fetchall()
        book.close(con, now, read, len(said), problems, swept)
        hide = Mask(names.of_store(con, options.secret))
    lines = swept.lines if swept else ()
    return Pulled(connector.name, fetched, read, len(said), tuple(hide(line) for (line,) in said[:5]), lines)


def _refuse_to_forget(store: Store, connector: Connector) -> None:
    """A CSV of tickets whose history is known would take that history away. Raises Fatal."""
    if getattr(connector, "has_history", True) or not store.path.exists():
        return
    with store.reading() as con:
        known = storing.scalar(
            con, "SELECT count(*) FROM tickets WHERE tracker = ? AND history <> 'none'", [connector.name]
        )
    if known:
        raise Fatal(
            f"{known:,} tickets of {connector.name} are known with their history, and a CSV has none. "
            "Export as JSON again, or fill another store with --store."
        )


def _source(con: storing.Connection, connector: Connector) -> str:
    """Where a tracker's tickets came from: of files, all that were read one after the other."""
    before = storing.scalar(con, "SELECT source FROM trackers WHERE name = ? AND NOT live", [connector.name])
    if connector.live or not before:
        return connector.source
    return ", ".join(dict.fromkeys([*str(before).split(", "), *connector.source.split(", ")]))


def _given(connector: Connector, scan: scans.Scan, problems: list[Problem]) -> Iterator[Payload | Checkpoint]:
    """What a tracker gives; what had to be skipped is added to ``problems``."""
    for one in connector.fetch(scan.since, scan.cursor):
        if isinstance(one, Problem):
            problems.append(one)
        else:
            yield one


def _keep(
    store: Store,
    connector: Connector,
    batches: Iterable[Sequence[Payload | Checkpoint]],
    now: datetime,
    progress: Progress,
    book: Ledger,
) -> int:
    """Commits batch by batch; a checkpoint is committed together with the payloads it vouches for."""
    fetched = 0
    for batch in batches:
        payloads = [one for one in batch if isinstance(one, Payload)]
        cursors = [one.cursor for one in batch if isinstance(one, Checkpoint)]
        with store.writing() as con:
            raw.save_raw(con, connector.name, payloads, now)
            sweep.back(con, connector.name, payloads, now)
            book.note(con, payloads, now)
            if cursors:
                scans.advance(con, connector, cursors[-1])
        fetched += sum(p.kind == "issue" for p in payloads)
        progress(connector.name, "fetched", fetched)
    return fetched


def _read(store: Store, connector: Connector, options: ParseOptions, progress: Progress) -> int:
    """Parses everything raw that this parser, with these options and this reference data, has not parsed yet.

    What cannot be read is remembered with the payload: it is not looked at again until it changes.
    """
    with store.writing() as con:
        reference = raw.reference_payloads(con, connector.name)
        parser = connector.parser(reference, options)
        reader = _fingerprint(options, reference)
        told = parser.reference()
        listed = {c.id for c in told.containers}
        storing.save_parsed(con, connector.name, told)
        people = Accounts(reference)
        called_so = people.listed()
        names.remember(con, connector.name, options.secret, called_so)
    read = 0
    while True:
        with store.writing() as con:
            waiting = raw.unread(con, connector.name, reader, READ_BATCH)
            if not waiting:
                break
            parsed = Parsed()
            problems: list[Problem] = []
            more = {a for pair in waiting for p in pair if p for a in people.named(p)} - called_so
            names.remember(con, connector.name, options.secret, more)
            called_so |= more
            for issue, history in waiting:
                try:
                    parsed.add(parser.ticket(issue, history))
                except Malformed as error:
                    problems.append(Problem(UNREADABLE, called(issue), str(error)))
                except (AttributeError, KeyError, TypeError, ValueError) as error:  # a field of an unheard-of shape
                    what = f"it could not be read: a field has an unexpected shape ({type(error).__name__})"
                    problems.append(Problem(UNREADABLE, called(issue), what))
            # a ticket fetched long ago mentions its sprint as it was then
            parsed.containers = [c for c in parsed.containers if c.id not in listed]
            con.execute(
                "DELETE FROM problems WHERE tracker = ? AND kind = ? AND place IN (SELECT unnest(?))",
                [connector.name, UNREADABLE, [called(issue) for issue, _ in waiting]],
            )
            storing.save_parsed(con, connector.name, parsed)
            storing.add_problems(con, connector.name, problems)
            raw.mark_read(con, connector.name, reader, [issue.id for issue, _ in waiting])
        read += len(waiting)
        progress(connector.name, "read", read)
        if len(waiting) < READ_BATCH:
            break
    with store.writing() as con:  # what the lists say hangs together stays, though its tickets were replaced
        storing.save_parsed(con, connector.name, Parsed(relations=told.relations))
    return read


def called(issue: Payload) -> str:
    """The name by which a person finds the ticket: its key, if it has one."""
    return str(issue.data.get("key") or issue.data.get("identifier") or issue.id)


def _batches(payloads: Iterable[Payload | Checkpoint], size: int) -> Iterator[list[Payload | Checkpoint]]:
    batch: list[Payload | Checkpoint] = []
    for payload in payloads:
        batch.append(payload)
        if len(batch) >= size or isinstance(payload, Checkpoint):
            yield batch
            batch = []
    if batch:
        yield batch


def _fingerprint(options: ParseOptions, reference: Iterable[Payload]) -> str:
    """Of everything that decides what a parser makes of a payload."""
    digest = hashlib.sha256(
        repr((PARSER_VERSION, sorted(options.fields.items()), sorted(options.cancelled), options.base_url)).encode()
    )
    digest.update(options.secret)
    for payload in reference:
        if payload.kind in ("field", "status", "state", "label", "team", "export", "board"):
            digest.update(json.dumps([payload.kind, payload.id, payload.data], sort_keys=True).encode())
    return digest.hexdigest()[:16]
