"""Payloads are kept as they came, compressed, so that a change of settings or of parsing never needs a second pull."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from analyzer.store import Connection, naive
from connectors.connector import TICKET_KINDS, Payload


def save_raw(con: Connection, tracker: str, payloads: Sequence[Payload], fetched: datetime) -> None:
    """Upserts payloads by (tracker, kind, id); of several with one id in a batch the last counts.

    What came again unchanged is left as it is, and so is not read again.
    """
    latest = {(p.kind, p.id): p for p in payloads}
    if not latest:
        return
    texts = [_json(p.data) for p in latest.values()]
    frame = pd.DataFrame(
        {
            "kind": [p.kind for p in latest.values()],
            "id": [p.id for p in latest.values()],
            "digest": [int.from_bytes(hashlib.sha256(t).digest()[:8], signed=True) for t in texts],
            "payload": [zlib.compress(t, 1) for t in texts],
        }
    )
    con.register("given", frame)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE incoming AS SELECT g.kind, g.id, g.digest, g.payload::BLOB AS payload FROM given g "
        "ANTI JOIN raw r ON r.tracker = ? AND r.kind = g.kind AND r.id = g.id AND r.digest = g.digest",
        [tracker],
    )
    con.unregister("given")
    con.execute(
        "DELETE FROM raw USING incoming i WHERE raw.tracker = ? AND raw.kind = i.kind AND raw.id = i.id", [tracker]
    )
    con.execute(
        "INSERT INTO raw BY NAME SELECT ? AS tracker, kind, id, ? AS fetched, digest, payload FROM incoming",
        [tracker, naive(fetched)],
    )
    # a new history means its issue must be read again, and the other way round
    con.execute(
        "UPDATE raw SET parsed = NULL FROM incoming i WHERE raw.tracker = ? AND raw.id = i.id AND raw.kind = 'issue'",
        [tracker],
    )
    con.execute("DROP TABLE incoming")


def reference_payloads(con: Connection, tracker: str) -> list[Payload]:
    """Everything that is not per ticket, in a fixed order."""
    rows = con.execute(
        "SELECT kind, id, payload FROM raw WHERE tracker = ? AND kind NOT IN (SELECT unnest(?)) ORDER BY kind, id",
        [tracker, list(TICKET_KINDS)],
    ).fetchall()
    return [Payload(kind, ident, json.loads(zlib.decompress(blob))) for kind, ident, blob in rows]


def unread(con: Connection, tracker: str, reader: str, most: int) -> list[tuple[Payload, Payload | None]]:
    """Up to ``most`` issues (with their history) that ``reader``, a parser's fingerprint, has not read yet."""
    rows = con.execute(
        """
        SELECT i.id, i.payload, h.payload FROM (
            SELECT id, payload FROM raw WHERE tracker = $1 AND kind = 'issue' AND parsed IS DISTINCT FROM $2 LIMIT $3
        ) i LEFT JOIN raw h ON h.tracker = $1 AND h.kind = 'history' AND h.id = i.id
        """,
        [tracker, reader, most],
    ).fetchall()
    return [
        (Payload("issue", ident, json.loads(zlib.decompress(issue))),
         Payload("history", ident, json.loads(zlib.decompress(history))) if history is not None else None)
        for ident, issue, history in rows
    ]  # fmt: skip


def mark_read(con: Connection, tracker: str, reader: str, ids: Sequence[str]) -> None:
    con.execute(
        "UPDATE raw SET parsed = ? WHERE tracker = ? AND kind = 'issue' AND id IN (SELECT unnest(?))",
        [reader, tracker, list(ids)],
    )


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode()
