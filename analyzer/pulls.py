"""What the pulls from live trackers asked, got and missed, as far as it was known at the board's moment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analyzer.board import Board
from analyzer.evidence import row, table
from analyzer.judging import counted
from analyzer.result import Table

PULLS = """
SELECT r.moment, r.body FROM runs r CROSS JOIN moment m WHERE r.kind = 'pull' AND r.moment <= m.as_of ORDER BY r.no
"""
GONE = "SELECT count(*) FROM gone_then g JOIN tickets t ON t.no = g.ticket WHERE t.tracker = ?"
LIVE = "SELECT name FROM trackers WHERE live ORDER BY name"


@dataclass(frozen=True, slots=True)
class Pulls:
    """The pulls of one tracker; ``fetched`` and ``missed`` are of the last that came to its end and of those after it."""

    tracker: str
    last: datetime
    fetched: int
    missed: tuple[str, ...]
    gone: int


def known(board: Board) -> list[Pulls]:
    """One entry a live tracker that has been pulled."""
    told: dict[str, list[tuple[datetime, dict[str, Any]]]] = {r.name: [] for r in board.rows(LIVE)}
    for r in board.rows(PULLS):
        body = json.loads(r.body)
        if body.get("tracker") in told:
            told[body["tracker"]].append((r.moment, body))
    return [_summed(board, tracker, rows) for tracker, rows in told.items() if rows]


def _summed(board: Board, tracker: str, rows: Sequence[tuple[datetime, dict[str, Any]]]) -> Pulls:
    ends = [n for n, (_, body) in enumerate(rows) if body.get("complete", True)]
    since = [body for _, body in rows[ends[-1] if ends else 0 :]]
    missed = [line for body in since for line in _missed(body)]
    swept = [s for _, body in rows if (s := body.get("sweep")) and not s["cut"]]
    if swept and swept[-1]["said"]:
        missed.append(swept[-1]["said"])
    gone = int(board.one(GONE, tracker))
    return Pulls(tracker, rows[-1][0], sum(int(b.get("fetched", 0)) for b in since), tuple(missed), gone)


def _missed(body: dict[str, Any]) -> Iterator[str]:
    """What one pull should have seen and did not."""
    if not body.get("complete", True):
        yield f"cut, or still running, after {counted(body.get('fetched', 0))}; the next pull goes on"
    problems = body.get("problems") or {}
    if n := problems.get("history_missing"):
        yield f"{counted(n)} without the change log that was asked for"
    if problems.get("moving_total"):
        yield "the number of tickets kept changing while they were read"
    entries = body.get("entries") or {"told": 0, "given": 0}
    if entries["told"] > entries["given"]:
        yield f"{entries['told'] - entries['given']:,} of {entries['told']:,} entries of change logs"
    if (sweep := body.get("sweep")) and sweep["cut"]:
        yield "the look for tickets that are gone was cut and marked nothing"


def drawn(told: Sequence[Pulls]) -> Table:
    columns = [
        ("tracker", "Tracker", "text"), ("last", "Last pull (UTC)", "text"), ("fetched", "Tickets it gave", "tickets"),
        ("missed", "What it missed", "text"), ("gone", "Marked as gone", "tickets"),
    ]  # fmt: skip
    rows = [
        row({"tracker": p.tracker, "last": f"{p.last:%Y-%m-%d %H:%M}", "fetched": p.fetched,
             "missed": "; ".join(p.missed) or "nothing it knows of", "gone": p.gone})
        for p in told
    ]  # fmt: skip
    return table("pulls", "Pulled from live trackers", columns, rows, "What an account may not see, no pull knows of.")
