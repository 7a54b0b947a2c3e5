"""A cold start: where little is confirmed, tickets are held against each target's own words and its few examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analyzer.linking.evidence import FEATURES, Lens, Sight
from analyzer.linking.known import Known
from analyzer.linking.scores import Scores, weighed
from analyzer.linking.words import Rows

NAME = 2.0
"""How much more a name counts than likeness."""

UNSURE = 0.5
"""Confidence stays below it: until people have decided, nothing says how often such a score is right."""


@dataclass(frozen=True, slots=True)
class ColdModel:
    """``text``: for each target the mean of its examples and of its own words, of length one (features × targets; Rocchio 1971)."""

    lens: Lens
    text: np.ndarray

    def pulls(self, kind: str, sight: Sight, columns: np.ndarray) -> Rows:
        """What each word of each ticket adds to its score for the target in ``columns``; marks are not looked at."""
        if kind != "text":
            return sparse.csr_matrix(sight.marks.shape)
        apart = 1.0 / spread(np.asarray(sight.texts @ self.text))[:, 0]
        return weighed(sight.texts, self.text, columns, apart)

    def score(self, sight: Sight) -> Scores:
        likeness = np.asarray(sight.texts @ self.text)
        parts = np.zeros(sight.planes.shape)
        parts[:, :, FEATURES.index("text")] = standing(likeness)
        named = sight.planes[:, :, [FEATURES.index("named"), FEATURES.index("led")]].sum(axis=2)
        parts[:, :, FEATURES.index("named")] = NAME * standing(named)
        values = parts.sum(axis=2)
        powers = np.exp(values - values.max(axis=1, keepdims=True))
        return Scores(values, UNSURE * powers / powers.sum(axis=1, keepdims=True), parts, 0.0)


def standing(plane: np.ndarray) -> np.ndarray:
    """How far each target stands above the others, ticket by ticket, in standard deviations."""
    return np.asarray((plane - plane.mean(axis=1, keepdims=True)) / spread(plane))


def spread(plane: np.ndarray) -> np.ndarray:
    wide = plane.std(axis=1, keepdims=True)
    return np.where(wide > 1e-6, wide, 1.0)


def learn(seen: Lens, sight: Sight, told: Known) -> ColdModel:
    """One example and the target's own words count alike."""
    belongs = told.truth[:, : len(seen.goals)].astype(np.float64)
    whole = sparse.csr_matrix(belongs).T @ sight.texts + seen.said
    length = np.sqrt(np.asarray(whole.multiply(whole).sum(axis=1)).ravel())
    return ColdModel(seen, (sparse.diags(1.0 / np.maximum(length, 1e-9)) @ whole).T.toarray())
