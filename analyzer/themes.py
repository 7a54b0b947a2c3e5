"""What texts are about: groups of texts that are alike, each named by the words that tell it from all the others.

Texts become TF-IDF vectors, their nearest neighbours a graph, and its communities (Louvain: Blondel et al. 2008) the themes. A
theme is named by the log-odds of its words with a prior (Monroe, Colaresi and Quinn 2008, "Fightin' Words"), counted in texts.
``benchmarks/themes.py`` measures how well that groups the tickets of a real archive, and tries other numbers than those chosen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np

TITLE, BODY = 300, 2_000
"""Characters read of a ticket's title and of its text."""

SMALLEST = 5
"""Texts: fewer are no theme."""

FEWEST = 3
"""Texts in which a word must stand: what one or two people wrote names nothing, and may name someone."""

LONGEST = 30
WORD = rf"\b[^\W\d_][^\W_]{{1,{LONGEST - 1}}}\b"

UNREAD = re.compile(
    r"\[~[^\[\]\n]{0,100}\]"  # a mention in Jira
    r"|(?<!\S)[^\s@]*@\S*(?:[ \t]+[^\W\d_a-z][\w.'-]*)?"  # an address, or a mention of one or two words
    r"|\bhttps?://\S+|<[^<>]{0,200}>|\{[^{}\n]{0,60}\}|_"
)
"""Names of people, addresses and markup. Each alternative reads a character a bounded number of times."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """``alike``: the least cosine of two texts that are neighbours; ``neighbours`` looked at for each; ``resolution``: above 1
    there are more and smaller themes.

    Of a real archive's tickets 0.25 puts over half into themes, four in five of these with their epic's. At 0.20 three in five are,
    and 0.30 leaves out seven of eight where components are the truth. The other two hardly matter (benchmarks/README.md).
    """

    alike: float = 0.25
    neighbours: int = 10
    resolution: float = 1.0


CHOSEN = Tuning()


@dataclass(frozen=True, slots=True)
class Theme:
    """``words`` name it, the most telling first; ``texts`` are positions in what was given, the most central first."""

    words: tuple[str, ...]
    texts: tuple[int, ...]


def readable(title: str, body: str) -> str:
    """A ticket's text without names of people, addresses and markup: its title on the first line, again on the second (it counts
    twice), then the rest."""
    first = " ".join(UNREAD.sub(" ", unicodedata.normalize("NFC", title[:TITLE])).split())
    return f"{first}\n{first}\n{UNREAD.sub(' ', unicodedata.normalize('NFC', body[:BODY]))}"


def find(texts: Sequence[str], others: Sequence[str] = (), tuning: Tuning = CHOSEN) -> list[Theme]:
    """The themes of ``texts``, the largest first; ``others`` only tell which words are common here.

    The answer depends on the order of the texts: give them in one that means something.
    """
    if len(texts) < SMALLEST:
        return []
    vectors, titles, words = _vectors([*texts, *others])
    if vectors is None:
        return []
    graph = _neighbours(vectors[: len(texts)], tuning)
    held, found = vectors > 0, []
    for group in nx.community.louvain_communities(graph, resolution=tuning.resolution, seed=1):
        if len(group) >= SMALLEST:
            inner = dict(graph.subgraph(group).degree(weight="weight"))
            members = tuple(sorted(group, key=lambda n: (-round(inner[n], 6), n)))
            if telling := tuple(_telling(held, titles, members, words)):
                found.append(Theme(telling, members))
    return sorted(found, key=lambda t: (-len(t.texts), t.words, t.texts))


def _vectors(texts: list[str]) -> tuple[Any, Any, Any]:
    """One row a text, one column a word or pair of words; which stand in its title; the words. ``None`` where no word stands in
    enough texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # late: a second that only this measure needs

    made = TfidfVectorizer(
        token_pattern=WORD, ngram_range=(1, 2), stop_words="english", sublinear_tf=True, min_df=FEWEST, max_df=0.5
    )
    if len(texts) < 2 * FEWEST:
        return None, None, None
    try:
        vectors = made.fit_transform(texts)
    except ValueError:  # all it says where no word is left
        return None, None, None
    return vectors, made.transform([t.partition("\n")[0] for t in texts]) > 0, made.get_feature_names_out()


def _neighbours(vectors: Any, tuning: Tuning) -> nx.Graph[int]:
    from sklearn.neighbors import NearestNeighbors

    size = vectors.shape[0]
    near = NearestNeighbors(n_neighbors=min(tuning.neighbours + 1, size), metric="cosine", algorithm="brute").fit(
        vectors
    )
    distance, other = near.kneighbors(vectors)
    one = np.repeat(np.arange(size), other.shape[1])
    alike, other = np.round(1.0 - distance.ravel(), 6), other.ravel()
    kept = (alike >= tuning.alike) & (one != other)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(size))
    graph.add_weighted_edges_from(zip(one[kept].tolist(), other[kept].tolist(), alike[kept].tolist(), strict=True))
    return graph


PRIOR = 10.0
"""Texts' worth of prior: a word of a small group must stand in most of it to be sure."""

SURE = 1.96
NAMED_BY, LONGEST_PHRASE = 4, 4
OFTEN = 0.7
"""Of a word's texts, the part in which another must stand beside it to be named with it."""


def _telling(held: Any, titles: Any, members: Sequence[int], words: Any) -> Iterator[str]:
    """Up to ``NAMED_BY`` words that stand in a third of the texts or more and, surely, more often than elsewhere.

    Only words of titles: what bodies alone have in common is the form that somebody filled in.
    """
    size, mine = held.shape[0], len(members)
    inside = np.asarray(held[list(members)].sum(axis=0)).ravel().astype(float)
    everywhere = np.asarray(held.sum(axis=0)).ravel().astype(float)
    prior = PRIOR * (everywhere + 0.5) / (size + 1.0)
    outside = everywhere - inside
    odds = np.log((inside + prior) / (mine + PRIOR - inside - prior))
    odds -= np.log((outside + prior) / (size - mine + PRIOR - outside - prior))
    sure = odds / np.sqrt(1.0 / (inside + prior) + 1.0 / (outside + prior))
    titled = np.asarray(titles[list(members)].sum(axis=0)).ravel()
    able = np.flatnonzero((inside >= mine / 3.0) & (titled >= FEWEST) & (sure >= SURE))
    ranked = sorted(able.tolist(), key=lambda w: (-round(float(sure[w]), 6), str(words[w])))
    pairs = {tuple(str(words[w]).split()): float(inside[w]) for w in ranked if " " in words[w]}
    used: set[str] = set()
    named = 0
    for word in ranked:
        phrase = _phrase(str(words[word]).split(), pairs, OFTEN * float(inside[word]))
        if not used & set(phrase) and named < NAMED_BY:
            used, named = used | set(phrase), named + 1
            yield " ".join(phrase)


def _phrase(phrase: list[str], pairs: dict[tuple[str, ...], float], often: float) -> list[str]:
    """The words with those that mostly stand beside them: ``bot`` becomes ``chat bot lunch orders``."""
    for _ in range(LONGEST_PHRASE - len(phrase)):
        after = [b for (a, b), n in pairs.items() if a == phrase[-1] and b not in phrase and n >= often]
        ahead = [a for (a, b), n in pairs.items() if b == phrase[0] and a not in phrase and n >= often]
        if after:
            phrase = [*phrase, after[0]]
        elif ahead:
            phrase = [ahead[0], *phrase]
    return phrase
