"""What was written to trackers, said before each write and after it: what a kill leaves open, another look settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from analyzer.store import Connection, naive

Act = Literal["add", "remove"]
Step = Literal["apply", "revert"]
DONE = "done"
"""The outcome of a write that the tracker took; other outcomes are reasons, and an empty one is not known yet."""


@dataclass(frozen=True, slots=True)
class OfTicket:
    """Something on one ticket: its id in the store, which is its tracker's name and the tracker's own id, and its key."""

    ticket: str
    key: str

    @property
    def tracker(self) -> str:
        return self.ticket.partition(":")[0]

    @property
    def native(self) -> str:
        return self.ticket.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Write(OfTicket):
    """One tag on one ticket. ``after``: when the ticket was last updated by then, as its tracker says."""

    tag: str
    act: Act
    outcome: str | None = None
    after: datetime | None = None


def begin(con: Connection, plan: str, step: Step, writes: Sequence[Write], now: datetime) -> None:
    """Says what is about to be written. What is begun already is not said twice."""
    begun = {(w.ticket, w.tag, w.act) for w in of_plan(con, plan, step) if w.outcome is None}
    rows = [
        (plan, step, w.ticket, w.key, w.tag, w.act, naive(now)) for w in writes if (w.ticket, w.tag, w.act) not in begun
    ]
    if rows:
        con.executemany(
            "INSERT INTO tag_writes (plan, step, ticket, key, tag, act, begun) VALUES (?, ?, ?, ?, ?, ?, ?)", rows
        )


def settle(con: Connection, plan: str, step: Step, writes: Sequence[Write], now: datetime) -> None:
    """Says what became of writes that were begun."""
    rows = [
        (naive(now), w.outcome, naive(w.after) if w.after else None, plan, step, w.ticket, w.tag, w.act) for w in writes
    ]
    if rows:
        con.executemany(
            "UPDATE tag_writes SET ended = ?, outcome = ?, after = ? WHERE plan = ? AND step = ? AND ticket = ? AND tag = ? "
            "AND act = ? AND outcome IS NULL",
            rows,
        )


def of_plan(con: Connection, plan: str, step: Step) -> list[Write]:
    """The last word on each tag and ticket of a plan, in the order it was first said."""
    rows = con.execute(
        """
        SELECT ticket, max_by(key, no), tag, act, arg_max_null(outcome, no), arg_max_null(after, no) FROM tag_writes
        WHERE plan = ? AND step = ? GROUP BY ticket, tag, act ORDER BY min(no)
        """,
        [plan, step],
    ).fetchall()
    return [Write(ticket, key, tag, act, outcome, after) for ticket, key, tag, act, outcome, after in rows]


def plans(con: Connection) -> list[str]:
    """Names of the plans that were applied, the last one last."""
    sql = "SELECT plan FROM tag_writes WHERE step = 'apply' GROUP BY plan ORDER BY max(no)"
    return [str(row[0]) for row in con.execute(sql).fetchall()]


def standing(con: Connection, plan: str) -> list[Write]:
    """What ``apply`` of a plan changed and no ``revert`` of it has taken back."""
    rows = con.execute(
        """
        WITH done AS (SELECT *, row_number() OVER (PARTITION BY ticket, tag ORDER BY no DESC) AS place FROM tag_writes
            WHERE plan = ? AND outcome = ?)
        SELECT ticket, key, tag, act, outcome, after FROM done WHERE place = 1 AND step = 'apply' ORDER BY no
        """,
        [plan, DONE],
    ).fetchall()
    return [Write(*row) for row in rows]


def last_updates(con: Connection, tickets: Sequence[str]) -> dict[str, datetime]:
    """When tickets were last updated by a write of ours, by the tracker's own clock."""
    rows = con.execute(
        "SELECT ticket, max(after) FROM tag_writes WHERE outcome = ? AND after IS NOT NULL AND ticket IN (SELECT unnest(?)) "
        "GROUP BY ticket",
        [DONE, list(tickets)],
    ).fetchall()
    return dict(rows)


def written_by_us(con: Connection, tickets: Sequence[str]) -> set[tuple[str, str]]:
    """Ticket and tag where the last word of ours is that we put it on."""
    rows = con.execute(
        """
        SELECT ticket, tag FROM tag_writes WHERE outcome = ? AND ticket IN (SELECT unnest(?))
        GROUP BY ticket, tag HAVING max_by(act, no) = 'add'
        """,
        [DONE, list(tickets)],
    ).fetchall()
    return {(ticket, tag) for ticket, tag in rows}
