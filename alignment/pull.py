"""Brings a store up to date: fetches every tracker's payloads, keeps them raw, then reads what has not been read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from analyzer import raw
from analyzer import store as storing
from analyzer.store import Store, scalar
from connectors.connector import Checkpoint, Connector, Malformed, ParseOptions, Payload
from connectors.ticket import Parsed, Problem

PARSER_VERSION = 1
"""Raised when the parsers change what they make of a payload: then everything raw is read again, without a pull."""

UNREADABLE = "malformed_ticket"
"""The kind of problem of a payload that no ticket can be made of."""

OVERLAP = timedelta(minutes=10)
"""How far a scan reaches back before the start of the last one: trackers index changes seconds to minutes late."""

FETCH_BATCH = 1_000
READ_BATCH = 2_000

Progress = Callable[[str, str, int], None]
"""Called with the tracker, a word for the step, and how many tickets are through it."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one tracker gave: tickets fetched, read, and entries skipped (with the first few said)."""

    tracker: str
    fetched: int
    read: int
    skipped: int
    problems: tuple[str, ...]


def silent(_tracker: str, _step: str, _count: int) -> None:
    pass


def pull(
    store: Store, connector: Connector, options: ParseOptions, now: datetime, progress: Progress = silent
) -> Pulled:
    """One tracker. Safe to stop anywhere and to repeat: payloads are upserted, reading goes on where it stopped.

    A source of which nothing can be used leaves the store as it was. Raises ``connectors.connector.ConnectorError`` and
    ``analyzer.store.Busy``.
    """
    problems: list[Problem] = []
    scan = _begun(store, connector, now)
    batches = _batches(_given(connector, scan, problems), FETCH_BATCH)
    first = next(batches, [])
    with store.writing() as con:
        _note(con, connector, scan)
        con.execute("DELETE FROM trackers WHERE name = ?", [connector.name])
        con.execute(
            "INSERT INTO trackers BY NAME SELECT ? AS name, ? AS kind, ? AS source, ? AS live, ? AS pulled",
            [connector.name, connector.kind, connector.source, connector.live, storing.naive(now)],
        )
        con.execute(
            "DELETE FROM problems WHERE tracker = ? AND ticket IS NULL AND kind <> ?", [connector.name, UNREADABLE]
        )
    fetched = _keep(store, connector, chain([first], batches), now, progress)
    if connector.live:
        with store.writing() as con:
            con.execute(
                "UPDATE scans SET finished = ? WHERE tracker = ? AND finished IS NULL",
                [storing.naive(now), connector.name],
            )
    read = _read(store, connector, options, progress)
    with store.writing() as con:
        storing.add_problems(con, connector.name, problems)
        storing.resolve_parents(con, connector.name)
        said = con.execute(
            "SELECT place || ': ' || what FROM problems WHERE tracker = ? AND ticket IS NULL ORDER BY rowid",
            [connector.name],
        ).fetchall()
        body = {"tracker": connector.name, "fetched": fetched, "read": read, "skipped": len(said)}
        con.execute(
            "INSERT INTO runs (moment, kind, as_of, body) VALUES (?, 'pull', ?, ?)",
            [storing.naive(now), storing.naive(now), json.dumps(body, sort_keys=True)],
        )
    return Pulled(connector.name, fetched, read, len(said), tuple(line for (line,) in said[:5]))


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over a live tracker: everything changed since ``since``; ``cursor`` says how far an earlier try came."""

    started: datetime
    since: datetime | None
    cursor: str
    known: bool


def _begun(store: Store, connector: Connector, now: datetime) -> Scan:
    """The scan that was cut, or a new one from a little before the start of the last one that finished.

    The watermark is the start of a scan, not the newest change seen in it: what a tracker indexes late is not lost.
    """
    if not connector.live:
        return Scan(now, None, "", True)
    with store.reading() as con:
        cut = con.execute(
            "SELECT started, since, cursor FROM scans WHERE tracker = ? AND finished IS NULL", [connector.name]
        ).fetchall()
        last = scalar(
            con, "SELECT max(started) FROM scans WHERE tracker = ? AND finished IS NOT NULL", [connector.name]
        )
    if cut:
        started, since, cursor = cut[0]
        return Scan(_aware(started), _aware(since) if since else None, cursor, True)
    return Scan(now, _aware(last) - OVERLAP if last else None, "", False)


def _note(con: storing.Connection, connector: Connector, scan: Scan) -> None:
    if connector.live and not scan.known:
        con.execute(
            "INSERT INTO scans VALUES (?, ?, ?, '', NULL)",
            [connector.name, storing.naive(scan.started), storing.naive(scan.since)],
        )


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def _given(connector: Connector, scan: Scan, problems: list[Problem]) -> Iterator[Payload | Checkpoint]:
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
) -> int:
    """Commits batch by batch; a checkpoint is committed together with the payloads it vouches for."""
    fetched = 0
    for batch in batches:
        payloads = [one for one in batch if isinstance(one, Payload)]
        cursors = [one.cursor for one in batch if isinstance(one, Checkpoint)]
        with store.writing() as con:
            raw.save_raw(con, connector.name, payloads, now)
            if cursors:
                con.execute(
                    "UPDATE scans SET cursor = ? WHERE tracker = ? AND finished IS NULL", [cursors[-1], connector.name]
                )
        fetched += sum(p.kind == "issue" for p in payloads)
        progress(connector.name, "fetched", fetched)
    return fetched


def _read(store: Store, connector: Connector, options: ParseOptions, progress: Progress) -> int:
    """Parses everything raw that this parser, with these options and this reference data, has not parsed yet.

    What cannot be read is remembered with the payload: it is not looked at again until it changes.
    """
    with store.reading() as con:
        reference = raw.reference_payloads(con, connector.name)
    parser = connector.parser(reference, options)
    reader = _fingerprint(options, reference)
    with store.writing() as con:
        storing.save_parsed(con, connector.name, parser.reference())
    read = 0
    while True:
        with store.writing() as con:
            waiting = raw.unread(con, connector.name, reader, READ_BATCH)
            if not waiting:
                return read
            parsed = Parsed()
            problems: list[Problem] = []
            for issue, history in waiting:
                try:
                    parsed.add(parser.ticket(issue, history))
                except Malformed as error:
                    problems.append(Problem(UNREADABLE, called(issue), str(error)))
                except (AttributeError, KeyError, TypeError, ValueError) as error:  # a field of an unheard-of shape
                    what = f"it could not be read: a field has an unexpected shape ({type(error).__name__})"
                    problems.append(Problem(UNREADABLE, called(issue), what))
            con.execute(
                "DELETE FROM problems WHERE tracker = ? AND kind = ? AND place IN (SELECT unnest(?))",
                [connector.name, UNREADABLE, [called(issue) for issue, _ in waiting]],
            )
            storing.save_parsed(con, connector.name, parsed)
            storing.add_problems(con, connector.name, problems)
            raw.mark_read(con, connector.name, reader, [issue.id for issue, _ in waiting])
        read += len(waiting)
        progress(connector.name, "read", read)


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
        if payload.kind in ("field", "status", "state", "label", "team", "export"):
            digest.update(json.dumps([payload.kind, payload.id, payload.data], sort_keys=True).encode())
    return digest.hexdigest()[:16]


def installation_secret(store: Path) -> bytes:
    """The key that pseudonyms are made with: beside the store, made on first use, readable by its owner only."""
    path = store.with_suffix(".key")
    if not path.exists():
        import os
        import secrets

        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(32).encode())
    return path.read_bytes()
