"""What people, rules and hierarchies have said so far: where tickets belong, and where they do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analyzer.board import Board
from analyzer.linking.gathering import NOTHING, Goal

MOST = 10_000
"""Confirmed tickets that are learned from: all that a person decided, then the latest. More cost time and, where work changes,
tell less."""

ENOUGH, LEAST = 8, 60
"""Confirmed tickets a target, on average, and in all, from which the model is learned; fewer are a cold start."""

TICKETS = """
WITH told AS (
    SELECT ticket, max(CASE WHEN decided THEN 1 ELSE 0 END) AS decided FROM (
        SELECT ticket, decided FROM confirmed UNION ALL SELECT ticket, true FROM rejected) x GROUP BY ticket
), latest AS (
    SELECT t.no, t.created, t.id, d.decided, row_number() OVER (ORDER BY d.decided DESC, t.created DESC, t.id) AS place
    FROM told d JOIN ticket_then t ON t.no = d.ticket
)
SELECT no, created, decided = 1 AS decided FROM latest WHERE place <= $1 ORDER BY created, id
"""


@dataclass(frozen=True, slots=True)
class Known:
    """``tickets`` (``no``, ``created``, ``decided`` by a person) in order of creation. ``truth``: tickets × goals, and *nothing* in
    the last column; ``usable``: where it is known whether they belong there or not. A ticket that nobody linked is not here: that
    it is unlinked says nothing."""

    tickets: pd.DataFrame
    truth: np.ndarray
    usable: np.ndarray

    @property
    def enough(self) -> bool:
        """Whether there is enough to learn from; else it is a cold start."""
        wide = self.truth.shape[1] - 1
        return bool(self.truth[:, :wide].any(axis=1).sum() >= max(LEAST, ENOUGH * wide))


def known(board: Board, goals: tuple[Goal, ...], most: int = MOST) -> Known:
    """From ``confirmed`` and ``rejected``. Where a ticket belongs is known whole; of one that was only rejected, that alone."""
    tickets = board.con.execute(TICKETS, [most]).df()
    columns = pd.Index([*(g.id for g in goals), NOTHING])
    found: list[np.ndarray] = []
    for table in ("confirmed", "rejected"):
        rows = board.con.execute(f"SELECT ticket, target FROM {table}").df()
        row, column = (
            pd.Index(tickets["no"]).get_indexer(pd.Index(rows["ticket"])),
            columns.get_indexer(pd.Index(rows["target"])),
        )
        made = np.zeros((len(tickets), len(columns)), dtype=bool)
        kept = (row >= 0) & (column >= 0)
        made[row[kept], column[kept]] = True
        found.append(made)
    truth = found[0]
    whole: np.ndarray = np.repeat(truth.any(axis=1, keepdims=True), len(columns), axis=1)
    return Known(tickets, truth, whole | (found[1] & ~truth))
