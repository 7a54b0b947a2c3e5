"""A candidate plan beside the strategy it is held against and the past it is measured by, with teams named as they may be shown."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analyzer import plan_past, planning, privacy
from analyzer.board import Board
from analyzer.plan import Plan
from analyzer.plan_past import Past
from analyzer.planning import Planned
from analyzer.regimes import Target
from analyzer.result import Verdict

OTHERS = "Teams the plan does not name"
NOTHING = "The plan puts nothing into work that is known and open."
BY_TARGET = "SELECT target AS grp, piece AS ticket, sum(days) AS weight FROM plan_share GROUP BY target, piece"


@dataclass(frozen=True)
class View:
    """Everything a finding about a plan looks at. Lays out ``plan_share(grp_target, grp_team, ticket, days)`` for evidence."""

    board: Board
    planned: Planned
    past: Past

    @classmethod
    def of(cls, board: Board, plan: Plan) -> View:
        planned = planning.read(board, plan)
        view = cls(board, planned, board.once(plan_past.read))
        frame = planned.parts[["target", "kind", "piece", "days"]].assign(shown=planned.parts["team"].map(view.team_of))
        kinds: dict[str, Any] = {"target": object, "kind": object, "piece": "int64", "days": "float64", "shown": object}
        board.lay("plan_share", frame.astype(kinds))
        return view

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        return self.board.ahead.targets if self.board.ahead else ()

    @cached_property
    def people(self) -> dict[str, float]:
        """People by the plan's teams; for a team given in person-days, as many as have those days."""
        days = max(1, self.planned.working_days)
        return {
            t: c.people if c.people is not None else (c.person_days or 0.0) / days
            for t, c in self.planned.plan.teams.items()
        }

    @cached_property
    def shown(self) -> dict[str, str]:
        """The plan's own teams, and those it does not name, merged where too few people are there to be shown."""
        crews = {
            team: Counter({f"{team}:{n}": 1 for n in range(math.ceil(p - 1e-9))}) for team, p in self.people.items()
        }
        named = {t.lower() for t in crews}
        rest: Counter[str] = Counter()
        for r in self.board.rows(privacy.OF_WEEKS, self.board.first_week, self.board.last_week):
            if r.team.lower() not in named:
                rest[r.person] += int(r.units)
        if not crews:
            return {}
        return privacy.together({**crews, OTHERS: rest}, self.board.options.at_least)

    @cached_property
    def _names(self) -> dict[str, str]:
        """The name to show by a team's name in small letters."""
        if not self.planned.plan.teams:
            return {r.team.lower(): r.shown for r in self.board.rows("SELECT team, shown FROM team_shown")}
        return {team.lower(): name for team, name in self.shown.items()}

    def team_of(self, team: str) -> str:
        return self._names.get(str(team).lower()) or self.shown.get(OTHERS) or privacy.ALL_TEAMS

    @cached_property
    def by_team(self) -> pd.DataFrame:
        """Person-days by shown team (rows) and target (columns), teams in order of their work."""
        parts = self.planned.parts.assign(shown=self.planned.parts["team"].map(self.team_of))
        wide = parts.pivot_table(index="shown", columns="target", values="days", aggfunc="sum", fill_value=0.0).astype(
            float
        )
        order = np.argsort(-wide.sum(axis=1).to_numpy(), kind="stable")
        return wide.iloc[order]


def worst(verdicts: list[str]) -> Verdict:
    return "signal" if "signal" in verdicts else "watch" if "watch" in verdicts else "noise"
