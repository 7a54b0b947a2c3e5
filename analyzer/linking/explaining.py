"""Why a ticket is thought to belong somewhere: what adds up to the score, the telling words and fields, and the nearest tickets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import sparse

from analyzer.board import Board
from analyzer.linking.cold import ColdModel
from analyzer.linking.evidence import FEATURES, KINDS, Sight
from analyzer.linking.model import Learned, Model
from analyzer.linking.scores import Scores
from analyzer.linking.words import Rows

Hide = Callable[[str], str]
"""Takes names of people out of a text."""

KEPT, RARE = 25, 0.02
"""Words and runs of letters looked at of each ticket; and the part of the confirmed tickets in which a word may stand to tell two
tickets alike."""

ORDER = ("name", "text", "fields", "tickets", "recent")


def parts(board: Board, sight: Sight, scores: Scores, columns: np.ndarray) -> None:
    """``part`` (no, kind, contribution): what adds up to each ticket's score for the target in ``columns``."""
    rows, wide = np.arange(len(columns)), scores.values.shape[1]
    goal = columns < wide
    at = scores.parts[rows, np.minimum(columns, wide - 1)]
    kinds = np.asarray([KINDS[f] for f in FEATURES])
    frames = [
        pd.DataFrame({"no": sight.nos[goal], "kind": kind, "contribution": at[goal][:, kinds == kind].sum(axis=1)})
        for kind in ORDER
    ]
    frames.append(pd.DataFrame({"no": sight.nos[goal], "kind": "start", "contribution": scores.offset}))
    if scores.nothing_parts is not None:
        for n, kind in enumerate(("text", "fields", "targets")):
            told = scores.nothing_parts[~goal][:, n]
            frames.append(pd.DataFrame({"no": sight.nos[~goal], "kind": kind, "contribution": told}))
        frames.append(pd.DataFrame({"no": sight.nos[~goal], "kind": "start", "contribution": scores.nothing_offset}))
    board.lay("part", pd.concat(frames, ignore_index=True))


def strongest(pulls: Rows, nos: np.ndarray, names: np.ndarray, most: int) -> pd.DataFrame:
    """``no``, ``place`` (column), ``term`` and ``weight`` of the few entries of each row that pull most towards its target."""
    row = np.repeat(np.arange(pulls.shape[0]), np.diff(pulls.indptr))
    up = pulls.data > 0
    row, column, weight = row[up], pulls.indices[up], pulls.data[up]
    order = np.lexsort((column, -weight, row))
    row, column, weight = row[order], column[order], weight[order]
    first = np.searchsorted(row, row, side="left")
    kept = np.arange(len(row)) - first < most
    row, column, weight = row[kept], column[kept], weight[kept]
    return pd.DataFrame({"no": nos[row], "place": column, "term": names[column].astype(object), "weight": weight})


WORDS = """
CREATE OR REPLACE TEMP TABLE told_word AS
WITH titled AS (
    SELECT DISTINCT no, unnest(regexp_extract_all(title, '[\\pL\\pN]+')) AS word FROM title_of
), lettered AS (
    SELECT p.no, p.term, p.weight, arg_max(t.word, length(t.word) * 1000 + coalesce(unicode(t.word), 0) % 1000) AS word
    FROM pull p JOIN titled t ON t.no = p.no AND contains(' ' || t.word || ' ', p.term) WHERE p.letters
    GROUP BY p.no, p.term, p.weight
), single AS (
    SELECT no, unnest(string_split(term, ' ')) AS word, weight / (1 + length(term) - length(replace(term, ' ', ''))) AS weight
    FROM pull WHERE NOT letters
    UNION ALL SELECT no, word, weight FROM lettered
), summed AS (SELECT no, word, sum(weight) AS weight FROM single GROUP BY no, word)
SELECT s.no, s.word, round(s.weight, 4) AS weight,
    row_number() OVER (PARTITION BY s.no ORDER BY round(s.weight, 6) DESC, s.word) AS place
FROM summed s ANTI JOIN unsaid u ON u.word = s.word
QUALIFY place <= 5
"""
"""A pair of words counts for each half; a run of letters for the longest word of the title that it stands in."""

NEAREST = """
CREATE OR REPLACE TEMP TABLE nearest AS
SELECT p.no, p.place, p.similarity, t.id, t.key, s.title FROM resemblance p
JOIN ticket_then t ON t.no = p.other JOIN said s ON s.no = p.other
"""


def words(board: Board, model: Model | ColdModel, sight: Sight, columns: np.ndarray, hide: Hide) -> None:
    """``told_word`` (no, word, weight, place): the words that pull most. Words that may be someone's name are left out."""
    vocabulary = model.lens.vocabulary
    pull = strongest(model.pulls("text", sight, columns), sight.nos, vocabulary.names(), KEPT)
    pull["letters"] = pull["place"] >= vocabulary.width
    board.lay("pull", pull.astype({"term": object}))
    board.lay("title_of", pd.DataFrame({"no": sight.nos, "title": sight.titles.to_numpy()}))
    seen = set(pull.loc[~pull["letters"], "term"].str.split().explode()) | set(
        sight.titles.str.split(r"[\W_]+").explode()
    )
    unsaid = sorted(w for w in seen if isinstance(w, str) and w and hide(w) != w)
    board.lay("unsaid", pd.DataFrame({"word": pd.Series(unsaid, dtype=object)}))
    board.con.execute(WORDS)


def fields(board: Board, model: Model | ColdModel, sight: Sight, columns: np.ndarray, hide: Hide) -> None:
    """``told_field`` (no, said): the fields that pull most, in words; nobody is named, not even by a pseudonym."""
    pull = strongest(model.pulls("marks", sight, columns), sight.nos, model.lens.marks.to_numpy(), 3)
    known = pd.DataFrame({"mark": pd.Series(sorted(set(pull["term"])), dtype=object)})
    board.lay("shown_mark", known)
    said = board.con.execute(SHOWN_MARKS).df()
    said["said"] = said["said"].astype(object).map(hide)
    board.lay("mark_word", said)
    board.lay("pull", pull.astype({"term": object}))
    board.con.execute(FIELDS)


SHOWN_MARKS = """
SELECT s.mark, CASE WHEN s.mark LIKE 'assignee=%' THEN 'who it is assigned to' ELSE
    replace(split_part(s.mark, '=', 1), 'custom:', '') || ' ' || coalesce(c.name, substr(s.mark, strpos(s.mark, '=') + 1)) END AS said
FROM shown_mark s LEFT JOIN container_then c ON lower(c.id) = substr(s.mark, strpos(s.mark, '=') + 1) ORDER BY s.mark
"""
FIELDS = """
CREATE OR REPLACE TEMP TABLE told_field AS
SELECT p.no, string_agg(DISTINCT w.said, ', ' ORDER BY w.said) AS said
FROM pull p JOIN mark_word w ON w.mark = p.term GROUP BY p.no
"""


def nearest(board: Board, learned: Learned, sight: Sight, columns: np.ndarray, hide: Hide) -> None:
    """``nearest`` (no, place, similarity, id, key, title): the two confirmed tickets of the target with the most rare words in
    common (cosine). They are shown to compare with; the score does not know them."""
    words_of = learned.examples.texts[:, : learned.model.lens.vocabulary.width]
    found = np.asarray(words_of.getnnz(axis=0)).ravel()
    rare = np.flatnonzero((found > 0) & (found <= max(3.0, RARE * words_of.shape[0])))
    alike = sparse.csr_matrix(sight.texts[:, rare] @ words_of[:, rare].T)
    row = np.repeat(np.arange(alike.shape[0]), np.diff(alike.indptr))
    mine = learned.told.truth[alike.indices, columns[row]]
    alike = sparse.csr_matrix(
        (np.where(mine, np.round(alike.data, 6), 0.0), alike.indices, alike.indptr), shape=alike.shape
    )
    alike.sort_indices()
    pairs = strongest(alike, sight.nos, learned.examples.nos.astype(object), 2)
    pairs["similarity"] = pairs["weight"].round(3)
    pairs["other"] = pairs["term"].astype("int64")
    pairs["place"] = pairs.groupby("no").cumcount() + 1
    board.lay("resemblance", pairs[["no", "place", "similarity", "other"]])
    board.con.execute(NEAREST)
    shown = board.con.execute("SELECT DISTINCT title FROM nearest ORDER BY title").df()
    shown["hidden"] = shown["title"].astype(object).map(hide)
    board.lay("shown_title", shown.astype(object))
    board.con.execute("UPDATE nearest SET title = s.hidden FROM shown_title s WHERE s.title = nearest.title")
