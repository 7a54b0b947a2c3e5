"""The smallest move that would bring a number back inside its range: tickets in a stated order, until they cover the excess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

import pandas as pd

from analyzer.board import Board
from analyzer.judging import counted
from analyzer.result import Move

HEAVIEST = "weight DESC"
NEWEST = "CASE WHEN phase IN ('todo', 'doing') THEN 0 ELSE 1 END, created DESC"
"""Open tickets before those that are over: what is finished can no longer be left out."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The first ``number`` of ``of`` candidates, which carry ``weight`` and so cover ``need`` (all there are, where it is less).

    ``tickets`` are the ids of the first few of them."""

    tickets: tuple[str, ...] = ()
    number: int = 0
    of: int = 0
    weight: float = 0.0
    need: float = 0.0

    @property
    def rest(self) -> float:
        """What they do not cover."""
        return max(0.0, self.need - self.weight)


def until(
    board: Board, sql: str, needs: Mapping[str, float], *values: object, first: str = HEAVIEST
) -> dict[str, Taken]:
    """For each group the fewest tickets, in the order ``first``, whose weights add up to what it needs.

    ``sql`` yields ``grp``, ``ticket`` (number) and ``weight``, one row a group and ticket, and what ``first`` may name. Heaviest
    first no smaller number of tickets would do: any other so many carry at most as much. The last may be needed only in part.
    """
    wanted = {
        g: n * (1 - 1e-9) for g, n in needs.items() if n > 0
    }  # a sum of shares may miss a whole ticket by a rounding
    board.lay(
        "needed",
        pd.DataFrame({"grp": pd.Series([*wanted], dtype=object), "need": pd.Series([*wanted.values()], dtype=float)}),
    )
    rows = board.rows(
        f"""
        WITH given AS ({sql}), known AS (
            SELECT g.*, t.id, t.phase, t.created, n.need FROM given g
            JOIN needed n ON n.grp = g.grp JOIN ticket_then t ON t.no = g.ticket WHERE g.weight > 0
        ), ranked AS (
            SELECT grp, id, weight, need, row_number() OVER (PARTITION BY grp ORDER BY {first}, id) AS place,
                count(*) OVER (PARTITION BY grp) AS candidates,
                sum(weight) OVER (PARTITION BY grp ORDER BY {first}, id ROWS UNBOUNDED PRECEDING) AS total FROM known
        ), taken AS (SELECT * FROM ranked WHERE total - weight < need),
        ends AS (SELECT grp, count(*) AS n, max(total) AS total FROM taken GROUP BY grp)
        SELECT k.grp, k.id, k.candidates, e.n, e.total FROM taken k JOIN ends e ON e.grp = k.grp
        WHERE k.place <= {board.options.evidence:d} ORDER BY k.grp, k.place
        """,
        *values,
    )  # fmt: skip
    found = {g: Taken(need=n) for g, n in needs.items() if n > 0}
    for r in rows:
        ids = (*found[r.grp].tickets, str(r.id))
        found[r.grp] = Taken(ids, int(r.n), int(r.candidates), float(r.total), needs[r.grp])
    return found


def so_many(number: float) -> int:
    """The smallest whole number that is not less."""
    return ceil(number - 1e-9)


def move(board: Board, sentence: str, taken: Iterable[Taken] = ()) -> Move:
    """A move with its first candidates, those of the first group first."""
    groups = list(taken)
    ids = list(dict.fromkeys(i for t in groups for i in t.tickets))
    shown = ids[: board.options.evidence]
    cut = sum(t.number - len(t.tickets) for t in groups) + len(ids) - len(shown)
    return Move(sentence=sentence, tickets=shown, more=cut)


def joined(board: Board, moves: Iterable[Move | None]) -> Move | None:
    """Several moves as one; ``None`` where there is none."""
    found = [m for m in moves if m is not None]
    if not found:
        return None
    ids = list(dict.fromkeys(i for m in found for i in m.tickets))
    shown = ids[: board.options.evidence]
    more = sum(m.more for m in found) + len(ids) - len(shown)
    return Move(sentence=" ".join(m.sentence for m in found), tickets=shown, more=more)


def listed(names: Iterable[str]) -> str:
    """``A, B and C``."""
    every = list(names)
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} and {every[-1]}" if every else ""


def part(taken: Taken, what: str = "ticket") -> str:
    """``9 of 64 tickets``."""
    return f"{taken.number} of {counted(taken.of, what)}"
