"""The model: what the machines say is joined with the other evidence in one regression for all targets, and made a probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.board import Board
from analyzer.linking import cold, machines
from analyzer.linking.cold import ColdModel
from analyzer.linking.evidence import FEATURES, NOBODY, Lens, Sight, lens
from analyzer.linking.gathering import Goal
from analyzer.linking.known import Known
from analyzer.linking.machines import Machines
from analyzer.linking.scores import Curve, Scores, fit, rising, weighed
from analyzer.linking.words import Rows

LATEST, AT_LEAST = 0.2, 100
"""Confidence is held against what was so for this part of the confirmed tickets, the latest (or for so many of them, if that is
more), and wherever a person decided."""

FEWEST_NOTHING = 10
"""Tickets of which a person said that they belong to nothing, before the model says it of others."""


@dataclass(frozen=True, slots=True)
class Model:
    """``certain`` turns a score into a probability (Platt 1999); ``nothing`` does so for *belongs to nothing*."""

    lens: Lens
    text: Machines
    marks: Machines
    joint: Curve
    certain: Curve
    nothing: Curve | None

    def pulls(self, kind: str, sight: Sight, columns: np.ndarray) -> Rows:
        """What each word (``text``) or mark (``marks``) of each ticket adds to its score for the target in ``columns``."""
        machine, rows, n = (self.text, sight.texts, 0) if kind == "text" else (self.marks, sight.marks, 1)
        each = np.full(len(columns), self.joint.weights[n] / self.joint.spread[n])
        if self.nothing is not None:
            each[columns == len(self.lens.goals)] = self.nothing.weights[n] / self.nothing.spread[n]
        return weighed(rows, machine.weights, columns, each)

    def score(self, sight: Sight) -> Scores:
        text, marks = self.text.scores(sight.texts), self.marks.scores(sight.marks)
        wide = len(self.lens.goals)
        planes = sight.planes.astype(np.float64)
        planes[:, :, 0], planes[:, :, 1] = text[:, :wide], marks[:, :wide]
        parts = self.joint.parts(planes)
        values = parts.sum(axis=2) + self.joint.offset
        sure = self.certain.chance(self.certain.parts(values[:, :, None]))
        if self.nothing is None:
            return Scores(values, sure, parts, self.joint.offset)
        told = self.nothing.parts(np.column_stack([text[:, wide], marks[:, wide], values.max(axis=1)]))
        return Scores(values, sure, parts, self.joint.offset, self.nothing.chance(told), told, self.nothing.offset)


@dataclass(frozen=True, slots=True)
class Learned:
    """A model of ``goals`` with the confirmed tickets that it knows (``told``), as it looked at them (``examples``)."""

    goals: tuple[Goal, ...]
    model: Model | ColdModel
    examples: Sight
    told: Known

    @property
    def cold(self) -> bool:
        return isinstance(self.model, ColdModel)


def learn(board: Board, goals: tuple[Goal, ...], told: Known, others: np.ndarray = NOBODY) -> Learned:
    """The model of what is confirmed, or a cold start. The same store gives the same numbers. ``others`` are tickets that, where
    few are confirmed, tell which words are common."""
    wide = len(goals)
    seen = lens(board, goals, told.tickets, told.truth[:, :wide], others)
    sight = seen.look(board, told.tickets)
    model = join(seen, sight, told) if told.enough else cold.learn(seen, sight, told)
    return Learned(goals, model, sight, told)


def join(seen: Lens, sight: Sight, told: Known) -> Model:
    """The evidence is weighed, and confidence found, on what the machines said of tickets that came after all they knew."""
    truth, usable, wide = told.truth, told.usable, len(seen.goals)
    before = [machines.ahead(rows, truth, usable) for rows in (sight.texts, sight.marks)]
    judged = ~np.isnan(before[0][:, 0])
    planes = sight.planes.astype(np.float64)
    for n, scores in enumerate(before):
        planes[:, :, n] = np.nan_to_num(scores[:, :wide])
    pairs = judged[:, None] & usable[:, :wide]
    joint = fit(planes[pairs], truth[:, :wide][pairs], strength=1.0)
    values = joint.parts(planes).sum(axis=2) + joint.offset
    rows, best = np.arange(len(truth)), values.argmax(axis=1)
    latest = rows >= len(truth) - max(LATEST * len(truth), AT_LEAST)
    held = judged & usable[rows, best] & (latest | told.tickets["decided"].to_numpy())
    certain = rising(fit(values[rows, best][held][:, None], truth[rows, best][held], strength=1e3))
    whole, nothing = judged & truth.any(axis=1), None
    if truth[whole, wide].sum() >= FEWEST_NOTHING:
        numbers = np.column_stack([before[0][:, wide], before[1][:, wide], values[rows, best]])
        nothing = fit(numbers[whole], truth[whole, wide], strength=1.0)
    text, marks = (machines.train(one, truth, usable) for one in (sight.texts, sight.marks))
    return Model(seen, text, marks, joint, certain, nothing)


assert FEATURES[:2] == ("text", "marks")
