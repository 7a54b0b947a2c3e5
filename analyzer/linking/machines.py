"""Linear machines (support vectors) that learn from rows of numbers which target a ticket belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analyzer.linking.words import Rows

STRENGTH = 0.3
"""How closely a machine follows its examples (C of liblinear)."""

FIRST, STEPS = 0.5, 5
"""From this part of the tickets on, each fifth of the rest is judged by machines that learned from what came before it."""


@dataclass(frozen=True, slots=True)
class Machines:
    """One linear machine a column: ``weights`` (features × columns) and ``offsets``."""

    weights: np.ndarray
    offsets: np.ndarray

    def scores(self, rows: Rows) -> np.ndarray:
        return np.asarray(rows @ self.weights + self.offsets)


def train(rows: Rows, truth: np.ndarray, usable: np.ndarray) -> Machines:
    """One machine a column of ``truth``, from the rows that are ``usable`` for it. A column with one answer alone scores all rows
    alike."""
    from sklearn.svm import LinearSVC

    weights = np.zeros((rows.shape[1], truth.shape[1]))
    offsets = np.full(truth.shape[1], -1.0)
    for k in range(truth.shape[1]):
        mine = np.flatnonzero(usable[:, k])
        answers = truth[mine, k]
        if rows.shape[1] and answers.any() and not answers.all():
            one = LinearSVC(C=STRENGTH, random_state=0).fit(rows[mine], answers)
            weights[:, k], offsets[k] = one.coef_[0], one.intercept_[0]
    return Machines(weights, offsets)


def ahead(rows: Rows, truth: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """What machines that know only earlier tickets say of each row; NaN for the first half.

    Work changes: rows dealt out by chance would be judged by their neighbours in time, and the machines would seem better than
    they are when a new ticket comes.
    """
    scores = np.full(truth.shape, np.nan)
    cuts = [int(c) for c in np.linspace(FIRST, 1.0, STEPS + 1) * len(truth)]
    for begin, end in pairwise(cuts):
        if end > begin:
            scores[begin:end] = train(rows[:begin], truth[:begin], usable[:begin]).scores(rows[begin:end])
    return scores
