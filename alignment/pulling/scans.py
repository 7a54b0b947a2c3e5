"""How far a live tracker has been read: scans that finished, and the one that was cut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analyzer.store import Connection, Store, naive, scalar
from connectors.connector import Connector

OVERLAP = timedelta(minutes=10)
"""How far a scan reaches back before the start of the last one: trackers index changes seconds to minutes late."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over a live tracker: everything changed since ``since``; ``cursor`` says how far an earlier try came."""

    started: datetime
    since: datetime | None
    cursor: str
    known: bool


def begun(store: Store, connector: Connector, now: datetime) -> Scan:
    """The scan that was cut, or a new one from a little before the start of the last one that finished.

    Only scans of the same projects or teams count: one that the settings name later is read from its beginning. The watermark is
    the start of a scan, not the newest change seen in it: what a tracker indexes late is not lost.
    """
    if not connector.live:
        return Scan(now, None, "", True)
    with store.reading() as con:
        cut = con.execute(
            "SELECT started, since, cursor FROM scans WHERE tracker = ? AND scope = ? AND finished IS NULL",
            [connector.name, _scope(connector)],
        ).fetchall()
        last = scalar(
            con, "SELECT max(started) FROM scans WHERE tracker = ? AND scope = ? AND finished IS NOT NULL",
            [connector.name, _scope(connector)],
        )  # fmt: skip
    if cut:
        started, since, cursor = cut[0]
        return Scan(_aware(started), _aware(since) if since else None, cursor, True)
    return Scan(now, _aware(last) - OVERLAP if last else None, "", False)


def _scope(connector: Connector) -> str:
    """The projects or teams that are asked for; empty for all."""
    return str(getattr(connector, "scope", ""))


def note(con: Connection, connector: Connector, scan: Scan) -> None:
    """Keeps that a scan began; one of other projects or teams that was cut is given up."""
    if connector.live and not scan.known:
        con.execute("DELETE FROM scans WHERE tracker = ? AND finished IS NULL", [connector.name])
        con.execute(
            "INSERT INTO scans VALUES (?, ?, ?, '', NULL, ?)",
            [connector.name, naive(scan.started), naive(scan.since), _scope(connector)],
        )


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def advance(con: Connection, connector: Connector, cursor: str) -> None:
    con.execute("UPDATE scans SET cursor = ? WHERE tracker = ? AND finished IS NULL", [cursor, connector.name])


def finish(con: Connection, connector: Connector, now: datetime) -> None:
    con.execute("UPDATE scans SET finished = ? WHERE tracker = ? AND finished IS NULL", [naive(now), connector.name])
