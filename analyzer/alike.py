"""Titles that say the same, letter by letter or in other words, of work that serves different priorities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd

if TYPE_CHECKING:
    from analyzer.board import Board

ENOUGH = 0.85
"""Likeness from which two titles count as one: what people of a real archive linked is in benchmarks/alike_titles.py."""

MOST = 3_000
"""So many titles, those of the most effort, are compared with each other; letter by letter all are."""

BLOCK = 500

TITLED = """
CREATE OR REPLACE TEMP TABLE titled AS
WITH served AS (
    SELECT s.ticket, min(s.target) AS target, sum(s.units)::BIGINT AS units FROM share_of s
    JOIN (SELECT DISTINCT regime, ticket FROM link WHERE via <> 'decision') l ON l.regime = s.regime AND l.ticket = s.ticket
    WHERE s.basis = $1 AND s.in_force AND s.kind = 'priority' AND s.week IN (SELECT unnest($2))
    GROUP BY s.ticket HAVING count(DISTINCT s.target) = 1
)
SELECT v.ticket, v.target, v.units, lower(trim(p.value)) AS words FROM served v
JOIN span_then p ON p.ticket = v.ticket AND p.field = 'title' AND p.until IS NULL AND length(p.value) BETWEEN 12 AND 500
"""
"""Tickets of the judged weeks that serve one priority, with what they are called. Very short titles (``Release``) say nothing,
and what a person decided is settled."""

TITLES = """
SELECT words, target, sum(sum(units)) OVER (PARTITION BY words)::BIGINT AS units FROM titled GROUP BY words, target
ORDER BY units DESC, words, target
"""

ALIKE = """
CREATE OR REPLACE TEMP TABLE alike AS
SELECT t.ticket, t.target, t.units, t.words, g.grp, g.reworded FROM titled t JOIN alike_title g ON g.words = t.words
"""


def lay_out(board: Board) -> None:
    """``alike``: tickets whose title another priority's ticket has too, or nearly; ``grp`` is the heaviest title of each group."""
    board.con.execute(TITLED, [board.options.basis, board.judged])
    found = groups(board.frame(TITLES))
    board.con.execute("CREATE OR REPLACE TEMP TABLE alike_title (words VARCHAR, grp VARCHAR, reworded BOOLEAN)")
    board.con.register("incoming", found)
    board.con.execute("INSERT INTO alike_title SELECT words, grp, reworded FROM incoming")
    board.con.unregister("incoming")
    board.con.execute(ALIKE)


def groups(titles: pd.DataFrame) -> pd.DataFrame:
    """``words``, ``grp`` and ``reworded`` from rows of ``words`` and ``target``, the heaviest title first.

    Titles are tied when they are alike and some priority of the one is none of the other; what hangs together is a group.
    """
    heaviest = titles["words"].drop_duplicates().reset_index(drop=True)
    near = pairs(list(heaviest.head(MOST)))
    near = pd.DataFrame({"left": heaviest.loc[near["left"]].array, "right": heaviest.loc[near["right"]].array})
    both = near.merge(titles, left_on="left", right_on="words").merge(titles, left_on="right", right_on="words")
    both = both[both["target_x"] != both["target_y"]]
    several = titles.groupby("words", sort=False)["target"].nunique()
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(several.index[several > 1])
    graph.add_edges_from(zip(both["left"], both["right"], strict=True))
    place = {words: at for at, words in enumerate(heaviest) if words in graph}
    rows = [
        (words, min(tied, key=place.__getitem__), len(tied) > 1)
        for tied in nx.connected_components(graph) for words in sorted(tied)
    ]  # fmt: skip
    return pd.DataFrame(sorted(rows), columns=["words", "grp", "reworded"]).astype({"words": object, "grp": object})


def pairs(titles: Sequence[str], enough: float = ENOUGH) -> pd.DataFrame:
    """``left`` < ``right`` (places in ``titles``) and ``likeness`` of all different titles that are alike enough.

    Likeness is the cosine of TF-IDF weights of words and pairs of words (Salton and Buckley 1988). Titles whose numbers differ
    are a series (*page 14*, *page 15*), not a rewording.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # half a second of import, for this alone

    told = pd.Series(list(titles), dtype=object)
    try:
        weights = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform(told)
    except ValueError:  # no title has a word of two letters
        return pd.DataFrame({"left": [], "right": [], "likeness": []}).astype({"left": int, "right": int})
    blocks = [_alike(weights, at, enough) for at in range(0, len(told), BLOCK)]
    found = pd.concat(blocks, ignore_index=True)
    numbers = told.str.findall(r"\d+").map(sorted).str.join(" ").to_numpy()
    words = told.to_numpy()
    left, right = found["left"].to_numpy(), found["right"].to_numpy()
    one = (numbers[left] == numbers[right]) & (words[left] != words[right])
    return pd.DataFrame(found[one]).sort_values(["left", "right"], ignore_index=True)


def _alike(weights: Any, at: int, enough: float) -> pd.DataFrame:
    """The pairs of a block of titles with all behind them; a block at a time, since most titles share a word with most others."""
    near = (weights[at : at + BLOCK] @ weights.T).tocoo()
    keep = (near.data >= enough) & (near.row + at < near.col)
    return pd.DataFrame({"left": near.row[keep] + at, "right": near.col[keep], "likeness": near.data[keep]})
