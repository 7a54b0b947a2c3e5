"""What was sent to whom for which week: written down before it is sent and after, so that a run that was killed is made good."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from alignment.scrubbing import nameless
from analyzer.store import Store, naive, scalar

LAST = """
SELECT target, round, run, digest, begun, sent, said FROM deliveries WHERE period = ?
QUALIFY row_number() OVER (PARTITION BY target ORDER BY round DESC, begun DESC, rowid DESC) = 1 ORDER BY target
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last attempt for one week and target; ``sent`` is empty while nobody knows that it was."""

    period: str
    target: str
    round: int
    run: int
    digest: str
    begun: datetime
    sent: datetime | None = None
    said: str = ""


def standing(store: Store, period: str) -> dict[str, Attempt]:
    """By target, the last attempt of a week. A store that is not there knows of none, and is not made."""
    if not store.path.exists():
        return {}
    with store.reading() as con:
        rows = con.execute(LAST, [period]).fetchall()
    return {
        target: Attempt(period, target, number, run, digest, _utc(begun), _utc(sent) if sent else None, said or "")
        for target, number, run, digest, begun, sent, said in rows
    }


def begin(
    store: Store, period: str, target: str, number: int, run: int, now: datetime
) -> tuple[Attempt, dict[str, Any]]:
    """Writes down what is about to be sent; returns it with the frozen Result. The same round of the same week carries the same."""
    with store.writing() as con:
        body = str(scalar(con, "SELECT body FROM runs WHERE no = ?", [run]))
        attempt = Attempt(period, target, number, run, hashlib.sha256(body.encode()).hexdigest()[:16], now)
        con.execute("DELETE FROM deliveries WHERE period = ? AND target = ? AND round = ?", [period, target, number])
        con.execute(
            "INSERT INTO deliveries (period, target, round, run, digest, begun) VALUES (?, ?, ?, ?, ?, ?)",
            [period, target, number, run, attempt.digest, naive(now)],
        )
    return attempt, json.loads(body)


def end(store: Store, attempt: Attempt, sent: datetime | None, said: str) -> None:
    """Writes down how it went; ``sent`` is empty for one that failed."""
    with store.writing() as con:
        con.execute(
            "UPDATE deliveries SET sent = ?, said = ? WHERE period = ? AND target = ? AND round = ?",
            [naive(sent), nameless(said)[:500], attempt.period, attempt.target, attempt.round],
        )


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
