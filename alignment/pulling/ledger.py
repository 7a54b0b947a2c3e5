"""What one pull asked, got and missed, kept with its row in ``runs`` from its first batch on, so that a cut pull tells too."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from alignment.pulling.scans import Scan
from alignment.pulling.sweep import Swept
from analyzer.store import Connection, naive, scalar
from connectors.connector import Payload
from connectors.ticket import Problem


class Ledger:
    """The row of a pull. It says *cut* until ``close``: a pull that is killed has no last word.

    ``entries`` are change-log entries of those tickets where the tracker told how many there are: Jira's embedded logs.
    """

    def __init__(self, tracker: str, scan: Scan) -> None:
        self.no = 0
        since = naive(scan.since)
        self.body: dict[str, Any] = {
            "tracker": tracker, "complete": False, "asked": {"since": since.isoformat() if since else None,
            "goes_on": bool(scan.cursor)}, "fetched": 0, "histories": 0, "entries": {"told": 0, "given": 0},
        }  # fmt: skip

    def note(self, con: Connection, payloads: Iterable[Payload], now: datetime) -> None:
        """Counts a batch, in the transaction that keeps it."""
        for payload in payloads:
            if payload.kind == "issue":
                self.body["fetched"] += 1
                self._entries(payload.data.get("changelog"))
            elif payload.kind == "history":
                self.body["histories"] += 1
        self._write(con, now)

    def close(
        self, con: Connection, now: datetime, read: int, skipped: int, problems: Sequence[Problem], swept: Swept | None
    ) -> None:
        self.body |= {
            "complete": True, "read": read, "skipped": skipped,
            "problems": dict(sorted(Counter(p.kind for p in problems).items())),
            "sweep": asdict(swept) if swept else None,
        }  # fmt: skip
        self._write(con, now)

    def _entries(self, log: Any) -> None:
        if isinstance(log, dict) and isinstance(log.get("total"), int) and isinstance(log.get("histories"), list):
            self.body["histories"] += 1
            self.body["entries"]["told"] += log["total"]
            self.body["entries"]["given"] += len(log["histories"])

    def _write(self, con: Connection, now: datetime) -> None:
        body = json.dumps(self.body, sort_keys=True)
        if self.no:
            con.execute("UPDATE runs SET body = ? WHERE no = ?", [body, self.no])
            return
        sql = "INSERT INTO runs (moment, kind, as_of, body) VALUES (?, 'pull', ?, ?) RETURNING no"
        self.no = int(scalar(con, sql, [naive(now), naive(now), body]))
