"""A score is a sum of parts, one a kind of evidence, and a curve that says how likely it is right."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from analyzer.linking.words import Rows


@dataclass(frozen=True, slots=True)
class Scores:
    """``parts``: tickets × targets × features add up, with ``offset``, to ``values``; ``sure``: how likely each is.

    ``nothing``: how likely it is that a ticket belongs to nothing, with the ``nothing_parts`` of that score (text, fields, its best
    target) and its offset; empty where too few decisions say so."""

    values: np.ndarray
    sure: np.ndarray
    parts: np.ndarray
    offset: float
    nothing: np.ndarray | None = None
    nothing_parts: np.ndarray | None = None
    nothing_offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve over numbers: ``weights`` and ``offset`` of the numbers less ``mean``, in units of ``spread``."""

    mean: np.ndarray
    spread: np.ndarray
    weights: np.ndarray
    offset: float

    def parts(self, numbers: np.ndarray) -> np.ndarray:
        return np.asarray(self.weights * (numbers - self.mean) / self.spread)

    def chance(self, parts: np.ndarray) -> np.ndarray:
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(parts.sum(axis=-1) + self.offset, -50.0, 50.0))))


def fit(numbers: np.ndarray, answers: np.ndarray, strength: float) -> Curve:
    """The logistic regression of ``answers`` on ``numbers``; of one answer alone, a curve that is flat."""
    from sklearn.linear_model import LogisticRegression

    if not len(answers) or answers.all() or not answers.any():
        chance, flat = (answers.sum() + 1.0) / (len(answers) + 2.0), np.zeros(numbers.shape[1])
        return Curve(flat, flat + 1.0, flat, float(np.log(chance / (1.0 - chance))))
    mean, spread = numbers.mean(axis=0), numbers.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    made = LogisticRegression(C=strength, max_iter=1_000).fit((numbers - mean) / spread, answers)
    return Curve(mean, spread, made.coef_[0], float(made.intercept_[0]))


def rising(curve: Curve) -> Curve:
    """A better score is never less likely to be right, whatever a handful of examples says."""
    return curve if curve.weights[0] > 0 else replace(curve, weights=np.zeros_like(curve.weights))


def weighed(rows: Rows, weights: np.ndarray, columns: np.ndarray, each: np.ndarray) -> Rows:
    """Every number of a row times its weight for the column that the row asks for, times the row's own factor."""
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    data = rows.data * weights[rows.indices, columns[row]] * each[row]
    return sparse.csr_matrix((data, rows.indices, rows.indptr), shape=rows.shape)
