"""Which tickets wait for a suggestion, and which suggestions of before still hold."""

from __future__ import annotations

import hashlib

import pandas as pd

from analyzer.board import Board
from analyzer.linking.gathering import Goal
from analyzer.store import scalar

VERSION = 1
"""Raised when the same store would give other suggestions than before."""

GROWN, SPOKEN = 0.10, 10
"""A model is too old to leave its suggestions if it knew a tenth fewer or more confirmed tickets, or so many fewer decisions."""

WAITING = """
CREATE OR REPLACE TEMP TABLE waiting AS
WITH marked AS (SELECT ticket, string_agg(mark, '\n' ORDER BY mark) AS marks FROM mark GROUP BY ticket),
around AS (
    SELECT ticket, string_agg(way || ' ' || target || ' ' || n, '\n' ORDER BY way, target) AS near FROM near GROUP BY ticket
), refused AS (SELECT ticket, string_agg(target, '\n' ORDER BY target) AS targets FROM rejected GROUP BY ticket)
SELECT t.no, t.id, t.created, md5(concat_ws('\t', s.title, s.body, m.marks, a.near, r.targets)) AS seen
FROM ticket_then t ANTI JOIN (SELECT DISTINCT ticket FROM link WHERE regime = $1) l ON l.ticket = t.no
JOIN said s ON s.no = t.no LEFT JOIN marked m ON m.ticket = t.no LEFT JOIN around a ON a.ticket = t.no
LEFT JOIN refused r ON r.ticket = t.no WHERE t.gone IS NULL
"""
STALE = """
CREATE OR REPLACE TEMP TABLE stale AS
SELECT w.no, w.id, w.created, w.seen FROM waiting w
ANTI JOIN (SELECT ticket, seen FROM suggestions WHERE place = 1 AND model IN (SELECT unnest($1))) h
    ON h.ticket = w.id AND h.seen = w.seen
"""
SAID = "SELECT count(*) FROM decisions d CROSS JOIN moment m WHERE d.kind IN ('link', 'reject', 'undo') AND d.moment <= m.as_of"


def model_name(board: Board, goals: tuple[Goal, ...], people: bool) -> str:
    """What decides how a model scores, and how much it knew: ``targets.confirmed.decisions``."""
    ruled = board.con.execute("SELECT field, value FROM ruled ORDER BY ALL").fetchall()
    digest = hashlib.sha256(repr((VERSION, goals, people, ruled)).encode("utf-8", "replace")).hexdigest()[:12]
    return f"{digest}.{board.one('SELECT count(DISTINCT ticket) FROM confirmed')}.{board.one(SAID)}"


def lay_out(board: Board, regime: int, model: str, afresh: bool) -> None:
    """``waiting``: tickets that nothing links; ``stale``: those of them that are to be scored (all, ``afresh``)."""
    board.con.execute(WAITING, [regime])
    held = [m for (m,) in board.con.execute("SELECT DISTINCT model FROM suggestions ORDER BY model").fetchall()]
    board.con.execute(STALE, [[] if afresh else [m for m in held if holds(m, model)]])


def holds(old: str, new: str) -> bool:
    """Whether what an older model said may stand beside what the new one says: it had the same targets, and knew nearly as much."""
    (targets, knew, heard), (now, knows, hears) = (_taken_apart(m) for m in (old, new))
    return targets == now and abs(knows - knew) <= GROWN * knew and abs(hears - heard) < SPOKEN


def _taken_apart(model: str) -> tuple[str, int, int]:
    targets, _, rest = model.partition(".")
    confirmed, _, decided = rest.partition(".")
    return targets, int(confirmed or 0), int(decided or 0)


def stale(board: Board) -> pd.DataFrame:
    """``no``, ``id``, ``created`` and ``seen`` of the tickets to score, in order of creation."""
    return board.con.execute("SELECT no, id, created, seen FROM stale ORDER BY created, id").df()


def ids(board: Board) -> pd.DataFrame:
    """``id`` of every ticket that waits, and so may have a suggestion."""
    return board.con.execute("SELECT id FROM waiting ORDER BY id").df()


def number(board: Board) -> int:
    return int(scalar(board.con, "SELECT count(*) FROM waiting"))
