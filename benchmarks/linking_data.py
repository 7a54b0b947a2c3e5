"""Real archives as boards to learn from, with the truth about their tickets (components, epics, themes) taken out of sight."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alignment.pulling.pull import pull
from analyzer.board import Board, Options
from analyzer.linking import gathering
from analyzer.linking.gathering import Goal
from analyzer.linking.known import known
from analyzer.linking.model import Learned, learn
from analyzer.linking.scores import Scores
from analyzer.store import Store
from connectors.connector import ParseOptions
from connectors.files import FileConnector

NOW = datetime(2026, 11, 25, tzinfo=UTC)
THEME = "Roadmap Theme"
ORDERED = "SELECT no, key, created FROM ticket_then {where} ORDER BY date_trunc('millisecond', created), key"


@dataclass(frozen=True, slots=True)
class Archive:
    """A board, its ``tickets`` in order, and where each belongs: ``truth`` (tickets × goals) where that is ``told``."""

    board: Board
    goals: tuple[Goal, ...]
    tickets: pd.DataFrame
    truth: np.ndarray
    told: np.ndarray
    hidden: tuple[str, ...]

    def learn(self, rows: np.ndarray, others: np.ndarray | None = None) -> Learned:
        """The program's own learning, from these tickets as the confirmed ones."""
        nos, truth = self.tickets["no"].to_numpy()[rows], self.truth[rows]
        ticket, goal = np.nonzero(truth)
        none = nos[~truth.any(axis=1)]
        ids = np.asarray([g.id for g in self.goals], dtype=object)
        links = pd.DataFrame(
            {"ticket": [*nos[ticket], *none], "target": [*ids[goal], *[gathering.NOTHING] * len(none)]}
        ).assign(decided=False)
        links["source"] = links["ticket"]
        self.board.lay("confirmed", links.astype({"target": object}))
        for name, columns in (
            ("rejected", ("ticket INTEGER", "target VARCHAR")),
            ("ruled", ("field VARCHAR", "value VARCHAR")),
        ):
            self.board.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({', '.join(columns)})")
        gathering.evidence(self.board, self.hidden)
        more = {} if others is None else {"others": self.tickets["no"].to_numpy()[others]}
        return learn(self.board, self.goals, known(self.board, self.goals), **more)

    def score(self, learned: Learned, rows: np.ndarray) -> Scores:
        return learned.model.score(learned.model.lens.look(self.board, self.tickets.iloc[rows]))

    def named(self, learned: Learned, rows: np.ndarray) -> np.ndarray:
        """How much of each target's name stands in the title and, at half the weight, in the text: what to beat."""
        planes = learned.model.lens.look(self.board, self.tickets.iloc[rows]).planes
        return np.asarray(planes[:, :, 2] + 0.5 * planes[:, :, 4])


def fill(store: Store, files: Sequence[Path], fields: dict[str, tuple[str, ...]]) -> None:
    options = ParseOptions(secret=b"benchmark", fields=fields)
    pull(store, FileConnector("jira", list(files), None, "UTC"), options, NOW)


@contextmanager
def board(store: Store) -> Iterator[Board]:
    with store.reading() as con:
        yield Board(con, (), Options(), NOW)


def components(on: Board, split: dict[str, Any], projects: Path) -> Archive:
    """The tickets of TIMOB; a component of the split's priorities is where a ticket belongs."""
    told = {
        c["name"]: c.get("description") or "" for c in json.loads(projects.read_text("utf-8"))["TIMOB"]["components"]
    }
    goals = tuple(sorted((Goal(p, p, told.get(p, "")) for p in split["priorities"]), key=lambda g: g.id))
    held = "SELECT ticket, value FROM span_then WHERE field = 'component' AND until IS NULL AND value IS NOT NULL"
    tickets = on.con.execute(ORDERED.format(where="WHERE key LIKE 'TIMOB-%'")).df()
    return _archive(on, goals, tickets, on.con.execute(held).df(), ("component",))


def themes(on: Board) -> Archive:
    """Tickets that people put under a theme of their roadmap."""
    held = on.con.execute(
        "SELECT ticket, value FROM span_then WHERE field = ? AND until IS NULL AND value IS NOT NULL",
        [f"custom:{THEME}"],
    ).df()
    goals = tuple(Goal(name, name) for name in sorted(set(held["value"])))
    tickets = on.con.execute(ORDERED.format(where="")).df()
    return _archive(on, goals, tickets, held, (f"custom:{THEME}",))


EPICS = """
SELECT e.id, e.key, s.value AS name, left(coalesce(x.body, ''), 2000) AS said, count(*) AS children
FROM ticket_then t JOIN ticket_then e ON e.no = t.parent AND e.level > 0
JOIN span_then s ON s.ticket = e.no AND s.field = 'title' AND s.until IS NULL
LEFT JOIN span_then b ON b.ticket = e.no AND b.field = 'body' AND b.until IS NULL LEFT JOIN texts x ON x.fingerprint = b.value
GROUP BY ALL HAVING count(*) >= 10 ORDER BY e.id
"""


def epics(on: Board) -> Archive:
    """Children of epics of ten tickets and more; others of no epic belong to nothing. Nobody has a parent any more."""
    found = on.con.execute(EPICS).df()
    goals = tuple(Goal(str(r.id), str(r.name), str(r.said)) for r in found.itertuples())
    held = on.con.execute(
        "SELECT t.no AS ticket, e.id AS value FROM ticket_then t JOIN ticket_then e ON e.no = t.parent "
        "WHERE e.id IN (SELECT unnest(?)) "
        "UNION ALL SELECT no, '' FROM ticket_then WHERE parent_id IS NULL AND level = 0", [list(found["id"])],
    ).df()  # fmt: skip
    on.con.execute("UPDATE ticket_then SET parent = NULL, parent_id = NULL")
    return _archive(on, goals, on.con.execute(ORDERED.format(where="")).df(), held, ())


def _archive(
    on: Board, goals: tuple[Goal, ...], tickets: pd.DataFrame, held: pd.DataFrame, hidden: tuple[str, ...]
) -> Archive:
    row = pd.Index(tickets["no"]).get_indexer(pd.Index(held["ticket"]))
    column = pd.Index([g.id for g in goals]).get_indexer(pd.Index(held["value"]))
    truth, told = np.zeros((len(tickets), len(goals)), dtype=bool), np.zeros(len(tickets), dtype=bool)
    told[row[row >= 0]] = True
    kept = (row >= 0) & (column >= 0)
    truth[row[kept], column[kept]] = True
    return Archive(on, goals, tickets, truth, told, hidden)
