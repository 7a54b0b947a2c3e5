"""The evidence for each pair of a ticket and what it may belong to, as numbers: one plane a kind, tickets down, targets across."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analyzer.board import Board
from analyzer.linking import words
from analyzer.linking.gathering import Goal, asked, texts
from analyzer.linking.words import Rows, Vocabulary

FEATURES = ("text", "marks", "named", "led", "mentioned", "alike", "kin", "tied", "recent")
"""What the planes hold; the first two are learned."""

KINDS = {
    "text": "text", "alike": "text", "marks": "fields", "named": "name", "led": "name", "mentioned": "name",
    "kin": "tickets", "tied": "tickets", "recent": "recent",
}  # fmt: skip
"""The kind of evidence that each is to a reader."""

RECENT = 500
"""Confirmed tickets before a ticket, in which a target's share is counted."""

LEAD = 4
"""First words of a title, which often name what it is about: ``Android: …``."""

NOBODY = np.empty(0, dtype=np.int64)
NAME_WORD = r"[^\W_]{2,}"
MARKED = "SELECT m.ticket, m.mark FROM mark m SEMI JOIN asked a ON a.no = m.ticket ORDER BY m.ticket, m.mark"
KNOWN_MARKS = f"""
SELECT m.mark FROM mark m SEMI JOIN asked a ON a.no = m.ticket
GROUP BY m.mark HAVING count(*) >= {words.FEWEST} ORDER BY m.mark
"""
NEARBY = """
SELECT n.ticket, n.target, n.way, n.n::DOUBLE AS n FROM near n SEMI JOIN asked a ON a.no = n.ticket
ORDER BY n.ticket, n.target, n.way
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """Some tickets as they are looked at. ``titles`` are plain; ``texts`` and ``marks``: a row a ticket; ``planes``: tickets ×
    targets × features, of which the learned ones are still empty."""

    nos: np.ndarray
    titles: pd.Series[Any]
    texts: Rows
    marks: Rows
    planes: np.ndarray


@dataclass(frozen=True, slots=True)
class Lens:
    """What makes tickets into a sight. ``said``: the targets' own words as rows; ``named``: for each word of their names, how much
    of the name it is; ``recent``: moments of confirmed tickets, and how many belonged to each target until then."""

    goals: tuple[Goal, ...]
    vocabulary: Vocabulary
    marks: pd.Index[Any]
    said: Rows
    names: Any
    named: Rows
    moments: np.ndarray
    totals: np.ndarray

    def look(self, board: Board, tickets: pd.DataFrame) -> Sight:
        """``tickets`` has ``no`` and ``created``."""
        nos = tickets["no"].to_numpy()
        told = texts(board, nos)
        rows = self.vocabulary.rows(told)
        planes = np.zeros((len(nos), len(self.goals), len(FEATURES)), dtype=np.float32)
        kin, tied = _near(board, nos, self.goals)
        fixed = (*self._named(told), (rows @ self.said.T).toarray(), kin, tied, self._recent(tickets["created"]))
        for n, plane in enumerate(fixed, start=len(FEATURES) - len(fixed)):
            planes[:, :, n] = plane
        return Sight(nos, told["title"].map(words.plain), rows, _marked(board, nos, self.marks), planes)

    def _named(self, told: pd.DataFrame) -> list[np.ndarray]:
        """How much of a target's name stands in the title, at its beginning, and in the text."""
        titles = told["title"].map(words.plain)
        first = titles.str.extract(rf"^\W*((?:\w+\W*){{0,{LEAD}}})", expand=False)
        return [((self.names.transform(p) > 0) @ self.named.T).toarray() for p in (titles, first, told["body"])]

    def _recent(self, created: pd.Series[Any]) -> np.ndarray:
        at = np.searchsorted(self.moments, created.to_numpy(), side="left")
        window = self.totals[at] - self.totals[np.maximum(at - RECENT, 0)]
        return np.asarray(np.log((window + 1.0) / (np.minimum(at, RECENT)[:, None] + self.totals.shape[1])))


def lens(
    board: Board, goals: tuple[Goal, ...], tickets: pd.DataFrame, truth: np.ndarray, others: np.ndarray = NOBODY
) -> Lens:
    """From confirmed ``tickets`` (``no`` and ``created``, by which they are sorted) and where each belongs (tickets × goals). Where
    these are few, ``others`` tell which words are common here."""
    from sklearn.feature_extraction.text import CountVectorizer

    told = texts(board, np.concatenate([tickets["no"].to_numpy(), others]))
    says = [f"{g.name}\n{g.name}\n{g.said}" for g in goals]
    vocabulary = words.learn(told, says)
    own = [words.plain(g.name) for g in goals]
    names = CountVectorizer(token_pattern=NAME_WORD, binary=True, dtype=np.float32)
    try:
        inside = names.fit_transform(own)
    except ValueError:  # no name has a word of two letters
        inside = names.fit(["nothing"]).transform(own)
    seen = np.asarray((names.transform(told["title"].map(words.plain)) > 0).sum(axis=0)).ravel()
    rare = sparse.csr_matrix(inside @ sparse.diags(np.log((len(told) + 2.0) / (seen + 1.0))))
    named = sparse.csr_matrix(sparse.diags(1.0 / np.maximum(np.asarray(rare.sum(axis=1)).ravel(), 1e-9)) @ rare)
    marks = pd.Index(asked(board, KNOWN_MARKS, tickets["no"].to_numpy())["mark"])
    totals = np.vstack([np.zeros((1, len(goals))), np.cumsum(truth, axis=0)])
    return Lens(goals, vocabulary, marks, vocabulary.said(says), names, named, tickets["created"].to_numpy(), totals)


def _marked(board: Board, nos: np.ndarray, known: pd.Index[Any]) -> Rows:
    """Rows of length one, so that a ticket with many labels does not shout."""
    rows = asked(board, MARKED, nos)
    row, column = pd.Index(nos).get_indexer(pd.Index(rows["ticket"])), known.get_indexer(pd.Index(rows["mark"]))
    kept = column >= 0
    made = sparse.csr_matrix(
        (np.ones(int(kept.sum()), dtype=np.float32), (row[kept], column[kept])), shape=(len(nos), len(known))
    )
    size = np.sqrt(np.asarray(made.sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1.0 / np.maximum(size, 1.0)) @ made)


def _near(board: Board, nos: np.ndarray, goals: tuple[Goal, ...]) -> list[np.ndarray]:
    """The part of the linked tickets near each that belong to a target, drawn towards none where they are few."""
    rows = asked(board, NEARBY, nos)
    found = []
    for way in ("kin", "tied"):
        mine = rows[rows["way"] == way]
        row, column = (
            pd.Index(nos).get_indexer(pd.Index(mine["ticket"])),
            pd.Index([g.id for g in goals]).get_indexer(pd.Index(mine["target"])),
        )
        whole, counts, number = np.ones(len(nos)), np.zeros((len(nos), len(goals))), mine["n"].to_numpy()
        np.add.at(whole, row, number)
        np.add.at(counts, (row[column >= 0], column[column >= 0]), number[column >= 0])
        found.append(counts / whole[:, None])
    return found
