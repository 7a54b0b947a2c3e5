"""Texts as rows of numbers: the words of a ticket, and the runs of letters of its title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analyzer.themes import UNREAD, WORD

Rows = Any
"""A sparse matrix (CSR): a row a ticket, most numbers zero. The stubs of SciPy tell no two kinds of these apart by type."""

LETTERS = (3, 5)
FEWEST = 2
"""Tickets in which a word, a pair of words or a run of letters must stand."""


def plain(text: str) -> str:
    """Without mentions, addresses and markup; small letters."""
    return UNREAD.sub(" ", text).lower()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that tickets were learned with. A row is first the words of title (twice) and text, then the title's letters."""

    words: Any
    letters: Any

    def rows(self, texts: pd.DataFrame) -> Rows:
        """From ``title`` and ``body``."""
        if texts.empty:  # scikit-learn takes no empty table
            return sparse.csr_matrix(np.zeros((0, len(self.names())), dtype=np.float32))
        return beside(self.words.transform(_whole(texts)), self.letters.transform(texts["title"]))

    def said(self, told: Sequence[str]) -> Rows:
        """What is said of targets, in the same words; the columns of letters are empty."""
        letters = self.letters.transform(told)
        return beside(self.words.transform(told), letters * 0)

    @property
    def width(self) -> int:
        """So many columns are words."""
        return len(self.words.vocabulary_)

    def names(self) -> np.ndarray:
        return np.concatenate([self.words.get_feature_names_out(), self.letters.get_feature_names_out()])


def beside(left: Any, right: Any) -> Rows:
    return sparse.hstack([left, right], format="csr")


def _whole(texts: pd.DataFrame) -> pd.Series[str]:
    return texts["title"] + "\n" + texts["title"] + "\n" + texts["body"]


def learn(texts: pd.DataFrame, told: Sequence[str]) -> Vocabulary:
    """The words of tickets and of what is said of targets (``told``)."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # late: a second that only this needs

    options: dict[str, Any] = {"preprocessor": plain, "sublinear_tf": True, "dtype": np.float32}
    words = TfidfVectorizer(token_pattern=WORD, ngram_range=(1, 2), min_df=FEWEST, **options)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=LETTERS, min_df=FEWEST, **options)
    try:
        words.fit([*_whole(texts), *told, *told])  # twice: what only the strategy says is a word of it, too
    except ValueError:  # all it says where no word is left
        words.fit(["nothing", "nothing"])
    try:
        letters.fit([*texts["title"], *told, *told])
    except ValueError:
        letters.fit(["nothing", "nothing"])
    return Vocabulary(words, letters)
