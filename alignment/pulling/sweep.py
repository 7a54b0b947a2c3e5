"""Looks for tickets that a tracker no longer shows, and marks them; what is marked stays in the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pandas as pd

from alignment.pulling.scans import OVERLAP
from analyzer.store import Connection, Store, naive, scalar
from connectors.connector import Checkpoint, Connector, ConnectorError, Missing, Payload, Shown, Sweeps

EVERY = timedelta(days=7)

STALE = timedelta(days=1)
"""A sweep cut longer ago than this begins again: what it saw then says little of today."""

SUSPICIOUS_PART, SUSPICIOUS = 10, 20
"""More than one in so many and more than so many tickets gone at once look like a lost permission, not like deletions."""

KNOWN_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: of ``known`` tickets the ``shown``, those newly missing by how, and those that came ``back``.

    ``cut``: why it could not be finished; then it marked nothing. ``said``: what a person should know, and do.
    """

    known: int = 0
    shown: int = 0
    missing: dict[str, int] = field(default_factory=dict)
    back: int = 0
    said: str = ""
    cut: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """What to tell whoever ran it."""
        if self.cut:
            return (
                f"The look for tickets that are gone was cut and marked nothing; the next pull goes on. {self.cut}",
            )
        found = [f"{n:,} {how}" for how, n in sorted(self.missing.items())] + (
            [f"{self.back:,} back"] if self.back else []
        )
        told = f"Looked for {self.known:,} tickets in the tracker: {', '.join(found) or 'all are there'}."
        return (told, self.said) if self.said else (told,)


def swept(
    store: Store, connector: Connector, every: timedelta, now: datetime, progress: Callable[[str, str, int], None]
) -> Swept | None:
    """A sweep if one is due, ``every`` so long; ``None`` if not. One that the tracker cuts marks nothing and goes on at the
    next pull."""
    if not isinstance(connector, Sweeps) or not connector.live:
        return None
    with store.reading() as con:
        if not _due(con, connector.name, every, now):
            return None
    try:
        return _sweep(store, connector, connector, now, progress)
    except ConnectorError as error:
        return Swept(cut=str(error))


def _due(con: Connection, tracker: str, every: timedelta, now: datetime) -> bool:
    """The first scan of a tracker saw everything, and so counts as a sweep where nothing was known before it."""
    last = scalar(
        con,
        """
        SELECT max(started) FROM (
            SELECT started FROM sweeps WHERE tracker = $1 AND finished IS NOT NULL
            UNION ALL SELECT s.started FROM scans s WHERE tracker = $1 AND since IS NULL AND finished IS NOT NULL AND NOT EXISTS
                (SELECT 1 FROM raw r WHERE r.tracker = $1 AND r.kind = 'issue' AND r.fetched < s.started)
        )
        """,
        [tracker],
    )
    return last is None or naive(now) >= last + every


def _sweep(
    store: Store, connector: Connector, asked: Sweeps, now: datetime, progress: Callable[[str, str, int], None]
) -> Swept:
    tracker = connector.name
    started, cursor = _begun(store, tracker, now)
    seen: list[str] = []
    count = 0
    for one in asked.shown(_known(store, tracker, cursor), cursor):
        if isinstance(one, Shown):
            seen += one.ids
            continue
        count += _note(store, tracker, seen, one)
        seen = []
        progress(tracker, "looked for", count)
    _note(store, tracker, seen, None)
    with store.reading() as con:
        sought = [str(i) for (i,) in con.execute(UNSEEN, [tracker, naive(started - OVERLAP)]).fetchall()]
    return _mark(store, tracker, list(asked.confirm(sought)), now)


def _begun(store: Store, tracker: str, now: datetime) -> tuple[datetime, str]:
    """When the sweep that was cut began and how far it came; a new one otherwise."""
    with store.writing() as con:
        cut = con.execute(
            "SELECT started, cursor FROM sweeps WHERE tracker = ? AND finished IS NULL AND started > ?",
            [tracker, naive(now - STALE)],
        ).fetchall()
        if cut:
            return cut[0][0].replace(tzinfo=UTC), cut[0][1]
        con.execute("DELETE FROM sweeps WHERE tracker = ? AND finished IS NULL", [tracker])
        con.execute("DELETE FROM swept WHERE tracker = ?", [tracker])
        con.execute("INSERT INTO sweeps VALUES (?, ?, '', NULL)", [tracker, naive(now)])
    return now, ""


NATIVE = "substr(t.id, length(t.tracker) + 2)"
"""The tracker's own id of a ticket: ours without the tracker's name before it."""

UNSEEN = f"""
SELECT {NATIVE} FROM tickets t
ANTI JOIN swept w ON w.tracker = t.tracker AND w.id = {NATIVE}
ANTI JOIN (SELECT ticket FROM gone WHERE until IS NULL) g ON g.ticket = t.id
WHERE t.tracker = $1 AND t.created < $2 ORDER BY 1
"""
"""Known tickets that were not listed and are not marked yet. What was created since may not be in the tracker's search yet."""

BACK = """
UPDATE gone SET until = $2 WHERE tracker = $1 AND until IS NULL
    AND ticket IN (SELECT tracker || ':' || id FROM {seen} WHERE tracker = $1)
"""


def _known(store: Store, tracker: str, after: str) -> Iterator[str]:
    """The tracker's own ids of known tickets in order, a batch in memory at a time."""
    while True:
        with store.reading() as con:
            rows = con.execute(
                f"SELECT {NATIVE} AS id FROM tickets t WHERE t.tracker = ? AND {NATIVE} > ? ORDER BY id LIMIT ?",
                [tracker, after, KNOWN_BATCH],
            ).fetchall()
        if not rows:
            return
        for (ident,) in rows:
            yield ident
        after = rows[-1][0]


def _note(store: Store, tracker: str, ids: Sequence[str], checkpoint: Checkpoint | None) -> int:
    """What was listed so far, kept together with how far that is."""
    with store.writing() as con:
        _insert(con, "swept", pd.DataFrame({"tracker": tracker, "id": pd.Series(list(ids), dtype=object)}))
        if checkpoint is not None:
            con.execute(
                "UPDATE sweeps SET cursor = ? WHERE tracker = ? AND finished IS NULL", [checkpoint.cursor, tracker]
            )
    return len(ids)


def _mark(store: Store, tracker: str, missing: Sequence[Missing], now: datetime) -> Swept:
    """Marks what is missing, unmarks what was listed again, and ends the sweep: all of it, or nothing."""
    at = now.astimezone(UTC).replace(tzinfo=None)
    frame = pd.DataFrame(
        {"ticket": pd.Series([f"{tracker}:{m.id}" for m in missing], dtype=object),
         "how": pd.Series([m.how for m in missing], dtype=object)}
    ).assign(tracker=tracker, since=pd.Timestamp(at))  # fmt: skip
    with store.writing() as con:
        back = int(scalar(con, BACK.format(seen="swept"), [tracker, at]) or 0)
        known = int(scalar(con, "SELECT count(*) FROM tickets WHERE tracker = ?", [tracker]))
        already = int(scalar(con, "SELECT count(*) FROM gone WHERE tracker = ? AND until IS NULL", [tracker]))
        _insert(con, "gone", frame)
        con.execute("UPDATE sweeps SET finished = ? WHERE tracker = ? AND finished IS NULL", [at, tracker])
        con.execute("DELETE FROM swept WHERE tracker = ?", [tracker])
    by_how = dict(sorted(Counter(m.how for m in missing).items()))
    lost = by_how.get("gone", 0)
    said = ""
    if lost > SUSPICIOUS and lost * SUSPICIOUS_PART > known - already:
        said = (
            f"{lost:,} of {known - already:,} tickets of {tracker} vanished at once, as when an account loses a permission. Check "
            "with `alignment check` what it may see; what it sees again is unmarked by `alignment pull --sweep`."
        )
    return Swept(known, known - already - len(missing), by_how, back, said)  # type: ignore[arg-type]


def back(con: Connection, tracker: str, payloads: Sequence[Payload], now: datetime) -> None:
    """Unmarks tickets that a pull was given again. Linear goes on giving what lies in its bin: that is not back."""
    if not scalar(con, "SELECT count(*) FROM gone WHERE tracker = ? AND until IS NULL", [tracker]):
        return
    ids = [p.id for p in payloads if p.kind == "issue" and not p.data.get("trashed")]
    con.register("given", pd.DataFrame({"tracker": tracker, "id": pd.Series(ids, dtype=object)}))
    con.execute(BACK.format(seen="given"), [tracker, naive(now)])
    con.unregister("given")


def _insert(con: Connection, table: str, frame: pd.DataFrame) -> None:
    if len(frame):
        con.register("incoming", frame)
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
        con.unregister("incoming")
