"""Suggestions for every unlinked ticket: learned, scored where something changed, explained, and kept in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analyzer.board import Board
from analyzer.linking import explaining, gathering, waiting
from analyzer.linking.explaining import Hide
from analyzer.linking.gathering import Goal
from analyzer.linking.known import Known, known
from analyzer.linking.model import Learned, learn
from analyzer.linking.scores import Scores
from analyzer.rows import Connection

BLOCK = 2_000
"""Tickets scored at once."""

OTHERS = 2_000
"""Waiting tickets that tell which words are common, where few are confirmed."""

PLACES = 3
ONE_CLICK, REVIEW = 0.5, 0.2
"""From which confidence a suggestion is offered with one click, and in the queue."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """``rows`` are new rows of ``suggestions``; ``waiting`` counts the tickets that nothing links, ``scored`` those of them
    in ``rows``, ``learned`` the confirmed ones (``decided`` by people). ``cold``: too few to learn from; ``why_not``: nothing could
    be suggested."""

    rows: pd.DataFrame
    waiting: int = 0
    scored: int = 0
    learned: int = 0
    decided: int = 0
    cold: bool = False
    why_not: str = ""


def suggest(board: Board, hide: Hide, people: bool = True, afresh: bool = False) -> Suggested:
    """``hide`` takes names out of texts that are shown; ``people``: whether they are evidence; ``afresh``: all are scored again."""
    regime = board.current
    if regime is None:
        return Suggested(_no_rows(), why_not="No strategy was in force in the last complete week.")
    gathering.lay_out(board, regime, people)
    goals = gathering.goals_of(regime)
    name = waiting.model_name(board, goals, people)
    waiting.lay_out(board, regime.no, name, afresh)
    stale, told = waiting.stale(board), known(board, goals)
    counts = (waiting.number(board), len(stale), len(told.tickets), int(told.tickets["decided"].sum()))
    if stale.empty:
        return Suggested(_no_rows(), *counts, cold=not told.enough)
    learned = learn(board, goals, told, others(board, told))
    rows = pd.concat(list(scored(board, learned, stale, hide)), ignore_index=True)
    return Suggested(rows.assign(model=name, scored=board.as_of), *counts, cold=learned.cold)


def others(board: Board, told: Known) -> np.ndarray:
    """The latest tickets that wait, at a cold start; else what others wrote changes no ticket's suggestion."""
    if told.enough:
        return np.empty(0, dtype=np.int64)
    sql = "SELECT no FROM (SELECT no, created, id FROM waiting ORDER BY created DESC, id LIMIT ?) ORDER BY no"
    return board.con.execute(sql, [OTHERS]).df()["no"].to_numpy(dtype=np.int64)


def scored(board: Board, learned: Learned, tickets: pd.DataFrame, hide: Hide) -> Iterator[pd.DataFrame]:
    """Rows of ``suggestions``, block by block; ``tickets`` has ``no``, ``id``, ``created`` and ``seen``."""
    for at in range(0, len(tickets), BLOCK):
        block = tickets.iloc[at : at + BLOCK].reset_index(drop=True)
        sight = learned.model.lens.look(board, block)
        scores = learned.model.score(sight)
        places = ranked(scores, _rejected(board, learned.goals, block["no"].to_numpy()))
        columns = places[:, 0]
        explaining.parts(board, sight, scores, columns)
        explaining.words(board, learned.model, sight, columns, hide)
        explaining.fields(board, learned.model, sight, columns, hide)
        explaining.nearest(board, learned, sight, columns, hide)
        yield _rows(board, learned.goals, block, scores, places)


def ranked(scores: Scores, rejected: np.ndarray) -> np.ndarray:
    """The columns of the likeliest targets of each ticket, the likeliest first; -1 where there are no more."""
    sure = likelihoods(scores)
    sure[rejected[:, : sure.shape[1]]] = -1.0
    most = min(PLACES, sure.shape[1])
    order = np.argsort(-sure, axis=1, kind="stable")[:, :most]
    order[np.take_along_axis(sure, order, axis=1) < 0] = -1
    return np.asarray(np.hstack([order, np.full((len(order), PLACES - most), -1)]))


def likelihoods(scores: Scores) -> np.ndarray:
    """How likely each target is, and *nothing* in a last column, where the model knows it."""
    columns = [scores.sure] if scores.nothing is None else [scores.sure, scores.nothing[:, None]]
    return np.hstack(columns)


def _rejected(board: Board, goals: tuple[Goal, ...], nos: np.ndarray) -> np.ndarray:
    sql = "SELECT r.ticket, r.target FROM rejected r SEMI JOIN asked a ON a.no = r.ticket"
    rows = gathering.asked(board, sql, nos)
    made = np.zeros((len(nos), len(goals) + 1), dtype=bool)
    column = pd.Index([*(g.id for g in goals), gathering.NOTHING]).get_indexer(pd.Index(rows["target"]))
    row = pd.Index(nos).get_indexer(pd.Index(rows["ticket"]))
    made[row[column >= 0], column[column >= 0]] = True
    return made


ROWS = f"""
WITH told AS (SELECT * FROM told_part), evidence AS (
    SELECT no, list({{'kind': kind, 'says': says, 'contribution': round(contribution, 6)}} ORDER BY place) AS parts,
        round(sum(contribution), 6) AS score FROM told GROUP BY no
), word AS (SELECT no, list([to_json(word), to_json(weight)] ORDER BY place) AS words FROM told_word GROUP BY no),
alike AS (
    SELECT n.no, list({{'ticket': n.id, 'key': n.key, 'title': n.title, 'target': p.target, 'similarity': n.similarity}}
        ORDER BY n.place) AS nearest
    FROM nearest n JOIN placed p ON p.no = n.no AND p.place = 1 GROUP BY n.no
), second AS (
    SELECT b.no, {{'target': b.target, 'margin': round(a.confidence - b.confidence, 6)}} AS runner_up
    FROM placed a JOIN placed b ON b.no = a.no AND a.place = 1 AND b.place = 2
)
SELECT b.id AS ticket, p.place, p.target, round(p.confidence, 6) AS confidence, CASE WHEN p.confidence >= {ONE_CLICK}
    THEN 'one-click' WHEN p.confidence >= {REVIEW} THEN 'review' ELSE 'left' END AS band,
    CASE WHEN p.place > 1 THEN '{{}}' ELSE to_json({{'score': e.score, 'evidence': e.parts, 'words': coalesce(w.words, []),
        'nearest': coalesce(n.nearest, []), 'runner_up': s.runner_up}})::VARCHAR END AS why, b.seen
FROM placed p JOIN block b ON b.no = p.no JOIN evidence e ON e.no = p.no
LEFT JOIN word w ON w.no = p.no LEFT JOIN alike n ON n.no = p.no LEFT JOIN second s ON s.no = p.no
ORDER BY b.id, p.place
"""

SAYS = """
CREATE OR REPLACE TEMP TABLE told_part AS
WITH around AS (SELECT ticket, target, sum(n)::BIGINT AS n FROM near GROUP BY ticket, target)
SELECT t.no, t.kind, t.contribution, CASE t.kind
    WHEN 'name' THEN CASE WHEN t.contribution > 0 THEN 'it shares words with the name ' || g.name
        ELSE 'it shares few words or none with the name ' || g.name END
    WHEN 'text' THEN CASE WHEN t.contribution > 0 THEN 'its words are those of ' ELSE 'its words are not those of ' END
        || coalesce('tickets of ' || g.name, 'tickets that belong to nothing')
    WHEN 'fields' THEN CASE WHEN t.contribution > 0 AND f.said IS NOT NULL THEN 'its fields: ' || f.said
        WHEN t.contribution > 0 THEN 'its fields are those of such tickets' ELSE 'its fields are unlike theirs' END
    WHEN 'tickets' THEN CASE WHEN a.n IS NULL THEN 'no ticket near it belongs there'
        WHEN a.n = 1 THEN 'one ticket near it (parent, child, sibling or linked) belongs there'
        ELSE a.n || ' tickets near it (parent, children, siblings or linked) belong there' END
    WHEN 'recent' THEN CASE WHEN t.contribution > 0 THEN 'much' ELSE 'little' END || ' recent work belongs there'
    WHEN 'targets' THEN 'it is like the work of ' || CASE WHEN t.contribution > 0 THEN 'no' ELSE 'a' END || ' target'
    ELSE 'where every ticket starts' END AS says,
    CASE t.kind WHEN 'name' THEN 1 WHEN 'text' THEN 2 WHEN 'fields' THEN 3 WHEN 'tickets' THEN 4 WHEN 'recent' THEN 5
        WHEN 'targets' THEN 6 ELSE 7 END AS place
FROM part t JOIN placed p ON p.no = t.no AND p.place = 1 LEFT JOIN goal g ON g.id = p.target
LEFT JOIN told_field f ON f.no = t.no LEFT JOIN around a ON a.ticket = t.no AND a.target = p.target
"""


def _rows(
    board: Board, goals: tuple[Goal, ...], block: pd.DataFrame, scores: Scores, places: np.ndarray
) -> pd.DataFrame:
    ids = np.asarray([*(g.id for g in goals), gathering.NOTHING], dtype=object)
    row, place = np.nonzero(places >= 0)
    column = places[row, place]
    board.lay("goal", pd.DataFrame({"id": ids[:-1], "name": [g.name for g in goals]}))
    board.lay("block", block)
    board.lay(
        "placed",
        pd.DataFrame(
            {"no": block["no"].to_numpy()[row], "place": place + 1, "target": ids[column],
             "confidence": likelihoods(scores)[row, column]}
        ),
    )  # fmt: skip
    board.con.execute(SAYS)
    return board.con.execute(ROWS).df()


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(
        columns=["ticket", "place", "target", "confidence", "band", "why", "seen", "model", "scored"], dtype=object
    )


def keep(con: Connection, rows: pd.DataFrame, ids: pd.DataFrame) -> None:
    """Puts new rows in the place of old ones, within the transaction of ``con``; tickets that no longer wait lose theirs."""
    con.register("incoming_ids", ids)
    con.execute("DELETE FROM suggestions WHERE ticket NOT IN (SELECT id FROM incoming_ids)")
    con.unregister("incoming_ids")
    con.register("incoming", rows)
    con.execute("DELETE FROM suggestions WHERE ticket IN (SELECT ticket FROM incoming)")
    con.execute("INSERT INTO suggestions BY NAME SELECT * FROM incoming")
    con.unregister("incoming")
